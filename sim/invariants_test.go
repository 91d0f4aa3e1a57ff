package sim

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"stickysim/sim/diag"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// figures are a run and its metrics.
type figures struct {
	m      *Model
	res    *Result
	values map[metric.ID]float64
}

func figuresOf(m *Model, seed uint64) *figures {
	x := &figures{m, Run(m, seed, 0, Options{}), map[metric.ID]float64{}}
	for _, v := range x.res.Metrics {
		x.values[v.ID] = v.Value
	}
	return x
}

// of is the figure of a family; NaN where it was not reported.
func (x *figures) of(f *metric.Family) float64 { return x.at(f.ID()) }

func (x *figures) at(id metric.ID) float64 {
	if v, ok := x.values[id]; ok {
		return v
	}
	return math.NaN()
}

// sum adds up the parts of a figure.
func (x *figures) sum(f *metric.Family, key string) float64 {
	sum := 0.0
	for _, v := range x.res.Metrics {
		if v.ID.Family == f.Name && v.ID.Label.Key == key {
			sum += v.Value
		}
	}
	return sum
}

// invariants are what the figures of each family are held to in every run: they agree with the rest of the result by
// another way than the one they were computed by. A family may be in several.
var invariants = []struct {
	families []*metric.Family
	holds    func(x *figures) error
}{
	{[]*metric.Family{metricSent, metricGood, metricFailed, metricInFlight}, func(x *figures) error {
		return all(equal("requests sent", x.of(metricSent), x.of(metricGood)+x.of(metricFailed)+x.of(metricInFlight)),
			equal("failures by cause", x.of(metricFailed), x.sum(metricFailed, "cause")), x.populations(metricSent), x.populations(metricGood),
			x.populations(metricFailed), x.populations(metricInFlight))
	}},
	{[]*metric.Family{metricRetried, metricAttempts}, func(x *figures) error {
		attempts, most := x.of(metricAttempts)*x.of(metricSent), x.of(metricSent)+x.of(metricRetried)
		return all(atLeastOf("first attempts and retries", most, attempts), // a retry may still wait for its backoff
			atLeastOf("attempts", attempts, most-x.of(metricInFlight)), x.populations(metricRetried))
	}},
	{[]*metric.Family{metricAvailable, metricThroughput}, func(x *figures) error {
		return all(equal("availability", x.of(metricAvailable), x.of(metricGood)/(x.of(metricFailed)+x.of(metricStuck)+x.of(metricGood))),
			equal("throughput", x.of(metricThroughput)*x.m.Duration.Seconds(), x.of(metricGood)), x.populations(metricThroughput))
	}},
	{[]*metric.Family{metricStuck}, func(x *figures) error {
		return all(x.populations(metricStuck), atLeastOf("requests in flight", x.of(metricInFlight), x.of(metricStuck)),
			equal("warnings of stuck requests", bit(x.of(metricStuck) > 0), bit(slices.ContainsFunc(x.res.Warnings, func(w diag.Warning) bool { return w.Code == stuckRequests.Name }))))
	}},
	{[]*metric.Family{metricWaitShare}, func(x *figures) error {
		waited := 0.0
		for i := range x.res.Populations {
			waited += x.res.Populations[i].Wait.CountAbove(0)
		}
		return equal("share that waited", x.of(metricWaitShare)*x.of(metricGood), waited)
	}},
	{[]*metric.Family{metricSlowdown}, func(x *figures) error {
		return atLeastOf("slowdown", x.of(metricSlowdown), .2) // no server of the swarm is five times as fast as its demand says
	}},
	{timesOf(metricLatency), func(x *figures) error {
		return x.histogram(metricLatency, func(p *PopulationResult) *stats.Histogram { return &p.Latency })
	}},
	{timesOf(metricWait), func(x *figures) error {
		return x.histogram(metricWait, func(p *PopulationResult) *stats.Histogram { return &p.Wait })
	}},
	{timesOf(metricResidual), func(x *figures) error {
		return atLeastOf("residual life", x.m.Duration.Seconds()*1.005, x.of(metricResidual.Quantiles[5]))
	}},
	{timesOf(metricStoreLatency), func(x *figures) error {
		return sameDefined("store latency", x.of(metricStoreLatency.Mean), x.of(metricStoreOperations) > 0)
	}},
	{timesOf(metricExposure), func(x *figures) error {
		if x.m.State.TTL == 0 {
			return nil
		}
		return atLeastOf("time that a revoked token is accepted", x.m.State.TTL.Seconds()*1.005, x.of(metricExposure.Quantiles[5]))
	}},
	{timesOf(metricDetect), func(x *figures) error {
		return sameDefinedOr("detection", x.of(metricDetect.Mean), x.of(metricCrashes) > 0 || x.m.Warmup > 0)
	}},
	{[]*metric.Family{metricStarted, metricFinished, metricActive, metricLost, metricLostRatio, metricCleanSessions}, func(x *figures) error {
		lost, lived := x.of(metricLost), x.atStart()+x.of(metricStarted)
		return all(equal("losses by cause", lost, x.sum(metricLost, "cause")), x.populations(metricLost), x.populations(metricStarted), x.populations(metricActive),
			equal("lost of those that lived", x.of(metricLostRatio)*lived, lost), atLeastOf("sessions without a loss", 1-x.of(metricLostRatio), x.of(metricCleanSessions)),
			equal("sessions lost in the series", lost, total32(x.res.Series.Of(LostSessionsSeries))),
			atLeastOf("sessions at the start", x.atStart(), 0))
	}},
	{[]*metric.Family{metricVisitsHit, metricVisitLosses, metricAffected}, func(x *figures) error {
		errs := []error{atLeastOf("losses per visit", x.of(metricVisitLosses), x.of(metricVisitsHit))}
		sessions, visits, hit := 0.0, 0.0, 0.0
		for i := range x.res.Populations {
			p := &x.res.Populations[i]
			sessions, visits, hit = sessions+float64(p.Lived), visits+float64(p.Visits), hit+float64(p.VisitsHit)
			lost := total(p.Lost[:])
			errs = append(errs, atLeastOf("visits", float64(p.Visits), float64(p.People)), atLeastOf("people", float64(p.People), float64(p.Affected)),
				atLeastOf("visits hit", float64(p.Visits), float64(p.VisitsHit)), atLeastOf("losses", float64(lost), float64(p.VisitsHit)),
				atLeastOf("people affected where a visit was hit", float64(p.Affected), bit(p.VisitsHit > 0)))
			if x.m.Populations[i].OnLoss != Leave {
				errs = append(errs, equal("sessions of visits", float64(p.Lived), float64(p.Visits)+float64(lost)))
			}
		}
		return all(append(errs, equal("visits hit", x.of(metricVisitsHit)*visits, hit))...)
	}},
	{[]*metric.Family{metricIncidents, metricIncidentLost}, func(x *figures) error {
		if len(x.m.Timeline) == 0 {
			return sameDefined("incidents", x.of(metricIncidents), false)
		}
		ratio := x.of(metricIncidentLost)
		errs := []error{equal("incidents by action", x.of(metricIncidents), x.sum(metricIncidents, byAction.Name)), sameDefinedOr("share lost", ratio, x.of(metricIncidents) > 0)}
		least, most := math.Inf(1), math.Inf(-1)
		for _, k := range x.m.actionKinds() {
			if v := x.at(metricIncidentLost.With(byAction.Name, k.Name)); v == v {
				least, most = min(least, v), max(most, v)
			}
		}
		if ratio == ratio {
			errs = append(errs, atLeastOf("share lost", ratio, least), atLeastOf("largest share lost", most, ratio), atLeastOf("everything", 1, ratio))
		}
		if x.of(metricLost) == 0 {
			errs = append(errs, atLeastOf("share lost where nothing is lost", 0, max(ratio, 0)))
		}
		return all(errs...)
	}},
	{[]*metric.Family{metricActiveMean, metricActiveVariance}, func(x *figures) error {
		most := x.atStart() + x.of(metricStarted)
		least := max(x.atStart()-x.of(metricFinished)-x.of(metricLost), 0)
		return all(atLeastOf("mean of active sessions", x.of(metricActiveMean), least), atLeastOf("sessions that there were", most, x.of(metricActiveMean)),
			atLeastOf("largest variance", (most-least)*(most-least)/4, x.of(metricActiveVariance)))
	}},
	{[]*metric.Family{metricOneAddress, metricOneServer}, func(x *figures) error {
		errs := []error{}
		for i := range x.m.Populations {
			p, label := &x.m.Populations[i], whole
			if len(x.m.Populations) > 1 {
				label = ofPopulation(p.Name)
			}
			address, server, active := x.at(part(metricOneAddress, label)), x.at(part(metricOneServer, label)), float64(x.res.Populations[i].Active)
			errs = append(errs, sameDefined("sessions from one address", address, active > 0), sameDefined("sessions on one server", server, active > 0))
			if active == 0 {
				continue
			}
			errs = append(errs, atLeastOf("whole sessions from one address", address*active*(1+1e-9), 1), atLeastOf("all sessions", 1, max(address, server)))
			if p.Addresses > 0 && len(p.Groups) == 0 && p.AddressChange == nil && p.Trace == nil {
				errs = append(errs, atLeastOf("sessions from one of the shared addresses", address*(1+1e-9), 1/float64(p.Addresses)))
			}
		}
		return all(errs...)
	}},
	{[]*metric.Family{metricAffinityHit, metricAffinityBroken}, func(x *figures) error {
		return all(equal("requests with a home", x.of(metricAffinityHit)+x.of(metricAffinityBroken), 1), equal("breaks by cause", x.of(metricAffinityBroken), x.sum(metricAffinityBroken, "cause")))
	}},
	{[]*metric.Family{metricAffinityMoved, metricDisruption, metricNeedless}, func(x *figures) error {
		return all(atLeastOf("moved sessions", x.of(metricAffinityMoved), x.of(metricDisruption)), atLeastOf("needless moves", x.of(metricNeedless), x.of(metricDisruption)))
	}},
	{spreadOf(metricUtilization), func(x *figures) error {
		return x.spread(metricUtilization, func(s *ServerResult) (float64, float64) { return s.Busy / s.Capacity, s.Present - s.Down })
	}},
	{spreadOf(metricServerRequests), func(x *figures) error {
		return x.spread(metricServerRequests, func(s *ServerResult) (float64, float64) {
			return float64(s.Answered) / (s.Present - s.Down), s.Present - s.Down
		})
	}},
	{spreadOf(metricServerAttempts), func(x *figures) error {
		return x.spread(metricServerAttempts, func(s *ServerResult) (float64, float64) {
			return float64(s.Requests) / (s.Present - s.Down), s.Present - s.Down
		})
	}},
	{spreadOf(metricServerSessions), func(x *figures) error {
		return x.spread(metricServerSessions, func(s *ServerResult) (float64, float64) { return s.Sessions, s.Present })
	}},
	{spreadOf(metricServerMemory), func(x *figures) error {
		return x.spread(metricServerMemory, func(s *ServerResult) (float64, float64) { return s.Memory, s.Present })
	}},
	{[]*metric.Family{metricMostSessions, metricMostMemory}, func(x *figures) error {
		return all(atLeastOf("peak of sessions", x.of(metricMostSessions), max(x.of(metricServerSessions.Max), largest(x.res.Series.Of(SessionsSeries)))),
			atLeastOf("peak of memory", x.of(metricMostMemory)*(1+1e-9), x.of(metricServerMemory.Max)))
	}},
	{[]*metric.Family{metricServerErrors}, func(x *figures) error {
		return equal("errors in the series", x.of(metricServerErrors), total32(x.res.Series.Of(ErrorsSeries)))
	}},
	{[]*metric.Family{metricServerAvailable, metricFleetMean, metricHours}, func(x *figures) error {
		present, down := 0.0, 0.0
		for i := range x.res.Servers {
			present, down = present+x.res.Servers[i].Present, down+x.res.Servers[i].Down
		}
		return all(equal("dead time", (1-x.of(metricServerAvailable))*present, down), equal("server hours", x.of(metricHours)*3600, present),
			equal("mean fleet", x.of(metricFleetMean)*x.m.Duration.Seconds(), present))
	}},
	{[]*metric.Family{metricFleetMax}, func(x *figures) error {
		up := 0.0
		for i := range x.res.Servers {
			up += x.res.Servers[i].Present - x.res.Servers[i].Down
		}
		return all(atLeastOf("largest fleet", x.of(metricFleetMax), max(largest(x.res.Series.Of(ServersSeries)), up/x.m.Duration.Seconds())), atLeastOf("servers", float64(len(x.res.Servers)), x.of(metricFleetMax)))
	}},
	{[]*metric.Family{metricInSystem}, func(x *figures) error {
		before, busy := 1.0, 0.0
		for _, t := range atLeast.Names() {
			v := x.at(metricInSystem.With("at_least", t))
			if v > before {
				return fmt.Errorf("%s with at least %s requests: %g, with fewer %g", metricInSystem.Name, t, v, before)
			}
			before = v
		}
		for i := range x.res.Servers {
			busy += x.res.Servers[i].Present
		}
		return atLeastOf("mean number in servers", x.of(metricLoad)*x.m.Duration.Seconds()*(1+1e-9)+1e-6, x.at(metricInSystem.With("at_least", "1"))*busy*.5)
	}},
	{[]*metric.Family{metricLoad}, func(x *figures) error {
		area, s := 0.0, &x.res.Series
		for i, v := range s.Of(LoadSeries) {
			area += float64(v) * (min(Time(i+1)*s.Step, x.m.Duration) - Time(i)*s.Step).Seconds()
		}
		return nearly("load of the series", x.of(metricLoad)*x.m.Duration.Seconds(), area, 1e-5)
	}},
	{[]*metric.Family{metricOneUtilization, metricOneShare, metricOneAttempts, metricOneSessions}, func(x *figures) error {
		return all(x.names(), x.ranks())
	}},
	{[]*metric.Family{metricSpent, metricBurn, metricBurnHour}, func(x *figures) error {
		bad, good, allowed := total32(x.res.Series.Of(FailedSeries)), total32(x.res.Series.Of(AnsweredSeries)), 1-orDefault(x.m.SLO, usualSLO)
		return all(equal("budget", x.of(metricSpent)*allowed*(good+bad), bad), atLeastOf("fastest burn", 1/allowed, x.at(metricBurn.With("window", "5m"))),
			atLeastOf("fastest burn of all hours", x.at(metricBurn.With("window", "5m")), x.at(metricBurnHour.With("window", "5m"))))
	}},
	{[]*metric.Family{metricHotTime, metricHotCount, metricHotHidden, metricHotMinutes}, func(x *figures) error {
		minutes := 0.0
		for _, h := range x.res.Hotspots {
			minutes += (h.To - h.From).Seconds() / 60
			if h.To-h.From < Minute || h.Peak < hotLevel-1e-9 || h.To > x.m.Duration {
				return fmt.Errorf("a hot spot from %v to %v of %g", h.From, h.To, h.Peak)
			}
		}
		both := x.of(metricHotHidden)
		return all(equal("minutes of hot spots", x.of(metricHotMinutes), minutes), atLeastOf("minutes of hot spots", minutes*(1+1e-9), x.of(metricHotTime)*x.m.Duration.Seconds()/60),
			equal("number of hot spots", x.of(metricHotCount), float64(len(x.res.Hotspots))), sameDefined("hidden share", both, x.of(metricHotCount) > 0),
			atLeastOf("hidden from one figure", min(x.at(metricHotHidden.With("dashboard", "utilization")), x.at(metricHotHidden.With("dashboard", "p50"))), both))
	}},
	{[]*metric.Family{metricMinuteMax, metricMinutePeak, metricMinuteCV}, func(x *figures) error {
		u, of := metricUtilization, func(f *metric.Family) float64 { return x.at(ofMinutes(f)) }
		errs := []error{atLeastOf("peak over mean of a minute", of(u.PeakToMean), 1),
			atLeastOf("a busy core", 1, of(metricMinuteMax))}
		if x.m.Duration%Minute == 0 {
			errs = append(errs, equal("mean over minutes", of(u.Mean), x.of(u.Mean)))
			if x.of(metricServerAvailable) == 1 && x.of(metricFleetMean) == float64(len(x.res.Servers)) {
				errs = append(errs, atLeastOf("mean of the hottest", of(u.Max), x.of(u.Max)))
			}
		}
		return all(errs...)
	}},
	{[]*metric.Family{metricStoreUtilization, metricStoreOperations, metricStoreFailed, metricCacheHit}, func(x *figures) error {
		shared := x.m.State.Kind == Store || x.m.State.Kind == CachedStore || x.m.State.Rest > 0
		return all(sameDefined("operations", x.of(metricStoreOperations), shared), sameDefined("failed operations", x.of(metricStoreFailed), shared),
			sameDefined("utilization of the store", x.of(metricStoreUtilization), shared && x.m.State.Store.Workers > 0),
			atLeastOf("failed attempts, and failures of requests that no client waits for", x.of(metricServerErrors)+x.of(metricSent)+x.of(metricStoreOperations), x.of(metricStoreFailed)))
	}},
	{[]*metric.Family{metricDenylist}, func(x *figures) error {
		return sameDefined("denylist", x.of(metricDenylist), x.m.State.Kind == Token && x.m.State.Revoke != nil)
	}},
	{[]*metric.Family{metricStale, metricFetched}, func(x *figures) error {
		return atLeastOf("requests that needed state", 1, x.of(metricStale)+x.of(metricFetched))
	}},
	{[]*metric.Family{metricCrashes, metricCrashSessions}, func(x *figures) error {
		return all(sameDefined("sessions of a crash", x.of(metricCrashSessions), x.of(metricCrashes) > 0), atLeastOf("peak of sessions", x.of(metricMostSessions), x.of(metricCrashSessions)))
	}},
	{[]*metric.Family{metricCollections, metricCollecting}, func(x *figures) error {
		return atLeastOf("pauses where there is time in pauses", x.of(metricCollections), bit(x.of(metricCollecting) > 0))
	}},
	{[]*metric.Family{metricDrainTime, metricDrainMax, metricDrains, metricDrainCut}, func(x *figures) error {
		n := x.of(metricDrains)
		return all(sameDefined("drain", x.of(metricDrainTime), n > 0), atLeastOf("longest drain", x.of(metricDrainMax)*(1+1e-9), x.of(metricDrainTime)),
			atLeastOf("sum of drains", x.of(metricDrainTime)*n*(1+1e-9), x.of(metricDrainMax)), atLeastOf("cut sessions", x.of(metricMostSessions)*n, x.of(metricDrainCut)))
	}},
	{[]*metric.Family{metricDeployTime, metricDeploys}, func(x *figures) error {
		return all(sameDefined("deployment", x.of(metricDeployTime), x.of(metricDeploys) > 0), atLeastOf("the whole run", (x.m.Warmup+x.m.Duration).Seconds(), x.of(metricDeployTime)))
	}},
	{[]*metric.Family{metricOrdered, metricRefused}, func(x *figures) error {
		return all(atLeastOf("servers that there were", float64(len(x.res.Servers)), x.of(metricOrdered)), atLeastOf("room for servers", float64(x.m.room()), float64(len(x.res.Servers))),
			atLeastOf("servers made, where some were refused", float64(len(x.res.Servers))*bit(x.of(metricRefused) > 0), float64(x.m.room())*bit(x.of(metricRefused) > 0)))
	}},
	{[]*metric.Family{metricReopened, metricEvictions}, func(x *figures) error {
		open, bounded := false, x.m.Template.Memory > 0
		for i := range x.m.Populations {
			open = open || x.m.Populations[i].Loop == Connection
		}
		for i := range x.m.Servers {
			bounded = bounded || x.m.Servers[i].Memory > 0
		}
		return all(atLeastOf("connections", bit(open), bit(x.of(metricReopened) > 0)), atLeastOf("bounded memory", bit(bounded), bit(x.of(metricEvictions) > 0)))
	}},
	{[]*metric.Family{metricScalings, metricScaleOuts, metricScaleIns, metricDesiredMean, metricDesiredLast}, func(x *figures) error {
		if x.m.Autoscaler == nil {
			return sameDefined("autoscaler", x.of(metricScalings), false)
		}
		errs := []error{equal("scalings", x.of(metricScalings), x.of(metricScaleOuts)+x.of(metricScaleIns))}
		if x.of(metricScalings) == 0 && x.m.Autoscaler.Schedule == nil && len(x.m.Timeline) == 0 {
			errs = append(errs, equal("desired size", x.of(metricDesiredMean), x.of(metricDesiredLast)))
		}
		return all(errs...)
	}},
	{[]*metric.Family{metricRebalance, metricCensored}, func(x *figures) error {
		return all(sameDefinedOr("rebalancing", x.of(metricRebalance), len(x.res.Servers) > len(x.m.Servers) || x.of(metricServerAvailable) < 1 || x.m.Warmup > 0),
			atLeastOf("the measured part", x.m.Duration.Seconds(), x.of(metricRebalance)),
			equal("warnings", bit(x.of(metricCensored) > 0), x.warned(codeCensored.Name)))
	}},
}

