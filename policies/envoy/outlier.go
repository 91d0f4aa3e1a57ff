package envoy

import (
	"slices"

	"stickysim/sim"
)

// outliers is Envoy's outlier detection by consecutive failures, seen by one instance.
//
// A host that fails Consecutive5xx attempts in a row (connect failures, broken connections and 5xx alike) is ejected
// at once, unless that would eject more than MaxEjectionPercent of the hosts. It comes back at the first sweep after
// base × n, at most MaxEjectionTime, where n counts its ejections less the clean sweeps between them.
// Sweeps happen at multiples of Interval. Success-rate detection is not modelled.
// Source: envoy source/common/upstream/outlier_detection_impl.cc.
type outliers struct {
	cluster Cluster
	hosts   []outlier // by ServerID
	active  int       // hosts ejected now
	next    sim.Time  // when the first ejection ends
}

type outlier struct {
	failures int      // in a row
	times    int      // n of the ejection time
	until    sim.Time // end of the ejection; Never = not ejected
	back     sim.Time // when the last ejection ended
}

func newOutliers(c Cluster, servers int) outliers {
	o := outliers{cluster: c, next: sim.Never}
	if c.OutlierDetection {
		o.hosts = make([]outlier, servers)
		for i := range o.hosts {
			o.hosts[i].until = sim.Never
		}
	}
	return o
}

func (d *outliers) ejected(s sim.ServerID) bool {
	return d.active > 0 && d.hosts[s].until != sim.Never
}

// ended counts an outcome and reports whether it ejected s.
func (d *outliers) ended(s sim.ServerID, o sim.Outcome, v *sim.View) bool {
	host := &d.hosts[s]
	switch o {
	case sim.Answered:
		host.failures = 0
	case sim.Unreachable, sim.Refused, sim.Broken, sim.TimedOut:
		host.failures++
	}
	if host.failures < d.cluster.Consecutive5xx || host.until != sim.Never || !slices.Contains(v.Members, s) {
		return false
	}
	host.failures = 0
	share := float64(d.active+1) / float64(len(v.Members))
	if share > d.cluster.MaxEjectionPercent && !(d.cluster.AlwaysEjectOne && d.active == 0) {
		return false
	}
	d.eject(host, v.Now)
	return true
}

func (d *outliers) eject(host *outlier, now sim.Time) {
	c := &d.cluster
	clean := now/c.Interval - host.back/c.Interval
	host.times = int(max(0, sim.Time(host.times)-clean))
	if sim.Time(host.times)*c.BaseEjectionTime < c.MaxEjectionTime+c.BaseEjectionTime {
		host.times++
	}
	end := now + min(sim.Time(host.times)*c.BaseEjectionTime, c.MaxEjectionTime)
	host.until = (end + c.Interval - 1) / c.Interval * c.Interval
	d.active++
	d.next = min(d.next, host.until)
}

// sweep ends the ejections whose time is over.
func (d *outliers) sweep(now sim.Time) {
	d.next = sim.Never
	for i := range d.hosts {
		host := &d.hosts[i]
		if host.until <= now {
			host.back, host.until, host.failures = host.until, sim.Never, 0
			d.active--
		}
		d.next = min(d.next, host.until)
	}
}

// forget drops what is known of hosts that are no longer configured.
func (d *outliers) forget(v *sim.View) {
	for i := range d.hosts {
		if v.Status[i] != sim.Removed {
			continue
		}
		if d.hosts[i].until != sim.Never {
			d.active--
		}
		d.hosts[i] = outlier{until: sim.Never}
	}
}
