package scenarios_test

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/scenarios"
	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	figures "stickysim/sim/metric"
	"stickysim/workloads"
)

// carryOut runs a scenario as written, with changes.
func carryOut(t *testing.T, text string, changes ...string) *experiment.Result {
	t.Helper()
	spec, err := scenarios.Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		path, value, _ := strings.Cut(change, "=")
		if spec, err = spec.Set(path, value); err != nil {
			t.Fatal(err)
		}
	}
	res, err := experiment.Run(studyOf(t, spec, nil), experiment.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func meanOf(r *experiment.Result, name string) float64 {
	for i := range r.Variants[0].Metrics {
		if m := &r.Variants[0].Metrics[i]; m.ID.String() == name {
			return m.Estimate.Mean
		}
	}
	panic("no metric is called " + name)
}

func hasWarning(r *experiment.Result, code string) bool {
	return slices.ContainsFunc(r.Warnings, func(w diag.Warning) bool { return w.Code == code })
}

const crashAfterTenMinutes = `
duration: 16m
replications: 2
servers: {count: 4, cores: 4}
workload:
  - population: shopper
    sessions: poisson(1/s)
state: local
policies: [cookie]
timeline:
  - {at: 10m, crash: {servers: 1, repair: 2m}}
`

// A crash costs the sessions of one of four servers, 191 of 765, whatever the seed: no event falls into a warm-up that the
// program has found.
func TestNoEventIsSwallowed(t *testing.T) {
	t.Parallel()
	for seed := 1; seed <= 4; seed++ {
		res := carryOut(t, crashAfterTenMinutes, fmt.Sprint("seed=", seed))
		within(t, fmt.Sprint("lost with seed ", seed), meanOf(res, "sessions.lost"), 191, 4*math.Sqrt(191.0/2))
	}
}

// An event after the end is a warning of the result; one before the run is an error.
func TestEventsOutsideTheRun(t *testing.T) {
	t.Parallel()
	late := carryOut(t, crashAfterTenMinutes, "timeline.0.at=16m", "warmup=0", "replications=1")
	if n := meanOf(late, "server.crashes"); n != 0 || !hasWarning(late, "too-late") {
		t.Errorf("an event at the end of the run: %g crashes, warnings %v", n, late.Warnings)
	}
	if long := carryOut(t, crashAfterTenMinutes, "timeline.0.at=15m", "warmup=0", "replications=1"); !hasWarning(long, "too-long") {
		t.Errorf("a crash whose repair is after the end of the run: warnings %v", long.Warnings)
	}
	early := carryOut(t, crashAfterTenMinutes, "timeline.0.at=-10m", "replications=1")
	if early.Warmup < 600 || meanOf(early, "server.crashes") != 0 {
		t.Errorf("a crash 10 minutes before the measured part: a warm-up of %g s, %g crashes counted", early.Warmup, meanOf(early, "server.crashes"))
	}
	spec, err := scenarios.Parse("test.yaml", []byte(strings.Replace(crashAfterTenMinutes, "at: 10m", "at: -10m", 1)+"warmup: 5m\n"))
	if err != nil {
		t.Fatal(err)
	}
	if b := scenarios.Build(spec, nil); b.Problems.Err() == nil {
		t.Error("an event before the run is no error")
	}
}

// An M/M/1 queue at 0.95 is measured after it has settled though a run is shorter than that takes: 1/(10-9.5).
func TestShortRunsAtHighLoad(t *testing.T) {
	t.Parallel()
	res := carryOut(t, "duration: 5m\nreplications: 100\nseed: 21\nservers: {count: 1, cores: 1, queue: unlimited}\nclients: {timeout: 10h, retries: 0}\n"+
		"workload: [{name: v, sessions: poisson(9.5/s), requests: 1, service: exp(100ms)}]\nstate: none\npolicies: [round-robin]\n")
	e := res.Variants[0].Metric(figures.Must("latency.mean").ID()).Estimate
	within(t, "mean latency", e.Mean, 2, 1.5*e.HalfWidth())
	if res.Warmup < 300 {
		t.Errorf("the warm-up is only %g s, by %s", res.Warmup, res.WarmupMethod)
	}
	bad := carryOut(t, "duration: 5m\nwarmup: 0\nstart: empty\nreplications: 150\nseed: 21\nservers: {count: 1, cores: 1, queue: unlimited}\nclients: {timeout: 10h, retries: 0}\n"+
		"workload: [{name: v, sessions: poisson(9.5/s), requests: 1, service: exp(100ms)}]\nstate: none\npolicies: [round-robin]\n")
	if e := bad.Variants[0].Metric(figures.Must("latency.mean").ID()).Estimate; e.Hi > 2 || !hasWarning(bad, "transient") {
		t.Errorf("without a warm-up the latency is %v and the warnings %v", e, bad.Warnings)
	}
}

// Sessions of a quarter of an hour, pinned to one of five servers, make queues that change slowly: 221 ms, by a run of a day.
func TestSlowQueuesAreMetInTheMiddle(t *testing.T) {
	t.Parallel()
	const text = "duration: 1h\nreplications: 4\nseed: 4\nservers: {count: 5, cores: 2, queue: unlimited}\nclients: {timeout: 10h, retries: 0}\n" +
		"workload: [{name: v, sessions: poisson(1/s), life: exp(15m), think: exp(10s), service: exp(88ms), cookies: 100%, state: {size: 100KB}}]\nstate: local\npolicies: [cookie]\n"
	within(t, "mean latency", meanOf(carryOut(t, text), "latency.mean"), .221, .012)
	if res := carryOut(t, text, "start=empty", "duration=10m", "replications=1"); res.Warmup < 5*900 {
		t.Errorf("an empty start has a warm-up of %g s", res.Warmup)
	}
}

// Connections are open and logged in at the start: the catalogue's websocket-reconnect without its crash does nothing but
// carry messages.
func TestOpenConnectionsDoNotStorm(t *testing.T) {
	t.Parallel()
	spec, files, err := scenarios.Open("websocket-reconnect")
	if err != nil {
		t.Fatal(err)
	}
	for path, value := range map[string]string{"timeline": "[]", "duration": "4m", "warmup": "0"} {
		if spec, err = spec.Set(path, value); err != nil {
			t.Fatal(err)
		}
	}
	study := studyOf(t, spec, files)
	for seed := uint64(1); seed <= 5; seed++ {
		for _, v := range study.Variants {
			r := sim.Run(v.Model, seed, 0, sim.Options{})
			within(t, v.Name+": availability", metric("availability.requests")(r), 1, 0)
			within(t, v.Name+": lost sessions", metric("sessions.lost")(r), 0, 0)
			within(t, v.Name+": utilization", metric("server.utilization.mean")(r), .085, .02)
			within(t, v.Name+": p95 latency", metric("latency.p95")(r), .008, .003)
			within(t, v.Name+": sessions", metric("sessions.active.mean")(r), 750, 120)
		}
	}
}

// What a run finds at its start is what it would find later: requests in the first minute, sessions and bytes of state, for
// every population and policies that keep clients in different ways. The reference starts empty and is measured when
// sessions, and what they leave in memory, have filled the servers.
func TestEveryPopulationStartsInEquilibrium(t *testing.T) {
	t.Parallel()
	for _, name := range workloads.Names() {
		if name == "custom" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := workloads.Lookup(name)
			seconds := 3600.0
			if c.Defaults.Life != nil {
				seconds = c.Defaults.Life.Mean()
			} else if c.Defaults.Requests != nil {
				seconds = c.Defaults.Requests.Mean() * (c.Defaults.Think.Mean() + c.Defaults.Demand.Mean())
			}
			clients := fmt.Sprintf("sessions: poisson(%g/s)", 60/seconds)
			if name == "nat" {
				clients = "users: 60"
			}
			from := func(policy, state, start, warmup string) []*sim.Result {
				spec, err := scenarios.Parse("test.yaml", []byte(fmt.Sprintf("duration: 60s\nwarmup: %s\nstart: %s\nservers: {count: 4, cores: 64, queue: unlimited}\nstate: %s\n"+
					"workload: [{population: %s, %s}]\npolicies: [%s]\n", warmup, start, state, name, clients, policy)))
				if err != nil {
					t.Fatal(err)
				}
				var all []*sim.Result
				for rep := range 4 {
					all = append(all, sim.Run(studyOf(t, spec, nil).Variants[0].Model, 6, rep, sim.Options{}))
				}
				return all
			}
			later := from("cookie", "local", "empty", fmt.Sprintf("%gs", 4*min(seconds, 3600)+c.Defaults.IdleTimeout.Seconds()))
			for policy, state := range map[string]string{"cookie": "local", "stick-table": "local", "ip-hash": "local", "round-robin": "store"} {
				found := from(policy, state, "equilibrium", "0")
				for _, what := range []string{"server.utilization.mean", "sessions.active.mean", "server.sessions.mean", "server.memory.mean"} {
					if want := average(later, what); what != "server.memory.mean" || state == "local" {
						within(t, policy+": "+what, average(found, what), want, .3*want)
					}
				}
				if name != "mobile" {
					within(t, policy+": sessions lost in the first minute", average(found, "sessions.lost"), 0, 0)
				}
			}
		})
	}
}