// atStart is the number of sessions in progress when counting began.
func (x *figures) atStart() float64 {
	return x.of(metricActive) + x.of(metricFinished) + x.of(metricLost) - x.of(metricStarted)
}

// warned is 1 where the run has a warning of the code.
func (x *figures) warned(code string) float64 {
	return bit(slices.ContainsFunc(x.res.Warnings, func(w diag.Warning) bool { return w.Code == code }))
}

// names holds the metrics of servers to their figures.
func (x *figures) names() error {
	var errs []error
	for i := range x.res.Servers {
		s := &x.res.Servers[i]
		errs = append(errs, equal("utilization of "+s.Name, x.at(metricOneUtilization.With("server", s.Name)), s.Busy/s.Capacity),
			equal("sessions of "+s.Name, x.at(metricOneSessions.With("server", s.Name)), s.Sessions))
		for _, f := range oneServerFigures {
			errs = append(errs, equal(f.figure.Name+" of "+s.Name, x.at(f.family.With("server", s.Name)), s.Figures[f.figure.Index()]))
		}
	}
	return all(errs...)
}

// ranks holds those of ranks to their order, and to the servers: ranks share out what the servers did.
func (x *figures) ranks() error {
	busy, up, errors, answers := 0.0, 0.0, 0.0, 0.0
	for i := range x.res.Servers {
		if s := &x.res.Servers[i]; s.Capacity > 0 {
			up += s.Present - s.Down
			busy += s.Busy / s.Capacity * (s.Present - s.Down)
			errors, answers = errors+float64(s.Errors), answers+float64(s.Answered)
		}
	}
	var errs []error
	inRanks, last := serverBooks{}, math.Inf(1)
	for i := range x.res.Ranks {
		r := &x.res.Ranks[i]
		inRanks.add(&r.books, 1)
		u := r.Figures[UtilizationFigure.Index()]
		errs = append(errs, atLeastOf(fmt.Sprintf("utilization of rank %d", i), last, u))
		last = u
		if i < ListedRanks {
			errs = append(errs, equal("metric of the rank", x.at(metricOneUtilization.With("rank", fmt.Sprint(i+1))), u))
		}
	}
	return all(append(errs, nearly("time in ranks", inRanks.Up, up, 1e-6), nearly("busy time in ranks", inRanks.Loaded, busy, 1e-6),
		nearly("errors in ranks", inRanks.Errors, errors, 1e-6), nearly("answers in ranks", inRanks.Answered, answers, 1e-6),
		equal("the hottest", x.at(metricOneUtilization.With("rank", "1")), x.of(metricUtilization.Max)),
		equal("mean over the ranks", inRanks.Loaded/inRanks.Up, x.of(metricUtilization.Mean)))...)
}

