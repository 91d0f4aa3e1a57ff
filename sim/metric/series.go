package metric

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Series is a quantity sampled on the grid of the measured part of a run.
type Series struct {
	Name      string // in result.json; per server also the column of timeseries.csv
	Place     int    // order in results, upwards from 1; those without one follow, by name
	Kind      Kind
	Unit      string // default: the kind's
	PerServer bool   // one value per server and point; otherwise one of the fleet
	Sampled   string // "mean over the step", "sum over the step" or "at the end of the step"
	Short     string // one line, without a full stop
	Undefined string // when a point has no value; "" = always has one

	index int
}

// Index is where the series' values lie among those of all series. It follows the order of registration, not Place.
func (s *Series) Index() int { return s.index }

// ServerFigure is a figure that each server has, estimated over replications.
type ServerFigure struct {
	Name      string // in result.json
	Place     int    // order in results, upwards from 1; those without one follow, by name
	Kind      Kind
	Unit      string // default: the kind's
	Short     string // one line, without a full stop
	Formula   string // in words, denominator included
	Undefined string // when a server has none; "" = always has one
	Column    int    // place among the columns of the table of servers; 0 = not there
	Title     string // heading of that column
	Interval  bool   // the column shows the half-width of the interval, too
	Spare     int    // the order in which columns are left out where the table is too wide, from 1; 0 = stays

	index int
}

// Index is where the figure lies among those of a server. It follows the order of registration, not Place.
func (f *ServerFigure) Index() int { return f.index }

// CSV is the figure's column in servers.csv, with its unit: latency_p95_s.
func (f *ServerFigure) CSV() string {
	unit := map[string]string{"s": "_s", "1/s": "_per_s", "B": "_bytes"}[f.Unit]
	return strings.ReplaceAll(f.Name, ".", "_") + unit
}

var (
	series  []*Series       // in the order of results
	figures []*ServerFigure // in the order of results
)

// RegisterSeries adds a series. It is called from package variables; a name used twice is a programming error and panics.
func RegisterSeries(s Series) *Series {
	if s.Name == "" || s.Kind == 0 || slices.ContainsFunc(series, func(o *Series) bool { return o.Name == s.Name }) {
		panic(fmt.Sprintf("metric: the series %q is registered twice, or has no name or kind", s.Name))
	}
	s.Unit, s.index = cmp.Or(s.Unit, s.Kind.Unit()), len(series)
	at, _ := slices.BinarySearchFunc(series, &s, func(a, b *Series) int { return byPlace(a.Place, b.Place, a.Name, b.Name) })
	series = slices.Insert(series, at, &s)
	return &s
}

// RegisterServerFigure adds a figure per server. It is called from package variables; a name used twice is a
// programming error and panics.
func RegisterServerFigure(f ServerFigure) *ServerFigure {
	if f.Name == "" || f.Kind == 0 || slices.ContainsFunc(figures, func(o *ServerFigure) bool { return o.Name == f.Name }) {
		panic(fmt.Sprintf("metric: the server figure %q is registered twice, or has no name or kind", f.Name))
	}
	f.Unit, f.index = cmp.Or(f.Unit, f.Kind.Unit()), len(figures)
	at, _ := slices.BinarySearchFunc(figures, &f, func(a, b *ServerFigure) int { return byPlace(a.Place, b.Place, a.Name, b.Name) })
	figures = slices.Insert(figures, at, &f)
	return &f
}

// AllSeries returns the series in the order of results. The list must not be changed.
func AllSeries() []*Series { return series }

// ServerFigures returns the figures of servers in the order of results. The list must not be changed.
func ServerFigures() []*ServerFigure { return figures }

// byPlace orders by place, then what has none by name.
func byPlace(p, q int, a, b string) int {
	if (p == 0) != (q == 0) {
		return cmp.Compare(q, p)
	}
	return cmp.Or(cmp.Compare(p, q), cmp.Compare(a, b))
}
