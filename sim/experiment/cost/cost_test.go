package cost_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"stickysim/reports"
	"stickysim/scenarios"
	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/cost"
)

// visitors is M/G/∞: a session per second on five servers that are never busy, the last with 9/25 of them. Crashes are known at once.
const visitors = `
version: 1
name: visitors
duration: 20m
warmup: 0s
replications: 10
servers: [{weight: 1, cores: 64}, {weight: 3, cores: 64}, {weight: 5, cores: 64}, {weight: 7, cores: 64}, {weight: 9, cores: 64}]
health: oracle
workload:
  - {population: custom, name: visitors, sessions: poisson(1/s), life: %s, think: exp(15s), service: 1ms, cookies: 100%%, state: {size: 1KiB}, on_loss: leave}
policies: [%s]
timeline:
%s
`

func study(t *testing.T, life, policies string, entries ...string) *experiment.Study {
	t.Helper()
	return built(t, fmt.Sprintf(visitors, life, policies, "  - "+strings.Join(entries, "\n  - ")))
}

func built(t *testing.T, text string) *experiment.Study {
	t.Helper()
	spec, err := scenarios.Parse("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	b := scenarios.Build(spec, nil)
	if err := b.Problems.Err(); err != nil {
		t.Fatal(err)
	}
	return b.Study
}

func find(t *testing.T, s *experiment.Study, o cost.Options) *cost.Result {
	t.Helper()
	r, err := cost.Run(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A crash costs the sessions that its server held, but for those that send no request any more: of 300 × 9/25, each with a
// probability of 300/(300+15). In each replication, it is those that the run counts.
func TestACrashCostsTheSessionsOfItsServer(t *testing.T) {
	t.Parallel()
	s := study(t, "exp(5m)", "cookie: {balance: round-robin}", "{at: 10m, crash: {servers: [server-5]}}")
	r := find(t, s, cost.Options{})
	hit := r.Alternatives[0].Rows[0].Cost.Of(cost.Hit)
	for i, got := range hit.Values {
		if want := lost(s.Variants[0].Model, s.Seed, i); got != want || got == 0 {
			t.Errorf("replication %d: costs %g visits, and %g sessions are lost to it", i, got, want)
		}
	}
	if e, want := hit.Estimate, 300*9./25*300/315; !hit.Decided || e.Lo > want || e.Hi < want || e.HalfWidth() > 15 {
		t.Errorf("visits hit: %+v; want %g", e, want)
	}
}

func lost(m *sim.Model, seed uint64, replication int) float64 {
	for _, x := range sim.Run(m, seed, replication, sim.Options{}).Metrics {
		if x.Name() == "sessions.lost{cause=crash}" {
			return x.Value
		}
	}
	return -1
}

// Entries that cannot do anything cost exactly nothing, and are known to: with a bound of 0.
func TestNothingCostsNothing(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{
		"{at: 30m, crash: {servers: 1}}",                                 // after the end
		"{at: 10m, store_outage: {for: 1m}}",                             // there is no store
		"{at: 12m, crash: {servers: [server-2]}}",                        // it is gone by then
		"{at: 10m, slow: {servers: 1, factor: 1, for: 1m}}",              // as fast as ever
		"{at: 5m, name: lazy, drain: {servers: 1, deadline: 15m}}",       // sessions are over by then
		"{at: 1m, deploy: {drain: 3m, max_surge: 5, until_empty: true}}", // as are these
	} {
		s := study(t, "2m", "cookie", "{at: 1m, name: first, drain: {servers: [server-2], deadline: 2m}}", entry)
		s.Replications.Min = 3
		r := find(t, s, cost.Options{Fewer: true})
		row := r.Alternatives[0].Rows[1]
		for _, f := range []experiment.Figure{cost.Visits, cost.Hit, cost.Failed} {
			if e := row.Cost.Of(f); !e.None() || e.Estimate.Mean != 0 || e.Decided {
				t.Errorf("%s: %v: %+v", entry, f, e)
			}
		}
		if strings.Contains(entry, "30m") {
			for _, e := range row.Cost {
				if !e.None() || e.Estimate.Hi != 0 {
					t.Errorf("%s: %v: %+v", entry, e.Figure, e)
				}
			}
		}
	}
}

// A deployment with a short drain costs sessions, and none with a drain that is longer than all of them.
func TestALongerDrainIsTried(t *testing.T) {
	t.Parallel()
	r := find(t, study(t, "2m", "cookie", "{at: 1m, deploy: {drain: 10s, max_surge: 5}}"), cost.Options{})
	row := r.Alternatives[0].Rows[0]
	if hit := row.Cost.Of(cost.Hit); !hit.Decided || hit.Estimate.Mean < 75 {
		t.Errorf("a drain of 10s: %+v", hit.Estimate)
	}
	if row.Trial == nil || row.Trial.With != "a drain of 18m" || !row.Trial.Cost.Of(cost.Hit).None() {
		t.Errorf("tried: %+v", row.Trial)
	}
	for entry, with := range map[string]string{
		"{at: 19m50s, deploy: {drain: 10s}}":           "",
		"{at: 10m, preempt: {notice: 1m}}":             "a notice of 10m",
		"{at: 2m, scale: {to: 3, drain: 1m}}":          "a drain of 18m",
		"{at: 1m, drain: {servers: 1, deadline: 19m}}": "",
		"{at: 10m, crash: {servers: 1}}":               "",
		"{every: 5m, at: 1m, preempt: {notice: 1m}}":   "a notice of 5m",
	} {
		s := study(t, "2m", "cookie", entry)
		s.Replications.Min = 2
		row := find(t, s, cost.Options{Fewer: true}).Alternatives[0].Rows[0]
		if got := row.Trial; got == nil && with != "" || got != nil && got.With != with {
			t.Errorf("%s: tried %+v, want %q", entry, got, with)
		}
	}
}

// A longer drain that does not fit into the run is named, beside what was tried or in place of it.
func TestADrainThatDoesNotFit(t *testing.T) {
	t.Parallel()
	for entry, short := range map[string]string{
		"{at: 1m, deploy: {drain: 10s, max_surge: 5}}":            "a drain of 1h",
		"{at: 1m, drain: {servers: 1, deadline: 19m}}":            "a deadline of 1h",
		"{at: 1m, name: day, drain: {servers: 1, deadline: 24h}}": "",
		"{at: 10m, crash: {servers: 1}}":                          "",
	} {
		s := study(t, "2m", "cookie", entry)
		s.Replications.Min = 2
		if got := find(t, s, cost.Options{Fewer: true}).Alternatives[0].Rows[0].Short; got != short {
			t.Errorf("%s: %q does not fit; want %q", entry, got, short)
		}
	}
}

// Replications are added until no cost is in doubt, or there are as many as allowed: then those in doubt are named. A crash
// that ends a session in most runs is decided after some looks; one that ends one in some is not after a few.
func TestUntilDecided(t *testing.T) {
	t.Parallel()
	few := strings.Replace(visitors, "poisson(1/s)", "poisson(0.01/s)", 1)
	for server, decided := range map[int]bool{5: true, 3: false} {
		s := built(t, fmt.Sprintf(few, "exp(5m)", "cookie: {balance: round-robin}", fmt.Sprintf("  - {at: 10m, crash: {servers: [server-%d]}}", server)))
		most := map[bool]int{true: 60, false: 12}[decided]
		r := find(t, s, cost.Options{Most: most})
		if !r.Until || len(r.Doubts) > 0 == decided || r.Replications == most == decided {
			t.Errorf("server-%d: %d replications, in doubt: %v", server, r.Replications, r.Doubts)
		}
		for _, d := range r.Doubts {
			if d.Entry != "crash at 10m" || d.Alternative != "cookie" {
				t.Errorf("in doubt: %+v", d)
			}
		}
	}
	s := study(t, "exp(5m)", "cookie", "{at: 10m, crash: {servers: 1}}")
	if r := find(t, s, cost.Options{Most: 12}); r.Replications != 10 || len(r.Doubts) > 0 {
		t.Errorf("a large cost: %d replications, in doubt: %v", r.Replications, r.Doubts)
	}
}

// Two crashes of different servers at one instant add up exactly; of one server, neither alone makes a difference.
func TestTwoEntriesAtOneInstant(t *testing.T) {
	t.Parallel()
	r := find(t, study(t, "exp(5m)", "cookie", "{at: 10m, name: a, crash: {servers: [server-1]}}", "{at: 10m, name: b, crash: {servers: [server-2]}}"), cost.Options{Alone: true})
	a := r.Alternatives[0]
	if !a.Beyond.Of(cost.Hit).None() || a.Together.Of(cost.Hit).Estimate.Mean < 40 {
		t.Errorf("two servers: together %+v, beyond %+v", a.Together.Of(cost.Hit), a.Beyond.Of(cost.Hit))
	}
	for _, row := range a.Rows {
		if x, y := row.Cost.Of(cost.Hit), row.Alone.Of(cost.Hit); math.Abs(x.Estimate.Mean-y.Estimate.Mean) > 1e-9 {
			t.Errorf("%s: %g beside the other, %g alone", row.Entry, x.Estimate.Mean, y.Estimate.Mean)
		}
	}
	r = find(t, study(t, "exp(5m)", "cookie", "{at: 10m, name: a, crash: {servers: [server-1]}}", "{at: 10m, name: b, crash: {servers: [server-1]}}"), cost.Options{})
	a = r.Alternatives[0]
	if !a.Rows[0].Cost.Of(cost.Hit).None() || !a.Rows[1].Cost.Of(cost.Hit).None() || a.Beyond.Of(cost.Hit).Estimate.Mean != a.Together.Of(cost.Hit).Estimate.Mean {
		t.Errorf("one server: together %+v, beyond %+v", a.Together.Of(cost.Hit), a.Beyond.Of(cost.Hit))
	}
}

// Under a policy that loads servers unevenly, the hottest victim costs most; the servers struck are known by name.
func TestVictims(t *testing.T) {
	t.Parallel()
	s := study(t, "exp(5m)", "cookie: {balance: round-robin}", "{at: 10m, crash: {servers: 1}}")
	for way, names := range map[cost.Victims][]string{cost.ByRank: {"hottest", "2nd", "3rd", "4th", "coolest"}, cost.ByServer: {"server-5", "server-4", "server-3", "server-2", "server-1"}} {
		list := find(t, s, cost.Options{Victims: way}).Alternatives[0].Rows[0].Victims
		if way == cost.ByServer {
			for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
				list[i], list[j] = list[j], list[i]
			}
		}
		if len(list) != len(names) {
			t.Fatalf("%d victims: %+v", len(list), list)
		}
		for i, v := range list {
			if v.Name != names[i] || v.Servers[0] != fmt.Sprintf("server-%d", 5-i) {
				t.Errorf("%d: %s struck %v", i, v.Name, v.Servers)
			}
			if i > 0 && v.Cost.Of(cost.Hit).Estimate.Mean > list[i-1].Cost.Of(cost.Hit).Estimate.Mean {
				t.Errorf("%s costs more than %s", v.Name, list[i-1].Name)
			}
		}
	}
}

// The same study gives the same costs on any number of threads.
func TestThreads(t *testing.T) {
	t.Parallel()
	s := study(t, "exp(5m)", "cookie", "{at: 2m, crash: {servers: 1}}", "{at: 10m, preempt: {}}")
	s.Replications.Min = 3
	var texts []string
	for _, jobs := range []int{1, 3} {
		var b strings.Builder
		if err := reports.WriteCostJSON(&b, find(t, s, cost.Options{Fewer: true, Victims: cost.ByRank, Options: experiment.Options{Jobs: jobs}})); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, b.String())
	}
	if texts[0] != texts[1] {
		t.Errorf("one thread:\n%s\nthree:\n%s", texts[0], texts[1])
	}
}

// A study without entries, and a name that no entry has, are refused.
func TestUnknownEntries(t *testing.T) {
	s := study(t, "exp(5m)", "cookie", "{at: 2m, crash: {servers: 1}}")
	var unknown *cost.UnknownEntry
	if _, err := cost.Run(s, cost.Options{Entries: []string{"deploy"}}); !errors.As(err, &unknown) || unknown.Name != "deploy" || unknown.Known[0] != "crash at 2m" {
		t.Errorf("%v", err)
	}
	s.Variants[0].Model.Timeline = nil
	if _, err := cost.Run(s, cost.Options{}); !errors.As(err, &unknown) || unknown.Name != "" {
		t.Errorf("%v", err)
	}
}
