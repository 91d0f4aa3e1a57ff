package sim

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"stickysim/sim/diag"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

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
	{[]*metric.Family{metricExceeded}, func(x *figures) error {
		if len(x.m.LatencyLimits) == 0 {
			return nil
		}
		minutes, slow := x.of(metricExceeded)/60, 0.0
		for i := range x.res.Populations {
			slow += x.res.Populations[i].Latency.CountAbove(int64(x.m.LatencyLimits[0].Limit))
		}
		return all(equal("whole minutes above a limit", minutes, math.Trunc(minutes)), atLeastOf("minutes above a limit", x.m.Duration.Seconds()/60, minutes),
			atLeastOf("slow and failed requests in minutes above a limit", slow+x.of(metricFailed), minutes))
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
	{[]*metric.Family{metricFailedAfter}, func(x *figures) error {
		failed, after, sum := x.of(metricFailed), x.of(metricFailedAfter), Time(0)
		for i := range x.res.Populations {
			p := &x.res.Populations[i]
			if p.FailedIn < 0 || p.FailedIn > 0 && total(p.Failed[:]) == 0 {
				return fmt.Errorf("%s: no failure has taken %v", p.Name, Time(p.FailedIn))
			}
			sum += Time(p.FailedIn)
		}
		if err := sameDefined("time of failures", after, failed > 0); err != nil || failed == 0 {
			return err
		}
		return all(equal("time of all failures", after*failed, sum.Seconds()), atLeastOf("length of the run", x.m.Duration.Seconds(), after))
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
		return all(atLeastOf("peak of sessions", x.of(metricMostSessions), max(x.of(metricServerSessions.Max), largest(ofServers(x.res, SessionsSeries)))),
			atLeastOf("peak of memory", x.of(metricMostMemory)*(1+1e-9), x.of(metricServerMemory.Max)))
	}},
	{[]*metric.Family{metricServerErrors}, func(x *figures) error {
		return equal("errors in the series", x.of(metricServerErrors), total32(ofServers(x.res, ErrorsSeries)))
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
			busy += x.res.Servers[i].Present - x.res.Servers[i].Down
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
	{[]*metric.Family{metricOpened, metricNotOpened}, func(x *figures) error {
		if !x.m.connects() {
			return all(sameDefined("connections", x.of(metricOpened), false), sameDefined("failed openings", x.of(metricNotOpened), false))
		}
		return all(atLeastOf("connections opened", x.of(metricOpened), x.of(metricReopened)), atLeastOf("failed requests", x.of(metricFailed), x.of(metricNotOpened)))
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
	{[]*metric.Family{SurplusWork, SurplusRequests}, func(x *figures) error {
		if !x.m.Controls {
			return all(sameDefined("surplus of work", x.of(SurplusWork), false), sameDefined("surplus of requests", x.of(SurplusRequests), false))
		}
		mean, pauses, users := 0.0, 0.0, true // no draw is below 0: none falls short of its mean by more than that
		for i := range x.m.Populations {
			p := &x.m.Populations[i]
			sent := float64(x.res.Populations[i].Sent)
			mean += sent * p.meanWork()
			pauses += sent + float64(x.res.Populations[i].Finished+x.res.Populations[i].Started) + float64(p.Users)
			users = users && p.Users > 0
		}
		if !users {
			pauses = math.Inf(1)
		}
		return all(atLeastOf("work", x.of(SurplusWork), -mean), atLeastOf("pauses", pauses, x.of(SurplusRequests)))
	}},
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
			m.LatencyLimits = []LatencyLimit{{Quantile: .95, Limit: 200 * Millisecond}}
		}
		m.Controls = seed%3 == 0
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