// populations holds a figure to the sum over populations, where it is broken down by them.
func (x *figures) populations(f *metric.Family) error {
	if len(x.res.Populations) < 2 {
		return nil
	}
	return equal(f.Name+" by population", x.of(f), x.sum(f, metric.Population.Name))
}

// histogram holds times to the histograms of the populations: the mean to their weighted mean, each quantile to the number
// of longer times.
func (x *figures) histogram(t metric.Times, of func(*PopulationResult) *stats.Histogram) error {
	n, total := 0.0, 0.0
	for i := range x.res.Populations {
		if h := of(&x.res.Populations[i]); h.Count() > 0 {
			n += float64(h.Count())
			total += float64(h.Count()) * h.Mean() / 1e9
		}
	}
	if n == 0 {
		return sameDefined(t.Mean.Name, x.of(t.Mean), false)
	}
	errs := []error{nearly(t.Mean.Name, x.of(t.Mean), total/n, 1e-9)}
	for i, q := range metric.Quantiles {
		above, aboveLess := 0.0, 0.0
		for k := range x.res.Populations {
			h := of(&x.res.Populations[k])
			v := int64(x.of(t.Quantiles[i]) * 1e9)
			above += h.CountAbove(v + v/100 + 1)
			aboveLess += h.CountAbove(v - v/100 - 1)
		}
		errs = append(errs, atLeastOf("times above "+t.Quantiles[i].Name, (1-q.P)*n+1, above), atLeastOf("times from "+t.Quantiles[i].Name, aboveLess+1, (1-q.P)*n))
	}
	return all(errs...)
}

