package sim

import (
	"slices"

	"stickysim/sim/diag"
	"stickysim/sim/metric"
)

// A server that joins has rebalanced when it holds rebalanced of its fair share of the sessions, for a minute.
const rebalanced = 0.9

// joins follows the servers that join in the measured part until they have their share of the sessions.
type joins struct {
	expected []ServerID // not ready yet
	open     []newcomer // without their share so far
	joined   int64
	censored int64 // that left without it
	time     Time  // sum, of those that have it or have left
}

// newcomer is a server on its way to its share.
type newcomer struct {
	server ServerID
	ready  Time // when it joined
	since  Time // when it has had its share from; Never: it has not
}

// expect follows a server from when it is ready on.
func (j *joins) expect(s ServerID) { j.expected = append(j.expected, s) }

// watchJoins looks at the shares of the servers that have joined.
func (r *run) watchJoins() {
	j := &r.watch.joins
	if len(j.expected) == 0 && len(j.open) == 0 {
		return
	}
	j.expected = slices.DeleteFunc(j.expected, func(s ServerID) bool {
		sv := r.servers[s]
		if sv.rare.capacity == sv.rareBase.capacity {
			return sv.life == gone
		}
		j.joined++
		j.open = append(j.open, newcomer{s, max(sv.readyAt, 0), Never})
		return true
	})
	sessions, serving := int64(0), int64(0)
	for _, s := range r.watch.watched {
		if r.servers[s].serving() {
			sessions, serving = sessions+int64(r.servers[s].sessions), serving+1
		}
	}
	kept := j.open[:0]
	for _, o := range j.open {
		sv := r.servers[o.server]
		has := sv.serving() && float64(sv.sessions)*float64(serving) >= rebalanced*float64(sessions)
		switch {
		case sv.life == gone:
			j.censored++
			j.time += r.now - o.ready
			continue
		case !has:
			o.since = Never
		case o.since == Never:
			o.since = r.now
		case r.now-o.since >= Minute:
			j.time += o.since - o.ready
			continue
		}
		kept = append(kept, o)
	}
	j.open = kept
}

var (
	metricRebalance = metric.Register(metric.Family{Name: "rebalance.time", Kind: metric.Time, Better: metric.Less,
		Short:   "time until a new server has its share of the sessions",
		Doc:     "A server that joins has its share when it holds 90 % of the mean server's sessions for a minute, looked at every ten seconds. One that never does counts with the time until it leaves or the run ends: the figure is then a lower bound, rebalance.censored says for how many, and the result has a warning.",
		Formula: "sum over the servers that joined / their number", Undefined: "when no server joined in the measured part"})
	metricCensored = metric.Register(metric.Family{Name: "rebalance.censored", Kind: metric.Count, Better: metric.Less,
		Short: "new servers that never had their share of the sessions", Doc: "Servers that joined in the measured part and left, or met the end of the run, before they had 90 % of the mean server's sessions for a minute.",
		Formula: "number"})

	codeCensored = diag.Register(diag.Code{Name: "rebalance-censored", Severity: diag.Caution,
		Doc: "A server that joined did not have its share of the sessions before it left or the run ended. How long it would have taken is not known: rebalance.time is a lower bound. A longer run, or a change earlier in it, would tell."})
)

var _ = reports(120, func(r *run, b *metricsBuilder) {
	j := &r.watch.joins
	time, censored := j.time, j.censored
	for _, o := range j.open {
		if o.since < Never && r.end-o.since >= Minute {
			time += o.since - o.ready
			continue
		}
		time += r.end - o.ready
		censored++
	}
	b.ratio(metricRebalance.ID(), time.Seconds(), float64(j.joined))
	b.count(metricCensored.ID(), censored)
	if censored > 0 {
		w := codeCensored.At("duration", "%d of the %d servers that joined never had their share of the sessions: rebalance.time is a lower bound", censored, j.joined)
		w.Metric, w.Hint = metricRebalance.Name, "a longer duration, or a change earlier in the run, would tell how long it takes"
		b.res.Warnings = append(b.res.Warnings, w)
	}
})
