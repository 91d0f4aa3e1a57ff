package sim

import (
	"strconv"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// atLeast breaks the time of servers down by how many requests are in them.
var atLeast = &metric.Dimension{Name: "at_least", Doc: "requests in the server, waiting and in service", Values: func() []metric.Term {
	var list []metric.Term
	for n := 1; n <= maxLevel; n *= 2 {
		list = append(list, metric.Term{Name: strconv.Itoa(n)})
	}
	return list
}}

const (
	whenNoServer    = "when no server was in service"
	perTimeInServer = "Servers that had any capacity in the measured part, each as a rate or mean over its own time in service, and weighted by that time: one that was there for a minute counts for a minute. Time in which a server was dead does not count."
	byRankOrName    = " By rank, servers are ranked in each replication, the hottest first, and figures are averaged by rank. A mean by name hides a hot spot that is on another server in each replication."
)

var oneServer = []*metric.Dimension{byRank, metric.Server}

var (
	metricUtilization = metric.RegisterSpread(metric.Family{Name: "server.utilization", Also: []string{"cpu", "load", "saturation"}, Kind: metric.Share, Labels: []*metric.Dimension{aMinute},
		Short: "busy share of a server's cores", Doc: perTimeInServer + " With a window: of each minute of the run, in mean over the minutes."}, metric.Less,
		map[string]metric.Show{"mean": {Summary: 20, Always: true}, "max": {First: 3, Compare: 11, Summary: 21, Always: true, Column: 6, Title: "HOTTEST"},
			"peak_to_mean": {Compare: 12, Summary: 22, Always: true, Column: 7, Title: "PEAK/MEAN", Plot: 5}, "cv": {Compare: 13}})
	metricServerRequests = metric.RegisterSpread(metric.Family{Name: "server.requests", Kind: metric.Rate,
		Short: "answers of a server per second", Doc: perTimeInServer + " An answer counts even where its user has given up."}, metric.Neither,
		map[string]metric.Show{"peak_to_mean": {Compare: 14}})
	metricServerAttempts = metric.RegisterSpread(metric.Family{Name: "server.attempts", Kind: metric.Rate,
		Short: "attempts a server accepts per second", Doc: perTimeInServer + " An attempt that breaks, or is retried elsewhere, counts too."}, metric.Neither, nil)
	metricServerSessions = metric.RegisterSpread(metric.Family{Name: "server.sessions", Kind: metric.Count,
		Short: "sessions a server holds", Doc: perTimeInServer}, metric.Neither, nil)
	metricServerMemory = metric.RegisterSpread(metric.Family{Name: "server.memory", Kind: metric.Bytes,
		Short: "session state in a server's memory", Doc: perTimeInServer}, metric.Neither, nil)
	metricMostSessions = metric.Register(metric.Family{Name: "server.sessions.most", Kind: metric.Count,
		Short: "most sessions a server ever held", Doc: "The peak over all servers and the whole measured part.", Formula: "largest number at any time"})
	metricMostMemory = metric.Register(metric.Family{Name: "server.memory.most", Kind: metric.Bytes, Better: metric.Less,
		Short: "most session state a server ever held", Doc: "The peak over all servers and the whole measured part.", Formula: "largest number of bytes at any time",
		Show: metric.Show{Summary: 23}})
	metricServerErrors = metric.Register(metric.Family{Name: "server.errors", Kind: metric.Count, Better: metric.Less,
		Short: "attempts that failed at a server", Doc: "An attempt that is retried counts, so this may exceed requests.failed.", Formula: "number"})
	metricServerAvailable = metric.Register(metric.Family{Name: "server.available", Kind: metric.Share, Better: metric.More,
		Short: "server time not spent dead", Doc: "Over all servers, while they belong to the fleet.", Formula: "(server time in service − dead) / server time in service", Undefined: whenNoServer})
	metricInSystem = metric.Register(metric.Family{Name: "server.in_system", Kind: metric.Share, Labels: []*metric.Dimension{atLeast}, OnlyParts: true,
		Short: "server time with at least so many requests in the server", Doc: "Requests waiting and in service, over all servers.",
		Formula: "server time with at least n requests / server time", Undefined: whenNoServer})
	metricLoad = metric.Register(metric.Family{Name: "requests.in_system.mean", Kind: metric.Count, Better: metric.Less,
		Short: "requests in all servers together, mean over time", Doc: "Waiting and in service.", Formula: "∫ requests in servers dt / time measured"})
	metricFleetMean = metric.Register(metric.Family{Name: "servers.mean", Kind: metric.Count,
		Short: "size of the fleet, mean over time", Doc: "Servers in service, dead ones included until they are replaced.", Formula: "server time in service / time measured",
		Show: metric.Show{Summary: 32}})
	metricFleetMax = metric.Register(metric.Family{Name: "servers.max", Kind: metric.Count,
		Short: "most servers running at once", Doc: "Servers that serve, in the measured part.", Formula: "largest number at any time"})
	metricHours = metric.Register(metric.Family{Name: "cost.server_hours", Also: []string{"cost", "price", "money", "node-hours"}, Kind: metric.Time, Unit: "h", Better: metric.Less,
		Short: "server time in service", Doc: "What a provider would bill, over all servers.", Formula: "sum of the servers' time in service",
		Show: metric.Show{Summary: 33}})
	metricOneUtilization = metric.Register(metric.Family{Name: "server.utilization", Kind: metric.Share, Better: metric.Less, Labels: oneServer, OnlyParts: true,
		Short: "busy share of one server's cores", Doc: "Over the time in which the server was in service and not dead." + byRankOrName,
		Formula: "busy core time / core time available", Undefined: "when the server had no capacity"})
	metricOneShare = metric.Register(metric.Family{Name: "server.requests.share", Kind: metric.Share, Labels: oneServer, OnlyParts: true,
		Short: "one server's share of the answers", Doc: "Of those while the server was in service, however short." + byRankOrName,
		Formula: shareOfAnswers, Undefined: whenNoneAnsweredThen})
	metricOneAttempts = metric.Register(metric.Family{Name: "server.attempts.share", Kind: metric.Share, Labels: oneServer, OnlyParts: true,
		Short: "one server's share of the attempts that servers accepted", Doc: "Of those while the server was in service, however short. An attempt that is accepted may still fail." + byRankOrName,
		Formula: shareOfAttempts, Undefined: whenNoneAcceptedThen})
	metricOneSessions = metric.Register(metric.Family{Name: "server.sessions", Kind: metric.Count, Labels: oneServer, OnlyParts: true,
		Short: "sessions one server holds, mean over time", Doc: "While it belongs to the fleet." + byRankOrName, Formula: "∫ sessions dt / time in service",
		Undefined: "when the server was never in service"})
)

var _ = reports(50, (*run).serverMetrics)

// serverMetrics describes how evenly the fleet is loaded: each quantity per server, as a rate over the time the
// server was in service, then the usual measures of imbalance over the servers.
func (r *run) serverMetrics(b *metricsBuilder) {
	present, errors, down := 0.0, int64(0), 0.0
	mostSessions, mostMemory := int64(0), 0.0
	for i := range b.res.Servers {
		s := &b.res.Servers[i]
		present += s.Present / 3600
		errors += s.Errors
		down += s.Down
		mostSessions, mostMemory = max(mostSessions, s.SessionsMax), max(mostMemory, s.MemoryMax)
	}
	b.spreads()
	b.count(metricMostSessions.ID(), mostSessions)
	b.add(metricMostMemory.ID(), mostMemory)
	b.count(metricServerErrors.ID(), errors)
	b.ratio(metricServerAvailable.ID(), present*3600-down, present*3600)
	b.levels(r)
	b.add(metricFleetMean.ID(), present*3600/b.seconds)
	b.count(metricFleetMax.ID(), r.fleet.most)
	b.add(metricHours.ID(), present)
	b.eachServer()
}

// oneServerFigures are the figures that have metrics of single servers.
var oneServerFigures = []struct {
	family *metric.Family
	figure *metric.ServerFigure
}{{metricOneUtilization, UtilizationFigure}, {metricOneShare, ShareFigure}, {metricOneAttempts, AttemptsFigure}, {metricOneSessions, SessionsFigure}}

// eachServer adds the figures of ranks and, in a small fleet, of every server.
func (b *metricsBuilder) eachServer() {
	for _, n := range named(b.res.Ranks) {
		for _, f := range oneServerFigures {
			b.add(part(f.family, n.label), b.res.Ranks[n.at].Figures[f.figure.Index()])
		}
	}
	if len(b.res.Servers) > ListedServers {
		return
	}
	for i := range b.res.Servers {
		s := &b.res.Servers[i]
		label := metric.Label{Key: metric.Server.Name, Value: s.Name}
		for _, f := range oneServerFigures {
			b.add(part(f.family, label), s.Figures[f.figure.Index()])
		}
		b.times(metricLatency, label, &s.Latency)
	}
}

// spreads adds the measures of imbalance of every quantity, over the servers that had capacity.
func (b *metricsBuilder) spreads() {
	n := len(b.res.Servers)
	x, times := make([]float64, 0, n), make([]float64, 0, n)
	up := func(s *ServerResult) float64 { return s.Present - s.Down }
	present := func(s *ServerResult) float64 { return s.Present }
	for _, q := range []struct {
		family metric.Spread
		of     func(s *ServerResult) float64
		time   func(s *ServerResult) float64
	}{
		{metricUtilization, func(s *ServerResult) float64 { return s.Busy / s.Capacity }, up},
		{metricServerRequests, func(s *ServerResult) float64 { return float64(s.Answered) / up(s) }, up},
		{metricServerAttempts, func(s *ServerResult) float64 { return float64(s.Requests) / up(s) }, up},
		{metricServerSessions, func(s *ServerResult) float64 { return s.Sessions }, present},
		{metricServerMemory, func(s *ServerResult) float64 { return s.Memory }, present},
	} {
		x, times = x[:0], times[:0]
		for i := range b.res.Servers {
			if s := &b.res.Servers[i]; s.Capacity > 0 {
				x, times = append(x, q.of(s)), append(times, q.time(s))
			}
		}
		b.spread(q.family, x, times)
	}
}

// spread adds mean, maximum and the measures of imbalance of one quantity of servers that were in service for the times.
func (b *metricsBuilder) spread(s metric.Spread, x, times []float64) {
	v := stats.BalanceOf(x, times)
	b.add(s.Mean.ID(), v.Mean)
	b.add(s.Max.ID(), v.Peak)
	b.add(s.PeakToMean.ID(), v.PeakToMean)
	b.add(s.CV.ID(), v.CV)
	b.add(s.Jain.ID(), v.Jain)
	b.add(s.Gini.ID(), v.Gini)
}

// levels adds the share of server time with at least n requests in the server, for powers of two.
func (b *metricsBuilder) levels(r *run) {
	all := float64(total(r.traffic.levels[:]))
	for n := 1; n <= maxLevel; n *= 2 {
		b.ratio(metricInSystem.With(atLeast.Name, strconv.Itoa(n)), float64(total(r.traffic.levels[n:])), all)
	}
	mean := 0.0
	for i := range r.servers {
		s := r.servers[i]
		mean += float64(s.area.inSystem - s.base.inSystem)
	}
	b.add(metricLoad.ID(), mean/float64(r.m.Duration))
}
