package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// recipe is an extension of the program that is one file, and what shows that the program has it.
type recipe struct {
	path, source string                        // of the file, from the root of the module
	shows        []struct{ args, want string } // arguments, or a file that was written to the folder OUT; and what is shown
}

// recipes are one of each kind.
var recipes = map[string]recipe{
	"timeline action": {
		path: "sim/action_blackout.go",
		source: `package sim

var blackout = registerAction(&ActionKind{
	Name: "blackout", Doc: "servers lose their power",
	Params:  []ActionParam{required(lasting("for", "how long it lasts"))},
	Default: Action{Servers: 1},
	Each:    true,
	hit:     func(r *run, a *Action, s ServerID, over Time) { r.crash(s, a, over) },
})
`,
		shows: []struct{ args, want string }{
			{`run mm1 --replications 2 --duration 60s --format csv --set timeline=[{"every":10s,"blackout":{"for":5s}}]`, `(?m)^[^,]+,server\.crashes,1,[1-9]`},
			{"schema", `"description": "servers lose their power"`},
			{`validate mm1 --set timeline=[{"at":30s,"blackout":{}}]`, `needs for`},
			{`validate mm1 --set timeline=[{"at":30s,"blackuot":{"for":5s}}]`, `did you mean "blackout"\?`},
		},
	},
	"cause of loss": {
		path: "sim/spilled.go",
		source: `package sim

// LostSpilled is a cause that only a test adds; it takes over the losses of policies without affinity.
var LostSpilled = newCause(causeEntry{name: "spilled", definition: "The request was spilled to another server.", culprit: routedAway, reasons: []Reason{None, NotSticky}})
`,
		shows: []struct{ args, want string }{
			{"metrics show sessions.lost", `\bspilled\b`},
			{"explain spilled", `The request was spilled to another server\.`},
			{"schema --result", `spilled`},
			{"run nat-hotspot --policies round-robin-local --replications 1 --duration 2m --format json", `"sessions\.lost\{cause=spilled\}": \{"mean":[1-9]`},
			{"run nat-hotspot --policies round-robin-local --replications 1 --duration 2m --format csv", `sessions\.lost\{cause=spilled\},1,[1-9]`},
			{"run nat-hotspot --policies round-robin-local --replications 1 --duration 2m", `\bspilled\b`},
			{`validate mm1 --set objectives=["sessions.lost{cause=spiled}<1"]`, `did you mean "spilled"\?`},
		},
	},
	"report format": {
		path: "reports/tally.go",
		source: `package reports

import (
	"fmt"
	"io"

	"stickysim/sim/experiment"
)

var _ = Register(Format{Name: "tally", Doc: "the number of alternatives", Write: func(w io.Writer, res *experiment.Result, _ Options) error {
	_, err := fmt.Fprintln(w, "alternatives:", len(res.Variants))
	return err
}})
`,
		shows: []struct{ args, want string }{
			{"run mm1 --replications 1 --duration 10s --format tally", `(?m)^alternatives: 1$`},
			{"run --help", `\btally\b`},
			{"__complete run mm1 --format t", `(?m)^tally\tthe number of alternatives$`},
			{"run mm1 --format taly", `did you mean "tally"\?`},
		},
	},
	"policy": {
		path: "policies/join_idle.go",
		source: `package policies

import "stickysim/sim"

var _ = Register("join-idle", JoinIdle{Probes: 2}, Doc{Summary: "an idle server, if a probe finds one", Source: "Lu et al. 2011"})

type JoinIdle struct {
	Probes int "yaml:\"probes\" check:\"min=1\" doc:\"servers that are probed\""
}

func (c JoinIdle) New(sim.Env) sim.Balancer { return joinIdle{c.Probes} }

type joinIdle struct{ probes int }

func (p joinIdle) Pick(q *sim.Request, v *sim.View) (s sim.ServerID) {
	s, q.Why = sim.NoServer, sim.NotSticky
	for i := range p.probes {
		if n := len(v.Eligible); n > 0 && (s < 0 || v.InFlight[s] > 0) {
			s = v.Eligible[q.Draw.At(uint64(i)).IntN(n)]
		}
	}
	return s
}
`,
		shows: []struct{ args, want string }{
			{"policies list", `(?m)^join-idle +none +an idle server`},
			{"policies show join-idle", `probes: 2\n +servers that are probed`},
			{"policies show cookie", `balance: round-robin\n.*\n +\(policy, one of join-idle, `},
			{"schema", `"join-idle": \{`},
			{`run mm1 --replications 1 --duration 10s --set policies=[{"join-idle":{"probes":3}}]`, `(?m)^join-idle `},
			{`run mm1 --replications 1 --duration 10s --format json --set policies=[{"cookie":{"balance":{"join-idle":{"probes":3}}}}]`,
				`"policy": ?"cookie \{balance: \{join-idle: \{probes: 3\}\}\}"`},
			{`validate mm1 --set policies=[{"split":{"a":{"join-idle":{"probes":0}}}}]`, `split\.a\.join-idle\.probes: must be at least 1, got 0`},
			{"validate mm1 --set policies=[join-idel]", `did you mean "join-idle"\?`},
		},
	},
	"population": {
		path: "workloads/kiosk.go",
		source: `package workloads

import "stickysim/sim"

var _ = Register(kiosk)

func kiosk() Class {
	p := retrying(sim.Population{Name: "kiosk", Think: exp(30), Demand: lognormal(serviceMean, serviceCV)})
	return Class{Name: "kiosk", Summary: "a terminal in a shop", Defaults: p, Sources: []Source{{"think", Assumption, "30 s"}}}
}
`,
		shows: []struct{ args, want string }{
			{`run mm1 --replications 1 --duration 10s --set workload=[{"population":kiosk,"users":5}]`, `round-robin`},
			{"schema", `(?m)^ *"kiosk",?$`},
			{"explain kiosk", `(?i)a terminal in a shop`},
			{`validate mm1 --set workload=[{"population":kisk,"users":5}]`, `did you mean "kiosk"\?`},
		},
	},
	"arrival process": {
		path: "workloads/pairs.go",
		source: `package workloads

import (
	"stickysim/sim"
	"stickysim/sim/rng"
)

var _ = registerProcess(Process{
	Name: "pairs", Summary: "two arrivals at a time", Fixed: true, Params: []string{"every"}, Examples: []string{"pairs(every=1s)"},
	build: func(c *call) (sim.ArrivalProcess, error) {
		p, err := NewRegular(c.seconds("every", needed))
		return pairs{p}, err
	},
})

type pairs struct{ Regular }

func (p pairs) Rate() float64  { return 2 * p.Regular.Rate() }
func (p pairs) String() string { return "pairs" + p.Regular.String()[len("regular"):] }

func (p pairs) Start(k rng.Key) sim.Arrivals { return &pairTicks{Arrivals: p.Regular.Start(k)} }

type pairTicks struct {
	sim.Arrivals
	twice bool
	last  sim.Time
}

func (a *pairTicks) Next(t sim.Time) sim.Time {
	if a.twice = !a.twice; a.twice {
		a.last = a.Arrivals.Next(t)
	}
	return a.last
}
`,
		shows: []struct{ args, want string }{
			{`run mm1 --replications 1 --duration 10s --set workload.0.sessions=pairs(every=2s)`, `round-robin`},
			{"schema", `\bpairs\(every=1s\)`},
			{"explain pairs", `(?i)two arrivals at a time`},
			{`validate mm1 --set workload.0.sessions=pair(every=2s)`, `did you mean pairs\?`},
		},
	},
	"metric": {
		path: "sim/aanewmetric.go",
		source: `package sim

import "stickysim/sim/metric"

var metricNew = metric.Register(metric.Family{Name: "new.count", Kind: metric.Count, Better: metric.Less, Short: "answers of servers",
	Doc: "Attempts that servers answered.", Formula: "number", Show: metric.Show{Summary: 100, Compare: 100, Column: 100, Title: "NEW"}})

var _ = reports(0, func(_ *run, b *metricsBuilder) {
	n := int64(0)
	for i := range b.res.Servers {
		n += b.res.Servers[i].Answered
	}
	b.count(metricNew.ID(), n)
})
`,
		shows: []struct{ args, want string }{
			{"metrics list", `(?m)^new\.count +count +answers of servers$`},
			{"metrics show new.count", `Attempts that servers answered\.`},
			{"explain new.cout", `did you mean "new\.count"\?`},
			{"schema", `new\\\\\.count`},
			{"run mm1 --replications 2 --duration 10s --format json", `"new\.count": \{"mean":[1-9]`},
			{"run mm1 --replications 2 --duration 10s --format csv", `(?m)^[^,]+,new\.count,1,[1-9]`},
			{"run mm1 --replications 2 --duration 10s --show all", `(?m)new\.count +[1-9]`},
			{"compare mm1 --policies random,round-robin --replications 2 --duration 10s --show all", `\bNEW\b(?s:.*)new\.count`},
			{"validate mm1 --set objectives=[new.cont<1]", `did you mean "new\.count"\?`},
		},
	},
	"time series": {
		path: "sim/aanewseries.go",
		source: `package sim

import "stickysim/sim/metric"

var newSeries = sampled(metric.Series{Name: "held", Kind: metric.Count, PerServer: true, Sampled: endOfStep, Short: "sessions there"},
	sampler{level: func(_ *run, s *server) float64 { return float64(s.sessions) }})
`,
		shows: []struct{ args, want string }{
			{"metrics list", `(?m)^held +count +sessions there$`},
			{"metrics show held", `time series of each server`},
			{"schema --result", `"held": \{`},
			{"run mm1 --replications 1 --duration 10s --format json", `"held": \[[0-9]`},
			{"run mm1 --replications 1 --duration 10s --out OUT", ""},
			{"OUT/timeseries.csv", `(?m)^variant,server,t_s,utilization,.*,held$`},
		},
	},
	"figure of servers": {
		path: "sim/aanewfigure.go",
		source: `package sim

import "stickysim/sim/metric"

var newFigure = eachServerHas(metric.ServerFigure{Name: "served", Kind: metric.Count, Short: "answers", Formula: "number", Column: 100, Title: "SERVED"},
	func(b *serverBooks) float64 { return float64(b.Answered) })
`,
		shows: []struct{ args, want string }{
			{"metrics show served", `figure per server`},
			{"schema --result", `"served": \{`},
			{"run mm1 --replications 1 --duration 10s --format json", `"served":\{"mean":[1-9]`},
			{"run mm1 --replications 1 --duration 10s --show servers", `\bSERVED\b`},
			{"run mm1 --replications 1 --duration 10s --out OUT", ""},
			{"OUT/servers.csv", `,served,served_lo,served_hi\n`},
		},
	},
}