// spread holds the measures of imbalance to their definitions, of values and the times that weigh them.
func (x *figures) spread(s metric.Spread, of func(*ServerResult) (value, time float64)) error {
	var v, w []float64
	for i := range x.res.Servers {
		if x.res.Servers[i].Capacity > 0 {
			a, span := of(&x.res.Servers[i])
			v, w = append(v, a), append(w, span)
		}
	}
	time, load, longest := 0.0, 0.0, 0.0
	for i, a := range v {
		time, load, longest = time+w[i], load+a*w[i], max(longest, w[i])
	}
	if load == 0 {
		return sameDefined(s.CV.Name, x.of(s.CV), false)
	}
	mean := load / time
	off, fair, pairs, most, even := 0.0, 0.0, 0.0, 0.0, true
	for i, a := range v {
		off, fair, most, even = off+w[i]*w[i]*(a-mean)*(a-mean), fair+w[i]*w[i]*mean*mean, max(most, a), even && w[i] == w[0]
		for k, b := range v {
			pairs += w[i] * w[k] * math.Abs(a-b)
		}
	}
	if even {
		if err := nearly(s.Max.Name, x.of(s.Max), most, 1e-9); err != nil {
			return err
		}
	}
	return all(nearly(s.Mean.Name, x.of(s.Mean), mean, 1e-9), atLeastOf(s.Max.Name, most*(1+1e-9), x.of(s.Max)), atLeastOf(s.Max.Name, x.of(s.Max), mean*(1-1e-9)),
		nearly(s.PeakToMean.Name, x.of(s.PeakToMean), x.of(s.Max)/mean, 1e-9),
		nearly(s.Jain.Name, x.of(s.Jain), fair/(fair+off), 1e-9), nearly(s.CV.Name, x.of(s.CV)*x.of(s.CV), off/fair, 1e-6),
		nearly(s.Gini.Name, x.of(s.Gini), pairs/(2*time*load), 1e-6))
}

