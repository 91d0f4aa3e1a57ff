package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/experimenttest"
	"stickysim/sim/experiment/sweep"
	"stickysim/sim/metric"
)

// swept is a sweep of n points of two fields, all with the same result, and what is written of each.
func swept(t *testing.T, n int, visit func(axes []sweep.Axis, point []experiment.Setting, r *experiment.Result)) *Sweep {
	t.Helper()
	var axes []sweep.Axis
	for _, text := range []string{"policies.cookie.ttl=5m,1m", fmt.Sprintf("servers.count=1..%d", n/2)} {
		a, err := sweep.ParseAxis(text)
		if err != nil {
			t.Fatal(err)
		}
		axes = append(axes, a)
	}
	points, _, err := sweep.Design{Kind: sweep.Grid}.Choose(axes, 1)
	if err != nil {
		t.Fatal(err)
	}
	s := &Sweep{Axes: axes, Design: sweep.Design{Kind: sweep.Grid}, Total: len(points)}
	for _, p := range points {
		r := experimenttest.Three()
		s.Add(p, r)
		if visit != nil {
			visit(axes, p, r)
		}
	}
	return s
}

// The tables fit every width, name every field and alternative, and say which fields change nothing.
func TestSweepTable(t *testing.T) {
	s := swept(t, 80, nil)
	for _, width := range []int{60, 80, 100} {
		var b bytes.Buffer
		if err := WriteSweepTable(&b, s, Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		for _, line := range strings.Split(text, "\n") {
			if textWidth(line) > width {
				t.Errorf("%d columns: %q", textWidth(line), line)
			}
		}
		for _, want := range []string{"80 points × 3 alternatives", "servers.count", "… 51 more", "servers.count changes none of these figures"} {
			if !strings.Contains(text, want) {
				t.Errorf("width %d: %q is missing:\n%s", width, want, text)
			}
		}
	}
}

// Points of many fields have numbers, so that the tables fit, and a table says what each is.
func TestSweepNumbersPoints(t *testing.T) {
	var set []string
	for i := range 6 {
		set = append(set, fmt.Sprintf("workload.population-%d.users=1,2", i))
	}
	s := judgedSweep(t, set, map[string][]string{"cookie": {strings.Repeat("mx", 32)}})
	var text bytes.Buffer
	if err := WriteSweepTable(&text, s, Options{Width: 80}); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(text.String(), "\n") {
		if textWidth(line) > 80 {
			t.Errorf("%d columns: %q", textWidth(line), line)
		}
	}
	for _, want := range []string{"\npoints\npoint      workload.population-0.users", "workload.population-5.users", "\n64         missed"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is missing:\n%s", want, text.String())
		}
	}
}

// The best of a figure is marked where another alternative is shown to be worse, and never an alternative that is.
func TestSweepBest(t *testing.T) {
	x := newIndex(experimenttest.Three())
	for _, families := range usualFigures {
		id := families[0].ID()
		best := x.bestIn(id)
		for _, v := range best {
			for u := range x.metrics {
				if r := x.relate(v, u, id); direction(id) < 0 && r == more && !alike(x.of(v, id), x.of(u, id)) {
					t.Errorf("%s: %d is marked and worse than %d", id, v, u)
				}
			}
		}
		if len(best) == len(x.metrics) {
			for _, v := range best {
				if !alike(x.of(v, id), x.of(best[0], id)) {
					t.Errorf("%s: all are marked", id)
				}
			}
		}
	}
}

// Every metric of every alternative and point is a row, replications are rows of their own, and columns have a meaning.
func TestSweepRows(t *testing.T) {
	var long, wide, spool bytes.Buffer
	var rows RowWriter
	var replications *SweepReplications
	metrics, runs := 0, 0
	s := swept(t, 4, func(axes []sweep.Axis, point []experiment.Setting, r *experiment.Result) {
		if rows == nil {
			rows, _ = NewCSVRows(&long, SweepColumns(axes))
			replications = NewSweepReplications(axes, &spool)
		}
		if runs > 0 { // a metric that only later points have
			r.Variants[0].Metrics = append(r.Variants[0].Metrics, experiment.Metric{ID: metric.ID{Family: "server.utilization", Label: metric.Label{Key: "server", Value: "late"}}, Values: []float64{7}})
		}
		for i := range r.Variants {
			metrics += len(r.Variants[i].Metrics)
			runs += r.Variants[i].Replications
		}
		if err := WriteSweepRows(rows, axes, point, r); err != nil {
			t.Fatal(err)
		}
		if err := replications.Add(point, r); err != nil {
			t.Fatal(err)
		}
	})
	out, _ := NewCSVRows(&wide, replications.Columns())
	for _, err := range []error{rows.Close(), replications.Flush(), replications.Rows(out, &spool), out.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	table, err := csv.NewReader(&long).ReadAll()
	if err != nil || len(table) != metrics+1 {
		t.Errorf("%d rows, %v; want %d", len(table)-1, err, metrics)
	}
	if got, want := table[1][:3], []string{"5m", "300", "1"}; !slices.Equal(got, want) {
		t.Errorf("the first point is %v, want %v", got, want)
	}
	table, err = csv.NewReader(&wide).ReadAll()
	if err != nil || len(table) != runs+1 {
		t.Fatalf("%d rows, %v; want %d", len(table)-1, err, runs)
	}
	if last := len(table[0]) - 1; table[0][last] != "server.utilization{server=late}" || table[1][last] != "" {
		t.Errorf("the last column is %s, with %q at the first point", table[0][last], table[1][last])
	}
	for _, c := range slices.Concat(SweepColumns(s.Axes), replications.Columns()) {
		if c.Name == "" || c.Kind == "" || c.Doc == "" && !strings.Contains(c.Name, "late") {
			t.Errorf("column %+v has no meaning", c)
		}
	}
}

// There is a curve for each figure, with a panel for each value of the other field and a line per alternative; ticks rise.
func TestSweepFigures(t *testing.T) {
	s := swept(t, 12, nil)
	figures := SweepFigures(s)
	if len(figures) != len(s.shown()) || len(figures) == 0 {
		t.Fatalf("%d figures of %d", len(figures), len(s.shown()))
	}
	for _, f := range figures {
		if !strings.Contains(f.Title, "over servers.count") || len(f.panels) != 2 || len(f.legend) < 3 {
			t.Errorf("%s: %d panels, %d entries", f.Title, len(f.panels), len(f.legend))
		}
		for _, n := range f.panels {
			if len(n.x.ticks) != 6 || !slices.IsSortedFunc(n.x.ticks, func(a, b tick) int { return int(a.at - b.at) }) {
				t.Errorf("%s: ticks %v", f.Title, n.x.ticks)
			}
		}
	}
}

func TestSweepJSON(t *testing.T) {
	var b bytes.Buffer
	if err := WriteSweepJSON(&b, swept(t, 4, nil), Options{}); err != nil {
		t.Fatal(err)
	}
	var out sweepJSON
	if err := json.Unmarshal(b.Bytes(), &out); err != nil || out.Schema != SweepSchema || len(out.Points) != 4 || len(out.Points[3].Variants) != 3 {
		t.Errorf("%v: %s", err, clean(b.String()))
	}
}
