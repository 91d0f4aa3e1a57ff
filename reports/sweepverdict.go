package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/sweep"
	"stickysim/sim/metric"
)

// Limits of what is said of a sweep's objectives.
const (
	mostSweepSentences = 6
	mostPlaces         = 5 // values of a field that a sentence names
	mostWays           = 3 // combinations of the other fields that a sentence goes through
)

// allObjectives stands for all objectives of an alternative that can fail a gate.
const allObjectives = -1

// stand is how an alternative stands at a point.
type stand struct {
	point int
	state experiment.VerdictState
}

// takeVerdicts keeps the verdicts of the next point.
func (s *Sweep) takeVerdicts(p *sweepPoint, r *experiment.Result) {
	for _, v := range r.Verdicts {
		o := r.Objectives[v.Objective]
		v.Objective = slices.IndexFunc(s.objectives, func(x experiment.Objective) bool { return x.String() == o.String() && x.Warn == o.Warn })
		if v.Objective < 0 {
			v.Objective = len(s.objectives)
			s.objectives = append(s.objectives, o)
		}
		p.verdicts = append(p.verdicts, v)
	}
}

// verdictsOn are the verdicts on an alternative that do not only warn.
func (s *Sweep) verdictsOn(p *sweepPoint, name string) (list []*experiment.Verdict) {
	for i := range p.verdicts {
		if v := &p.verdicts[i]; v.Alternative == name && !s.objectives[v.Objective].Warn {
			list = append(list, v)
		}
	}
	return list
}

// joint is how an alternative stands to all these verdicts: missed where one is missed, or else undecided where one is.
func joint(list []*experiment.Verdict) experiment.VerdictState {
	state := experiment.Met
	for _, v := range list {
		switch {
		case v.State == experiment.Missed:
			return v.State
		case v.State == experiment.NotDecided:
			state = v.State
		}
	}
	return state
}

// stands is how an alternative stands to an objective, or to all, at the points where it is judged.
func (s *Sweep) stands(name string, objective int) (list []stand) {
	for i := range s.points {
		verdicts := s.verdictsOn(&s.points[i], name)
		if objective != allObjectives {
			verdicts = slices.DeleteFunc(verdicts, func(v *experiment.Verdict) bool { return v.Objective != objective })
		}
		if len(verdicts) > 0 {
			list = append(list, stand{i, joint(verdicts)})
		}
	}
	return list
}

// objectivesOf are the objectives that an alternative is judged by somewhere.
func (s *Sweep) objectivesOf(name string) (list []int) {
	for i := range s.objectives {
		if !s.objectives[i].Warn && len(s.stands(name, i)) > 0 {
			list = append(list, i)
		}
	}
	return list
}

// at keeps the points with a state.
func at(list []stand, state experiment.VerdictState) (points []int) {
	for _, x := range list {
		if x.state == state {
			points = append(points, x.point)
		}
	}
	return points
}

// answers says at which points each alternative meets its objectives; alternatives of which the same is to be said share a
// sentence.
func (s *Sweep) answers() (out []string) {
	type answer struct {
		names []string
		text  func(n int) string
	}
	var answers []*answer
	place := map[string]*answer{}
	for i, short := range shortNames(s.names, mostOf) {
		text := s.answer(s.names[i])
		if text == nil {
			continue
		}
		a, seen := place[text(1)]
		if !seen {
			a = &answer{text: text}
			place[text(1)], answers = a, append(answers, a)
		}
		a.names = append(a.names, short)
	}
	for i, a := range answers {
		if n := len(answers) - i; i == mostSweepSentences-1 && n > 1 {
			return append(out, fmt.Sprintf("Of %d more kinds of alternatives, the table says it.", n))
		}
		names := a.names
		if n := len(names); n > mostNamed {
			names = append(names[:mostNamed-1:mostNamed-1], fmt.Sprintf("%d others", n-mostNamed+1))
		}
		out = append(out, enumerate(names)+" "+a.text(len(a.names))+".")
	}
	return out
}

