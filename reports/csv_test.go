package reports

import (
	"bytes"
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/experimenttest"
	"stickysim/sim/metric"
)

// rowsOf reads CSV back into rows by column.
// Spreadsheets take no name for a formula, and no number for a name.
func TestNamesAreInert(t *testing.T) {
	for cell, want := range map[string]string{"=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "-2+3": "'-2+3", "+cmd|x!A0": "'+cmd|x!A0", "-1.5e-3": "-1.5e-3", "cookie": "cookie", "": ""} {
		if got := inert(cell); got != want {
			t.Errorf("%q is written as %q; want %q", cell, got, want)
		}
	}
}

func rowsOf(t testing.TB, r *experiment.Result, write func(io.Writer, *experiment.Result) error) []map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Error("undefined numbers are not left empty")
	}
	records, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, rec := range records[1:] {
		row := map[string]string{}
		for i, head := range records[0] {
			row[head] = rec[i]
		}
		out = append(out, row)
	}
	return out
}

func numberIn(t testing.TB, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCSVHoldsEveryMetric(t *testing.T) {
	r := experimenttest.Three()
	rows := rowsOf(t, r, WriteCSV)
	i := 0
	for _, v := range r.Variants {
		for _, m := range v.Metrics {
			row := rows[i]
			i++
			if row["variant"] != v.Name || row["metric"] != m.Name() || row["unit"] != m.Unit {
				t.Fatalf("row %d is %v; want %s of %s", i, row, m.Name(), v.Name)
			}
			if math.IsNaN(m.Estimate.Mean) != (row["mean"] == "") || row["mean"] != "" && numberIn(t, row["mean"]) != m.Estimate.Mean {
				t.Errorf("%s: mean %q; want %g", m.Name(), row["mean"], m.Estimate.Mean)
			}
		}
	}
	if i != len(rows) {
		t.Errorf("%d rows for %d metrics", len(rows), i)
	}
	rowsOf(t, experimenttest.Broken(), WriteCSV)
}

func TestServersCSVSharesAddUp(t *testing.T) {
	for _, r := range []*experiment.Result{experimenttest.Three(), experimenttest.Wide()} {
		sum := map[string]float64{}
		for _, row := range rowsOf(t, r, WriteServersCSV) {
			sum[row["variant"]] += numberIn(t, row["share"])
		}
		if len(sum) != len(r.Variants) {
			t.Errorf("%d variants", len(sum))
		}
		for v, s := range sum {
			if s < 1 || s > outage {
				t.Errorf("%s: the shares add up to %g", v, s)
			}
		}
	}
}

// Where the hot server is another one in each replication, the first rank is as hot as the metrics say, in both files; the
// column first says which server it was once.
func TestHotServerInCSV(t *testing.T) {
	r := experimenttest.Moving()
	v := &r.Variants[0]
	hot, names := v.Metric(hottest.ID()).Estimate.Mean, 0.0
	for _, s := range v.First {
		names = max(names, v.Metric(metric.Read("server.utilization{server="+s.Name+"}")).Estimate.Mean)
	}
	if names > .75*hot {
		t.Fatalf("the hot server is nearly always the same: %g by name, %g by rank", names, hot)
	}
	for i, row := range rowsOf(t, r, WriteServersCSV) {
		if want := strconv.Itoa(i + 1); row["rank"] != want || row["server"] != "rank "+want || row["first"] == "" {
			t.Errorf("row %d: %v", i, row)
		}
		if i == 0 && math.Abs(numberIn(t, row["utilization"])-hot) > 1e-9 {
			t.Errorf("rank 1 is busy for %s; want %g", row["utilization"], hot)
		}
	}
	sum := 0.0
	for _, row := range rowsOf(t, r, WriteTimeseriesCSV) {
		if row["server"] == "rank 1" {
			sum += numberIn(t, row["utilization"])
		}
	}
	if mean := sum / float64(v.Series.Points); mean < hot {
		t.Errorf("the hottest of each step is at %g on average; the hottest of the run at %g", mean, hot)
	}
}

// The requests of the time series are those of the whole run.
func TestTimeseriesCSV(t *testing.T) {
	r := experimenttest.Three()
	rows := rowsOf(t, r, WriteTimeseriesCSV)
	sum, last := map[string]float64{}, 0.0
	for _, row := range rows {
		if row["requests"] != "" {
			sum[row["variant"]+" "+row["server"]] += numberIn(t, row["requests"])
		}
		last = numberIn(t, row["t_s"])
	}
	if last != r.Duration {
		t.Errorf("the series ends at %g s; the run at %g s", last, r.Duration)
	}
	for _, v := range r.Variants {
		if want := v.Series.Ranks * v.Series.Points * len(r.Variants); len(rows) != want {
			t.Errorf("%d rows; want %d", len(rows), want)
		}
		total, requests := 0.0, 0.0
		for k := range v.Series.Ranks {
			total += sum[v.Name+" "+v.Series.Row(k)]
		}
		for _, s := range v.Ranks() {
			requests += s.Of(sim.RequestsFigure).Mean * s.Of(sim.InServiceFigure).Mean
		}
		if math.Abs(total/requests-1) > .005 {
			t.Errorf("%s: the series has %.0f requests; the servers %.0f", v.Name, total, requests)
		}
	}
}

func TestSessionsLostCSVAddsUp(t *testing.T) {
	total, parts := map[string]float64{}, map[string]float64{}
	for _, row := range rowsOf(t, experimenttest.Three(), WriteSessionsLostCSV) {
		if row["cause"] == "total" {
			total[row["variant"]] = numberIn(t, row["mean"])
		} else {
			parts[row["variant"]] += numberIn(t, row["mean"])
		}
	}
	if len(total) != 3 || total["cookie"] == 0 {
		t.Errorf("totals: %v", total)
	}
	for v, want := range total {
		if math.Abs(parts[v]-want) > 1e-9*(1+want) {
			t.Errorf("%s: the causes add up to %g; the total is %g", v, parts[v], want)
		}
	}
}
