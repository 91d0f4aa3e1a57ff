package yarp

import "stickysim/sim"

// Cluster says which destinations of a cluster are available.
type Cluster struct {
	Available    string   `yaml:"available_destinations" check:"oneof=HealthyOrPanic|HealthyAndUnknown" doc:"HealthCheck.AvailableDestinationsPolicy: while all destinations are unhealthy, HealthyOrPanic uses all of them, HealthyAndUnknown answers 503"`
	Passive      bool     `yaml:"passive" doc:"HealthCheck.Passive.Enabled: TransportFailureRate takes a destination out"`
	RateLimit    float64  `yaml:"failure_rate_limit" check:"min=0,max=1" doc:"TransportFailureRateHealthPolicy.RateLimit: share of failed requests in 60 s, of 10 or more, that makes a destination unhealthy"`
	Reactivation sim.Time `yaml:"reactivation_period" check:"min=0" doc:"HealthCheck.Passive.ReactivationPeriod: how long it stays so, at least 60s"`
}

// DefaultCluster has YARP's defaults: no passive health checks.
func DefaultCluster() Cluster {
	return Cluster{Available: "HealthyOrPanic", RateLimit: 0.3, Reactivation: window}
}

// Constants of TransportFailureRateHealthPolicyOptions.
const (
	window  = 60 * sim.Second
	fewest  = 10 // requests in the window from which on the rate counts
	buckets = 64 // seconds of history, more than the window
)

// cluster is a Cluster at work.
type cluster struct {
	Cluster
	available []sim.ServerID
	contains  []bool         // by ServerID: is available
	follower  follower       // learns of changes of available; nil = none
	loads     *leastRequests // learns the loads; nil where they do not matter
	panics    bool           // available ones are unhealthy
	history   []history
	next      sim.Time // when the first destination is reactivated
}

// follower keeps something that depends on what is available.
type follower interface {
	follow(available []sim.ServerID, v *sim.View)
}

// history is what a destination's requests of the last minute have come to, by the second.
type history struct {
	until   sim.Time // unhealthy until then; 0 = not
	second  int64    // of the newest bucket
	total   [buckets]int32
	failed  [buckets]int32
	allDone int32
	allBad  int32
}

func newCluster(c Cluster, env sim.Env) cluster {
	p := cluster{Cluster: c, available: make([]sim.ServerID, 0, env.Servers), contains: make([]bool, env.Servers), next: sim.Never}
	if c.Passive {
		p.history = make([]history, env.Servers)
	}
	return p
}

// FailsOpen implements [sim.FailOpener].
func (p *cluster) FailsOpen() bool { return p.Available == "HealthyOrPanic" }

// Rebuild implements [sim.Rebuilder].
func (p *cluster) Rebuild(v *sim.View) {
	for _, s := range p.available {
		p.contains[s] = false
	}
	p.sort(v)
	for _, s := range p.available {
		p.contains[s] = true
	}
	if p.follower != nil {
		p.follower.follow(p.available, v)
	}
}

// sort works out which destinations are available.
func (p *cluster) sort(v *sim.View) {
	p.available = p.available[:0]
	for _, s := range v.Eligible {
		if p.history == nil || p.history[s].until == 0 {
			p.available = append(p.available, s)
		}
	}
	if p.panics = len(p.available) == 0 && p.FailsOpen(); !p.panics {
		return
	}
	for _, s := range v.Members {
		if (v.Status[s] == sim.Up || v.Status[s] == sim.Down) && v.Weight[s] > 0 {
			p.available = append(p.available, s)
		}
	}
}

// sync reactivates the destinations whose time is over.
func (p *cluster) sync(v *sim.View) {
	if v.Now < p.next {
		return
	}
	p.next = sim.Never
	for s := range p.history {
		h := &p.history[s]
		if h.until != 0 && h.until <= v.Now {
			h.until = 0
		}
		if h.until != 0 {
			p.next = min(p.next, h.until)
		}
	}
	p.Rebuild(v)
}

// has reports whether s is available.
func (p *cluster) has(s sim.ServerID) bool { return p.contains[s] }

// Watches is part of [sim.Watcher].
func (p *cluster) Watches() bool { return p.loads != nil || p.history != nil }

// Began implements [sim.Watcher].
func (p *cluster) Began(s sim.ServerID, v *sim.View) {
	if p.loads != nil {
		p.loads.moved(s, v)
	}
}

// Ended implements [sim.Watcher]: it counts what has become of a request. One whose client left counts as no failure.
func (p *cluster) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	p.Began(s, v)
	if p.history == nil {
		return
	}
	h := &p.history[s]
	bad := h.add(v.Now, o == sim.Unreachable || o == sim.Broken || o == sim.TimedOut) >= p.RateLimit
	switch {
	case bad:
		was := h.until
		h.until = v.Now + max(p.Reactivation, window)
		p.next = min(p.next, h.until)
		if was != 0 {
			return
		}
	case h.until == 0:
		return
	default:
		h.until = 0
	}
	p.Rebuild(v)
}

// add counts a request and returns the share of failed ones in the window; 0 for few requests.
func (h *history) add(now sim.Time, failed bool) float64 {
	second := int64(now / sim.Second)
	for ; h.second < second; h.second++ {
		if second-h.second > buckets {
			*h = history{until: h.until, second: second}
			break
		}
		oldest := (h.second + 1 - int64(window/sim.Second) + buckets) % buckets
		h.allDone -= h.total[oldest]
		h.allBad -= h.failed[oldest]
		h.total[oldest], h.failed[oldest] = 0, 0
	}
	i := second % buckets
	h.total[i]++
	h.allDone++
	if failed {
		h.failed[i]++
		h.allBad++
	}
	if h.allDone < fewest {
		return 0
	}
	return float64(h.allBad) / float64(h.allDone)
}
