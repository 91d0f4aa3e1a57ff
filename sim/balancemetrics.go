package sim

import (
	"fmt"
	"math"

	"stickysim/sim/stats"
)

// serverMetrics describes how evenly the fleet is loaded: each quantity per server, as a rate over the time the
// server was in service, then the usual measures of imbalance over the servers.
func (r *run) serverMetrics(b *metricsBuilder, res *Result) {
	var util, requests, sessions, memory []float64
	hours, errors, down := 0.0, int64(0), 0.0
	for i := range res.Servers {
		s := &res.Servers[i]
		hours += s.Present / 3600
		errors += s.Errors
		down += s.Down
		if s.Capacity <= 0 {
			continue
		}
		util = append(util, s.Busy/s.Capacity)
		requests = append(requests, float64(s.Requests)/(s.Present-s.Down))
		sessions = append(sessions, s.Sessions)
		memory = append(memory, s.Memory)
	}
	b.spread("server.utilization", "ratio", util)
	b.spread("server.requests", "1/s", requests)
	b.spread("server.sessions", "1", sessions)
	b.spread("server.memory", "B", memory)
	b.add("server.sessions.most", "1", mostSessions(res))
	b.add("server.memory.most", "B", mostMemory(res))
	b.add("server.errors", "1", float64(errors))
	b.ratio("server.available", hours*3600-down, hours*3600)
	b.levels(r)
	b.add("servers.mean", "1", hours*3600/b.seconds)
	b.add("servers.max", "1", maxOf(r.series.Servers))
	b.add("cost.server_hours", "h", hours)
	if len(res.Servers) <= perServer {
		total := 0.0
		for i := range res.Servers {
			total += float64(res.Servers[i].Requests)
		}
		for i := range res.Servers {
			s := &res.Servers[i]
			label := "{server=" + s.Name + "}"
			b.ratio("server.utilization"+label, s.Busy, s.Capacity)
			b.ratio("server.requests.share"+label, float64(s.Requests), total)
			b.add("server.sessions"+label, "1", s.Sessions)
			b.times("latency", label, &s.Latency)
		}
	}
}

// spread adds mean, maximum and the measures of imbalance of one quantity.
func (b *metricsBuilder) spread(name, unit string, x []float64) {
	mean, most := math.NaN(), math.NaN()
	if len(x) > 0 {
		mean, most = stats.Total(x)/float64(len(x)), x[0]
		for _, v := range x {
			most = max(most, v)
		}
	}
	b.add(name+".mean", unit, mean)
	b.add(name+".max", unit, most)
	b.add(name+".peak_to_mean", "ratio", stats.PeakToMean(x))
	b.add(name+".cv", "ratio", stats.CVPopulation(x))
	b.add(name+".jain", "ratio", stats.Jain(x))
	b.add(name+".gini", "ratio", stats.Gini(x))
}

// levels adds the share of server time with at least n requests in the server, for powers of two.
func (b *metricsBuilder) levels(r *run) {
	total := 0.0
	for _, t := range r.levels {
		total += float64(t)
	}
	for n := 1; n <= maxLevel; n *= 2 {
		at := 0.0
		for _, t := range r.levels[n:] {
			at += float64(t)
		}
		b.ratio(fmt.Sprintf("server.in_system{at_least=%d}", n), at, total)
	}
	mean := 0.0
	for i := range r.servers {
		s := &r.servers[i]
		mean += float64(s.area.inSystem - s.base.inSystem)
	}
	b.add("requests.in_system.mean", "1", mean/float64(r.m.Duration))
}

func mostSessions(res *Result) float64 {
	most := int64(0)
	for i := range res.Servers {
		most = max(most, res.Servers[i].SessionsMax)
	}
	return float64(most)
}

func mostMemory(res *Result) float64 {
	most := 0.0
	for i := range res.Servers {
		most = max(most, res.Servers[i].MemoryMax)
	}
	return most
}

func maxOf(x []float32) float64 {
	most := float32(0)
	for _, v := range x {
		most = max(most, v)
	}
	return float64(most)
}
