package scenarios_test

import (
	"math"

	"stickysim/sim"
)

// users are closed populations: V07.
var users = []setup{
	{file: "users", points: []answer{{"V07-a", mean(metric("throughput"))}, {"V07-b", latencyMean}}},
	{file: "users", set: []string{"workload.0.users=200", "servers.cores=4"}, points: []answer{{"V07-c", latencyMean}}},
	{file: "users", set: []string{"workload.0.users=200", "servers.count=4", policyIs + "[cookie: {balance: random}]", "duration=1000s"},
		points: []answer{{"V07-f", mean(metric("throughput"))}, {"V07-g", latencyMean}}},
	{file: "users", set: []string{"workload.0.users=200", "servers.count=4", policyIs + "[cookie: {balance: round-robin}]"}, points: []answer{{"V07-i", latencyMean}}},
	{file: "users", set: []string{"servers.discipline=ps", "workload=[{name: slow, users: 30, think: exp(10s), service: exp(50ms)}, {name: quick, users: 10, think: exp(1s), service: exp(100ms)}]"},
		points: []answer{{"V07-j", per("latency.mean{population=slow}", "requests.good{population=slow}")}, {"V07-k", mean(metric("throughput{population=quick}"))}}},
}

// heldMost is how many sessions the server with most of them holds.
func heldMost(r *sim.Result) float64 {
	most := 0.0
	for i := range r.Servers {
		most = max(most, r.Servers[i].Sessions)
	}
	return math.Round(most)
}

func squaredCV(r *sim.Result) float64 { return math.Pow(metric("server.sessions.cv")(r), 2) }

// mostInFlight is the largest number of requests any server had at any sample; a bound of less than 1/n of them all
// could not be kept either.
func mostInFlight(bound float64) figure {
	return func(r *sim.Result) float64 {
		most, last := 0.0, 0.0
		for i := range r.Series.Rows {
			last = 0
			for _, n := range r.Series.Rows[i].Of(sim.InSystemSeries) {
				most, last = max(most, float64(n)), last+float64(n)
			}
		}
		if last != 1000 || most < last/float64(len(r.Servers)) || most > bound {
			return most
		}
		return bound
	}
}

// movedBetweenOld is how many of n clients moved to another server than the one that joined last.
func movedBetweenOld(n float64) figure {
	return func(r *sim.Result) float64 {
		joined := sim.ServerID(len(r.Servers) - 1)
		held := float64(r.Series.OfServer(sim.SessionsSeries, joined)[r.Series.Points-1])
		return math.Round(metric("affinity.moved")(r)*n) - held
	}
}

const (
	lastFails = "timeline=[{at: 1s, crash: {servers: [server-5]}}]"
	oneFails  = "timeline=[{at: 1s, crash: {servers: 1}}]"
	oneJoins  = "timeline=[{at: 1s, scale: {to: 11}}]"
	many      = "workload.0.users=20000"
)

// pinned are the numbers of users on each server, and what a change of the fleet does to them: V11, V14 to V16.
var pinned = []setup{
	{file: "pinned", set: []string{"duration=100ms"},
		points: []answer{{"V11-a", mean(heldMost)}, {"V11-b", mean(indicator(func(r *sim.Result) bool { return heldMost(r) >= 220 }))}, {"V11-i", mean(squaredCV)}}},
	{file: "pinned", set: []string{"duration=100ms", "workload.0.users=100"}, points: []answer{{"V11-c", mean(heldMost)}}},
	{file: "pinned", set: []string{"duration=100ms", "servers.count=10"}, points: []answer{{"V11-d", mean(heldMost)}}},
	{file: "pinned", set: []string{"duration=100ms", "servers.count=100"}, points: []answer{{"V11-h", mean(heldMost)}}},

	{file: "pinned", set: []string{many, "servers.count=10", policyIs + "[jump]", oneJoins},
		points: []answer{{"V14-a", mean(metric("affinity.moved"))}, {"V14-b", everywhere(movedBetweenOld(20000))}}},

	{file: "pinned", set: []string{"servers.count=10", "servers.cores=1000", "workload.0.service=1h", "warmup=0", policyIs + "[bounded-load: {epsilon: 25%}]"},
		points: []answer{{"V15-a", everywhere(mostInFlight(125))}}},
	{file: "pinned", set: []string{"servers.count=10", "workload.0.service=100ms", "workload.0.think=exp(1s)", policyIs + "[bounded-load: {epsilon: 1000}]"},
		points: []answer{{"V15-c", everywhere(metric("affinity.broken"))}}},

	{file: "pinned", set: []string{many, policyIs + "[header-hash]", lastFails},
		points: []answer{{"V16-a", mean(metric("affinity.moved"))}, {"V16-g", mean(metric("affinity.needless"))}}},
	{file: "pinned", set: []string{many, "servers.count=10", policyIs + "[header-hash]", oneJoins}, points: []answer{{"V16-b", mean(metric("affinity.moved"))}}},
	{file: "pinned", set: []string{many, policyIs + "[consistent-hash]", oneFails}, points: []answer{{"V16-d", mean(metric("affinity.moved"))}}},
	{file: "pinned", set: []string{many, lastFails}, points: []answer{{"V16-h", everywhere(metric("affinity.needless"))}}},
}
