package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"stickysim/sim/experiment/sweep"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Limits of curves.
const (
	mostMultiples = 9   // panels of a figure
	mostXTicks    = 10  // that name each value; of more, round numbers
	logarithms    = 20  // how many times larger the largest value is than the smallest where an axis becomes logarithmic
	bandOpacity   = 38  // of 255
	jitter        = .25 // of the place of a category that the alternatives share
)

// limitLine is how an objective is drawn, and movingLine one whose limit is another figure.
var (
	limitLine  = Stroke{Color: black, Width: 1, Dash: []float64{4, 3}}
	movingLine = Stroke{Color: black, Width: 1, Dash: []float64{1.5, 2.5}}
)

// SweepFigures are the curves of a sweep: one for each figure that the tables show, with a line per alternative over the
// values of a field. It returns none where no field varies.
func SweepFigures(s *Sweep) []Figure {
	axes := s.varying()
	if len(axes) == 0 || s.Empty() {
		return nil
	}
	var list []Figure
	for _, id := range s.shown() {
		f := s.figureOf(id)
		if s.Design.Kind == sweep.Grid {
			s.curves(&f, id, s.across(axes))
		} else {
			s.scatter(&f, id, axes)
		}
		f.settle()
		list = append(list, f)
	}
	return list
}

// figureOf is a figure without panels.
func (s *Sweep) figureOf(id metric.ID) Figure {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.TrimRight(figureTitle(id), "}"))
	f := Figure{Name: "curve_" + name, Title: figureTitle(id), columns: 1, height: 290,
		subtitle: fmt.Sprintf("%s of %s.", capital(s.replications()), FormatSpan(s.duration))}
	names := shortNames(s.names, 40)
	for v := range s.names {
		l := lookOf(v)
		f.legend = append(f.legend, key{label: names[v], stroke: Stroke{l.color, 1.1, l.dash}, glyph: l.glyph, dotted: true})
	}
	for _, l := range s.limitsOf(id) {
		f.legend = append(f.legend, key{label: "objective " + l.text, stroke: limitLine})
	}
	if s.Design.Kind == sweep.Grid {
		for _, o := range s.movingLimitsOf(id) {
			f.legend = append(f.legend, key{label: "objective " + clean(s.objectives[o].String()), stroke: movingLine})
		}
	}
	return f
}

// replications is how many each alternative has.
func (s *Sweep) replications() string {
	if s.least < s.most {
		return fmt.Sprintf("%d to %d replications", s.least, s.most)
	}
	return fmt.Sprintf("%d %s", s.most, plural(s.most, "replication", "replications"))
}

// across is the axis along which curves run: the numeric one with the most values, or else the one with the most.
func (s *Sweep) across(axes []int) int {
	best, most := axes[0], -1
	for _, k := range axes {
		n := len(s.values(k))
		if _, numeric := s.Axes[k].Measure(); numeric {
			n += sweep.MaxPoints
		}
		if n > most {
			best, most = k, n
		}
	}
	return best
}

// values are those that the points have, in their order.
func (s *Sweep) values(axis int) []string {
	var list []string
	seen := map[string]bool{}
	for _, p := range s.points {
		if v := p.settings[axis].Value; !seen[v] {
			seen[v] = true
			list = append(list, v)
		}
	}
	return list
}

// curves adds a panel for each combination of the other axes.
func (s *Sweep) curves(f *Figure, id metric.ID, axis int) {
	others := slices.DeleteFunc(s.varying(), func(k int) bool { return k == axis })
	groups, titles := s.groups(others)
	f.Title += " over " + clean(s.Axes[axis].Path)
	f.subtitle += fmt.Sprintf(" Bands and bars are %g %% intervals, or ranges where there are none.", 100*s.confidence)
	if n := len(groups); n > mostMultiples {
		f.note = fmt.Sprintf("The first %d of %d combinations of the other fields; sweep.csv has all.", mostMultiples, n)
		groups = groups[:mostMultiples]
	}
	f.shape(len(groups))
	x, place := s.xAxis(axis)
	y := s.yAxis(id, slices.Concat(groups...), f.columns == 1)
	for i, group := range groups {
		if !isCategories(&x) {
			slices.SortStableFunc(group, func(a, b int) int {
				return cmp.Compare(place(s.points[a].settings[axis].Value), place(s.points[b].settings[axis].Value))
			})
		}
		n := panel{title: titles[i], x: x, y: y}
		for v, name := range s.names {
			n.marks = append(n.marks, s.line(group, axis, v, name, id, &x, place)...)
		}
		n.marks = append(n.marks, s.limits(id)...)
		for _, o := range s.movingLimitsOf(id) {
			n.marks = append(n.marks, s.movingLimit(o, group, axis, id, place))
		}
		f.panels = append(f.panels, n)
	}
}

