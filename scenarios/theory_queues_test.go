package scenarios_test

import "stickysim/sim"

const (
	arrivalsOf = "workload.0.sessions="
	serviceOf  = "workload.0.service="
	policyIs   = "policies="
)

var (
	latencyMean  = per("latency.mean", "requests.good")
	waitMean     = per("wait.mean", "requests.good")
	waiting      = per("wait.share", "requests.good")
	refused      = ratio(metric("requests.failed{cause=refused}"), settled)
	abandoned    = ratio(metric("requests.failed{cause=timeout}"), settled)
	timeInSystem = ratio(inSystemSeconds, metric("requests.sent"))
	inSystem     = mean(metric("requests.in_system.mean"))
	slowdownMean = per("latency.slowdown", "requests.good")
)

// settled are the requests that have been answered or have failed.
func settled(r *sim.Result) float64 {
	return metric("requests.good")(r) + metric("requests.failed")(r)
}

// inSystemSeconds is the time spent in servers by all requests together, which is also right for short runs, where a
// mean over those answered before the end is short of the longest.
func inSystemSeconds(r *sim.Result) float64 {
	return metric("requests.in_system.mean")(r) * (r.End - r.Start).Seconds()
}

func notWaiting() statistic {
	good := metric("requests.good")
	return &quotient{above: good.plus(total(metric("wait.share"), good).times(-1)), below: good}
}