// The number of sessions at time 0 is that of M/G/∞, λE[S], for whatever limits them.
func TestSessionsAtTimeZero(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limits string
		want   float64
	}{
		{"life: lognormal(mean=200s cv=2), think: exp(20s)", 200},
		{"requests: geometric(mean=10), think: exp(20s)", 9*20 + 10*.5},
		{"requests: 1", .5},
		{"requests: 4, think: 30s, loop: open", 3*30 + .5},
		{"requests: geometric(mean=10), think: exp(20s), life: 3600s", 9*20 + 10*.5},
	} {
		spec, err := scenarios.Parse("test.yaml", []byte("duration: 1ms\nwarmup: 0\nservers: {count: 4, cores: 1000}\nworkload: [{sessions: poisson(1/s), service: exp(500ms), "+c.limits+"}]\npolicies: [random]\n"))
		if err != nil {
			t.Fatal(err)
		}
		m, sum := studyOf(t, spec, nil).Variants[0].Model, 0.0
		const runs = 100
		for rep := range runs {
			sum += metric("sessions.active.mean")(sim.Run(m, 3, rep, sim.Options{})) / runs
		}
		within(t, "sessions at time 0, "+c.limits, sum, c.want, 4*math.Sqrt(c.want/runs))
	}
}

// Where the rate changes by plan, the sessions at the start are those of the rates before it.
func TestPlannedRatesBeforeTheRun(t *testing.T) {
	t.Parallel()
	spec, err := scenarios.Parse("test.yaml", []byte("duration: 1ms\nwarmup: 0\nservers: {count: 4, cores: 1000}\nworkload: [{sessions: sinusoid(mean=2/s amplitude=0.5 period=1h phase=45m), service: 1ms, think: exp(10s), life: exp(300s)}]\npolicies: [random]\n"))
	if err != nil {
		t.Fatal(err)
	}
	m, sum := studyOf(t, spec, nil).Variants[0].Model, 0.0
	const runs = 60
	for rep := range runs {
		sum += metric("sessions.active.mean")(sim.Run(m, 3, rep, sim.Options{})) / runs
	}
	// M_t/M/∞: 2·300·(1 + 0.5·(sin γt − k cos γt)/(1+k²)), k = 2π·300/3600, at a quarter of the period.
	k := 2 * math.Pi * 300 / 3600
	want := 600 * (1 + .5/(1+k*k))
	within(t, "sessions at the height of the day", sum, want, 4*math.Sqrt(want/runs))
}

