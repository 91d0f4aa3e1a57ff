package reports

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"

	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

var _ = Register(Format{Name: "csv", Doc: "one line per alternative and metric, for spreadsheets",
	Write: func(w io.Writer, res *experiment.Result, _ Options) error { return WriteCSV(w, res) }})

// table writes CSV; figures in shortest form, undefined ones empty.
type table struct{ w *csv.Writer }

func newTable(w io.Writer, head ...string) *table {
	t := &table{csv.NewWriter(w)}
	t.w.Write(head)
	return t
}

func (t *table) row(cells ...string) {
	for i, c := range cells {
		cells[i] = inert(c)
	}
	t.w.Write(cells)
}

// inert puts an apostrophe before a name that a spreadsheet would carry out as a formula, and leaves out what cannot be seen.
func inert(cell string) string {
	cell = diag.Clean(cell)
	if cell == "" || !strings.ContainsRune("=+-@", rune(cell[0])) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return "'" + cell
}

func (t *table) finish() error {
	t.w.Flush()
	return t.w.Error()
}

func figure(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// WriteCSV writes every metric of every alternative in long form: variant,metric,unit,mean,lo,hi,n.
func WriteCSV(w io.Writer, res *experiment.Result) error {
	t := newTable(w, "variant", "metric", "unit", "mean", "lo", "hi", "n")
	for i := range res.Variants {
		v := &res.Variants[i]
		for k := range v.Metrics {
			m := &v.Metrics[k]
			e := m.Estimate
			t.row(v.Name, m.Name(), m.Unit, figure(e.Mean), figure(e.Lo), figure(e.Hi), strconv.Itoa(e.N))
		}
	}
	return t.finish()
}

// WriteServersCSV writes servers.csv: a line per alternative and rank of servers, the hottest first, then one for each
// server that the timeline names. There are three columns per figure: its mean over replications and, with _lo and _hi, the
// ends of its interval. Units are in the names. The column first is the server that had the rank in the first replication.
func WriteServersCSV(w io.Writer, res *experiment.Result) error {
	head := []string{"variant", "server", "zone", "rank", "first"}
	for _, f := range metric.ServerFigures() {
		head = append(head, f.CSV(), f.CSV()+"_lo", f.CSV()+"_hi")
	}
	t := newTable(w, head...)
	for i := range res.Variants {
		v := &res.Variants[i]
		for k := range v.Servers {
			sv := &v.Servers[k]
			row := []string{v.Name, sv.Label(), strconv.Itoa(sv.Zone), "", sv.Name}
			if sv.Rank > 0 {
				row[2], row[3], row[4] = "", strconv.Itoa(sv.Rank), firstOf(v, sv.Rank)
			}
			for _, f := range metric.ServerFigures() {
				e := sv.Of(f)
				row = append(row, figure(e.Mean), figure(e.Lo), figure(e.Hi))
			}
			t.row(row...)
		}
	}
	return t.finish()
}

// firstOf is the server that had a rank in the first replication.
func firstOf(v *experiment.VariantResult, rank int) string {
	for i := range v.First {
		if v.First[i].Rank == rank {
			return v.First[i].Name
		}
	}
	return ""
}

// WriteTimeseriesCSV writes timeseries.csv: a line per alternative, rank or named server, and step, with the series of servers,
// means over replications. The servers are ranked anew in every step: rank 1 is the hottest at that moment. t_s is the end of the step in seconds since the warm-up ended.
func WriteTimeseriesCSV(w io.Writer, res *experiment.Result) error {
	head := []string{"variant", "server", "t_s"}
	var columns []*metric.Series
	for _, s := range metric.AllSeries() {
		if s.PerServer {
			head, columns = append(head, s.Name), append(columns, s)
		}
	}
	t := newTable(w, head...)
	for i := range res.Variants {
		v := &res.Variants[i]
		for k := range v.Series.Rows() {
			for p := range v.Series.Points {
				row := []string{v.Name, v.Series.Row(k), figure(pointTime(res, &v.Series, p))}
				for _, s := range columns {
					row = append(row, figure(v.Series.Of(s)[k*v.Series.Points+p]))
				}
				t.row(row...)
			}
		}
	}
	return t.finish()
}

// pointTime is the end of step p in seconds since the warm-up ended; the last step may be shorter than the others.
func pointTime(res *experiment.Result, s *experiment.SeriesMean, p int) float64 {
	end := float64(p+1) * s.Step
	if res.Duration > 0 {
		return min(end, res.Duration)
	}
	return end
}

// WriteSessionsLostCSV writes sessions_lost.csv: lost sessions per replication by alternative and cause, and the total.
func WriteSessionsLostCSV(w io.Writer, res *experiment.Result) error {
	x := newIndex(res)
	metrics := append([]metric.ID{lost.ID()}, x.parts(lost, "cause")...)
	t := newTable(w, "variant", "cause", "mean", "lo", "hi")
	for i := range res.Variants {
		for _, m := range metrics {
			e := x.estimate(i, m)
			t.row(res.Variants[i].Name, causeOf(m), figure(e.Mean), figure(e.Lo), figure(e.Hi))
		}
	}
	return t.finish()
}
