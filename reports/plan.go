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
	for _, s := range p.blind() {
		out.paragraph(s, yellow)
	}
	for _, s := range p.warned() {
		out.paragraph(s, yellow)
	}
	out.paragraph(p.conditions(), dim)
	return out.w.Flush()
}

// blind says that a fault is to be survived, and no objective would see the requests that it fails.
func (p *Planned) blind() []string {
	if !slices.Contains(p.Survive, "server") && !slices.Contains(p.Survive, "zone") || slices.ContainsFunc(p.Result.Objectives, func(o experiment.Objective) bool {
		name := o.Subject.Metric.Family
		return strings.HasPrefix(name, "availability.") || name == "requests.failed" || name == "requests.good" || name == "users.affected"
	}) {
		return nil
	}
	return []string{"No objective is about failed requests, so that what a crash fails counts for nothing: --objective 'availability.requests > 99.9%' adds one."}
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
	list(slices.Concat(p.reasons(), p.turned(), p.blind()), "- ")
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

// headline is the answer in short, and what it is the answer to.
func (p *Planned) headline() string {
	objectives := fmt.Sprintf("%d objectives", len(p.Result.Objectives))
	if len(p.Result.Objectives) == 1 {
		objectives = clean(p.Result.Objectives[0].String())
	}
	t := clean(p.Result.Name) + ": "
	if short := p.inShort(); short != "" {
		t += short + ": "
	}
	t += p.sought() + " that meets " + objectives
	if len(p.Survive) > 0 {
		t += " and survives " + strings.Join(p.survived(), " and ")
	}
	if p.Result.Interrupted {
		t += " (interrupted)"
	}
	return t
}

// survived are the words of Survive in a sentence.
func (p *Planned) survived() (out []string) {
	words := map[string]string{"server": "the crash of a server", "zone": "the crash of a zone", "deploy": "a deployment"}
	for _, what := range p.Survive {
		out = append(out, words[what])
	}
	return out
}

// mostInShort is how many alternatives the first line names.
const mostInShort = 4

// inShort is the answer for each alternative, those that the gate judges first: 5 servers for cookie, none for stateless.
func (p *Planned) inShort() string {
	list := make([]*plan.Alternative, 0, len(p.Result.Alternatives))
	for i := range p.Result.Alternatives {
		list = append(list, &p.Result.Alternatives[i])
	}
	slices.SortStableFunc(list, func(a, b *plan.Alternative) int { return btoi(b.Counts) - btoi(a.Counts) })
	var parts []string
	named := false // the unit has been
	for _, a := range list[:min(len(list), mostInShort)] {
		t := p.cell(a)
		if a.Met != nil && a.State() != plan.None && !named {
			t, named = p.amount(t), true
		} else if a.State() == plan.None {
			t = "none"
		}
		if len(list) > 1 {
			t += " for " + clean(a.Name)
		}
		parts = append(parts, t)
	}
	if more := len(list) - mostInShort; more > 0 {
		parts = append(parts, fmt.Sprintf("%d more below", more))
	}
	return strings.Join(parts, ", ")
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
	if !strings.HasPrefix(value, "≤ ") && !strings.HasPrefix(value, "≥ ") {
		value = "= " + value
	}
	return clean(p.Result.Find) + " " + value
}

// answers says for every alternative what it needs.
func (p *Planned) answers() (out []string) {
	for i := range p.Result.Alternatives {
		out = append(out, p.answer(&p.Result.Alternatives[i]))
	}
	if len(out) == 0 && !p.Result.Interrupted {
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
	case a.Stopped && a.Last == "":
		return name + ": stopped before a value was tried."
	case a.Stopped:
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
			t += ", " + p.missing(a)
		}
	case a.Missed == nil:
		t += ", and no value tried misses"
	case a.Whole:
		t += ": " + p.missing(a)
	default:
		t += fmt.Sprintf(": %s meets, %s", a.Met.Value, p.missing(a))
	}
	if a.Stopped {
		t += " (stopped early)"
	}
	return t
}

// missing says what the value that misses misses, those left out that no value meets, or why it cannot be.
func (p *Planned) missing(a *plan.Alternative) string {
	probe := a.Missed
	if probe.Refused != "" {
		return fmt.Sprintf("at %s, %s", probe.Value, firstLine(probe.Refused))
	}
	var missed []int
	for i := range p.Result.Objectives {
		never := slices.ContainsFunc(a.Never, func(n plan.Never) bool { return n.Objective == i })
		if v := probe.Verdict(i); v != nil && v.State == experiment.Missed && !never {
			missed = append(missed, i)
		}
	}
	return fmt.Sprintf("%s misses %s", probe.Value, p.misses(probe, missed))
}

// bracket is where the limit of an alternative is, in short: a whole number, or from the value that misses to the one that
// meets. With ≤ or ≥, no value is known to miss.
func (p *Planned) bracket(a *plan.Alternative) string {
	switch n, up := len(a.Undecided), a.Ease == plan.Upwards; {
	case a.Stopped || a.Missed == nil && !a.Least():
		return map[bool]string{true: "≤ ", false: "≥ "}[up] + a.Met.Value
	case !a.Whole && up:
		return a.Missed.Value + " to " + a.Met.Value
	case !a.Whole:
		return a.Met.Value + " to " + a.Missed.Value
	case n == 0:
		return a.Met.Value
	case !up:
		return a.Met.Value + " to " + a.Undecided[n-1].Value
	case n == 1:
		return a.Undecided[0].Value + " or " + a.Met.Value
	default:
		return a.Undecided[0].Value + " to " + a.Met.Value
	}
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
	return t + fmt.Sprintf("%d %s tried of %s to %s, with %d replications of %s, seed %d. Error rate %s over all of them, objectives, alternatives and looks; intervals are at that level.",
		probes, plural(probes, "value", "values"), r.Values[0], r.Values[1], r.Replications, FormatSpan(r.Duration), r.Seed, formatValue(1-r.Confidence, percent))
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return shorten(clean(line), 120)
}

// month is the price of a number of servers for a month.
func (p *Planned) month(servers float64) string {
	return strconv.FormatFloat(servers*p.Price*monthHours, 'f', 0, 64)
}