// Each kind of extension is one file: the program is built with the file of each recipe added, and has them all.
func TestRecipes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	t.Parallel()
	dir := t.TempDir()
	replace := map[string]string{}
	for name, r := range recipes {
		if _, err := os.Stat(filepath.Join("../..", r.path)); err == nil {
			t.Fatalf("%s: %s exists", name, r.path)
		}
		path, err := filepath.Abs(filepath.Join("../..", r.path))
		if err != nil {
			t.Fatal(err)
		}
		replace[path] = filepath.Join(dir, strings.ReplaceAll(r.path, "/", "_"))
		if err := os.WriteFile(replace[path], []byte(r.source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "stickysim")
	// Not to inline, nor to describe the code to debuggers, halves the time: nearly all packages are compiled anew.
	if out, err := exec.Command("go", "build", "-pgo=off", "-buildvcs=false", "-gcflags=stickysim/...=-l -dwarf=false", "-ldflags=-s -w",
		"-overlay", filepath.Join(dir, "overlay.json"), "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	shown := map[string][]byte{} // by command line: several recipes are to be seen in one
	for name, r := range recipes {
		folder := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		for _, s := range r.shows {
			args := strings.ReplaceAll(s.args, "OUT", folder)
			out, err := os.ReadFile(args)
			if err != nil {
				if shown[args] == nil {
					shown[args], _ = exec.Command(program, strings.Fields(args)...).CombinedOutput() // some of them are mistakes
				}
				out = shown[args]
			}
			if !regexp.MustCompile(s.want).Match(out) {
				t.Errorf("%s: stickysim %s does not show %s:\n%s", name, s.args, s.want, out)
			}
		}
	}
}
