package reports

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/plan"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Planned is a finished search for a size, and what is to be said of it besides.
type Planned struct {
	Result  *plan.Result
	Price   float64  // of a server hour; 0: unknown
	Survive []string // what was added to the timeline
	Assumed string   // why these values were searched, where none were given; a sentence
}

// monthHours are the hours of a mean month.
const monthHours = 730

// WritePlan writes what a search has found for a terminal: the answer, a row per alternative, what limits them, and what
// other knobs would do.
func WritePlan(w io.Writer, p *Planned, o Options) error {
	out := &textWriter{w: bufio.NewWriter(w), width: o.columns(screenWidth), color: o.Color}
	out.paragraph(p.headline(), bold)
	for _, s := range p.answers() {
		out.paragraph(s, "")
	}
	if g := p.table(); len(g.rows) > 0 {
		g.fit(out.width, textGap)
		out.w.WriteByte('\n')
		if err := drawText(out.w, g, out.paint()); err != nil {
			return err
		}
		out.w.WriteByte('\n')
	}
	for _, s := range p.reasons() {
		out.paragraph(s, "")
	}
	for _, s := range p.turned() {
		out.paragraph(s, "")
	}
	for _, s := range p.warned() {
		out.paragraph(s, yellow)
	}
	out.paragraph(p.conditions(), dim)
	return out.w.Flush()
}

// mostPlanWarnings is how many warnings are printed.
const mostPlanWarnings = 3

// warned are the warnings about more than a single figure, the most severe first, and the number of the others.
func (p *Planned) warned() (out []string) {
	for _, w := range p.Result.Warnings {
		if len(out) < mostPlanWarnings && (w.Metric == "" || w.Severity == diag.Severe) {
			out = append(out, alarm(w))
		}
	}
	if more := len(p.Result.Warnings) - len(out); more > 0 {
		out = append(out, fmt.Sprintf("%d more %s: --format json.", more, plural(more, "warning", "warnings")))
	}
	return out
}

// WritePlanMarkdown writes the same for pull requests and step summaries.
func WritePlanMarkdown(w io.Writer, p *Planned) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "## %s\n\n", escapeMarkdown(p.headline()))
	list := func(lines []string, mark string) {
		for _, s := range lines {
			fmt.Fprintf(out, "%s%s\n", mark, escapeMarkdown(s))
		}
		if len(lines) > 0 {
			out.WriteByte('\n')
		}
	}
	list(p.answers(), "- ")
	if g := p.table(); len(g.rows) > 0 {
		g.escape = escapeMarkdown
		if err := drawMarkdown(out, g); err != nil {
			return err
		}
		out.WriteByte('\n')
	}
	list(append(p.reasons(), p.turned()...), "- ")
	var warnings []string
	for _, warning := range p.Result.Warnings {
		warnings = append(warnings, alarm(warning))
	}
	list(warnings, "> ")
	list([]string{p.conditions()}, "")
	return out.Flush()
}

// sought is what is looked for, in words.
func (p *Planned) sought() string {
	switch p.Result.Find {
	case "servers":
		return "the smallest number of servers"
	case "load":
		return "the largest load"
	}
	way := "smallest"
	if as := p.Result.Alternatives; len(as) > 0 && as[0].Ease == plan.Downward {
		way = "largest"
	}
	return "the " + way + " " + clean(p.Result.Find)
}

func (p *Planned) headline() string {
	objectives := fmt.Sprintf("%d objectives", len(p.Result.Objectives))
	if len(p.Result.Objectives) == 1 {
		objectives = clean(p.Result.Objectives[0].String())
	}
	t := clean(p.Result.Name) + ": " + p.sought() + " that meets " + objectives
	if len(p.Survive) > 0 {
		t += " and survives a " + strings.Join(p.Survive, ", a ")
	}
	if p.Result.Interrupted {
		t += " (interrupted)"
	}
	return t
}

// amount is a value of the axis in a sentence.
func (p *Planned) amount(value string) string {
	switch p.Result.Find {
	case "servers":
		if value == "1" {
			return "1 server"
		}
		return value + " servers"
	case "load":
		return value + " times the load"
	}
	return clean(p.Result.Find) + " = " + value
}

// answers says for every alternative what it needs.
func (p *Planned) answers() (out []string) {
	for i := range p.Result.Alternatives {
		out = append(out, p.answer(&p.Result.Alternatives[i]))
	}
	if len(out) == 0 {
		return []string{"No objective judges an alternative."}
	}
	return out
}

