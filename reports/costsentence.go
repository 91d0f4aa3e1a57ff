package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/cost"
	"stickysim/sim/metric"
)

// sentences say which entry costs most and what would help, who pays nothing, and what entries do together.
func (v *costView) sentences() []string {
	if v.res.Replications == 0 {
		return []string{"Nothing is known: no replication is complete."}
	}
	if v.res.Replications == 1 {
		return []string{"Nothing is decided: that takes two replications at least, and ten to say much."}
	}
	lines := v.lines()
	slices.SortStableFunc(lines, func(a, b line) int { return harm(a.row.Cost, b.row.Cost) })
	worst := lines[0]
	if i := slices.IndexFunc(lines, func(l line) bool { return l.of.Counts }); i >= 0 {
		worst = lines[i]
	}
	list := []string{v.worst(worst)}
	list = append(list, v.spared(worst), v.together(worst.of), v.victimRange(worst), v.doubts())
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// worst is the sentence on the most expensive entry.
func (v *costView) worst(l line) string {
	main, text := inWordsOf(l.row.Cost)
	subject := clean(l.row.Entry)
	if len(v.res.Alternatives) > 1 {
		subject += ", " + clean(l.of.Name)
	}
	switch {
	case main == nil && len(v.lines()) == 1:
		return capital(clean(l.row.Entry)) + ": " + nothing(l.row.Cost) + "."
	case main == nil:
		return "Nothing on the timeline costs its users anything that is separable from chance."
	}
	return capital(subject) + ": " + text + helps(l.row, main.Figure) + "."
}

// nothing says that an entry costs nothing, or nothing that is separable from chance.
func nothing(e cost.Effects) string {
	if p := e.Of(cost.People); p != nil && p.None() {
		if bound := upTo(e.Of(cost.Affected)); bound != "" {
			return "costs " + noOne + " anything (at most " + strings.TrimPrefix(bound, ", ≤ ") + " of people)"
		}
		return "costs " + noOne + " anything"
	}
	return "not separable from chance"
}

const noOne = "none of the users"

// inWordsOf is an effect in words, and the figure that matters most of it; nil where nothing is decided.
func inWordsOf(e cost.Effects) (main *experiment.Effect, text string) {
	decided := func(f experiment.Figure) *experiment.Effect {
		if x := e.Of(f); x != nil && x.Decided {
			return x
		}
		return nil
	}
	people := decided(cost.People)
	if visits := decided(cost.Visits); visits != nil {
		t := effectCell(visits).text
		value, half, _ := strings.Cut(t, " ± ")
		t = value + " of visits hit"
		if half != "" {
			t += " ± " + half
		}
		if people == nil {
			return visits, t
		}
		return people, t + ", " + amount(people) + " people per run"
	}
	if people != nil {
		value, half, _ := strings.Cut(effectCell(people).text, " ± ")
		t := value + " people per run who meet a failed request"
		if half != "" {
			t += " ± " + half
		}
		return people, t
	}
	if failed := decided(cost.Failed); failed != nil {
		return failed, effectCell(failed).text + " failed requests per run"
	}
	if over := decided(cost.Exceeded); over != nil {
		return over, effectCell(over).text + " above the objective"
	}
	if p95 := decided(cost.P95); p95 != nil {
		return p95, "p95 " + effectCell(p95).text
	}
	return nil, ""
}

// amount is a count without sign and interval.
func amount(e *experiment.Effect) string {
	v, scales := math.Abs(e.Estimate.Mean), effectScales(e.Figure)
	if len(scales) > 1 || v < 9.995 {
		return strings.TrimPrefix(magnitude(v, scales), "+")
	}
	return thousands(fixed(v, 0))
}

// helps says what the tried setting leaves of a cost.
func helps(r *cost.Row, f experiment.Figure) string {
	if r.Trial == nil && r.Short != "" {
		return "; " + r.Short + " does not fit into the run (a longer --duration tries it)"
	}
	if r.Trial == nil {
		return ""
	}
	before, after := r.Cost.Of(f), r.Trial.Cost.Of(f)
	switch left := after.Estimate.Mean / before.Estimate.Mean; {
	case after.None() || after.Estimate.Mean <= 0 && !(left < 0 && after.Decided) || !after.Decided && left < .01:
		return "; none of it with " + r.Trial.With
	case left < .95:
		return fmt.Sprintf("; %s of it with %s", formatValue(max(left, 0), percent), r.Trial.With) + longest(r)
	}
	return "; " + r.Trial.With + " does not help" + longest(r)
}

// longest says that no longer time than the tried one fits into the run.
func longest(r *cost.Row) string {
	if r.Short == "" {
		return ""
	}
	return " (the longest that fits into the run; a longer --duration tries " + r.Short + ")"
}

// spared says which alternatives pay nothing for the entry.
func (v *costView) spared(l line) string {
	var names []string
	for _, o := range v.lines() {
		if p := o.row.Cost.Of(cost.People); o.row.Entry == l.row.Entry && o.of != l.of && p != nil && p.None() {
			names = append(names, clean(o.of.Name))
		}
	}
	if main, _ := inWordsOf(l.row.Cost); main == nil || len(names) == 0 {
		return ""
	}
	shown := strings.Join(names[:min(len(names), 2)], " and ")
	if n := len(names) - 2; n > 0 {
		shown = strings.Join(names[:2], ", ") + fmt.Sprintf(" and %d more", n)
	}
	return "None of it in " + shown + "."
}

// together says what the entries of an alternative cost together, against the sum of each.
func (v *costView) together(a *cost.Alternative) string {
	if a.Together == nil {
		return ""
	}
	all, beyond := a.Together.Of(cost.People), a.Beyond.Of(cost.People)
	sum := all.Estimate.Mean - beyond.Estimate.Mean
	if !(math.Abs(all.Estimate.Mean) >= .5) {
		return ""
	}
	t := fmt.Sprintf("Together: %s people", amount(all))
	if len(v.res.Alternatives) > 1 {
		t = fmt.Sprintf("Together in %s: %s people", clean(a.Name), amount(all))
	}
	t += fmt.Sprintf("; what each adds sums to %s", thousands(fixed(sum, 0)))
	switch {
	case beyond.None() || !beyond.Decided:
		return t + ", which does not differ beyond chance."
	case beyond.Estimate.Mean < 0:
		return t + fmt.Sprintf(": %s more than together, because events make each other worse.", amount(beyond))
	}
	return t + fmt.Sprintf(": %s fewer than together, because several events hit the same people.", amount(beyond))
}

// victimRange says how far victims differ.
func (v *costView) victimRange(l line) string {
	if len(l.row.Victims) < 2 {
		return ""
	}
	list := slices.Clone(l.row.Victims)
	f := cost.People
	if main, _ := inWordsOf(l.row.Cost); main != nil && main.Figure.ID.Of().Kind != metric.Share {
		f = main.Figure
	}
	slices.SortStableFunc(list, func(a, b cost.Victim) int {
		return -int(math.Copysign(1, a.Cost.Of(f).Estimate.Mean-b.Cost.Of(f).Estimate.Mean))
	})
	most, least := &list[0], &list[len(list)-1]
	if !most.Cost.Of(f).Decided {
		return ""
	}
	return fmt.Sprintf("Which server it strikes: %s costs %s, %s %s.", clean(most.Name), inWords(most.Cost.Of(f)), clean(least.Name), inWords(least.Cost.Of(f)))
}

// inWords is an effect with its thing.
func inWords(e *experiment.Effect) string {
	if e.None() {
		return none
	}
	thing := map[experiment.Figure]string{cost.People: " people", cost.Failed: " failed requests"}[e.Figure]
	return amount(e) + thing
}

// mostDoubts is how many costs in doubt are named.
const mostDoubts = 3

// doubts names the costs that are in doubt although replications were added to decide them.
func (v *costView) doubts() string {
	n := len(v.res.Doubts)
	if n == 0 {
		return ""
	}
	var list []string
	for _, d := range v.res.Doubts[:min(n, mostDoubts)] {
		t := clean(d.Figure.ID.String()) + " of " + clean(d.Entry)
		if len(v.res.Alternatives) > 1 {
			t += " in " + clean(d.Alternative)
		}
		list = append(list, t)
	}
	if n > mostDoubts {
		list = append(list, fmt.Sprintf("%d more", n-mostDoubts))
	}
	return fmt.Sprintf("Undecided after %d replications: %s (--max adds more).", v.res.Replications, strings.Join(list, ", "))
}