// queues are independent requests: V01 to V06, V08 to V10, V20, V26, V28, V29, V39 to V42.
var queues = []setup{
	{file: "requests", set: []string{arrivalsOf + "5/s"}, points: []answer{{"V01-a", latencyMean}}},
	{file: "requests", points: []answer{{"V01-b", latencyMean}, {"V01-c", quantile(0.99)}}},
	{file: "requests", set: []string{arrivalsOf + "9/s", "warmup=500s", "duration=4000s"}, points: []answer{{"V01-d", latencyMean}}},
	{file: "requests", set: []string{arrivalsOf + "6/s"}, points: []answer{{"V01-i", notWaiting}}},

	{file: "requests", set: []string{arrivalsOf + "32/s", "servers.cores=4"},
		points: []answer{{"V02-a", waiting}, {"V02-b", waitMean}, {"V02-g", quantile(0.99)}}},
	{file: "requests", set: []string{arrivalsOf + "144/s", "servers.cores=16", "duration=1000s"}, points: []answer{{"V02-c", waiting}, {"V02-d", waitMean}}},

	{file: "requests", set: []string{arrivalsOf + "7/s", serviceOf + "lognormal(mean=100ms, cv=2)"}, points: []answer{{"V03-a", waitMean}}},
	{file: "requests", set: []string{serviceOf + "lognormal(mean=100ms, cv=0.5)"}, points: []answer{{"V03-b", waitMean}}},
	{file: "requests", set: []string{arrivalsOf + "7/s", serviceOf + "pareto(alpha=3.5, mean=100ms)"}, points: []answer{{"V03-d", waitMean}}},
	{file: "requests", set: []string{arrivalsOf + "7/s", serviceOf + "pareto(alpha=1.1, mean=100ms, high_to_low=100)"},
		points: []answer{{"V03-f", waitMean}}},

	{file: "requests", set: []string{serviceOf + "100ms"}, points: []answer{{"V04-a", waitMean}}},
	{file: "requests", set: []string{arrivalsOf + "32/s", serviceOf + "100ms", "servers.cores=4"}, points: []answer{{"V04-c", waitMean}}},
	{file: "requests", set: []string{arrivalsOf + "32/s", serviceOf + "hyperexp(mean=100ms, scv=4)", "servers.cores=4"},
		points: []answer{{"V04-e", waitMean}}},

	{file: "requests", set: []string{serviceOf + "lognormal(mean=100ms, cv=2)", "servers.discipline=ps"},
		points: []answer{{"V05-a", latencyMean}, {"V05-e", slowdownMean}}},
	{file: "requests", set: []string{arrivalsOf + "7/s", serviceOf + "pareto(alpha=1.5, mean=100ms, high_to_low=1000)", "servers.discipline=ps", "warmup=1000s", "duration=10000s"},
		points: []answer{{"V05-b", latencyMean}}},

	{file: "requests", set: []string{serviceOf + "exp(1s)", "servers.cores=10", "servers.queue=0"}, points: []answer{{"V06-a", refused}}},
	{file: "requests", set: []string{arrivalsOf + "90/s", serviceOf + "lognormal(mean=1s, cv=3)", "servers.cores=100", "servers.queue=0"},
		points: []answer{{"V06-b", refused}}},
	{file: "requests", set: []string{arrivalsOf + "44/s", "servers.cores=4", "servers.queue=8"},
		points: []answer{{"V06-e", refused}, {"V06-f", latencyMean}}},

	{file: "requests", set: []string{arrivalsOf + "450/s", serviceOf + "exp(1s)", "servers.count=500", policyIs + "[two-choices]", "warmup=150s", "duration=50s"},
		points: []answer{{"V08-a", timeInSystem}}},
	{file: "requests", set: []string{arrivalsOf + "250/s", serviceOf + "exp(1s)", "servers.count=500", policyIs + "[two-choices]", "warmup=30s", "duration=20s"},
		points: []answer{{"V08-b", timeInSystem}}},
	{file: "requests", set: []string{arrivalsOf + "350/s", serviceOf + "exp(1s)", "servers.count=500", policyIs + "[two-choices]", "warmup=60s", "duration=40s"},
		points: []answer{{"V08-e", timeInSystem}}},
	{file: "requests", set: []string{arrivalsOf + "1.6/s", serviceOf + "exp(1s)", "servers.count=2", policyIs + "[least-connections]", "warmup=1000s", "duration=15000s"},
		points: []answer{{"V08-f", latencyMean}}},
	{file: "requests", set: []string{arrivalsOf + "3.2/s", serviceOf + "exp(1s)", "servers.count=4", policyIs + "[two-choices]", "warmup=1000s", "duration=10000s"},
		points: []answer{{"V08-i", latencyMean}}},
	{file: "requests", set: []string{arrivalsOf + "2.7/s", serviceOf + "exp(1s)", "servers.count=3", policyIs + "[least-connections]", "warmup=2000s", "duration=30000s"},
		points: []answer{{"V08-k", latencyMean}}},

	{file: "requests", set: []string{arrivalsOf + "40/s", "servers.count=5", "duration=1000s"}, points: []answer{{"V09-a", latencyMean}}},
	{file: "requests", set: []string{arrivalsOf + "20/s",
		"servers=[{cores: 1, queue: unlimited, speed: 0.5}, {cores: 1, queue: unlimited, weight: 2}, {cores: 1, queue: unlimited, weight: 2, speed: 2}]"},
		points: []answer{{"V09-b", latencyMean}}},

	{file: "requests", set: []string{arrivalsOf + "4/s", serviceOf + "exp(1s)", "servers.count=5", policyIs + "[round-robin]", "warmup=2000s", "duration=10000s"},
		points: []answer{{"V10-a", waitMean}}},
	{file: "requests", set: []string{arrivalsOf + "4.5/s", serviceOf + "exp(1s)", "servers.count=5", policyIs + "[round-robin]", "warmup=2000s", "duration=15000s"},
		points: []answer{{"V10-b", waitMean}}},
	{file: "requests", set: []string{arrivalsOf + "45/s", serviceOf + "exp(1s)", "servers.count=50", policyIs + "[round-robin]", "warmup=2000s", "duration=3000s"},
		points: []answer{{"V10-e", waitMean}}},

	{file: "requests", set: []string{arrivalsOf + "'mmpp(30/s: 10s, 5/s: 20s)'", serviceOf + "1us", "servers.cores=64", "warmup=0", "duration=60s"},
		points: []answer{{"V20-a", variance(metric("requests.sent"))}}},
	{file: "requests", set: []string{arrivalsOf + "'mmpp(12/s: 5s, 4/s: 5s)'", "warmup=1000s", "duration=10000s"}, points: []answer{{"V20-c", inSystem}}},

	{file: "requests", set: []string{arrivalsOf + "32/s", "servers.cores=4", "workload.0.state={size: 1B}", "state={store: {workers: 1, service: exp(10ms), latency: 0, calls: 1}}"},
		points: []answer{{"V26-a", latencyMean}}},
	{file: "requests", set: []string{arrivalsOf + "40/s", "servers.count=5", "workload.0.state={size: 1B}", "state={store: {workers: 1, service: exp(5ms), latency: 1ms, calls: 1}}"},
		points: []answer{{"V26-c", latencyMean}}},

	{file: "requests", set: []string{arrivalsOf + "6/s", "timeline=[{each: exp(100s), pause: {for: exp(10s)}}]", "warmup=1000s", "duration=20000s"},
		points: []answer{{"V28-a", latencyMean}}},
	{file: "requests", set: []string{arrivalsOf + "7/s", "servers.gc={every: exp(10s), pause: 200ms}"}, points: []answer{{"V29-a", latencyMean}}},
	{file: "requests", set: []string{arrivalsOf + "6/s", serviceOf + "lognormal(mean=100ms, cv=2)", "servers.gc={every: exp(20s), pause: 500ms}"},
		points: []answer{{"V29-b", latencyMean}}},

	{file: "requests", set: []string{arrivalsOf + "34/s", "warmup=1500s", "duration=8000s",
		"servers=[{name: hot, cores: 1, queue: unlimited, weight: 76}, {name: cool, count: 4, cores: 1, queue: unlimited, weight: 49}]"},
		points: []answer{{"V39-a", quantile(0.5)}, {"V39-b", latencyMean}}},

	{file: "requests", set: []string{arrivalsOf + "76/s", "servers.cores=8", "clients={timeout: exp(500ms), abandon: true}"},
		points: []answer{{"V40-a", abandoned}}},
	{file: "requests", set: []string{arrivalsOf + "9/s", "clients={timeout: 500ms, abandon: true}"}, points: []answer{{"V40-c", abandoned}}},
	{file: "requests", set: []string{arrivalsOf + "44/s", "servers.cores=4", "clients={timeout: 500ms, abandon: true}"},
		points: []answer{{"V40-e", abandoned}}},

	// The limits of t·Var are those of long runs: these are 200 relaxation times long.
	{file: "requests", set: []string{arrivalsOf + "0.8/s", serviceOf + "exp(1s)", "warmup=900s", "duration=18000s"},
		points: []answer{{"V41-a", scaledVariance("requests.in_system.mean", 18000)}}},
	{file: "requests", set: []string{arrivalsOf + "0.5/s", serviceOf + "exp(1s)", "warmup=100s", "duration=5000s"},
		points: []answer{{"V41-c", scaledVariance("wait.mean", 2500)}}},
	{file: "requests", set: []string{arrivalsOf + "5/s", "warmup=20s", "duration=200s"}, runs: 10_000,
		points: []answer{{"V41-f", func() statistic { return &coverage{f: metric("latency.mean"), truth: 0.2, group: 10} }}}},

	{file: "requests", set: nat("4.5/s", "25.5/s"), points: []answer{{"V42-a", latencyMean}, {"V42-d", mean(hotShare)}}},
	{file: "requests", set: nat("6/s", "14/s"), points: []answer{{"V42-b", latencyMean}}},
}

// scaledVariance is n times the variance of a mean over n.
func scaledVariance(name string, n float64) func() statistic {
	return func() statistic { return &scaled{by: n, spread: spread{at: metric(name)}} }
}

// nat is one address among many that a hash of addresses sends to one of five servers.
func nat(one, others string) []string {
	return []string{"servers.count=5", policyIs + "[ip-hash: {prefix: 32}]", "workload=[{name: office, addresses: 1, sessions: " + one +
		", requests: 1, service: exp(100ms)}, {name: others, sessions: " + others + ", requests: 1, service: exp(100ms)}]"}
}

// hotShare is the share of requests of the server that gets most.
func hotShare(r *sim.Result) float64 {
	most, sum := int64(0), int64(0)
	for i := range r.Servers {
		most, sum = max(most, r.Servers[i].Requests), sum+r.Servers[i].Requests
	}
	return float64(most) / float64(sum)
}
