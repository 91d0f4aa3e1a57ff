// Package factorial runs combinations of parts of a study that can be switched on and off, and says what each part does and
// whether parts do more together than each alone. Up to six parts, it runs all combinations; of more, a balanced part of them.
//
// Every combination meets the same clients, arrivals and faults, so effects are sums over paired replications.
//
// Floor 4.
package factorial

import (
	"fmt"
	"slices"
	"strings"

	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// MostFactors is how many factors there may be.
const MostFactors = 12

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
	Runs         int // combinations of the design; fewer than all of the factors' from seven on
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
// first does where the second is on than where it is off, in mean over all combinations of the others. Where not all
// combinations run, several pairs may have one effect, which is the sum of theirs.
type Row struct {
	Factors []string
	Mixed   [][]string // further pairs, of which Effects are the sum with that of Factors
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
		return fmt.Sprintf("%d factors: at most %d", e.Count, MostFactors)
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

// Run runs the combinations of the named factors as often as the study says. Its error is an *Unknown, or that of
// experiment.Run.
func Run(s *experiment.Study, names []string, o experiment.Options) (*Result, error) {
	factors, err := find(s, names)
	if err != nil {
		return nil, err
	}
	study := *s
	study.Replications.Max = study.Replications.Min
	var cells []*experiment.Cell
	designs := make([]*design, len(s.Variants))
	for v := range s.Variants {
		designs[v] = newDesign(s, v, factors)
		cells = append(cells, designs[v].list...)
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
	for _, d := range designs {
		r.Runs = max(r.Runs, len(d.runs))
	}
	if done.Replications > 0 {
		r.collect(s, designs)
	}
	return r, nil
}

// design are the cells of an alternative.
type design struct {
	factors []*factor
	levels  [][]bool // by factor and run
	runs    []*experiment.Cell
	cells   map[uint]*experiment.Cell // by the factors that are on, a bit each: the runs, all on, none on, and each alone
	list    []*experiment.Cell        // the same in order
}

func newDesign(s *experiment.Study, variant int, factors []factor) *design {
	d := &design{cells: map[uint]*experiment.Cell{}}
	for i := range factors {
		if factors[i].in(variant) {
			d.factors = append(d.factors, &factors[i])
		}
	}
	d.levels = levels(len(d.factors))
	for run := range 1 << min(len(d.factors), mostBase) {
		on := uint(0)
		for i := range d.factors {
			if d.levels[i][run] {
				on |= 1 << i
			}
		}
		d.runs = append(d.runs, d.cell(s, variant, on))
	}
	d.cell(s, variant, 0)
	d.cell(s, variant, d.all())
	for i := range d.factors {
		d.cell(s, variant, 1<<i)
	}
	return d
}

// all is the combination with all factors on.
func (d *design) all() uint { return 1<<len(d.factors) - 1 }

// cell is the cell with some factors on, made when it is first asked for.
func (d *design) cell(s *experiment.Study, variant int, on uint) *experiment.Cell {
	if c := d.cells[on]; c != nil {
		return c
	}
	m := *s.Variants[variant].Model
	for i, f := range d.factors {
		for k := range f.switches {
			if on>>i&1 == 0 {
				f.switches[k].Off(variant, &m)
			}
		}
	}
	c := &experiment.Cell{Name: s.Variants[variant].Name, Variant: variant, Plain: on == d.all(), Model: &m}
	d.cells[on] = c
	d.list = append(d.list, c)
	return c
}

// effect is the sum over all runs of the product of the signs of some factors, over so much that it is the effect of one
// factor, or the difference of an effect between the other factor's being on and off.
func (d *design) effect(of ...int) (terms []experiment.Weighted) {
	weight := float64(int(1)<<len(of)) / float64(len(d.runs))
	for run, c := range d.runs {
		w := weight
		for _, i := range of {
			if !d.levels[i][run] {
				w = -w
			}
		}
		terms = append(terms, experiment.Weighted{Cell: c, Weight: w})
	}
	return terms
}

// pairs are the pairs of factors, those of one effect together.
func (d *design) pairs() (groups [][][2]int) {
	product := products(len(d.factors))
	place := map[uint]int{}
	for i := range d.factors {
		for j := i + 1; j < len(d.factors); j++ {
			at, seen := place[product[i]^product[j]]
			if !seen {
				at = len(groups)
				place[product[i]^product[j]], groups = at, append(groups, nil)
			}
			groups[at] = append(groups[at], [2]int{i, j})
		}
	}
	return groups
}

// names are those of a pair.
func (d *design) names(pair [2]int) []string {
	return []string{d.factors[pair[0]].name, d.factors[pair[1]].name}
}

// on is a cell less the one with all factors off.
func (d *design) on(mask uint) []experiment.Weighted {
	return []experiment.Weighted{{Cell: d.cells[mask], Weight: 1}, {Cell: d.cells[0], Weight: -1}}
}

// collect reads the effects: those of a kind share an error rate.
func (r *Result) collect(s *experiment.Study, designs []*design) {
	type asked struct {
		terms []experiment.Weighted
		to    *Effects
	}
	r.Alternatives = make([]Alternative, len(designs))
	var rows, sums []asked
	for v := range designs {
		d, a := designs[v], &r.Alternatives[v]
		a.Name = s.Variants[v].Name
		pairs := d.pairs()
		k := len(d.factors)
		a.Rows, a.Alone = make([]Row, k+len(pairs)), make([]Row, k)
		beyond := d.on(d.all())
		for i, f := range d.factors {
			a.Rows[i].Factors, a.Alone[i].Factors = []string{f.name}, []string{f.name}
			rows = append(rows, asked{d.effect(i), &a.Rows[i].Effects})
			sums = append(sums, asked{d.on(1 << i), &a.Alone[i].Effects})
			beyond = append(beyond, experiment.Weighted{Cell: d.cells[1<<i], Weight: -1}, experiment.Weighted{Cell: d.cells[0], Weight: 1})
		}
		for i, group := range pairs {
			row := &a.Rows[k+i]
			row.Factors = d.names(group[0])
			for _, pair := range group[1:] {
				row.Mixed = append(row.Mixed, d.names(pair))
			}
			rows = append(rows, asked{d.effect(group[0][0], group[0][1]), &row.Effects})
		}
		sums = append(sums, asked{d.on(d.all()), &a.Together}, asked{beyond, &a.Beyond})
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

// Label is the name of a row: crash, or crash × deploy; with those of one effect, crash × deploy + nat × gc.
func (r *Row) Label() string {
	t := strings.Join(r.Factors, " × ")
	for _, pair := range r.Mixed {
		t += " + " + strings.Join(pair, " × ")
	}
	return t
}
