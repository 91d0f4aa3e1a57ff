package scenarios_test

import (
	"math"

	"stickysim/sim"
)

const (
	lifeOf    = "workload.0.life="
	longLives = lifeOf + "lognormal(mean=300s, cv=2)"
	// No session arrives from this time on.
	noneFrom0 = "{at: 0s, arrivals: {factor: 0.000001, for: 3650d}}"
)

// stillThere is the share of the sessions at the start that outlive the run, when none come.
func stillThere() statistic {
	return &quotient{above: metric("sessions.active"), below: metric("sessions.active").plus(metric("sessions.finished"))}
}

// halfLife is the median remaining life of the sessions found at the start: the instant at which half of them are over.
func halfLife() statistic {
	return &crossing{level: 0.5, curve: func(r *sim.Result) (num, den []float64) {
		points := r.Series.Points
		num, den = make([]float64, points), make([]float64, points)
		start := metric("sessions.active")(r) + metric("sessions.finished")(r)
		for i := range num {
			left := 0.0
			for _, n := range r.Series.Rows[i].Of(sim.SessionsSeries) {
				left += float64(n)
			}
			num[i], den[i] = start-left, start
		}
		return num, den
	}}
}

// residual is a mean remaining life. Every session has ended when the run ends.
var residual = mean(metric("sessions.residual.mean"))

// tokens gives every session a token, and revokes it at a time that is uniform over two lifetimes or sixty polls, so that
// it falls anywhere in them alike; the session leaves when a server refuses it. A token is renewed by the first request
// after it has expired, up to g = 20 s late: that takes at most g²/3600 s = 0.1 s from a mean exposure of 450 s. Refusals
// come in waves, after each poll: a run measures whole waves.
func tokens(settings, logins string) []string {
	return []string{"start=empty", "warmup=2000s", "duration=1h", arrivalsOf + logins, lifeOf + "1d", "workload.0.think=20s",
		"state={token: {" + settings + ", revoke: 'uniform(0s, 1800s)'}}"}
}

var exposure = per("token.exposure.mean", "sessions.lost{cause=token}")

// sessions are lives of sessions and how many there are: V17 to V19, V34, V41.
var sessions = []setup{
	{file: "sessions", set: []string{"warmup=0", "duration=20000s", "timeline=[" + noneFrom0 + "]"}, points: []answer{{"V17-a", residual}}},
	{file: "sessions", set: []string{longLives, "warmup=0", "duration=20d", "workload.0.think=100d", "timeline=[" + noneFrom0 + "]"},
		points: []answer{{"V17-b", residual}}},
	{file: "sessions", set: []string{lifeOf + "300s", "warmup=0", "duration=1000s", "timeline=[" + noneFrom0 + "]"}, points: []answer{{"V17-c", residual}}},
	{file: "sessions", set: []string{longLives, arrivalsOf + "20/s", "warmup=0", "duration=300s", "timeline=[" + noneFrom0 + "]"},
		points: []answer{{"V17-e", stillThere}}},

	{file: "sessions", set: []string{longLives, "workload.0.think=1d", "duration=20000s"},
		points: []answer{{"V18-a", mean(metric("sessions.active.mean"))}, {"V18-b", overall(metric("sessions.active.mean"), metric("sessions.active.variance"))}}},

	{file: "sessions", set: []string{"start=empty", "warmup=0", "duration=6h", "workload.0.think=1d", lifeOf + "1s", "workload.0.requests=1", arrivalsOf + "sinusoid(mean=10/s, amplitude=0.6, period=1d)"},
		points: []answer{{"V19-a", mean(metric("sessions.started"))}}},
	{file: "sessions", set: []string{"start=empty", "warmup=1h", "duration=900s", arrivalsOf + "sinusoid(mean=2/s, amplitude=0.5, period=1h)"},
		points: []answer{{"V19-c", mean(metric("sessions.active"))}}},
	{file: "sessions", set: []string{"start=empty", "warmup=3h", "duration=1200s", lifeOf + "exp(900s)", arrivalsOf + "sinusoid(mean=1/s, amplitude=0.8, period=1h)"},
		points: []answer{{"V19-e", mean(metric("sessions.active"))}}},

	{file: "sessions", set: tokens("ttl: 900s, refresh: 0s", "0.2/s"), points: []answer{{"V34-a", exposure}}},
	{file: "sessions", set: tokens("ttl: never, poll: 30s, poll_delay: 2s", "0.2/s"), points: []answer{{"V34-b", exposure}}},
	{file: "sessions", set: tokens("ttl: 900s, refresh: 0s, poll: 30s, poll_delay: 2s", "0.5/s"), points: []answer{{"V34-d", mean(metric("token.denylist.mean"))}}},

	{file: "sessions", set: []string{"workload.0.think=1d", "duration=15000s"}, points: []answer{{"V41-d", scaledVariance("sessions.active.mean", 15000)}}},
}

// Of 20 servers all but one are drained at once: 19 independent drains in each replication.
const drainAll = "timeline=[{at: 0s, drain: {servers: 19, deadline: "