// The front page's own scenario counts its crash with every seed, and about the same loss.
func TestReadmeCrashIsCounted(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "```yaml\n")
	text, _, _ := strings.Cut(after, "```")
	log, err := os.ReadFile("../testdata/logs/zanbil_shop_1k.log.gz")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := scenarios.Parse("README.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if spec, err = spec.Set("duration", "36m"); err != nil {
		t.Fatal(err)
	}
	study := studyOf(t, spec, fstest.MapFS{"access.log.gz": {Data: log}})
	least, most := math.Inf(1), 0.0
	for seed := uint64(1); seed <= 5; seed++ {
		for _, v := range study.Variants {
			if v.Name == "cookie" {
				lost := metric("sessions.lost{cause=crash}")(sim.Run(v.Model, seed, 0, sim.Options{}))
				least, most = min(least, lost), max(most, lost)
			}
		}
	}
	if least < 200 || most > 1.5*least {
		t.Errorf("the crash costs %g to %g sessions", least, most)
	}
}

// No population of the catalogue melts down, or builds up, at the start: before the first event the fleet is as busy in the
// first minutes as in the last.
func TestCatalogStartsAsItGoesOn(t *testing.T) {
	const fewestSent = 2000 // requests, for the band to be wider than chance
	t.Parallel()
	for _, e := range scenarios.List() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			for _, v := range fromCatalog(t, e.Name).Variants {
				m := *v.Model
				until := min(m.Duration, 2*sim.Minute)
				m.Timeline = nil
				for _, a := range v.Model.Timeline {
					if a.Scripted() {
						until = min(until, max(a.At, 0))
					} else {
						m.Timeline = append(m.Timeline, a)
					}
				}
				if until < 30*sim.Second {
					continue
				}
				m.Duration, m.Grid = until, until/60
				var first, last float64
				sent, runs := 0, 0.0
				for ; sent < fewestSent && runs < 10; runs++ {
					r := sim.Run(&m, 11, int(runs), sim.Options{})
					for i := range r.Populations {
						sent += int(r.Populations[i].Sent)
					}
					for i, u := range r.Series.Of(sim.MeanUtilizationSeries) {
						switch {
						case i < 20:
							first += float64(u) / 20
						case i >= 40:
							last += float64(u) / 20
						}
					}
				}
				first, last = first/runs, last/runs
				if gap := math.Abs(first - last); gap > .25*last+.03 {
					t.Errorf("%s: %.0f %% busy at first, %.0f %% before the first event", v.Name, 100*first, 100*last)
				}
			}
		})
	}
}

