package reports

import (
	"bufio"
	"encoding/binary"
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/sweep"
	"stickysim/sim/metric"
)

// Column is a column of a table that programs read.
type Column struct {
	Name string     `json:"name"`
	Kind ColumnKind `json:"type"`
	Unit string     `json:"unit,omitempty"` // of numbers
	Doc  string     `json:"description"`
}

// ColumnKind is the type of a column.
type ColumnKind string

// The types.
const (
	Text   ColumnKind = "text"
	Number ColumnKind = "number" // a float64; NaN = undefined
	Whole  ColumnKind = "whole"  // an int64
)

// RowWriter takes the rows of a table: a string, float64 or int64 per column, as its type says.
type RowWriter interface {
	Row(cells ...any) error
	Close() error // writes what is left; the file below stays open
}

// csvRows is a RowWriter of CSV: figures in shortest form, undefined ones empty.
type csvRows struct {
	w     *csv.Writer
	texts []string
}

// NewCSVRows writes the head of a table as CSV.
func NewCSVRows(w io.Writer, columns []Column) (RowWriter, error) {
	t := &csvRows{w: csv.NewWriter(w)}
	for _, c := range columns {
		t.texts = append(t.texts, inert(c.Name))
	}
	return t, t.w.Write(t.texts)
}

// Row writes a row.
func (t *csvRows) Row(cells ...any) error {
	for i, c := range cells {
		switch c := c.(type) {
		case float64:
			t.texts[i] = figure(c)
		case int64:
			t.texts[i] = strconv.FormatInt(c, 10)
		case string:
			t.texts[i] = c
			if _, isNumber := sweep.ParseQuantity(c); !isNumber {
				t.texts[i] = inert(c)
			}
		}
	}
	return t.w.Write(t.texts)
}

// Close writes what is buffered.
func (t *csvRows) Close() error {
	t.w.Flush()
	return t.w.Error()
}

// settingColumns are the columns of the fields that a sweep sets. A field whose values have a unit has a second column with
// the numbers in the basic unit.
func settingColumns(axes []sweep.Axis) []Column {
	var list []Column
	for _, a := range axes {
		doc := "value of the field " + a.Path + ", as --set has it"
		measure, isNumber := a.Measure()
		if isNumber && measure == "" {
			list = append(list, Column{a.Path, Number, "", doc})
			continue
		}
		list = append(list, Column{a.Path, Text, "", doc})
		if unit := baseUnits[measure]; isNumber && unit.name != "" {
			list = append(list, Column{a.Path + unit.suffix, Number, unit.name, "the same as a number"})
		}
	}
	return list
}

// baseUnits are those in which Quantity.Base counts, by what is measured.
var baseUnits = map[string]struct{ name, suffix string }{
	"s": {"s", "_s"}, "B": {"B", "_bytes"}, "%": {"ratio", "_ratio"}, "/s": {"1/s", "_per_s"}, "/m": {"1/min", "_per_min"}, "/h": {"1/h", "_per_h"},
}

// settingCells are the cells of those columns.
func settingCells(axes []sweep.Axis, point []experiment.Setting) []any {
	var list []any
	for k, a := range axes {
		measure, isNumber := a.Measure()
		q, _ := sweep.ParseQuantity(point[k].Value)
		if isNumber && measure == "" {
			list = append(list, q.Base())
			continue
		}
		list = append(list, point[k].Value)
		if isNumber && baseUnits[measure].name != "" {
			list = append(list, q.Base())
		}
	}
	return list
}

// SweepColumns are the columns of sweep.csv: a row per point, alternative and metric.
func SweepColumns(axes []sweep.Axis) []Column {
	return append(settingColumns(axes), []Column{
		{"alternative", Text, "", "name of the alternative"},
		{"metric", Text, "", "name of the metric; stickysim metrics show NAME says what it means"},
		{"unit", Text, "", "unit of mean, lo and hi"},
		{"mean", Number, "", "the figure over all replications; empty: undefined"},
		{"lo", Number, "", "lower end, of what kind says"},
		{"hi", Number, "", "upper end, of what kind says"},
		{"kind", Text, "", "what lo and hi are: interval (of confidence), bound (nothing, or everything, was seen), range (smallest and largest replication), none"},
		{"n", Whole, "", "replications in which the figure is defined"},
		{"verdict", Text, "", "how the figure stands to the objectives about it: met, missed, undecided; empty: there is none. Of several the worst; one that only warns counts as well"},
	}...)
}

// WriteSweepRows writes the rows of a point.
func WriteSweepRows(w RowWriter, axes []sweep.Axis, point []experiment.Setting, r *experiment.Result) error {
	settings := settingCells(axes, point)
	for i := range r.Variants {
		v := &r.Variants[i]
		for k := range v.Metrics {
			m := &v.Metrics[k]
			e := m.Estimate
			row := append(settings[:len(settings):len(settings)], v.Name, m.Name(), m.Unit, e.Mean, e.Lo, e.Hi, e.Kind.String(), int64(e.N), standOf(r, v.Name, m.ID))
			if err := w.Row(row...); err != nil {
				return err
			}
		}
	}
	return nil
}

