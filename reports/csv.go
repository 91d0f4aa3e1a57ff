package reports

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"stickysim/sim/experiment"
	"stickysim/sim/stats"
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

func (t *table) row(cells ...string) { t.w.Write(cells) }

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
			t.row(v.Name, m.Name, m.Unit, figure(e.Mean), figure(e.Lo), figure(e.Hi), strconv.Itoa(e.N))
		}
	}
	return t.finish()
}

// WriteServersCSV writes servers.csv: a line per alternative and server, with three columns per figure: its mean over
// replications and, with _lo and _hi, the ends of its interval. Units are in the names.
func WriteServersCSV(w io.Writer, res *experiment.Result) error {
	head := []string{"variant", "server", "zone"}
	for _, f := range serverFigures(&experiment.ServerEstimate{}) {
		head = append(head, f.name, f.name+"_lo", f.name+"_hi")
	}
	t := newTable(w, head...)
	for i := range res.Variants {
		v := &res.Variants[i]
		for k := range v.Servers {
			row := []string{v.Name, v.Servers[k].Name, strconv.Itoa(v.Servers[k].Zone)}
			for _, f := range serverFigures(&v.Servers[k]) {
				row = append(row, figure(f.e.Mean), figure(f.e.Lo), figure(f.e.Hi))
			}
			t.row(row...)
		}
	}
	return t.finish()
}

type serverFigure struct {
	name string
	e    stats.Estimate
}

func serverFigures(s *experiment.ServerEstimate) []serverFigure {
	return []serverFigure{{"share", s.Share}, {"utilization", s.Utilization}, {"requests_per_s", s.Requests}, {"sessions", s.Sessions},
		{"memory_bytes", s.Memory}, {"errors", s.Errors}, {"down_s", s.Down}, {"latency_mean_s", s.LatencyMean},
		{"latency_p50_s", s.LatencyP50}, {"latency_p95_s", s.LatencyP95}, {"latency_p99_s", s.LatencyP99}}
}

// WriteTimeseriesCSV writes timeseries.csv: a line per alternative, server and step, means over replications. t_s is the
// end of the step in seconds since counting began. requests and errors are counts of the step, utilization its mean;
// in_system and sessions are as they are at its end.
func WriteTimeseriesCSV(w io.Writer, res *experiment.Result) error {
	t := newTable(w, "variant", "server", "t_s", "utilization", "requests", "in_system", "sessions", "errors")
	for i := range res.Variants {
		v := &res.Variants[i]
		for k := range v.Servers {
			for p := range v.Series.Points {
				at := k*v.Series.Points + p
				t.row(v.Name, v.Servers[k].Name, figure(pointTime(res, &v.Series, p)), figure(v.Series.Utilization[at]), figure(v.Series.Requests[at]),
					figure(v.Series.InSystem[at]), figure(v.Series.Sessions[at]), figure(v.Series.Errors[at]))
			}
		}
	}
	return t.finish()
}

// pointTime is the end of step p in seconds since counting began; the last step may be shorter than the others.
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
	metrics := []string{"sessions.lost"}
	for _, cause := range x.labelled("sessions.lost", "cause") {
		metrics = append(metrics, "sessions.lost{cause="+cause+"}")
	}
	t := newTable(w, "variant", "cause", "mean", "lo", "hi")
	for i := range res.Variants {
		for _, m := range metrics {
			e := x.estimate(i, m)
			t.row(res.Variants[i].Name, causeOf(m), figure(e.Mean), figure(e.Lo), figure(e.Hi))
		}
	}
	return t.finish()
}
