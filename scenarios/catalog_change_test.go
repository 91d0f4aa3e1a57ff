package scenarios_test

import (
	"io/fs"
	"math"
	"strings"
	"testing"

	_ "stickysim/policies/all"
	"stickysim/scenarios"
	"stickysim/sim"
	"stickysim/sim/experiment"
)

// Every scenario has sessions with an exponential life of 300 s; 75 of them are on each of four servers.
const life = 300.0

// changesOfFleet are the planned and unplanned changes of a fleet, and the sessions they cost when state is in the memory of
// the servers and clients are sticky by cookie.
var changesOfFleet = []struct {
	scenario string
	cause    string  // of the losses of sticky-local; "": no session is lost
	cut      float64 // sessions cut off by the change, from theory
	replica  float64 // share of them that lose all copies
	hasty    float64 // sessions that lose both copies without stickiness, where servers do not wait for sessions
}{
	{"change-scale-up", "", 0, 0, 0},
	{"change-scale-down", "scale-in", 75 * math.Exp(-120/life), 0, 0},
	{"change-spot-preemption", "preemption", 75 * math.Exp(-120/life), 0, 0},
	// Two servers join at 6.5 min with a sixth of the new sessions each, and leave at 20 min; copies are on the next server.
	{"change-scheduled-scaling", "scale-in", 2 * 50 * (1 - math.Exp(-810/life)) * math.Exp(-60/life), 0.5, 50},
	{"change-node-replacement", "drain-cut", 75 * math.Exp(-600/life), 0, 0},
	{"change-crash", "crash", 75, 0, 0},
	{"change-maintenance-cut", "drain-cut", 75, 0, 0},
	{"change-maintenance-drain", "", 0, 0, 0},
	// A rolling restart of five servers with a window of 300 s each, by the fluid model of M_t/M/∞ servers.
	{"change-rolling-deploy", "drain-cut", 259.4341, 0, 0},
	// The copies of three of the four old servers are on old servers.
	{"change-blue-green", "drain-cut", 300 * math.Exp(-300/life), 0.75, 0},
	{"change-canary-deploy", "", 0, 0, 0},
}

// play runs a variant of the catalogue.
func play(t *testing.T, study *experiment.Study, variant string, replications int) []*sim.Result {
	t.Helper()
	for _, v := range study.Variants {
		if v.Name != variant {
			continue
		}
		var all []*sim.Result
		for rep := range replications {
			all = append(all, sim.Run(v.Model, study.Seed, rep, sim.Options{}))
		}
		return all
	}
	t.Fatalf("%s has no variant %s", study.Name, variant)
	return nil
}

// studyOf builds a study; an error fails the test.
func studyOf(t *testing.T, spec *scenarios.Spec, files fs.FS) *experiment.Study {
	t.Helper()
	b := scenarios.Build(spec, files)
	if err := b.Problems.Err(); err != nil {
		t.Fatal(err)
	}
	return b.Study
}

func fromCatalog(t *testing.T, name string) *experiment.Study {
	t.Helper()
	spec, files, err := scenarios.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return studyOf(t, spec, files)
}

// average is a metric's mean over replications; one that a run does not have counts as 0.
func average(runs []*sim.Result, name string) float64 {
	sum := 0.0
	for _, r := range runs {
		for _, m := range r.Metrics {
			if m.Name() == name && m.Value == m.Value {
				sum += m.Value
			}
		}
	}
	return sum / float64(len(runs))
}

// lostOtherwise are the sessions lost by any other cause.
func lostOtherwise(runs []*sim.Result, cause string) float64 {
	sum := 0.0
	for _, r := range runs {
		for _, m := range r.Metrics {
			if strings.HasPrefix(m.Name(), "sessions.lost{cause=") && m.Name() != "sessions.lost{cause="+cause+"}" {
				sum += m.Value
			}
		}
	}
	return sum
}

