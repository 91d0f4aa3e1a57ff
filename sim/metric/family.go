package metric

import "math"

// Kind says what a number measures, and so how it is written: 300ms, 99.9%, 1.25, 10, 50/s, 20MiB.
type Kind uint8

// The kinds.
const (
	_      Kind = iota
	Time        // a span of time, in seconds unless the unit differs
	Share       // a part of a whole, from 0 to 1; printed in percent
	Factor      // a quotient that is no part of a whole, such as peak over mean; printed plainly
	Count       // a number of things
	Rate        // a number of things per second
	Bytes       // a size
)

var kinds = [...]struct{ name, unit string }{
	Time: {"time", "s"}, Share: {"share", "ratio"}, Factor: {"factor", "ratio"}, Count: {"count", "1"}, Rate: {"rate", "1/s"}, Bytes: {"bytes", "B"},
}

// String is the kind's name in `metrics list`.
func (k Kind) String() string { return kinds[k].name }

// Unit is the unit of a kind in results, where a family has no other.
func (k Kind) Unit() string { return kinds[k].unit }

// Better says which direction of a metric is an improvement.
type Better int8

// The directions.
const (
	Less    Better = -1
	Neither Better = 0 // neither: it describes, and does not judge
	More    Better = 1
)

// String is the direction's name in `metrics list`.
func (b Better) String() string {
	switch b {
	case Less:
		return "less"
	case More:
		return "more"
	}
	return "neither"
}

// Family is a metric: its name and meaning.
type Family struct {
	Name      string // words separated by dots: latency.p95
	Kind      Kind
	Unit      string // default: the kind's
	Better    Better
	Labels    []*Dimension // what the figure is broken down by, one label at a time; empty: by nothing
	OnlyParts bool         // it exists only with a label: there is no figure of the whole
	Short     string       // one line for `metrics list`, without a full stop
	Doc       string       // what is counted, and what is not; sentences
	Formula   string       // in words, denominator included
	Each      string       // what a ratio counts one by one, such as request; "" = its parts are no count
	Undefined string       // when the figure does not exist: "when no request was answered"; "" = it always exists
	Needs     string       // the part of a scenario without which it is not reported: "an autoscaler"; "" = nothing
	Signed    bool         // it may be negative
	Most      float64      // the largest value that there can be; 0 = 1 for a share, and none for other kinds
	Quantile  float64      // of a distribution of times: which one, such as .95; 0 = none, as of the mean
	Also      []string     // other words that people look for
	Show      Show
}

// Bounds are the least and the largest value that figures of the family can have.
func (f *Family) Bounds() (least, most float64) {
	if f.Signed {
		least = math.Inf(-1)
	}
	switch {
	case f.Most > 0:
		most = f.Most
	case f.Kind == Share:
		most = 1
	default:
		most = math.Inf(1)
	}
	return least, most
}

// Show says where reports show a family unasked. Places count upwards from 1; 0 means not there.
type Show struct {
	First   int     // among the figures of the first screen, by which alternatives are judged
	Compare int     // among the metrics by which alternatives are compared under one error rate
	Summary int     // among the rows of the summary
	Always  bool    // in the summary even where no alternative has it, or it is zero for all
	Parts   []Label // parts that stand in the summary; empty: the whole
	Column  int     // among the columns of the table of alternatives
	Title   string  // the heading of that column
	Plot    int     // among the panels of the plot of differences
}

// Dimension is something a figure can be broken down by.
type Dimension struct {
	Name   string        // the key of the label: cause
	Doc    string        // what its values are
	Values func() []Term // all of them, in the order of results; nil where only the scenario knows
}

// Term is a value of a dimension: a word, and what it means where that is not plain.
type Term struct{ Name, Doc string }

// Names are the values' names; empty where only the scenario knows them.
func (d *Dimension) Names() []string {
	if d.Values == nil {
		return nil
	}
	var names []string
	for _, t := range d.Values() {
		names = append(names, t.Name)
	}
	return names
}

// Dimensions whose values each scenario chooses.
var (
	Population = &Dimension{Name: "population", Doc: "a population of the workload, where there are several"}
	Server     = &Dimension{Name: "server", Doc: "a server by name, in fleets of up to 64 servers"}
)

// ID is the figure of the whole.
func (f *Family) ID() ID { return ID{Family: f.Name} }

// With is the figure of a part: f.With("cause", "crash"). It panics on a label that the family does not have.
func (f *Family) With(key, value string) ID {
	if f.dimension(key) == nil {
		panic("metric: " + f.Name + " has no label " + key)
	}
	return ID{f.Name, Label{key, value}}
}

// Summarized are the family's figures that the summary shows.
func (f *Family) Summarized() []ID {
	if len(f.Show.Parts) == 0 {
		return []ID{f.ID()}
	}
	list := make([]ID, len(f.Show.Parts))
	for i, l := range f.Show.Parts {
		list[i] = f.With(l.Key, l.Value)
	}
	return list
}

func (f *Family) dimension(key string) *Dimension {
	for _, d := range f.Labels {
		if d.Name == key {
			return d
		}
	}
	return nil
}