func timesOf(t metric.Times) []*metric.Family {
	return append([]*metric.Family{t.Mean}, t.Quantiles[:]...)
}

func spreadOf(s metric.Spread) []*metric.Family {
	return []*metric.Family{s.Mean, s.Max, s.PeakToMean, s.CV, s.Jain, s.Gini}
}

func all(errs ...error) error { return errors.Join(errs...) }

func equal(what string, got, want float64) error { return nearly(what, got, want, 1e-9) }

// nearly accepts what differs relatively by at most band, and two undefined figures.
func nearly(what string, got, want, band float64) error {
	if got == got && want == want && math.Abs(got-want) > band*max(math.Abs(want), 1) {
		return fmt.Errorf("%s: %g, want %g", what, got, want)
	}
	return nil
}

// atLeastOf accepts undefined figures.
func atLeastOf(what string, got, least float64) error {
	if got < least-1e-9*max(math.Abs(least), 1) {
		return fmt.Errorf("%s: %g, want at least %g", what, got, least)
	}
	return nil
}

func sameDefined(what string, v float64, defined bool) error {
	if (v == v) != defined {
		return fmt.Errorf("%s: %g, defined should be %t", what, v, defined)
	}
	return nil
}

// sameDefinedOr accepts an undefined figure where it may be defined.
func sameDefinedOr(what string, v float64, may bool) error {
	if v == v && !may {
		return fmt.Errorf("%s: %g, and nothing happened that has one", what, v)
	}
	return nil
}