// shape lays n panels out.
func (f *Figure) shape(n int) {
	switch {
	case n > 4:
		f.columns, f.height = 3, 170
	case n > 1:
		f.columns, f.height = 2, 210
	}
}

// groups are the points by their values of some axes, in the order of the sweep, and what each group is called.
func (s *Sweep) groups(axes []int) (groups [][]int, titles []string) {
	place := map[string]int{}
	for i := range s.points {
		title := ""
		for _, k := range axes {
			title += ", " + clean(s.points[i].settings[k].Path+" = "+s.points[i].settings[k].Value)
		}
		title = strings.TrimPrefix(title, ", ")
		k, seen := place[title]
		if !seen {
			k = len(groups)
			place[title] = k
			groups, titles = append(groups, nil), append(titles, title)
		}
		groups[k] = append(groups[k], i)
	}
	return groups, titles
}

// line is an alternative in a panel: its band, its curve and its dots; over categories dots with bars.
func (s *Sweep) line(group []int, field, v int, name string, id metric.ID, a *axis, place func(string) float64) []mark {
	l, shift, apart := lookOf(v), s.apart(v, a), isCategories(a)
	var x, mean, lo, hi []float64
	var dots []mark
	for _, i := range group {
		e := s.points[i].estimate(name, id)
		at := place(s.points[i].settings[field].Value) + shift
		x, mean, lo, hi = append(x, at), append(mean, e.Mean), append(lo, e.Lo), append(hi, e.Hi)
		d := dot{x: at, y: e.Mean, lo: math.NaN(), hi: math.NaN(), vertical: true, color: l.color, glyph: l.glyph, size: 2.6}
		if apart {
			d.lo, d.hi = e.Lo, e.Hi
		}
		dots = append(dots, d)
	}
	if apart {
		return dots
	}
	return append([]mark{band{x, lo, hi, faded(l.color, bandOpacity)}, curve{x, mean, Stroke{l.color, 1.1, l.dash}}}, dots...)
}

// apart moves alternatives beside each other over categories.
func (s *Sweep) apart(v int, a *axis) float64 {
	if !isCategories(a) {
		return 0
	}
	return 2 * jitter * (float64(v) + .5 - float64(len(s.names))/2) / float64(len(s.names))
}

// isCategories reports whether an axis has words at 0, 1, 2, ….
func isCategories(a *axis) bool { return a.min == -.5 }

// xAxis is the axis of a field, and where a value lies on it.
func (s *Sweep) xAxis(k int) (axis, func(value string) float64) {
	values, path := s.values(k), clean(s.Axes[k].Path)
	measure, numeric := s.Axes[k].Measure()
	if !numeric {
		a := categories(shortNames(values, 24))
		a.label = path
		return a, func(value string) float64 { return float64(slices.Index(values, value)) }
	}
	place := func(value string) float64 {
		q, _ := sweep.ParseQuantity(value)
		return q.Base()
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = min(low, place(v)), max(high, place(v))
	}
	scales := scalesOf(0, baseUnits[measure].name)
	if baseUnits[measure].name == "" {
		scales = plain
	}
	r, single := s.Axes[k].Range()
	var a axis
	if low > 0 && (single && r.Log || !single && high/low >= logarithms) {
		a = logarithmic(path, low, high, scales)
	} else {
		pad := .04 * (high - low)
		a = linear(path, low-pad, high+pad, scales, 6, false)
	}
	if len(values) <= mostXTicks {
		a.label, a.ticks = path, nil
		for _, v := range values {
			a.ticks = append(a.ticks, tick{place(v), clean(v)})
		}
		slices.SortFunc(a.ticks, func(p, q tick) int { return cmp.Compare(p.at, q.at) })
	}
	a.lines = false
	return a, place
}