func (p *Planned) answer(a *plan.Alternative) string {
	name := clean(a.Name)
	parts := []string{}
	if a.Met != nil {
		parts = append(parts, p.need(a))
	}
	for _, n := range a.Never {
		parts = append(parts, p.never(a, n))
	}
	switch {
	case len(parts) > 0:
		return name + " " + strings.Join(parts, "; ") + "."
	case a.Last != "":
		return fmt.Sprintf("%s: stopped before anything was found; the last value tried is %s.", name, a.Last)
	case len(a.Undecided) > 0:
		u := a.Undecided[len(a.Undecided)-1]
		return fmt.Sprintf("%s: undecided, no value is shown to meet the objectives (%s: %s).", name, u.Value, p.doubts(u))
	case a.Missed != nil && a.Missed.Refused != "":
		return fmt.Sprintf("%s: no value meets the objectives: %s", name, firstLine(a.Missed.Refused))
	}
	return name + ": no value meets the objectives."
}

// need says what an alternative needs, and why it is not less.
func (p *Planned) need(a *plan.Alternative) string {
	verb := "needs "
	if a.Ease == plan.Downward {
		verb = map[bool]string{true: "carries ", false: "allows "}[p.Result.Find == "load"]
	}
	if a.Last != "" {
		verb += map[bool]string{true: "at most ", false: "at least "}[a.Ease == plan.Upwards]
	}
	t := verb + p.amount(p.bracket(a))
	if len(a.Never) > 0 {
		t += " for " + p.rest(a)
	}
	switch n := len(a.Undecided); {
	case n > 0:
		u := a.Undecided[n-1]
		if a.Ease == plan.Downward {
			u = a.Undecided[0]
		}
		t += fmt.Sprintf(": %s is undecided (%s)", u.Value, p.doubts(u))
		if a.Missed != nil {
			t += fmt.Sprintf(", %s misses", a.Missed.Value)
		}
	case a.Missed == nil:
		t += ", and no value tried misses"
	case a.Missed.Refused != "":
		t += fmt.Sprintf(": at %s, %s", a.Missed.Value, firstLine(a.Missed.Refused))
	default:
		t += fmt.Sprintf(": %s misses %s", a.Missed.Value, p.misses(a.Missed, a.Limiting))
	}
	if a.Last != "" {
		t += " (stopped early)"
	}
	return t
}

// bracket is the values that the answer may be, in short.
func (p *Planned) bracket(a *plan.Alternative) string {
	if a.Closed() || len(a.Undecided) == 0 {
		return a.Met.Value
	}
	first := a.Undecided[0].Value
	if a.Ease == plan.Downward {
		return a.Met.Value + " to " + a.Undecided[len(a.Undecided)-1].Value
	}
	if len(a.Undecided) == 1 {
		return first + " or " + a.Met.Value
	}
	return first + " to " + a.Met.Value
}

// rest are the objectives that the bracket is about, where others are never met.
func (p *Planned) rest(a *plan.Alternative) string {
	var list []string
	for i := range p.Result.Objectives {
		if a.Met.Verdict(i) != nil && !slices.ContainsFunc(a.Never, func(n plan.Never) bool { return n.Objective == i }) {
			list = append(list, p.subject(i))
		}
	}
	return strings.Join(list, " and ")
}

// subject is the figure of an objective, or all of it where several are about that figure.
func (p *Planned) subject(objective int) string {
	o := &p.Result.Objectives[objective]
	for i := range p.Result.Objectives {
		if i != objective && p.Result.Objectives[i].Subject.Metric == o.Subject.Metric {
			return clean(o.String())
		}
	}
	return clean(o.Subject.Metric.String())
}

// held is a figure beside its limit: 312 ms ± 8 > 300 ms.
func (p *Planned) held(v *experiment.Verdict, sign string) string {
	id := p.Result.Objectives[v.Objective].Subject.Metric
	return formatEstimate(v.Value, scalesFor(id)) + " " + sign + " " + formatValue(v.Limit, scalesFor(id))
}

func scalesFor(id metric.ID) []scale {
	if f := id.Of(); f != nil {
		return scalesOf(f.Kind, f.Unit)
	}
	return plain
}

// misses lists objectives that a probe misses, with their figures.
func (p *Planned) misses(probe *plan.Probe, objectives []int) string {
	var list []string
	for _, o := range objectives {
		v := probe.Verdict(o)
		sign := ">"
		if r := p.Result.Objectives[o].Relation; r == experiment.More || r == experiment.AtLeast {
			sign = "<"
		}
		list = append(list, p.subject(o)+" ("+p.held(v, sign)+")")
	}
	if len(list) == 0 {
		return "an objective"
	}
	return strings.Join(list, " and ")
}