// drainedWithin is the share of the drained servers that were empty within the given seconds.
func drainedWithin(seconds float64) figure {
	return func(r *sim.Result) float64 {
		n, drained := 0.0, 0.0
		for i := range r.Servers {
			if present := r.Servers[i].Present; present < (r.End - r.Start).Seconds() {
				n++
				if present <= seconds {
					drained++
				}
			}
		}
		return drained / n
	}
}

// newShare is the share of the sessions that the servers made during the run hold at every sample, over their fair share.
func newShare(old int) func(*sim.Result) (num, den []float64) {
	return func(r *sim.Result) (num, den []float64) {
		points := r.Series.Points
		num, den = make([]float64, points), make([]float64, points)
		fair := float64(len(r.Servers)-old) / float64(len(r.Servers))
		for i := range num {
			row := &r.Series.Rows[i]
			for at, n := range row.Of(sim.SessionsSeries) {
				held := float64(n)
				if den[i] += held * fair; int(row.Servers[at]) >= old {
					num[i] += held
				}
			}
		}
		return num, den
	}
}

// shareAt is newShare after so many samples.
func shareAt(old, sample int) func() statistic {
	curve := newShare(old)
	return ratio(func(r *sim.Result) float64 { num, _ := curve(r); return num[sample-1] },
		func(r *sim.Result) float64 { _, den := curve(r); return den[sample-1] })
}

// firstAt is when newShare is first as good as 1 in a replication, between the samples by a straight line.
func firstAt(old int) func() statistic {
	const fair = 0.998
	curve := newShare(old)
	return mean(func(r *sim.Result) float64 {
		num, den := curve(r)
		step, last := r.Series.Step.Seconds(), 0.0
		for i := range num {
			share := num[i] / den[i]
			if share >= fair {
				return step * (float64(i) + (fair-last)/(share-last))
			}
			last = share
		}
		return math.NaN()
	})
}

// changes are what planned changes do to sessions: V17, V18, V27, V37.
var changes = []setup{
	{file: "sessions", set: []string{arrivalsOf + "13.3333333333/s", "servers.count=20", "duration=6000s", drainAll + "100d}}, " + noneFrom0 + "]"},
		points: []answer{{"V18-c", mean(metric("drain.time"))}, {"V18-k", mean(drainedWithin(1500))}}},
	{file: "sessions", set: []string{arrivalsOf + "13.3333333333/s", longLives, "servers.count=20", "duration=30d", drainAll + "100d}}, " + noneFrom0 + "]"},
		points: []answer{{"V18-d", mean(metric("drain.time"))}}},
	{file: "sessions", set: []string{arrivalsOf + "13.3333333333/s", "servers.count=20", "duration=301s", drainAll + "300s}}]"},
		points: []answer{{"V18-g", mean(metric("drain.cut").times(1 / 19.))}}},
	{file: "sessions", set: []string{arrivalsOf + "13.3333333333/s", longLives, "servers.count=20", "duration=301s", drainAll + "300s}}]"},
		points: []answer{{"V18-h", mean(metric("drain.cut").times(1 / 19.))}}},

	{file: "sessions", set: []string{"duration=480s", "timeline=[{at: 0s, scale: {to: 6}}]"}, points: []answer{{"V27-a", shareAt(5, 150)}}},
	{file: "sessions", set: []string{longLives, "duration=480s", "timeline=[{at: 0s, scale: {to: 6}}]"}, points: []answer{{"V27-b", shareAt(5, 150)}}},
	{file: "sessions", set: []string{arrivalsOf + "80/s", policyIs + "[cookie: {balance: least-sessions}]", "duration=100s", "timeline=[{at: 0s, scale: {to: 6}}]"},
		points: []answer{{"V27-e", firstAt(5)}}},
	{file: "sessions", set: []string{arrivalsOf + "20/s", lifeOf + "lognormal(mean=900s, cv=2)", policyIs + "[cookie: {balance: least-sessions}]", "duration=900s", "timeline=[{at: 0s, scale: {to: 10}}]"},
		points: []answer{{"V27-f", firstAt(5)}}},
	{file: "sessions", set: []string{"duration=1200s", "timeline=[{at: 0s, scale: {to: 6}}]"},
		points: []answer{{"V27-h", func() statistic { return &crossing{level: 0.9, curve: newShare(5)} }}}},

	{file: "sessions", set: []string{"servers.startup=30s", "duration=1700s", "timeline=[{at: 0s, deploy: {strategy: in_place, max_unavailable: 1, drain: 300s, until_empty: false, grace: 0}}]"},
		points: []answer{{"V37-a", mean(metric("drain.cut"))}}},
	{file: "sessions", set: []string{arrivalsOf + "8.3333333333/s", lifeOf + "exp(120s)", "servers.count=20", "duration=601s", drainAll + "600s}}]"},
		points: []answer{{"V37-b", mean(metric("drain.time"))}}},

	{file: "sessions", set: []string{longLives, arrivalsOf + "20/s", "duration=480s", "timeline=[" + noneFrom0 + "]"}, points: []answer{{"V17-f", halfLife}}},
}