// standOf is how a figure of an alternative stands to the objectives about it; empty: there is none.
func standOf(r *experiment.Result, alternative string, id metric.ID) string {
	var list []*experiment.Verdict
	for i := range r.Verdicts {
		if v := &r.Verdicts[i]; v.Alternative == alternative && r.Objectives[v.Objective].Subject.Metric == id {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return joint(list).String()
}

// SweepObjectiveColumns are the columns of objectives.csv: a row per point, alternative and objective.
func SweepObjectiveColumns(axes []sweep.Axis) []Column {
	return append(settingColumns(axes), []Column{
		{"alternative", Text, "", "name of the alternative"},
		{"objective", Text, "", "what must hold"},
		{"verdict", Text, "", "met, missed, or undecided within the replications there are"},
		{"counts", Text, "", "yes: a miss would fail a gate; no: the objective only warns, or the gate does not judge the alternative"},
		{"metric", Text, "", "name of the metric that is judged"},
		{"unit", Text, "", "unit of value, limit and margin, and of their ends"},
		{"value", Number, "", "the figure over all replications; empty: undefined"},
		{"value_lo", Number, "", "lower end of its interval, at the level of the decision"},
		{"value_hi", Number, "", "upper end of its interval"},
		{"limit", Number, "", "what it is compared with; empty: not known"},
		{"margin", Number, "", "what is left to the limit: positive on the good side"},
		{"margin_lo", Number, "", "lower end of its interval, at the level of the decision"},
		{"margin_hi", Number, "", "upper end of its interval"},
		{"level", Number, "ratio", "confidence level of the intervals: that of the decision, after Holm's correction over the objectives and alternatives of the point"},
		{"needs", Whole, "", "replications that would decide it, if it stays as it is; 0: it is decided; -1: more than 1000, or it cannot be known"},
	}...)
}

// WriteSweepObjectives writes the rows of a point.
func WriteSweepObjectives(w RowWriter, axes []sweep.Axis, point []experiment.Setting, r *experiment.Result) error {
	settings := settingCells(axes, point)
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		o := &r.Objectives[v.Objective]
		unit, counts := "", map[bool]string{true: "yes", false: "no"}[v.Counts]
		if f := o.Subject.Metric.Of(); f != nil {
			unit = f.Unit
		}
		row := append(settings[:len(settings):len(settings)], v.Alternative, o.String(), v.State.String(), counts, o.Subject.Metric.String(), unit,
			v.Value.Mean, v.Value.Lo, v.Value.Hi, v.Limit, v.Margin.Mean, v.Margin.Lo, v.Margin.Hi, v.Value.Confidence, int64(v.Needs))
		if err := w.Row(row...); err != nil {
			return err
		}
	}
	return nil
}

// SweepReplications collects the rows of replications.csv: one per point, alternative and replication, with a column per
// metric. Which metrics there are is known when all points are: until then, the values wait in a file.
type SweepReplications struct {
	axes    []sweep.Axis
	spool   *bufio.Writer
	metrics []Column
	place   map[metric.ID]int
	rows    []spooled
}

// spooled are the replications of an alternative at a point; their values are in the file.
type spooled struct {
	point   []experiment.Setting
	name    string
	count   int // replications
	columns int // values of each
}

// NewSweepReplications begins a table; the values wait in spool.
func NewSweepReplications(axes []sweep.Axis, spool io.Writer) *SweepReplications {
	return &SweepReplications{axes: axes, spool: bufio.NewWriter(spool), place: map[metric.ID]int{}}
}

// Add takes the replications of the next point.
func (s *SweepReplications) Add(point []experiment.Setting, r *experiment.Result) error {
	for i := range r.Variants {
		v := &r.Variants[i]
		for k := range v.Metrics {
			m := &v.Metrics[k]
			if _, seen := s.place[m.ID]; !seen {
				s.place[m.ID] = len(s.metrics)
				doc := ""
				if f := m.ID.Of(); f != nil {
					doc = f.Short
				}
				s.metrics = append(s.metrics, Column{m.Name(), Number, m.Unit, doc})
			}
		}
		s.rows = append(s.rows, spooled{point, v.Name, v.Replications, len(s.metrics)})
		values := make([]float64, len(s.metrics))
		for rep := range v.Replications {
			for k := range values {
				values[k] = math.NaN()
			}
			for k := range v.Metrics {
				if m := &v.Metrics[k]; rep < len(m.Values) {
					values[s.place[m.ID]] = m.Values[rep]
				}
			}
			if err := binary.Write(s.spool, binary.LittleEndian, values); err != nil {
				return err
			}
		}
	}
	return nil
}

// Columns are the columns of the table.
func (s *SweepReplications) Columns() []Column {
	list := append(settingColumns(s.axes), Column{"alternative", Text, "", "name of the alternative"},
		Column{"replication", Whole, "", "index of the replication, from 0; equal indices have the same clients, arrivals and faults"})
	return append(list, s.metrics...)
}

// Flush writes what is buffered to the spool, which can then be read.
func (s *SweepReplications) Flush() error { return s.spool.Flush() }

// Rows writes the rows, with the values from the beginning of the spool.
func (s *SweepReplications) Rows(w RowWriter, spool io.Reader) error {
	in := bufio.NewReader(spool)
	for _, row := range s.rows {
		values, settings := make([]float64, row.columns), settingCells(s.axes, row.point)
		for rep := range row.count {
			if err := binary.Read(in, binary.LittleEndian, values); err != nil {
				return err
			}
			cells := append(settings[:len(settings):len(settings)], row.name, int64(rep))
			for k := range s.metrics {
				v := math.NaN()
				if k < row.columns {
					v = values[k]
				}
				cells = append(cells, v)
			}
			if err := w.Row(cells...); err != nil {
				return err
			}
		}
	}
	return nil
}

// WriteColumnsJSON writes what the columns of tables mean: columns.json.
func WriteColumnsJSON(w io.Writer, tables map[string][]Column) error {
	return writeJSON(w, tables)
}