func bit(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func total32(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		if v == v {
			sum += float64(v)
		}
	}
	return sum
}

func largest(x []float32) float64 {
	most := 0.0
	for _, v := range x {
		most = max(most, float64(v))
	}
	return most
}

// ofKind is what every figure of a kind is held to.
func ofKind(f *metric.Family, v float64) error {
	switch {
	case v != v:
		return nil
	case v < -1e-9 || math.IsInf(v, 0):
		return fmt.Errorf("%s: %g", f.Name, v)
	case f.Kind == metric.Share && f != metricSpent && v > 1+1e-9:
		return fmt.Errorf("%s: a share of %g", f.Name, v)
	case f.Kind == metric.Time && f.Undefined == "" && f.Unit == "s":
		return fmt.Errorf("%s: nothing says when it is undefined", f.Name)
	}
	return nil
}

// rising holds quantiles to their order, and to Markov's inequality.
func rising(x *figures, t metric.Times) error {
	before, mean := 0.0, x.of(t.Mean)
	for i, q := range metric.Quantiles {
		v := x.of(t.Quantiles[i])
		if v < before || v > mean/(1-q.P)*1.01+1e-9 {
			return fmt.Errorf("%s: %g after %g, with a mean of %g", t.Quantiles[i].Name, v, before, mean)
		}
		before = v
	}
	return nil
}

