package sim

import "math"

// A server that joins has rebalanced when it holds rebalanced of its fair share of the sessions, for rebalanceHold.
const (
	rebalanced    = 0.9
	rebalanceHold = Minute
)

// fleetMetrics describes crashes and planned changes.
func (r *run) fleetMetrics(b *metricsBuilder, res *Result) {
	f := &r.fleet
	present := 0.0
	for i := range res.Servers {
		present += res.Servers[i].Present
	}
	b.add("server.crashes", "1", float64(f.crashes))
	b.mean("server.crashes.sessions", "1", float64(f.crashed), f.crashes)
	b.times("detect.time", "", &f.detect)
	b.add("gc.pauses", "1", float64(f.collections))
	b.ratio("gc.time", f.collecting.Seconds(), present)
	b.mean("drain.time", "s", f.drainTime.Seconds(), f.drains)
	b.mean("drain.time.max", "s", f.drainMost.Seconds(), min(f.drains, 1))
	b.add("drain.count", "1", float64(f.drains))
	b.add("drain.cut", "1", float64(f.cut))
	b.mean("deploy.time", "s", f.deployTime.Seconds(), f.deploys)
	b.add("deploy.count", "1", float64(f.deploys))
	b.add("servers.ordered", "1", float64(f.ordered))
	b.add("servers.refused", "1", float64(f.refused))
	b.add("connections.reopened", "1", float64(r.reopened))
	b.add("sessions.evicted", "1", float64(r.evictions))
	r.scalerMetrics(b)
	joined, total := res.Series.rebalance()
	b.mean("rebalance.time", "s", total, joined)
}

func (b *metricsBuilder) mean(name, unit string, sum float64, n int64) {
	v := math.NaN()
	if n > 0 {
		v = sum / float64(n)
	}
	b.add(name, unit, v)
}

// rebalance finds how long each server that joined during the measured part took to get its share of the sessions. A
// server that never did counts as the time until the end: the sum is then a lower bound.
func (s *Series) rebalance() (joined int64, seconds float64) {
	if s.Points == 0 {
		return 0, 0
	}
	servers := len(s.Sessions) / s.Points
	for k := 0; k < servers; k++ {
		u := s.Utilization[k*s.Points : (k+1)*s.Points]
		from := 0
		for from < len(u) && u[from] != u[from] {
			from++
		}
		if from == 0 || from == len(u) {
			continue
		}
		joined++
		seconds += s.timeToShare(k, from, servers)
	}
	return joined, seconds
}

func (s *Series) timeToShare(k, from, servers int) float64 {
	hold := int((rebalanceHold + s.Step - 1) / s.Step)
	run := 0
	for i := from; i < s.Points; i++ {
		sum, n := 0.0, 0
		for o := 0; o < servers; o++ {
			if v := s.Utilization[o*s.Points+i]; v == v {
				sum += float64(s.Sessions[o*s.Points+i])
				n++
			}
		}
		if float64(s.Sessions[k*s.Points+i])*float64(n) >= rebalanced*sum {
			run++
		} else {
			run = 0
		}
		if run > hold {
			return (Time(i-run+1-from+1) * s.Step).Seconds()
		}
	}
	return (Time(s.Points-from) * s.Step).Seconds()
}
