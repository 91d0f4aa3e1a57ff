// Package factorial runs all combinations of parts of a study that can be switched on and off, and says what each part does
// and whether parts do more together than each alone.
//
// Every combination meets the same clients, arrivals and faults, so effects are sums over paired replications.
//
// Floor 4.
package factorial

import (
	"fmt"
	"slices"
	"strings"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// MostFactors bounds the combinations: 2^6.
const MostFactors = 6

// Result is what the factors do.
type Result struct {
	Name         string
	Seed         uint64
	Confidence   float64 // over all effects on a figure together
	Replications int
	Duration     float64 // seconds measured in each
	Interrupted  bool
	Events       int64 // handled by the engine, all combinations
	Warnings     []diag.Warning
	Factors      []string
	Figures      []experiment.Figure
	Alternatives []Alternative
}

// Alternative is what the factors do to one alternative.
type Alternative struct {
	Name     string
	Rows     []Row   // the factors that it has, then pairs of them
	Alone    []Row   // each factor where no other is on, less none
	Together Effects // all on, less none on
	Beyond   Effects // Together less the sum of Alone
}

// Row is the effect of a factor, in mean over all combinations of the others; or of a pair the interaction: how much more the
// first does where the second is on than where it is off, in mean over all combinations of the others.
type Row struct {
	Factors []string
	Effects Effects
}

// Effects are effects on the figures of Result.Figures.
type Effects []experiment.Effect

// Of is the effect on a figure.
func (e Effects) Of(f experiment.Figure) *experiment.Effect {
	for i := range e {
		if e[i].Figure == f {
			return &e[i]
		}
	}
	return nil
}

// The figures.
var (
	Visits = experiment.Figure{ID: metric.Must("visits.hit.ratio").ID()}
	People = experiment.Figure{ID: metric.Must("users.affected").ID(), Count: true}
	Failed = experiment.Figure{ID: metric.Must("requests.failed").ID()}
	P95    = experiment.Figure{ID: metric.Must("latency.p95").ID()}
	P99    = experiment.Figure{ID: metric.Must("latency.p99").ID()}
)

// Unknown says that nothing in a study that can be switched off has a name, or that there are too many factors.
type Unknown struct {
	Name  string // "" = the number of factors is wrong
	Known []string
	Count int
}

// Error is the message.
func (e *Unknown) Error() string {
	switch {
	case len(e.Known) < 2:
		return "the scenario has fewer than two events, populations or an autoscaler that can be switched off"
	case e.Name != "":
		return fmt.Sprintf("nothing that can be switched off is called %q", e.Name)
	case e.Count > MostFactors:
		return fmt.Sprintf("%d factors have %d combinations: at most %d factors", e.Count, 1<<min(e.Count, 30), MostFactors)
	}
	return "needs at least two factors"
}

// factor is one or several switches of one name or kind.
type factor struct {
	name     string
	switches []experiment.Switch
}

func (f *factor) in(variant int) bool {
	return slices.ContainsFunc(f.switches, func(s experiment.Switch) bool { return s.In(variant) })
}

// find finds the factors: entries of the timeline and populations by name, and all entries of a kind by that.
func find(s *experiment.Study, names []string) ([]factor, error) {
	var known []string
	all := s.Switches()
	for _, w := range all {
		known = append(known, w.Name)
	}
	var list []factor
	for _, name := range names {
		f := factor{name: name}
		for _, by := range []func(w experiment.Switch) string{func(w experiment.Switch) string { return w.Name }, func(w experiment.Switch) string { return w.Kind }} {
			for _, w := range all {
				if len(f.switches) == 0 || by(f.switches[0]) == name {
					if by(w) == name {
						f.switches = append(f.switches, w)
					}
				}
			}
			if len(f.switches) > 0 {
				break
			}
		}
		if len(f.switches) == 0 {
			return nil, &Unknown{Name: name, Known: known}
		}
		if !slices.ContainsFunc(list, func(o factor) bool { return o.name == name }) {
			list = append(list, f)
		}
	}
	if n := len(list); n < 2 || n > MostFactors {
		return nil, &Unknown{Count: n, Known: known}
	}
	return list, nil
}

// Run runs all combinations of the named factors as often as the study says. Its error is an *Unknown, or that of
// experiment.Run.
func Run(s *experiment.Study, names []string, o experiment.Options) (*Result, error) {
	factors, err := find(s, names)
	if err != nil {
		return nil, err
	}
	study := *s
	study.Replications.Max = study.Replications.Min
	var cells []*experiment.Cell
	designs := make([]design, len(s.Variants))
	for v := range s.Variants {
		d := &designs[v]
		for i := range factors {
			if factors[i].in(v) {
				d.factors = append(d.factors, &factors[i])
			}
		}
		for mask := range 1 << len(d.factors) {
			m := *s.Variants[v].Model
			for i, f := range d.factors {
				for k := range f.switches {
					if mask>>i&1 == 0 {
						f.switches[k].Off(v, &m)
					}
				}
			}
			d.cells = append(d.cells, cell(s, v, mask == 1<<len(d.factors)-1, &m))
		}
		cells = append(cells, d.cells...)
	}
	done, err := study.RunCells(cells, o, nil)
	if err != nil {
		return nil, err
	}
	r := &Result{Name: s.Name, Seed: s.Seed, Confidence: done.Confidence, Replications: done.Replications, Duration: s.Variants[0].Model.Duration.Seconds(),
		Interrupted: done.Interrupted, Events: done.Events, Warnings: done.Warnings, Figures: []experiment.Figure{Visits, People, Failed, P95, P99}}
	for i := range factors {
		r.Factors = append(r.Factors, factors[i].name)
	}
	if done.Replications > 0 {
		r.collect(s, designs)
	}
	return r, nil
}

func cell(s *experiment.Study, v int, plain bool, m *sim.Model) *experiment.Cell {
	return &experiment.Cell{Name: s.Variants[v].Name, Variant: v, Plain: plain, Model: m}
}

// design are the cells of an alternative: bit i of a place says whether factor i is on.
type design struct {
	factors []*factor
	cells   []*experiment.Cell
}

// effect is the sum over all cells of the product of the signs of some factors, over so much that it is the effect of one
// factor, or the difference of an effect between the other factor's being on and off.
func (d *design) effect(of ...int) (terms []experiment.Weighted) {
	weight := 1 / float64(int(1)<<(len(d.factors)-len(of)))
	for mask, c := range d.cells {
		w := weight
		for _, i := range of {
			if mask>>i&1 == 0 {
				w = -w
			}
		}
		terms = append(terms, experiment.Weighted{Cell: c, Weight: w})
	}
	return terms
}

// on is a cell less the one with all factors off.
func (d *design) on(mask int) []experiment.Weighted {
	return []experiment.Weighted{{Cell: d.cells[mask], Weight: 1}, {Cell: d.cells[0], Weight: -1}}
}

// collect reads the effects: those of a kind share an error rate.
func (r *Result) collect(s *experiment.Study, designs []design) {
	type asked struct {
		terms []experiment.Weighted
		to    *Effects
	}
	r.Alternatives = make([]Alternative, len(designs))
	var rows, sums []asked
	for v := range designs {
		d, a := &designs[v], &r.Alternatives[v]
		a.Name = s.Variants[v].Name
		k := len(d.factors)
		a.Rows, a.Alone = make([]Row, k+k*(k-1)/2), make([]Row, k)
		beyond := d.on(len(d.cells) - 1)
		next := k
		for i, f := range d.factors {
			a.Rows[i].Factors, a.Alone[i].Factors = []string{f.name}, []string{f.name}
			rows = append(rows, asked{d.effect(i), &a.Rows[i].Effects})
			sums = append(sums, asked{d.on(1 << i), &a.Alone[i].Effects})
			beyond = append(beyond, experiment.Weighted{Cell: d.cells[1<<i], Weight: -1}, experiment.Weighted{Cell: d.cells[0], Weight: 1})
			for j := i + 1; j < k; j++ {
				a.Rows[next].Factors = []string{f.name, d.factors[j].name}
				rows = append(rows, asked{d.effect(i, j), &a.Rows[next].Effects})
				next++
			}
		}
		sums = append(sums, asked{d.on(len(d.cells) - 1), &a.Together}, asked{beyond, &a.Beyond})
	}
	for _, family := range [][]asked{rows, sums} {
		var contrasts []experiment.Contrast
		for _, x := range family {
			for _, f := range r.Figures {
				contrasts = append(contrasts, experiment.Contrast{Figure: f, Terms: x.terms})
			}
		}
		for i, e := range experiment.Effects(contrasts, 1-r.Confidence) {
			to := family[i/len(r.Figures)].to
			*to = append(*to, e)
		}
	}
}

// Label is the name of a row: crash, or crash × deploy.
func (r *Row) Label() string { return strings.Join(r.Factors, " × ") }