// Every family of metrics is held to what its kind says and to an invariant of its own, in runs in which it is defined.
func TestInvariantsOfMetrics(t *testing.T) {
	t.Parallel()
	held, defined := map[string]bool{}, map[string]bool{}
	for _, inv := range invariants {
		for _, f := range inv.families {
			held[f.Name] = true
		}
	}
	times := []metric.Times{metricLatency, metricWait, metricResidual, metricStoreLatency, metricExposure, metricDetect}
	for seed := uint64(1); seed <= 200; seed++ {
		m := swarmModel(seed)
		if seed%20 == 0 {
			m.Duration = 10 * Minute
		}
		x := figuresOf(m, seed)
		for _, v := range x.res.Metrics {
			defined[v.ID.Family] = defined[v.ID.Family] || v.Value == v.Value
			if err := ofKind(v.ID.Of(), v.Value); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
			if _, err := metric.Parse(v.Name()); err != nil {
				t.Errorf("%s: %v", v.Name(), err)
			}
		}
		for _, d := range times {
			if err := rising(x, d); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
		for _, inv := range invariants {
			if err := inv.holds(x); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
	}
	for _, f := range metric.All() {
		if !held[f.Name] {
			t.Errorf("%s is held to nothing: add it to invariants", f.Name)
		}
		if !defined[f.Name] {
			t.Errorf("%s is defined in no run", f.Name)
		}
	}
}

// Every definition is complete.
func TestMetricsAreDefined(t *testing.T) {
	places := map[[2]int]string{}
	for _, f := range metric.All() {
		if f.Short == "" || f.Doc == "" || f.Formula == "" {
			t.Errorf("%s: a definition needs a short line, a text and a formula", f.Name)
		}
		if strings.HasSuffix(f.Short, ".") || !strings.HasSuffix(f.Doc, ".") || len(f.Short) > 59 {
			t.Errorf("%s: %q, %q: sentences end in a full stop, short lines do not and have at most 59 bytes", f.Name, f.Short, f.Doc)
		}
		if (f.Kind == metric.Share || f.Kind == metric.Factor) && f.Undefined == "" && f.Needs == "" {
			t.Errorf("%s is a quotient, and nothing says when it is undefined", f.Name)
		}
		if f.OnlyParts && len(f.Labels) == 0 {
			t.Errorf("%s exists only with a label, and has none", f.Name)
		}
		if f.Show.Plot > 0 && f.Show.Compare == 0 {
			t.Errorf("%s has a panel in the plot of differences, and is not compared", f.Name)
		}
		for i, place := range []int{f.Show.Compare, f.Show.Summary, f.Show.Column, f.Show.Plot} {
			if other := places[[2]int{i, place}]; place > 0 && other != "" {
				t.Errorf("%s and %s have the same place", f.Name, other)
			}
			places[[2]int{i, place}] = f.Name
		}
	}
	for _, s := range metric.AllSeries() {
		if s.Short == "" || s.Sampled == "" {
			t.Errorf("the series %s is not defined", s.Name)
		}
	}
	for _, f := range metric.ServerFigures() {
		if f.Short == "" || f.Formula == "" || f.Column > 0 && f.Title == "" {
			t.Errorf("the figure %s of servers is not defined", f.Name)
		}
	}
}