// yAxis is the axis of a figure over some points: from 0, or logarithmic where the values are far apart.
func (s *Sweep) yAxis(id metric.ID, points []int, tall bool) axis {
	least, low, high := math.Inf(1), 0., 0.
	see := func(e stats.Estimate) {
		for _, v := range []float64{e.Mean, e.Hi} {
			if drawable(v) && (v == e.Mean || s.Design.Kind == sweep.Grid) {
				high = max(high, v)
			}
		}
		if drawable(e.Mean) {
			least, low = min(least, e.Mean), min(low, e.Mean)
		}
	}
	for _, i := range points {
		for _, name := range s.names {
			see(s.points[i].estimate(name, id))
		}
	}
	for _, l := range s.limitsOf(id) {
		see(stats.Estimate{Mean: l.at, Hi: l.at})
	}
	for _, o := range s.movingLimitsOf(id) {
		for _, i := range points {
			l := s.limitAt(o, i, id)
			see(stats.Estimate{Mean: l, Hi: l})
		}
	}
	label, ticks := figureTitle(id), 4
	if tall {
		ticks = 6
	}
	if f := id.Of(); f != nil && f.Kind == metric.Time && least > 0 && high > logarithms*least {
		return logarithmic(label, least, high, s.scales(id))
	}
	return linear(label, low, high, s.scales(id), ticks, true)
}

// limit is an objective that compares a figure with a value, which is as the figure is shown.
type limit struct {
	at   float64
	text string
}

// limitsOf are the objectives about a figure.
func (s *Sweep) limitsOf(id metric.ID) (list []limit) {
	for _, o := range s.objectives {
		switch {
		case o.Subject.Metric != id || o.Limit.Of != nil:
		case id == available.ID():
			list = append(list, limit{1 - o.Limit.Value, clean(o.String())})
		default:
			list = append(list, limit{o.Limit.Value, clean(o.String())})
		}
	}
	return list
}

// movingLimitsOf are the objectives that compare a figure with that of a certain alternative, which is another at each point.
func (s *Sweep) movingLimitsOf(id metric.ID) (list []int) {
	for i, o := range s.objectives {
		if o.Subject.Metric == id && o.Limit.Of != nil && o.Limit.Of.Policy != "" {
			list = append(list, i)
		}
	}
	return list
}

// limitAt is the limit of such an objective at a point, as the figure is shown; NaN where it is not known.
func (s *Sweep) limitAt(objective, point int, id metric.ID) float64 {
	for _, v := range s.points[point].verdicts {
		switch {
		case v.Objective != objective:
		case id == available.ID():
			return 1 - v.Limit
		default:
			return v.Limit
		}
	}
	return math.NaN()
}

// movingLimit is the line of such an objective over some points.
func (s *Sweep) movingLimit(objective int, group []int, field int, id metric.ID, place func(string) float64) mark {
	c := curve{stroke: movingLine}
	for _, i := range group {
		c.x, c.y = append(c.x, place(s.points[i].settings[field].Value)), append(c.y, s.limitAt(objective, i, id))
	}
	return c
}

// limits are the lines of the objectives about a figure.
func (s *Sweep) limits(id metric.ID) (list []mark) {
	for _, l := range s.limitsOf(id) {
		list = append(list, rule{at: l.at, stroke: limitLine})
	}
	return list
}

// scatter adds a panel for each axis: the points of a design lie on no lines.
func (s *Sweep) scatter(f *Figure, id metric.ID, axes []int) {
	f.subtitle += " A dot is a point of the design, which differs from the others in all fields at once."
	if len(axes) > mostMultiples {
		f.note = fmt.Sprintf("The first %d of %d fields; sweep.csv has all.", mostMultiples, len(axes))
		axes = axes[:mostMultiples]
	}
	f.shape(len(axes))
	all := make([]int, len(s.points))
	for i := range all {
		all[i] = i
	}
	y := s.yAxis(id, all, f.columns == 1)
	for _, k := range axes {
		x, place := s.xAxis(k)
		n := panel{title: clean(s.Axes[k].Path), x: x, y: y}
		for v, name := range s.names {
			l, shift := lookOf(v), s.apart(v, &x)
			for i := range s.points {
				e := s.points[i].estimate(name, id)
				n.marks = append(n.marks, dot{x: place(s.points[i].settings[k].Value) + shift, y: e.Mean, lo: math.NaN(), hi: math.NaN(), color: l.color, glyph: l.glyph, size: 2.4})
			}
		}
		n.marks = append(n.marks, s.limits(id)...)
		f.panels = append(f.panels, n)
	}
}
