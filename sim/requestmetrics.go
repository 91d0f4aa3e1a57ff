package sim

import "stickysim/sim/metric"

// failureCause breaks failed requests down.
var failureCause = &metric.Dimension{Name: "cause", Doc: "why the request failed for its user", Values: func() []metric.Term { return terms(Failures()) }}

const whenNoneAnswered = "when no request was answered"

var (
	metricLatency = metric.RegisterTimes(metric.Family{Name: "latency", Also: []string{"percentile", "percentiles", "response-time", "tail-latency", "rtt", "ttfb", "p95", "quantile"}, Labels: []*metric.Dimension{metric.Population, metric.Server},
		Short:     "time from sending a request to its answer",
		Doc:       "Answered requests that were sent in the measured part. The time begins when the user first sends the request and includes every wait, retry and backoff. With a server label: the time from an attempt's arrival at that server to its answer. balancers.latency is part of both.",
		Undefined: whenNoneAnswered},
		map[string]metric.Show{
			"mean": {Compare: 1, Summary: 1, Always: true}, "p50": {Compare: 2, Summary: 2, Always: true, Column: 1, Title: "P50"},
			"p95": {First: 1, Compare: 3, Summary: 3, Always: true, Column: 2, Title: "P95", Plot: 1}, "p99": {Compare: 4, Summary: 4, Always: true, Column: 3, Title: "P99", Plot: 2},
			"p99.9": {Summary: 5, Always: true}})
	metricWait = metric.RegisterTimes(metric.Family{Name: "wait", Labels: byPopulation,
		Short:     "time in the queue of the server that answered",
		Doc:       "Answered requests. At a server that shares its cores among all requests, the wait is what the sharing adds to the service time. Waits in the balancer's own queue, its latency and the store are not counted.",
		Undefined: whenNoneAnswered},
		map[string]metric.Show{"mean": {Summary: 6}})
	metricWaitShare = metric.Register(metric.Family{Name: "wait.share", Kind: metric.Share, Better: metric.Less,
		Short: "answered requests that had to wait at all", Doc: "The share of answered requests whose wait at the server was not zero.",
		Formula: "answered requests with a wait > 0 / answered requests", Undefined: whenNoneAnswered})
	metricSlowdown = metric.Register(metric.Family{Name: "latency.slowdown", Kind: metric.Factor, Better: metric.Less,
		Short:   "latency over service demand, mean over requests",
		Doc:     "How many times longer than its own work a request took. Short requests weigh as much as long ones.",
		Formula: "mean over answered requests of latency / CPU time demanded", Undefined: "when no request with a demand was answered"})
	metricSent = metric.Register(metric.Family{Name: "requests.sent", Also: []string{"rps", "qps", "throughput", "request-rate"}, Kind: metric.Count, Labels: byPopulation,
		Short: "requests sent", Doc: "Requests of users that were first sent in the measured part. A retry is not another request.",
		Formula: "number; = requests.good + requests.failed + requests.in_flight"})
	metricGood = metric.Register(metric.Family{Name: "requests.good", Kind: metric.Count, Better: metric.More, Labels: byPopulation,
		Short: "requests answered", Doc: "Requests sent in the measured part and answered before its end, by the first attempt or a retry.", Formula: "number"})
	metricFailed = metric.Register(metric.Family{Name: "requests.failed", Also: []string{"errors", "5xx", "503", "failures", "error-rate", "timeouts"}, Kind: metric.Count, Better: metric.Less,
		Labels: []*metric.Dimension{metric.Population, failureCause},
		Short:  "requests that failed for their user",
		Doc:    "Requests sent in the measured part whose last attempt failed. The cause is that of the last attempt. A failed attempt that is retried with success is no failure.", Formula: "number",
		Show: metric.Show{First: 4, Compare: 9, Summary: 13, Always: true}})
	metricFailedAfter = metric.Register(metric.Family{Name: "latency.failed", Also: []string{"time-to-failure"}, Kind: metric.Time, Better: metric.Less, Labels: byPopulation,
		Short:   "time from sending a request to its failure, mean",
		Doc:     "Failed requests that were sent in the measured part. The time begins when the user first sends the request and includes every wait, retry and backoff before it fails for good. A request that fails at once counts with 0.",
		Formula: "sum over failed requests of the time until their failure / requests.failed", Undefined: "when no request failed"})
	metricInFlight = metric.Register(metric.Family{Name: "requests.in_flight", Kind: metric.Count, Labels: byPopulation,
		Short: "requests neither answered nor failed at the end", Doc: "Requests sent in the measured part that were still in progress when the run ended. They are in neither part of availability.requests, unless they are stuck.", Formula: "number"})
	metricRetried = metric.Register(metric.Family{Name: "requests.retried", Kind: metric.Count, Better: metric.Less, Labels: byPopulation,
		Short: "retries by clients", Doc: "Attempts after the first. A load balancer's redispatch to another server is part of the same attempt.", Formula: "number",
		Show: metric.Show{Summary: 14}})
	metricAttempts = metric.Register(metric.Family{Name: "requests.attempts", Kind: metric.Factor, Better: metric.Less, Labels: byPopulation,
		Short: "attempts per request", Doc: "How much retries multiply the load. 1 = no retry.",
		Formula: "attempts, first ones and retries / requests sent", Undefined: "when no request was sent"})
	metricAvailable = metric.Register(metric.Family{Name: "availability.requests", Also: []string{"uptime", "success-rate", "sla", "nines"}, Kind: metric.Share, Better: metric.More, Labels: byPopulation,
		Short:   "requests answered, of those that ended",
		Doc:     "The share of requests that reached their user's goal, retries included. Requests still in flight at the end count on neither side, unless they are stuck: those count as not answered.",
		Formula: "requests.good / (requests.good + requests.failed + requests.stuck)", Undefined: "when no request ended or is stuck",
		Each: "request", Show: metric.Show{Compare: 5, Summary: 8, Always: true, Column: 4, Title: "AVAILABLE", Plot: 4}})
	metricThroughput = metric.Register(metric.Family{Name: "throughput", Kind: metric.Rate, Better: metric.More, Labels: byPopulation,
		Short: "answers per second", Doc: "Requests answered over the length of the measured part.", Formula: "requests.good / seconds measured",
		Show: metric.Show{Compare: 16, Summary: 7, Always: true}})
)

