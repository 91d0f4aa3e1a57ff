package cost

import (
	"fmt"
	"slices"
	"strings"

	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// Least is how many replications there are at least, unless Options.Fewer.
const Least = 10

// Options say what else to find out. The zero value finds the costs of all entries, and tries longer drains.
type Options struct {
	experiment.Options
	Entries []string // only these, by name or kind; empty = all
	Fewer   bool     // as many replications as the study says, even if they are fewer than Least
	Most    int      // add replications until no cost is in doubt, or there are so many; 0 = their number is fixed
	Alone   bool     // also each entry without the others
	Victims Victims
	Runs    func(runs, replications int) // called once, before the first run; nil = none
}

// Victims says whether to make entries strike each server in turn.
type Victims uint8

// The ways.
const (
	AsDrawn  Victims = iota // only as the scenario has it
	ByRank                  // the hottest, the next, …, the coolest
	ByServer                // each server of the fleet, by name
)

// Run finds the costs. It depends on the study alone, and on what Options ask for. Its error says of entries that are not
// there, or is that of experiment.Run.
func Run(s *experiment.Study, o Options) (*Result, error) {
	study := *s
	r := &study.Replications
	if r.Max = r.Min; !o.Fewer {
		r.Max = max(r.Max, Least)
	}
	r.Min = r.Max
	p := &plan{study: &study, options: o, cells: map[string]*experiment.Cell{}}
	var enough func(alpha float64) bool
	if o.Most > 0 {
		r.Max, r.Min = o.Most, min(r.Min, o.Most)
		enough = func(alpha float64) bool { return len(p.doubts(alpha)) == 0 }
	}
	limits := limit(&study)
	if err := p.choose(); err != nil {
		return nil, err
	}
	for v := range study.Variants {
		p.alternative(v)
	}
	if o.Runs != nil {
		o.Runs(len(p.list), r.Max)
	}
	done, err := study.RunCells(p.list, o.Options, enough)
	if err != nil {
		return nil, err
	}
	res := &Result{Name: s.Name, Question: s.Question, Seed: s.Seed, Confidence: done.Confidence, Replications: done.Replications, Duration: study.Variants[0].Model.Duration.Seconds(),
		Interrupted: done.Interrupted, Runs: len(p.list), Events: done.Events, Warnings: done.Warnings, Objectives: limits}
	res.Figures = []experiment.Figure{Visits, Hit, Affected, People, Failed}
	if len(limits) > 0 {
		res.Figures = append(res.Figures, Exceeded)
	}
	res.Figures = append(res.Figures, P95, Hours)
	if done.Replications > 0 {
		p.collect(res, done.Alpha)
	}
	if o.Most > 0 && done.Replications > 0 {
		res.Until, res.Doubts = true, p.doubts(done.Alpha)
	}
	return res, nil
}

// plan is which models run, and what is read of them.
type plan struct {
	study   *experiment.Study
	options Options
	entries []experiment.Switch
	list    []*experiment.Cell
	cells   map[string]*experiment.Cell // by what they are, so that none runs twice
	plans   []alternativePlan           // by variant
	asked   []asked
}

// alternativePlan are the cells of an alternative.
type alternativePlan struct {
	full, none *experiment.Cell
	rows       []rowPlan
}

type rowPlan struct {
	entry   *experiment.Switch
	without *experiment.Cell
	only    *experiment.Cell // nil: not asked for
	with    string           // what is tried; empty = nothing
	short   string           // what does not fit
	trial   *experiment.Cell
	victims []Victim
	forced  []*experiment.Cell // by victim
	place   int                // in the timeline, of one that has victims
}

// choose finds the entries that are looked at.
func (p *plan) choose() error {
	var names []string
	for _, w := range p.study.Switches() {
		if !w.IsEntry() && w.Kind != "autoscaler" {
			continue
		}
		names = append(names, w.Name)
		if len(p.options.Entries) == 0 || slices.Contains(p.options.Entries, w.Name) || slices.Contains(p.options.Entries, w.Kind) {
			p.entries = append(p.entries, w)
		}
	}
	for _, name := range p.options.Entries {
		if !slices.ContainsFunc(p.entries, func(w experiment.Switch) bool { return w.Name == name || w.Kind == name }) {
			return &UnknownEntry{name, names}
		}
	}
	if len(p.entries) == 0 {
		return &UnknownEntry{}
	}
	return nil
}

// UnknownEntry says that a study has no such entry; of a study without any, Name is "".
type UnknownEntry struct {
	Name  string
	Known []string
}

// Error is the message.
func (e *UnknownEntry) Error() string {
	if e.Name == "" {
		return "the timeline is empty, and there is no autoscaler"
	}
	return fmt.Sprintf("no entry of the timeline is called %q", e.Name)
}

// cell is the cell of a variant with the entries in keep, and with a change that the key names.
func (p *plan) cell(v int, keep func(i int) bool, key string, change func(m *sim.Model)) *experiment.Cell {
	of := &p.study.Variants[v]
	m := *of.Model
	plain := change == nil
	id := fmt.Sprint(v, " ", key)
	for i := range p.entries {
		if p.entries[i].In(v) && !keep(i) {
			p.entries[i].Off(v, &m)
			id += fmt.Sprint(" ", i)
			plain = false
		}
	}
	if c := p.cells[id]; c != nil {
		return c
	}
	if change != nil {
		m.Timeline = slices.Clone(m.Timeline)
		change(&m)
	}
	c := &experiment.Cell{Name: of.Name, Variant: v, Plain: plain, Model: &m}
	p.cells[id] = c
	p.list = append(p.list, c)
	return c
}

// alternative plans what runs for a variant.
func (p *plan) alternative(v int) {
	all := func(int) bool { return true }
	a := alternativePlan{full: p.cell(v, all, "", nil), none: p.cell(v, func(int) bool { return false }, "", nil)}
	for i := range p.entries {
		e := &p.entries[i]
		if !e.In(v) {
			continue
		}
		row := rowPlan{entry: e, without: p.cell(v, func(k int) bool { return k != i }, "", nil)}
		if p.options.Alone {
			row.only = p.cell(v, func(k int) bool { return k == i }, "", nil)
		}
		m := p.study.Variants[v].Model
		t, short := knob(m, e, v)
		if row.short = short; t != nil {
			row.with, row.trial = t.with, p.cell(v, all, t.with+e.Name, t.change)
		}
		row.victims, row.place = victims(m, e, v, p.options.Victims)
		for k := range row.victims {
			victim := &row.victims[k]
			row.forced = append(row.forced, p.cell(v, all, "victim "+victim.Name+" of "+e.Name, func(m *sim.Model) { victim.force(&m.Timeline[row.place], m) }))
		}
		a.rows = append(a.rows, row)
	}
	p.plans = append(p.plans, a)
}

// asked are effects that are to be found, and where they go.
type asked struct {
	family int
	to     *Effects
	terms  []experiment.Weighted
}

// The families of effects, each with an error rate of its own.
const (
	ofEntries = iota
	ofTrials
	ofVictims
	families
)

func (p *plan) ask(family int, to *Effects, terms ...experiment.Weighted) {
	p.asked = append(p.asked, asked{family, to, terms})
}

func plus(c *experiment.Cell) experiment.Weighted  { return experiment.Weighted{Cell: c, Weight: 1} }
func minus(c *experiment.Cell) experiment.Weighted { return experiment.Weighted{Cell: c, Weight: -1} }

// collect reads the costs.
func (p *plan) collect(res *Result, alpha float64) {
	res.Alternatives = make([]Alternative, len(p.plans))
	for v := range p.plans {
		a, to := &p.plans[v], &res.Alternatives[v]
		to.Name, to.Rows = p.study.Variants[v].Name, make([]Row, len(a.rows))
		to.Counts = len(p.study.Gate) == 0 || slices.Contains(p.study.Gate, to.Name)
		to.Visits, to.People = a.full.Counted(Visits.ID), a.full.Counted(Affected.ID)
		sum := []experiment.Weighted{plus(a.full), minus(a.none)}
		for i := range a.rows {
			row, r := &a.rows[i], &to.Rows[i]
			r.Entry, r.Kind, r.Short = row.entry.Name, row.entry.Kind, row.short
			p.ask(ofEntries, &r.Cost, plus(a.full), minus(row.without))
			sum = append(sum, minus(a.full), plus(row.without))
			if row.only != nil {
				p.ask(ofEntries, &r.Alone, plus(row.only), minus(a.none))
			}
			if row.trial != nil {
				r.Trial = &Trial{With: row.with}
				p.ask(ofTrials, &r.Trial.Cost, plus(row.trial), minus(row.without))
			}
			r.Victims = row.victims
			for k := range r.Victims {
				r.Victims[k].Servers = frequent(row.forced[k].Struck(row.place))
				p.ask(ofVictims, &r.Victims[k].Cost, plus(row.forced[k]), minus(row.without))
			}
		}
		if len(a.rows) > 1 {
			p.ask(ofEntries, &to.Together, plus(a.full), minus(a.none))
			p.ask(ofEntries, &to.Beyond, sum...)
		}
	}
	p.answer(res, alpha)
}

// answer finds the effects that were asked for, family by family.
func (p *plan) answer(res *Result, alpha float64) {
	for family := range families {
		var contrasts []experiment.Contrast
		var to []*Effects
		for _, a := range p.asked {
			if a.family != family {
				continue
			}
			for _, f := range res.Figures {
				contrasts, to = append(contrasts, experiment.Contrast{Figure: f, Terms: a.terms}), append(to, a.to)
			}
		}
		for i, e := range experiment.Effects(contrasts, alpha) {
			*to[i] = append(*to[i], e)
		}
	}
}

// frequent are the names that occur, the most frequent first.
func frequent(names []string) []string {
	count := map[string]int{}
	var list []string
	for _, name := range names {
		if count[name]++; name != "" && count[name] == 1 {
			list = append(list, name)
		}
	}
	slices.SortStableFunc(list, func(a, b string) int { return count[b] - count[a] })
	return list
}

// limit gives the models of a study the limits of its objectives on latency, and returns these.
func limit(s *experiment.Study) []string {
	var texts []string
	s.Variants = slices.Clone(s.Variants)
	for v := range s.Variants {
		m := *s.Variants[v].Model
		m.LatencyLimits = nil
		for _, o := range s.Objectives {
			if l, ok := latencyLimit(&o); ok && judges(&o, s.Variants[v].Name) {
				m.LatencyLimits = append(m.LatencyLimits, l)
				if text := o.String(); !slices.Contains(texts, text) {
					texts = append(texts, text)
				}
			}
		}
		s.Variants[v].Model = &m
	}
	return texts
}

// judges reports whether an objective is about an alternative.
func judges(o *experiment.Objective, alternative string) bool {
	if o.Subject.Policy != "" {
		return o.Subject.Policy == alternative
	}
	return len(o.On) == 0 || slices.Contains(o.On, alternative)
}

// latencyLimit is the limit of an objective on the mean or a quantile of latency, of all or of a population.
func latencyLimit(o *experiment.Objective) (l sim.LatencyLimit, ok bool) {
	id := o.Subject.Metric
	f := id.Of()
	latency := f != nil && f.Kind == metric.Time && (f.Name == "latency.mean" || f.Quantile > 0 && strings.HasPrefix(f.Name, "latency."))
	if !latency || o.Limit.Of != nil || o.Relation > experiment.AtMost || id.Label.Key != "" && id.Label.Key != "population" {
		return l, false
	}
	return sim.LatencyLimit{Quantile: f.Quantile, Population: id.Label.Value, Limit: sim.FromSeconds(o.Limit.Value)}, true
}