// A run does not begin with more ended sessions than fit into memory, and says so.
func TestStartsLight(t *testing.T) {
	t.Parallel()
	const text = "version: 1\nduration: 1s\nservers: {count: 2, cores: 8}\nstate: local\npolicies: [cookie]\nworkload:\n" +
		"  - {population: custom, name: v, sessions: poisson(50/s), requests: 3, think: exp(1s), service: exp(20ms), cookies: 100%, state: {size: 10KB, idle_timeout: IDLE}}\n"
	for idle, light := range map[string]bool{"10s": false, "240h": true} {
		spec, err := scenarios.Parse("x.yaml", []byte(strings.ReplaceAll(text, "IDLE", idle)))
		if err != nil {
			t.Fatal(err)
		}
		b := scenarios.Build(spec, nil)
		if b.Study == nil {
			t.Fatal(b.Problems)
		}
		warned := slices.ContainsFunc(b.Study.Warnings, func(w diag.Warning) bool { return w.Code == "starts-light" })
		if warned != light {
			t.Errorf("idle_timeout %s: warned %v, want %v", idle, warned, light)
		}
		memory := 0.0
		for _, s := range sim.Run(b.Study.Variants[0].Model, 1, 0, sim.Options{}).Servers {
			memory += s.Memory
		}
		if want := 50 * 12 * 10e3; !light && math.Abs(memory-want) > .3*want {
			t.Errorf("idle_timeout %s: %.3g bytes of state, want about %.3g", idle, memory, want)
		}
	}
}
