package reports

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/snapshot"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// gatedThree is the usual result with verdicts on objectives, by the interval that each figure has.
func gatedThree(t testing.TB, objectives ...string) *Gated {
	t.Helper()
	r := *saved(t)
	for i, text := range objectives {
		o, err := experiment.ParseObjective(text, experiment.Scope{Policies: newIndex(&r).names()})
		if err != nil {
			t.Fatal(err)
		}
		r.Objectives = append(r.Objectives, o)
		for k := range r.Variants {
			v := &r.Variants[k]
			if o.Subject.Policy != "" && o.Subject.Policy != v.Name {
				continue
			}
			r.Verdicts = append(r.Verdicts, verdictOn(i, v.Name, o, v.Metric(o.Subject.Metric).Estimate))
		}
	}
	return &Gated{Name: r.Name, Result: &r}
}

// verdictOn is a verdict on an upper limit.
func verdictOn(at int, alternative string, o experiment.Objective, e stats.Estimate) experiment.Verdict {
	v := experiment.Verdict{Objective: at, Alternative: alternative, Counts: !o.Warn, Value: e, Limit: o.Limit.Value}
	v.Margin = stats.Estimate{Mean: v.Limit - e.Mean, Lo: v.Limit - e.Hi, Hi: v.Limit - e.Lo, N: e.N}
	switch {
	case e.Hi < v.Limit:
		v.State = experiment.Met
	case e.Lo > v.Limit:
		v.State = experiment.Missed
	default:
		v.Needs = 57
		if math.IsNaN(e.Mean) {
			v.Needs, v.Why = -1, "the figure is undefined"
		}
	}
	return v
}