// enumerate joins words: a, b and c.
func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// answer is what is to be said of n alternatives that stand as this one does; nil where nothing judges it.
func (s *Sweep) answer(name string) func(n int) string {
	objectives := s.objectivesOf(name)
	if len(objectives) == 0 {
		return nil
	}
	if len(objectives) == 1 {
		o := objectives[0]
		return func(n int) string { return s.phrase(n, clean(s.objectives[o].String()), s.stands(name, o)) }
	}
	all := s.stands(name, allObjectives)
	return func(n int) string {
		if len(at(all, experiment.Met)) > 0 {
			return s.phrase(n, "all objectives", all)
		}
		text := plural(n, "meets", "meet") + " all objectives together at no point"
		if open := at(all, experiment.NotDecided); len(open) > 0 {
			text += " (" + s.undecidedAt(open) + ")"
		}
		var missed, rest []string
		for _, o := range objectives {
			objective, list := clean(s.objectives[o].String()), s.stands(name, o)
			if len(at(list, experiment.Missed)) == len(list) {
				missed = append(missed, objective)
				continue
			}
			rest = append(rest, s.phrase(n, objective, list))
		}
		if len(missed) == len(objectives) {
			return plural(n, "misses ", "miss ") + enumerate(missed) + s.everywhere()
		}
		if len(missed) > 0 {
			text = plural(n, "misses ", "miss ") + enumerate(missed) + s.everywhere()
		}
		return text + ", and " + strings.Join(rest, "; ")
	}
}

// phrase says where n alternatives meet something: meets latency.p95 < 300ms from servers.count 7 on (undecided at 6).
func (s *Sweep) phrase(n int, what string, list []stand) string {
	met, open := at(list, experiment.Met), at(list, experiment.NotDecided)
	text := plural(n, "meets ", "meet ") + what + " "
	switch {
	case len(met)+len(open) == 0:
		return plural(n, "misses ", "miss ") + what + s.everywhere()
	case len(met) == len(list):
		return plural(n, "meets ", "meet ") + what + s.everywhere()
	case len(open) == len(list):
		return plural(n, "is", "are") + " undecided about " + what + s.everywhere()
	case len(met) == 0:
		return text + "at no point (" + s.undecidedAt(open) + ")"
	}
	text += s.where(list)
	if len(open) > 0 {
		text += " (" + s.undecidedAt(open) + ")"
	}
	return text
}

// everywhere names all points.
func (s *Sweep) everywhere() string {
	return plural(len(s.points), " at the only point", " at all points")
}

// undecidedAt names points.
func (s *Sweep) undecidedAt(points []int) string {
	if len(points) > mostPlaces || len(points) > 1 && len(s.varying()) > 1 {
		return fmt.Sprintf("undecided at %d", len(points))
	}
	var list []string
	for _, i := range points {
		list = append(list, s.shortName(i))
	}
	return "undecided at " + enumerate(list)
}

// shortName is a point within a sentence that names its field already.
func (s *Sweep) shortName(i int) string {
	axes := s.varying()
	if len(axes) == 1 {
		return clean(s.points[i].settings[axes[0]].Value)
	}
	return settingsText(s.points[i].settings, axes)
}

// where says at which points the state is met. Where fields other than the one that curves run along vary, it says so for
// each of their combinations, if these are few or all alike.
func (s *Sweep) where(list []stand) string {
	axes := s.varying()
	met := at(list, experiment.Met)
	counted := fmt.Sprintf("at %d of %d points", len(met), len(list))
	if s.Design.Kind != sweep.Grid {
		return counted
	}
	counted += ", the first " + settingsText(s.points[met[0]].settings, axes)
	axis := s.across(axes)
	if _, numeric := s.Axes[axis].Measure(); !numeric && len(axes) > 1 {
		return counted
	}
	others := slices.DeleteFunc(axes, func(k int) bool { return k == axis })
	groups, titles := s.groups(others)
	var texts, ways []string
	with := map[string][]string{}
	for k, group := range groups {
		text := s.along(axis, slices.DeleteFunc(slices.Clone(list), func(x stand) bool { return !slices.Contains(group, x.point) }))
		if with[text] == nil {
			texts = append(texts, text)
		}
		with[text] = append(with[text], titles[k])
	}
	for _, text := range texts {
		if text != "" {
			ways = append(ways, text+" with "+strings.Join(with[text], " or "))
		}
	}
	switch {
	case len(groups) == 1:
		return texts[0]
	case len(texts) == 1:
		var names []string
		for _, k := range others {
			names = append(names, clean(s.Axes[k].Path))
		}
		return texts[0] + " whatever " + enumerate(names)
	case len(groups) > mostWays:
		return counted
	}
	return enumerate(ways)
}