// doubts lists the undecided objectives of a probe.
func (p *Planned) doubts(probe *plan.Probe) string {
	var list []string
	for i := range p.Result.Objectives {
		if v := probe.Verdict(i); v != nil && v.State == experiment.NotDecided {
			t := p.subject(i) + " " + p.held(v, "against")
			if v.Why != "" && v.Margin.Kind != stats.KindInterval {
				t += ": " + clean(v.Why)
			}
			list = append(list, t)
		}
	}
	return strings.Join(list, ", ")
}

// never says that no value meets an objective.
func (p *Planned) never(a *plan.Alternative, n plan.Never) string {
	what := "at no value"
	switch p.Result.Find {
	case "servers":
		what = "with no number of servers"
	case "load":
		what = "at no load"
	}
	v := n.At.Verdict(n.Objective)
	t := fmt.Sprintf("meets %s %s: %s at %s", clean(p.Result.Objectives[n.Objective].String()), what, formatEstimate(v.Value, scalesFor(p.Result.Objectives[n.Objective].Subject.Metric)), n.At.Value)
	if n.Flat {
		t += ", and further doublings would change little"
	}
	return t
}

// reasons are the mechanisms behind what is never met.
func (p *Planned) reasons() (out []string) {
	for i := range p.Result.Alternatives {
		a := &p.Result.Alternatives[i]
		for _, n := range a.Never {
			base := a.Base
			if base == nil || base.Result == nil {
				base = n.At
			}
			for _, s := range reasonsFor(base.Result, []string{a.Name}, p.Result.Objectives[n.Objective].Subject.Metric) {
				if !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// turned says what other knobs would do, a sentence for each alternative that no value helps.
func (p *Planned) turned() (out []string) {
	for i := range p.Result.Alternatives {
		a := &p.Result.Alternatives[i]
		for _, n := range a.Never {
			if s := p.knobs(a, n.Objective); s != "" {
				out = append(out, s)
			}
		}
		if k := len(a.Untried); k > 0 {
			out = append(out, fmt.Sprintf("%d more knobs of %s were not tried: the budget is spent (--budget).", k, clean(a.Name)))
		}
	}
	return out
}

// knobs says what each knob would do for an objective that no value meets.
func (p *Planned) knobs(a *plan.Alternative, objective int) string {
	id := p.Result.Objectives[objective].Subject.Metric
	before := a.Base.Figure(id)
	var helped, idle []string
	for _, t := range a.Trials {
		v := t.Probe.Verdict(objective)
		if v == nil {
			continue
		}
		after := t.Probe.Figure(id)
		text := clean(t.Knob.Text)
		switch {
		case v.State != experiment.Met && !eases(before, after, direction(id)):
			idle = append(idle, text)
			continue
		case v.State == experiment.Met:
			text += " leaves " + formatMean(after, scalesFor(id)) + ", which meets it"
		default:
			text += " leaves " + formatMean(after, scalesFor(id))
		}
		helped = append(helped, text)
	}
	if len(helped)+len(idle) == 0 {
		return ""
	}
	t := fmt.Sprintf("Other knobs, for %s of %s (%s at %s): ", p.subject(objective), clean(a.Name), formatMean(before, scalesFor(id)), p.amount(a.Base.Value))
	if len(helped) == 0 {
		return t + "none helps, of " + strings.Join(idle, ", ") + "."
	}
	t += strings.Join(helped, "; ") + "."
	if len(idle) > 0 {
		t += " No help: " + strings.Join(idle, ", ") + "."
	}
	return t
}

// eases reports that a figure is better by a tenth at least, and beyond the two intervals.
func eases(before, after stats.Estimate, way float64) bool {
	gain := way * (after.Mean - before.Mean)
	return gain > .1*before.Mean && gain > before.HalfWidth()+after.HalfWidth()
}

func (p *Planned) conditions() string {
	r := p.Result
	probes := 0
	for i := range r.Alternatives {
		probes += len(r.Alternatives[i].Probes)
	}
	t := ""
	if p.Assumed != "" {
		t = clean(p.Assumed) + " "
	}
	return t + fmt.Sprintf("%d values tried of %s to %s, with %d replications of %s, seed %d. Error rate %s over all of them, objectives, alternatives and looks; intervals are at that level.",
		probes, r.Values[0], r.Values[1], r.Replications, formatSpan(r.Duration), r.Seed, formatValue(1-r.Confidence, percent))
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return shorten(clean(line), 120)
}

// month is the price of a number of servers for a month.
func (p *Planned) month(servers float64) string {
	return strconv.FormatFloat(servers*p.Price*monthHours, 'f', 0, 64)
}
