package reports

import (
	"math"
	"slices"

	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/sweep"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Sweep is what text, JSON and plots show of a sweep: some figures of each alternative at each point.
type Sweep struct {
	Axes   []sweep.Axis
	Design sweep.Design
	Wanted []metric.ID // figures to show; empty: those that alternatives are judged by
	Total  int         // points of the whole sweep
	Dir    string      // where the tables are; empty: nowhere

	name, question string
	seed           uint64
	seeds          bool // it is another at other points
	confidence     float64
	duration       float64 // seconds counted in each replication, at the first point
	least, most    int     // replications of an alternative
	objectives     []experiment.Objective
	stateful       bool     // there are losses, or an alternative has state to lose
	names          []string // of alternatives, in the order in which they appear
	points         []sweepPoint
	warnings       []sweepWarning
}

// sweepPoint is a point with the figures of its alternatives.
type sweepPoint struct {
	settings []experiment.Setting
	figures  map[sweepCell]stats.Estimate
	best     map[sweepCell]bool   // the best and those as good, where another is shown to be worse
	verdicts []experiment.Verdict // Objective is the place in Sweep.objectives
}

type sweepCell struct {
	name   string // of the alternative
	figure metric.ID
}

// sweepWarning is a warning, and at how many points it is met.
type sweepWarning struct {
	diag.Warning
	points      int
	first, last int // indices of points
}

// usualFigures are those that alternatives are judged by on the first screen; of a pair, the first that is known.
var usualFigures = [][]*metric.Family{{latencyP95, latencyMean}, {visitsHit, lostRatio}, {available}, {hottest}}

// Add takes what is shown of the result at the next point.
func (s *Sweep) Add(point []experiment.Setting, r *experiment.Result) {
	x := newIndex(r)
	if len(s.points) == 0 {
		s.name, s.question, s.seed, s.confidence, s.duration = r.Name, r.Question, r.Seed, r.Confidence, r.Duration
		s.least, s.objectives = math.MaxInt, r.Objectives
	}
	s.seeds = s.seeds || r.Seed != s.seed
	p := sweepPoint{settings: point, figures: map[sweepCell]stats.Estimate{}, best: map[sweepCell]bool{}}
	for v := range r.Variants {
		name, n := r.Variants[v].Name, r.Variants[v].Replications
		s.least, s.most = min(s.least, n), max(s.most, n)
		if !slices.Contains(s.names, name) {
			s.names = append(s.names, name)
		}
	}
	s.stateful = s.stateful || x.stateful()
	for _, id := range s.candidates() {
		best := x.bestIn(id)
		for v := range r.Variants {
			c := sweepCell{r.Variants[v].Name, id}
			if m := x.metrics[v][id]; m != nil {
				p.figures[c] = m.Estimate
				p.best[c] = slices.Contains(best, v)
			}
		}
	}
	s.takeVerdicts(&p, r)
	for _, w := range r.Warnings {
		s.warn(w)
	}
	s.points = append(s.points, p)
}

// warn counts a warning once per point.
func (s *Sweep) warn(w diag.Warning) {
	for i := range s.warnings {
		if o := &s.warnings[i]; o.Code == w.Code && o.Place == w.Place && o.Alternative == w.Alternative && o.Metric == w.Metric {
			if o.last < len(s.points) {
				o.points, o.last = o.points+1, len(s.points)
			}
			return
		}
	}
	s.warnings = append(s.warnings, sweepWarning{w, 1, len(s.points), len(s.points)})
}

// candidates are the figures that are kept: those that may be shown.
func (s *Sweep) candidates() []metric.ID {
	list := slices.Clone(s.Wanted)
	if len(list) == 0 {
		for _, families := range usualFigures {
			for _, f := range families {
				list = append(list, f.ID())
			}
		}
	}
	for _, o := range s.objectives {
		if !slices.Contains(list, o.Subject.Metric) {
			list = append(list, o.Subject.Metric)
		}
	}
	return list
}

// shown are the figures to show: those wanted, or those that alternatives are judged by and that some point has; losses only
// where there are some, or an alternative has state to lose.
func (s *Sweep) shown() []metric.ID {
	if len(s.Wanted) > 0 {
		return s.Wanted
	}
	var list []metric.ID
	for _, families := range usualFigures {
		if families[0] == visitsHit && !s.stateful {
			continue
		}
		for _, f := range families {
			if s.known(f.ID()) {
				list = append(list, f.ID())
				break
			}
		}
	}
	for _, o := range s.objectives {
		if id := o.Subject.Metric; !slices.Contains(list, id) && s.known(id) {
			list = append(list, id)
		}
	}
	return list
}

// known reports whether a figure is defined somewhere.
func (s *Sweep) known(id metric.ID) bool {
	return slices.ContainsFunc(s.points, func(p sweepPoint) bool {
		return slices.ContainsFunc(s.names, func(name string) bool { return p.estimate(name, id).Mean == p.estimate(name, id).Mean })
	})
}

// estimate is a figure of an alternative; undefined where the point has none. Availability is shown as what fails.
func (p *sweepPoint) estimate(name string, id metric.ID) stats.Estimate {
	e, ok := p.figures[sweepCell{name, id}]
	switch {
	case !ok:
		return stats.Estimate{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
	case id == available.ID():
		return complement(e)
	}
	return e
}

// figureTitle is a figure's heading.
func figureTitle(id metric.ID) string {
	if id == available.ID() {
		return "failed requests"
	}
	return id.String()
}

// alike is how much worse than the best a figure may be to count as good as it: 2 %, or half a thousandth of a share.
func alike(v, best float64) bool {
	return math.Abs(v-best) <= max(.02*math.Abs(best), .0005)
}

// bestIn are the alternatives with the best of a figure, and those as good; none where no other is shown to be worse, or the
// figure does not judge. Latency of an alternative that fails requests is no merit.
func (x *index) bestIn(id metric.ID) (list []int) {
	way, f := direction(id), id.Of()
	if way == 0 {
		return nil
	}
	best, worse := -1, false
	var judged []int
	for _, v := range x.all() {
		if !x.defined(v, id) || f.Kind == metric.Time && x.known(available.ID()) && x.unfit(v) {
			continue
		}
		judged = append(judged, v)
		if best < 0 || (x.of(v, id)-x.of(best, id))*way > 0 {
			best = v
		}
	}
	for _, v := range judged {
		r := x.relate(v, best, id)
		switch {
		case r == equal || alike(x.of(v, id), x.of(best, id)):
			list = append(list, v)
		case r == more && way < 0 || r == less && way > 0:
			worse = true
		}
	}
	if !worse && len(judged) == len(x.all()) {
		return nil
	}
	return list
}

// varying are the axes with several values.
func (s *Sweep) varying() []int {
	var list []int
	for k, a := range s.Axes {
		if !a.Fixed() {
			list = append(list, k)
		}
	}
	return list
}

// scales are the units of a figure.
func (s *Sweep) scales(id metric.ID) []scale {
	if f := id.Of(); f != nil {
		return scalesOf(f.Kind, f.Unit)
	}
	return plain
}

// Empty reports whether no point has been added.
func (s *Sweep) Empty() bool { return len(s.points) == 0 }