func gateText(t testing.TB, g *Gated, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteGate(&b, g, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The report begins with the verdict, has a row for each objective and alternative, says what is behind the misses and what
// would decide the rest, and fits the terminal.
func TestGateScreen(t *testing.T) {
	g := gatedThree(t, "latency.p95 < 150ms", "sessions.lost.ratio < 1%", "policy(cookie).latency.p99 < 221ms", "server.utilization.max < 60%", "sessions.lost{cause=crash} < 30")
	text := gateText(t, g, Options{})
	path := filepath.Join("testdata", "gate.txt")
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || text != string(want) {
		t.Errorf("the report differs from %s (%v); see the change and run go test -update:\n%s", path, err, text)
	}
	for _, g := range []*Gated{g, hostile(t), large(t, "a name that is quite long for any terminal, and then some more of it", 10, 2)} {
		for _, width := range []int{0, 60, 100} {
			most := Options{Width: width}.columns(screenWidth)
			for _, line := range strings.Split(gateText(t, g, Options{Width: width}), "\n") {
				if textWidth(line) > most && width != 60 || strings.ContainsAny(line, "\x00\x1b\r") {
					t.Errorf("%d columns of %d: %q", textWidth(line), most, line)
				}
			}
		}
	}
}

// A gate fails closed: what is missed wins over what is undecided, and that over what is met; severe warnings, figures that have
// moved and studies that never ran let nothing pass; what does not count changes nothing.
func TestGateState(t *testing.T) {
	severe := []diag.Warning{{Code: "x", Severity: diag.Severe, Message: "doubtful"}}
	with := func(states ...experiment.VerdictState) *experiment.Result {
		r := &experiment.Result{Objectives: make([]experiment.Objective, 9), Confidence: .95}
		for i, s := range states {
			r.Objectives[i].Subject.Metric = metric.Must("latency.p95").ID()
			r.Verdicts = append(r.Verdicts, experiment.Verdict{Objective: i, State: s, Counts: true})
		}
		return r
	}
	doubtful, weak, moved := with(experiment.Met), with(experiment.Met, experiment.Missed), with(experiment.Met)
	doubtful.Warnings = severe
	weak.Verdicts[1].Counts = false
	elsewhere, limit := with(experiment.Met), with(experiment.Met)
	elsewhere.Warnings = []diag.Warning{{Code: "x", Severity: diag.Severe, Alternative: "other"}}
	limit.Warnings = elsewhere.Warnings
	limit.Objectives[0].Limit = experiment.Limit{Of: &experiment.Term{Policy: "other", Metric: latencyP95.ID()}, Factor: 1}
	missed := with(experiment.Missed)
	missed.Warnings = severe
	for name, c := range map[string]struct {
		g     Gated
		state experiment.VerdictState
		says  string
	}{
		"met":                  {Gated{Result: with(experiment.Met, experiment.Met)}, experiment.Met, "PASS s: all 2 objectives are met"},
		"missed and undecided": {Gated{Result: with(experiment.Met, experiment.Missed, experiment.NotDecided)}, experiment.Missed, "FAIL s: 1 of 3 objectives missed, 1 undecided"},
		"undecided":            {Gated{Result: with(experiment.Met, experiment.NotDecided)}, experiment.NotDecided, "UNDECIDED s: 1 of 2 objectives undecided"},
		"does not count":       {Gated{Result: weak}, experiment.Met, "PASS s: its objective is met"},
		"doubtful":             {Gated{Result: doubtful}, experiment.NotDecided, "UNDECIDED s: its objective is met, a severe warning"},
		"trusted":              {Gated{Result: doubtful, Trusting: true}, experiment.Met, "PASS s: its objective is met"},
		"doubtful elsewhere":   {Gated{Result: elsewhere}, experiment.Met, "PASS s: its objective is met"},
		"doubtful limit":       {Gated{Result: limit}, experiment.NotDecided, "UNDECIDED s: its objective is met, a severe warning"},
		"missed and doubtful":  {Gated{Result: missed}, experiment.Missed, "FAIL s: its objective is missed, a severe warning"},
		"moved":                {Gated{Result: moved, Moves: []snapshot.Move{{Metric: metric.Must("latency.p95").ID()}}}, experiment.Missed, "FAIL s: its objective is met, 1 figure differs from the snapshot"},
		"never run":            {Gated{StoppedBy: "--timeout"}, experiment.NotDecided, "UNDECIDED s: no replication is complete (stopped by --timeout)"},
		"not judged":           {Gated{Result: with()}, experiment.NotDecided, "UNDECIDED s: nothing is judged"},
	} {
		c.g.Name = "s"
		if got := c.g.State(); got != c.state || c.g.Summary() != c.says {
			t.Errorf("%s: %v, %q; want %v, %q", name, got, c.g.Summary(), c.state, c.says)
		}
	}
}

// That all objectives are met says whom none judges, on the first screen and at a gate.
func TestUnjudgedAlternativesAreNamed(t *testing.T) {
	for objective, want := range map[string]bool{"latency.p95 < 150ms": false, "latency.p95 < 10h": true} {
		g := gatedThree(t, objective)
		var names []string
		for _, v := range g.Result.Variants {
			names = append(names, v.Name)
		}
		if want {
			g.Result.Verdicts = slices.DeleteFunc(g.Result.Verdicts, func(v experiment.Verdict) bool { return v.Alternative != names[0] })
		}
		text := strings.Join(names[1:], ", ")
		screen, gate := (&index{res: g.Result}).objectivesStand(), strings.Join(g.asides(nil), " ")
		if strings.Contains(screen, "None judges "+text) != want || strings.Contains(gate, "No objective judges "+text) != want {
			t.Errorf("%s: %q, %q; the others named: want %v", objective, screen, gate, want)
		}
	}
}

// A change since the baseline is one beyond chance; the same result has none.
func TestChanges(t *testing.T) {
	g := gatedThree(t, "latency.p95 < 150ms")
	before := *g.Result
	g.Before = &before
	if got := g.sinceBefore(); got != "Nothing has changed since the baseline beyond chance." {
		t.Errorf("against itself: %s", got)
	}
	before.Variants = slices.Clone(before.Variants)
	before.Variants[1].Name = "renamed"
	if got := g.sinceBefore(); got != "Nothing has changed since the baseline beyond chance. The baseline has no two replications of "+g.Result.Variants[1].Name+"." {
		t.Errorf("against a baseline without an alternative: %s", got)
	}
	before.Variants = before.Variants[1:2]
	if got := g.sinceBefore(); !strings.HasPrefix(got, "Nothing could be compared with the baseline. The baseline has no two replications of cookie, ") {
		t.Errorf("against a baseline of other alternatives: %s", got)
	}
	before.Variants = slices.Clone(g.Result.Variants)
	v := &before.Variants[0]
	v.Metrics = slices.Clone(v.Metrics)
	for i := range v.Metrics {
		if m := &v.Metrics[i]; m.ID == latencyP95.ID() {
			m.Values = slices.Clone(m.Values)
			for k := range m.Values {
				m.Values[k] /= 2
			}
			m.Estimate.Mean /= 2
		}
	}
	if got := g.sinceBefore(); !strings.HasPrefix(got, "Changed since the baseline: latency.p95 of cookie 90 ms → 179 ms (+100 %)") || strings.Count(got, " of ") != 1 {
		t.Errorf("p95 of cookie twice as long: %s", got)
	}
}

// A caution does not hold a gate back, and is said: an objective on losses means nothing where no session has a state to lose.
func TestGateSaysCautions(t *testing.T) {
	g := &Gated{Result: handmade("", alternative{"a", map[string][]float64{"visits.hit.ratio": {0, 0}}})}
	g.Result.Warnings = []diag.Warning{{Code: "no-effect", Severity: diag.Caution, Place: "state", Message: "has no effect"}, {Code: "x", Severity: diag.Note, Message: "y"}}
	if out := strings.Join(g.asides(nil), "\n"); g.held() || !strings.Contains(out, "1 warning is not held against it (all: --format json): state: has no effect") {
		t.Errorf("held back %v, said: %q", g.held(), out)
	}
}
