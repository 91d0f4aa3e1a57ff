package reports

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/sweep"
	"stickysim/sim/stats"
)

// judgedSweep is a sweep in which each alternative stands at the points, one letter each, as a text says for each of its
// objectives: m is met, x is missed, ? is undecided.
func judgedSweep(t *testing.T, set []string, states map[string][]string) *Sweep {
	t.Helper()
	s := &Sweep{Design: sweep.Design{Kind: sweep.Grid}}
	for _, text := range set {
		a, err := sweep.ParseAxis(text)
		if err != nil {
			t.Fatal(err)
		}
		s.Axes = append(s.Axes, a)
	}
	points, _, err := s.Design.Choose(s.Axes, 1)
	if err != nil {
		t.Fatal(err)
	}
	var objectives []experiment.Objective
	for _, text := range []string{"latency.p95 < 300ms", "visits.hit.ratio < 1%"} {
		o, err := experiment.ReadObjective(text)
		if err != nil {
			t.Fatal(err)
		}
		objectives = append(objectives, o)
	}
	for i, p := range points {
		r := &experiment.Result{Name: "judged", Confidence: .95, Objectives: objectives}
		for _, name := range []string{"cookie", "random"} {
			r.Variants = append(r.Variants, experiment.VariantResult{Name: name, Replications: 5})
			for k, letters := range states[name] {
				state := map[byte]experiment.VerdictState{'m': experiment.Met, 'x': experiment.Missed, '?': experiment.NotDecided}[letters[i]]
				v := experiment.Verdict{Objective: k, Alternative: name, State: state, Counts: true, Value: stats.Estimate{Mean: 1}}
				if v.State == experiment.NotDecided {
					v.Needs = 12
				}
				r.Verdicts = append(r.Verdicts, v)
			}
		}
		s.Add(p, r)
	}
	s.Total = len(points)
	return s
}

// The answer says from which value on, up to which, or at how many points the objectives are met, and where it is undecided.
func TestSweepAnswers(t *testing.T) {
	one := []string{"servers.count=4..8"}
	two := []string{"clients.timeout=1s,5s", "servers.count=4..6"}
	for _, c := range []struct {
		set            []string
		cookie, random []string
		want           []string
	}{
		{one, []string{"xx?mm"}, []string{"mmmmm"}, []string{"cookie meets latency.p95 < 300ms from servers.count 7 on (undecided at 6).", "random meets latency.p95 < 300ms at all points."}},
		{[]string{"servers.count=8,4,6,5,7"}, []string{"mx?xm"}, nil, []string{"cookie meets latency.p95 < 300ms from servers.count 7 on (undecided at 6)."}},
		{one, []string{"mmxxx"}, []string{"xmmmx"}, []string{"cookie meets latency.p95 < 300ms up to servers.count 5.", "random meets latency.p95 < 300ms from servers.count 5 to 7."}},
		{one, []string{"mxmxm"}, []string{"xxxxm"}, []string{"cookie meets latency.p95 < 300ms at servers.count 4, 6 and 8.", "random meets latency.p95 < 300ms at servers.count 8."}},
		{one, []string{"xxxxx"}, []string{"xxxxx"}, []string{"cookie and random miss latency.p95 < 300ms at all points."}},
		{one, []string{"?????"}, []string{"xxx??"}, []string{"cookie is undecided about latency.p95 < 300ms at all points.", "random meets latency.p95 < 300ms at no point (undecided at 7 and 8)."}},
		{one, []string{"xmmmm", "xx?mm"}, nil, []string{"cookie meets all objectives from servers.count 7 on (undecided at 6)."}},
		{one, []string{"xxmmm", "xxxxx"}, []string{"xxmmm", "mxxxx"}, []string{
			"cookie misses visits.hit.ratio < 1% at all points, and meets latency.p95 < 300ms from servers.count 6 on.",
			"random meets all objectives together at no point, and meets latency.p95 < 300ms from servers.count 6 on; meets visits.hit.ratio < 1% at servers.count 4."}},
		{two, []string{"xmmxmm"}, []string{"xmmxxm"}, []string{
			"cookie meets latency.p95 < 300ms from servers.count 5 on whatever clients.timeout.",
			"random meets latency.p95 < 300ms from servers.count 5 on with clients.timeout = 1s and at servers.count 6 with clients.timeout = 5s."}},
		{[]string{"policies.cookie.ttl=1m"}, []string{"m"}, nil, []string{"cookie meets latency.p95 < 300ms at the only point."}},
		{[]string{"workload.shopper.service=exp(1s),exp(2s)"}, []string{"xm"}, nil, []string{"cookie meets latency.p95 < 300ms at workload.shopper.service exp(2s)."}},
		{one, nil, nil, nil},
	} {
		got := judgedSweep(t, c.set, map[string][]string{"cookie": c.cookie, "random": c.random}).answers()
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%v %v %v: %q; want %q", c.set, c.cookie, c.random, got, c.want)
		}
	}
}

// The table of objectives names the one that is not met, and is empty where none judges an alternative.
func TestSweepStandings(t *testing.T) {
	s := judgedSweep(t, []string{"servers.count=4..8"}, map[string][]string{"cookie": {"xxmm?", "xm?mm"}})
	g := s.standTable(s.layout(80, textGap, mostSweepRows))
	want := []string{"missed 2 of 2", "missed latency.p95", "undecided visits.hit.ratio", "met", "undecided latency.p95"}
	for i, row := range g.rows {
		if row[1].text != want[i] || row[2].text != "" {
			t.Errorf("row %d: %v, want %s", i, row, want[i])
		}
	}
	if judgedSweep(t, []string{"servers.count=4..8"}, nil).standTable(layout{width: 80, most: 9}) != nil {
		t.Error("a table of no verdicts")
	}
	var b bytes.Buffer
	if err := WriteSweepTable(&b, s, Options{Width: 80}); err != nil || !strings.Contains(b.String(), "About 12 replications would decide what is undecided") {
		t.Errorf("%v: %s", err, b.String())
	}
}

// Every verdict is a row, and a metric says how it stands.
func TestSweepObjectiveRows(t *testing.T) {
	s := judgedSweep(t, []string{"servers.count=4,8"}, map[string][]string{"cookie": {"xm", "mm"}})
	var b bytes.Buffer
	rows, _ := NewCSVRows(&b, SweepObjectiveColumns(s.Axes))
	for _, p := range s.points {
		r := &experiment.Result{Objectives: s.objectives, Verdicts: p.verdicts}
		if err := WriteSweepObjectives(rows, s.Axes, p.settings, r); err != nil {
			t.Fatal(err)
		}
		if got, want := standOf(r, "cookie", s.objectives[0].Subject.Metric), p.verdicts[0].State.String(); got != want {
			t.Errorf("the metric is %q, its objective %s", got, want)
		}
		if got := standOf(r, "random", s.objectives[0].Subject.Metric); got != "" {
			t.Errorf("an alternative that nothing judges is %q", got)
		}
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	table, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(table) != 5 || table[1][3] != "missed" || table[3][3] != "met" {
		t.Errorf("%v: %v", err, table)
	}
}
