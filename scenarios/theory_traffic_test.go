package scenarios_test

import "stickysim/sim"

// visited is on how many servers the only session of the run has been: each had to load what it keeps for it.
func visited(r *sim.Result) float64 {
	n := 0.0
	for i := range r.Servers {
		if r.Servers[i].Requests > 0 {
			n++
		}
	}
	return n
}

// alone is one session of so many requests, sent all over the fleet.
func alone(requests string) []string {
	return []string{"start=empty", "workload.0={sessions: times(1s), requests: " + requests + ", think: 1s, service: 1us}", policyIs + "[random]", "warmup=0", "duration=1000s"}
}

// traffic are sessions of several requests: V31, V32, V33, V35.
var traffic = []setup{
	{file: "conversations", points: []answer{{"V31-a", latencyMean}, {"V31-e", mean(metric("server.in_system{at_least=8}"))}}},
	{file: "conversations", set: []string{arrivalsOf + "0.2/s", serviceOf + "exp(1s)", "workload.0.requests=16", "workload.0.think=exp(5s)", "servers.count=4", "servers.discipline=fcfs", "warmup=2000s", "duration=20000s"},
		points: []answer{{"V31-b", latencyMean}}},

	{file: "conversations", set: alone("10"), points: []answer{{"V32-a", mean(visited)}}},
	{file: "conversations", set: alone("geometric(mean=10)"), points: []answer{{"V32-c", mean(visited)}}},

	// Sessions ask often enough for every change of address to be seen.
	{file: "sessions", set: []string{arrivalsOf + "0.2/s", lifeOf + "exp(900s)", "workload.0.think=3s", "workload.0.address_change=exp(1h)", policyIs + "[ip-hash: {prefix: 32}]", "warmup=60s", "duration=5000s"},
		points: []answer{{"V33-a", ratio(metric("sessions.lost{cause=address-changed}"), ended)}}},

	// Four requests, 100 s apart, and then half an hour of nothing.
	{file: "conversations", set: []string{arrivalsOf + "2/s", serviceOf + "1ms", "workload.0.requests=4", "workload.0.think=100s", "workload.0.state={size: 50kB, idle_timeout: 30m}", "state=local", "start=empty", "warmup=3000s", "duration=10000s"},
		points: []answer{{"V35-a", mean(metric("server.memory.mean"))}}},
}