func within(t *testing.T, what string, got, want, band float64) {
	t.Helper()
	if !(math.Abs(got-want) <= band) {
		t.Errorf("%s: %.4g, want %.4g ± %.2g", what, got, want, band)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	const replications = 5
	for _, c := range changesOfFleet {
		t.Run(c.scenario, func(t *testing.T) {
			t.Parallel()
			study := fromCatalog(t, c.scenario)
			bound := play(t, study, "sticky-local", replications)
			// Counts are Poisson. A session that is cut off and has no further request, one in 30, does not notice.
			band := 4.5 * math.Sqrt(c.cut/replications)
			if c.cause != "" {
				within(t, "sessions lost", average(bound, "sessions.lost{cause="+c.cause+"}"), c.cut*0.96, band+0.02*c.cut)
			}
			if c.cause == "drain-cut" || c.cause == "scale-in" || c.cause == "preemption" {
				within(t, "sessions cut", average(bound, "drain.cut"), c.cut, band)
			}
			within(t, "sessions lost otherwise", lostOtherwise(bound, c.cause), 0, 0)

			copied := play(t, study, "sticky-replicated", 1)
			within(t, "of two copies both lost", average(copied, "sessions.lost"), c.cut*c.replica, 4.5*math.Sqrt(c.cut*c.replica)+0.06*c.cut*c.replica)
			for _, safe := range []string{"sticky-store", "sticky-token", "sticky-cached-store", "stateless-store", "stateless-token", "stateless-cached-store"} {
				within(t, "lost by "+safe, average(play(t, study, safe, 1), "sessions.lost"), 0, 0)
			}
			hasty := average(play(t, study, "stateless-replicated", 2), "sessions.lost")
			within(t, "both copies lost without stickiness", hasty, c.hasty*0.96, 4.5*math.Sqrt(c.hasty/2))
			mistake := play(t, study, "stateless-local", 1)
			if n := average(mistake, "sessions.lost{cause=routed-away}"); n < 1000 || n < 10*c.cut {
				t.Errorf("without stickiness and with local state only %.0f sessions are lost, the change alone costs %.0f", n, c.cut)
			}
		})
	}
}

// Draining to the last session takes 300 (γ + ln 75) s with stickiness; without, as long as the last request; and the rolling deployment lasts n (D + R) either way, as its window is fixed.
func TestHowLongChangesTake(t *testing.T) {
	t.Parallel()
	study := fromCatalog(t, "change-maintenance-drain")
	const n = 12
	bound := average(play(t, study, "sticky-local", n), "drain.time")
	within(t, "graceful drain", bound, life*(0.5772+math.Log(75)), 4*life*math.Pi/math.Sqrt(6*n))
	within(t, "graceful drain without stickiness", average(play(t, study, "stateless-store", 2), "drain.time"), 0, 0.5)
	for _, variant := range []string{"sticky-local", "stateless-store"} {
		rolling := play(t, fromCatalog(t, "change-rolling-deploy"), variant, 1)
		within(t, "rolling deployment, "+variant, average(rolling, "deploy.time"), 5*(300+30), 1e-6)
	}
}

// New servers get their share of the requests at once, or as old sessions end.
func TestScaleUpReachesTheNewServers(t *testing.T) {
	t.Parallel()
	study := fromCatalog(t, "change-scale-up")
	bound, free := play(t, study, "sticky-local", 3), play(t, study, "stateless-store", 3)
	for _, runs := range [][]*sim.Result{bound, free} {
		if most := average(runs, "servers.max"); most < 6 {
			t.Errorf("the autoscaler stops at %.1f servers", most)
		}
	}
	within(t, "part of a new server without stickiness", newcomers(free, sim.Minute), 1, 0.1)
	if part := newcomers(bound, sim.Minute); part > 0.4 {
		t.Errorf("with stickiness a new server has %.2f of its part within a minute", part)
	}
}

// newcomers is the fraction of its fair share of the requests that a new server gets at first.
func newcomers(runs []*sim.Result, first sim.Time) float64 {
	got, fair := 0.0, 0.0
	for _, r := range runs {
		s := &r.Series
		for k := range r.Servers {
			u, requests := s.OfServer(sim.UtilizationSeries, sim.ServerID(k)), s.OfServer(sim.RequestsSeries, sim.ServerID(k))
			from := 0
			for from < len(u) && u[from] != u[from] {
				from++
			}
			if from == 0 {
				continue
			}
			for i := from + 1; i < min(s.Points, from+1+int(first/s.Step)); i++ {
				all, there := 0.0, 0.0
				row := &s.Rows[i]
				for at, v := range row.Of(sim.UtilizationSeries) {
					if v == v {
						all += float64(row.Of(sim.RequestsSeries)[at])
						there++
					}
				}
				got += float64(requests[i])
				fair += all / there
			}
		}
	}
	return got / fair
}

// part is the share of a server in all requests between two instants.
func part(runs []*sim.Result, server string, from, to sim.Time) float64 {
	got, all := 0.0, 0.0
	for _, r := range runs {
		s := &r.Series
		for i := range s.Rows {
			if end := r.Start + sim.Time(i+1)*s.Step; end <= from || end > to {
				continue
			}
			row := &s.Rows[i]
			for at, n := range row.Of(sim.RequestsSeries) {
				all += float64(n)
				if r.Servers[row.Servers[at]].Name == server {
					got += float64(n)
				}
			}
		}
	}
	return got / all
}

// The canary's part of the requests follows share × Fe(t) where sessions are assigned, and falls as they end; requests
// that are assigned one by one follow at once.
func TestCanaryDeploy(t *testing.T) {
	t.Parallel()
	const share, n = 0.25, 6
	study := fromCatalog(t, "change-canary-deploy")
	bound, free := play(t, study, "sticky-local", n), play(t, study, "stateless-store", 2)
	mean := func(from, to float64) float64 { // of e^(-t/300)
		return life * (math.Exp(-from/life) - math.Exp(-to/life)) / (to - from)
	}
	begin, back := 10*sim.Minute, 20*sim.Minute
	within(t, "first minute, sticky", part(bound, "server-4", begin, begin+sim.Minute), share*(1-mean(0, 60)), 0.02)
	within(t, "last minute, sticky", part(bound, "server-4", back-sim.Minute, back), share*(1-mean(540, 600)), 0.05)
	within(t, "after the rollback, sticky", part(bound, "server-4", back+4*sim.Minute, back+5*sim.Minute), share*(1-math.Exp(-600/life))*mean(240, 300), 0.035)
	within(t, "first minute, stateless", part(free, "server-4", begin+10*sim.Second, begin+sim.Minute), share, 0.03)
	within(t, "after the rollback, stateless", part(free, "server-4", back+10*sim.Second, back+5*sim.Minute), 0, 0)
}

// A canary that is alone in being sticky grows to 1 - s(1-r) / (1-sr) of the requests, s = 90 % being what stays and r the
// chance of a further request, 30 in 31: 77 % instead of 10 %. fluxcd/flagger #1532 and PR #1655 report it.
func TestCanaryDrift(t *testing.T) {
	t.Parallel()
	study := fromCatalog(t, "canary-drift")
	r := 1 / (1 + 10.02/life)
	for variant, want := range map[string]float64{"only-canary-sticky": 1 - 0.9*(1-r)/(1-0.9*r), "both-sticky": 0.1, "none-sticky": 0.1} {
		runs := play(t, study, variant, 4)
		within(t, variant, part(runs, "server-5", 0, sim.Never), want, 0.025)
	}
}

// From one pod to two the mode balanced moves the new pod's part of the hash ring, half the sessions, and the mode
// persistent none (kubernetes/ingress-nginx#4475 and PR #4513); then the new pod waits for new sessions (#4093).
func TestIngressNginxFromOneToTwo(t *testing.T) {
	t.Parallel()
	study := fromCatalog(t, "ingress-nginx-1-to-2")
	balanced, persistent := play(t, study, "balanced", 5), play(t, study, "persistent", 5)
	within(t, "share of the sessions lost, balanced", average(balanced, "sessions.lost{cause=remapped}")/300, 0.5, 0.08)
	within(t, "lost otherwise, balanced", lostOtherwise(balanced, "remapped"), 0, 0)
	within(t, "lost, persistent", average(persistent, "sessions.lost"), 0, 0)
	within(t, "the new pod's part, balanced", newcomers(balanced, sim.Minute), 1, 0.16)
	within(t, "the new pod's part, persistent", newcomers(persistent, sim.Minute), 1-(1-math.Exp(-60/life))*life/60, 0.05)
}

// With the state in a store the migration costs no session. With local state by mistake the loss is linear in the
// share without stickiness: of 29.9 requests a second of it, three in four meet another of the four servers. Sessions keep
// the side they were assigned to, so from one step to the next the share follows Fe(t), from 5 % to 50 % to 100 %.
func TestStickyToStateless(t *testing.T) {
	t.Parallel()
	study := fromCatalog(t, "sticky-to-stateless")
	for _, variant := range []string{"store", "cached-store", "token"} {
		within(t, variant, average(play(t, study, variant, 1), "sessions.lost"), 0, 0)
	}
	runs := play(t, study, "forgotten", 4)
	rest := life * (math.Exp(-60/life) - math.Exp(-540/life)) / 480 // of the old sessions, between 1 and 9 minutes after a step
	half := 0.5 - 0.45*math.Exp(-600/life)                          // what the third step begins with
	for _, step := range []struct {
		minute      sim.Time
		share, band float64 // relative
	}{{1, 0, 0}, {21, 0.05, 0.55}, {31, 0.5 - 0.45*rest, 0.2}, {41, 1 - (1-half)*rest, 0.1}, {51, 1, 0.08}} {
		lost, from, to := 0.0, step.minute*sim.Minute, (step.minute+8)*sim.Minute
		for _, r := range runs {
			for i, n := range r.Series.Of(sim.LostSessionsSeries) {
				if end := r.Start + sim.Time(i+1)*r.Series.Step; end > from && end <= to {
					lost += float64(n)
				}
			}
		}
		want := step.share * 29.9 * 0.75 * 8 * 60 * float64(len(runs))
		within(t, "lost in the step of "+(step.minute*sim.Minute).String(), lost, want, step.band*want)
	}
}