var _ = reports(10, (*run).requestMetrics)

func (r *run) requestMetrics(b *metricsBuilder) {
	pops := b.res.Populations
	var all PopulationResult
	var slow ratioSum
	for i := range pops {
		p := &pops[i]
		all.Latency.Merge(&p.Latency)
		all.Wait.Merge(&p.Wait)
		all.Sent, all.Good, all.InFlight, all.Stuck = all.Sent+p.Sent, all.Good+p.Good, all.InFlight+p.InFlight, all.Stuck+p.Stuck
		all.Attempts, all.Retried = all.Attempts+p.Attempts, all.Retried+p.Retried
		all.FailedIn += p.FailedIn
		for f := range p.Failed {
			all.Failed[f] += p.Failed[f]
		}
		slow.n += r.pops[i].stats.slowdown.n
		slow.total += r.pops[i].stats.slowdown.total
	}
	b.times(metricLatency, whole, &all.Latency)
	b.times(metricWait, whole, &all.Wait)
	b.ratio(metricWaitShare.ID(), all.Wait.CountAbove(0), float64(all.Good))
	b.ratio(metricSlowdown.ID(), slow.total, float64(slow.n))
	b.requests(whole, &all)
	if len(pops) > 1 {
		for i := range pops {
			p := &pops[i]
			label := ofPopulation(p.Name)
			b.times(metricLatency, label, &p.Latency)
			b.times(metricWait, label, &p.Wait)
			b.requests(label, p)
		}
	}
}

// requests adds the counts of a population, or of all.
func (b *metricsBuilder) requests(label metric.Label, p *PopulationResult) {
	failed := total(p.Failed[:])
	b.count(part(metricSent, label), p.Sent)
	b.count(part(metricGood, label), p.Good)
	b.count(part(metricFailed, label), failed)
	if label == whole {
		for _, f := range Failures() {
			b.count(metricFailed.With(failureCause.Name, f.String()), p.Failed[f])
		}
	}
	b.ratio(part(metricFailedAfter, label), Time(p.FailedIn).Seconds(), float64(failed))
	b.count(part(metricInFlight, label), p.InFlight)
	b.count(part(metricRetried, label), p.Retried)
	b.ratio(part(metricAttempts, label), float64(p.Attempts), float64(p.Sent))
	b.ratio(part(metricAvailable, label), float64(p.Good), float64(p.Good+failed+p.Stuck))
	b.add(part(metricThroughput, label), float64(p.Good)/b.seconds)
}