// along says at which values of a field the state is met; empty: at none.
func (s *Sweep) along(axis int, list []stand) string {
	path := clean(s.Axes[axis].Path)
	value := func(x stand) string { return clean(s.points[x.point].settings[axis].Value) }
	_, numeric := s.Axes[axis].Measure()
	if numeric {
		_, place := s.xAxis(axis)
		list = slices.Clone(list)
		slices.SortStableFunc(list, func(a, b stand) int { return cmp.Compare(place(value(a)), place(value(b))) })
	}
	is := func(x stand) bool { return x.state == experiment.Met }
	first, n := slices.IndexFunc(list, is), len(at(list, experiment.Met))
	switch {
	case n == 0:
		return ""
	case n == len(list) && n > 1:
		return "at every " + path
	case numeric && n > 1 && !slices.ContainsFunc(list[first:first+n], func(x stand) bool { return !is(x) }):
		switch {
		case first+n == len(list):
			return "from " + path + " " + value(list[first]) + " on"
		case first == 0:
			return "up to " + path + " " + value(list[n-1])
		}
		return "from " + path + " " + value(list[first]) + " to " + value(list[first+n-1])
	case n > mostPlaces:
		return fmt.Sprintf("at %d of %d values of %s", n, len(list), path)
	}
	var values []string
	for _, x := range list {
		if is(x) {
			values = append(values, value(x))
		}
	}
	return "at " + path + " " + enumerate(values)
}

// standTable shows how each alternative stands at each point; nil without objectives.
func (s *Sweep) standTable(l layout) *grid {
	if !slices.ContainsFunc(s.names, func(name string) bool { return len(s.stands(name, allObjectives)) > 0 }) {
		return nil
	}
	g, rows := s.pointGrid(l)
	for at, i := range rows {
		if i < 0 {
			continue
		}
		for v, name := range s.names {
			if verdicts := s.verdictsOn(&s.points[i], name); len(verdicts) > 0 {
				g.rows[at][len(g.head)-len(s.names)+v] = cell{s.standText(verdicts), stateTones[joint(verdicts)]}
			}
		}
	}
	for v := range s.names {
		g.figures[len(g.head)-len(s.names)+v] = false
	}
	return g
}

// standText is how an alternative stands at a point, in a cell. Of several objectives it names the one that is not met, or
// says how many.
func (s *Sweep) standText(verdicts []*experiment.Verdict) string {
	state := joint(verdicts)
	if state == experiment.Met || len(verdicts) == 1 {
		return state.String()
	}
	list := slices.DeleteFunc(slices.Clone(verdicts), func(v *experiment.Verdict) bool { return v.State != state })
	subject := func(v *experiment.Verdict) metric.ID { return s.objectives[v.Objective].Subject.Metric }
	if id := subject(list[0]); len(list) == 1 && !slices.ContainsFunc(verdicts, func(v *experiment.Verdict) bool { return v != list[0] && subject(v) == id }) {
		const most = 18
		return state.String() + " " + shorten(figureTitle(id), most)
	}
	return fmt.Sprintf("%s %d of %d", state, len(list), len(verdicts))
}

// toneOf is how a figure of an alternative stands to the objectives about it.
func (s *Sweep) toneOf(p *sweepPoint, c sweepCell) tone {
	var list []*experiment.Verdict
	for _, v := range s.verdictsOn(p, c.name) {
		if s.objectives[v.Objective].Subject.Metric == c.figure {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return neutral
	}
	return stateTones[joint(list)]
}

// judging says how sure the verdicts are, and what would decide the open ones.
func (s *Sweep) judging() (out []string) {
	open, judged, needs := 0, false, 0
	for i := range s.points {
		for _, v := range s.points[i].verdicts {
			judged = true
			if v.State != experiment.NotDecided || s.objectives[v.Objective].Warn {
				continue
			}
			open++
			if needs >= 0 {
				needs = max(needs, v.Needs)
			}
			if v.Needs < 0 {
				needs = -1
			}
		}
	}
	if !judged {
		return nil
	}
	out = append(out, fmt.Sprintf("At %s of the points at most, an objective is met or missed by chance.", formatValue(1-s.confidence, percent)))
	switch {
	case open > 0 && needs > 0:
		out = append(out, fmt.Sprintf("About %d replications would decide what is undecided (--replications %d).", needs, needs))
	case open > 0:
		out = append(out, fmt.Sprintf("More replications decide what is undecided; of some, more than %d would be needed, or it cannot be known.", experiment.MostNeeded))
	}
	return out
}
