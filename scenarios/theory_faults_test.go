package scenarios_test

import "stickysim/sim"

// allUp is the share of the samples at which every server runs.
func allUp(r *sim.Result) float64 {
	up := 0.0
	for _, n := range r.Series.Of(sim.ServersSeries) {
		if int(n) == len(r.Servers) {
			up++
		}
	}
	return up / float64(len(r.Series.Of(sim.ServersSeries)))
}

var (
	crashesPerYear = func(servers float64) figure { return metric("server.crashes").times(1 / servers) }
	lost           = metric("sessions.lost")
	ended          = lost.plus(metric("sessions.finished"))
	detection      = metric("detect.time.mean")
)

const crashOfOne = "timeline=[{at: 140s, crash: {servers: 1}}]"

// faults are crashes, who suffers from them, and how they are found: V21, V22, V25, V36, V38.
var faults = []setup{
	// A year in minutes that are seconds: nothing else happens, and moments that are sampled are still independent.
	{file: "faults", set: []string{"servers.count=5", "warmup=1440s", "duration=525600s", "timeline=[{each: exp(360s), crash: {repair: exp(5s)}}]"},
		points: []answer{{"V21-a", mean(metric("server.available"))}, {"V21-b", mean(allUp)}, {"V21-e", mean(crashesPerYear(5))}}},

	{file: "connections", set: []string{"duration=10d", "timeline=[{each: exp(6h), crash: {repair: 0}}]"}, points: []answer{{"V22-a", ratio(lost, ended)}}},
	{file: "connections", set: []string{"warmup=1d", "duration=12d", longLives, "timeline=[{each: exp(6h), crash: {repair: 0}}]"}, points: []answer{{"V22-b", ratio(lost, ended)}}},
	{file: "sessions", set: []string{"duration=150s", crashOfOne}, points: []answer{{"V22-e", mean(metric("server.crashes.sessions"))}}},
	// 20 failed probes, 20/19.5 s apart, take 20 s on average.
	{file: "requests", set: []string{arrivalsOf + "1/s", serviceOf + "1us", "servers.count=5", "duration=2d", "balancers={connect_timeout: 0}",
		"health={interval: 1025641026ns, refuse: true, fall: 20, rise: 1}", "timeline=[{each: exp(6h), crash: {repair: 300s}}]"},
		points: []answer{{"V22-g", ratio(metric("requests.failed"), settled)}}},

	// 3 of 10 servers are dead permanently, and no balancer detects it: every attempt fails with probability 0.3.
	{file: "requests", set: []string{arrivalsOf + "100/s", serviceOf + "1us", "servers.count=10", "warmup=1s", "duration=100s", "balancers={connect_timeout: 0}",
		"health={interval: 365d}", "clients={retries: 3}", "timeline=[{at: -1s, crash: {servers: 3}}]"},
		points: []answer{{"V25-a", ratio(total(metric("requests.attempts"), metric("requests.sent")), metric("requests.sent"))},
			{"V25-b", ratio(metric("requests.failed"), settled)}}},
	{file: "requests", set: []string{arrivalsOf + "44/s", "servers.cores=4", "servers.queue=8", "clients={retries: 3, backoff: exp(10s)}"},
		points: []answer{{"V25-d", ratio(total(metric("requests.attempts"), metric("requests.sent")), metric("requests.sent"))}}},

	{file: "pinned", set: []string{"servers.count=100", "workload.0.users=1", "health={interval: 5s, refuse: true, fall: 3}", "duration=30s", "timeline=[{at: 1s, crash: {servers: all}}]"},
		points: []answer{{"V36-a", mean(detection)}}},
	{file: "pinned", set: []string{"servers.count=1", "workload.0.users=1", "health={interval: 30s, timeout: 5s, fall: 2}", "duration=90s", "timeline=[{at: 1s, crash: {servers: 1}}]"},
		points: []answer{{"V36-c", deviation(detection)}}},

	// 50,000 connections are made; 30 s after a crash those of the server have all come back.
	{file: "connections", set: []string{"servers.count=5", "workload.0.life=100d", arrivalsOf + "1/s", "start=empty", "workload.0.reconnect=uniform(0s, 30s)", "workload.0.on_loss=relogin", policyIs + "[round-robin]",
		"warmup=65s", "duration=20s", "timeline=[{at: -65s, arrivals: {factor: 1000, for: 50s}}, {at: -5s, crash: {servers: 1}}]"},
		points: []answer{{"V38-a", mean(reopenRate)}}},
}

// reopenRate is the rate of new connections at each server that is left.
func reopenRate(r *sim.Result) float64 {
	return metric("connections.reopened")(r) / (r.End - r.Start).Seconds() / float64(len(r.Servers)-1)
}
