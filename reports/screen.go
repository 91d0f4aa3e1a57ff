package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/stats"
)

// Limits of the first screen.
const (
	screenLines    = 25
	mostAsked      = 3  // lines of the question
	mostOnScreen   = 10 // rows of the table; of more alternatives the best and the worst
	worstOnScreen  = 3
	mostStory      = 4 // sentences on mechanisms
	mostControlled = 2 // lines
	mostUncertain  = 3
	mostStanding   = 3 // lines on objectives
	linesOfWarning = 2 // of each
)

// screen writes what a reader needs first: the question, a row per alternative, who is best, why, what is not certain, and
// where the rest is.
func (t *textWriter) screen(x *index, o Options) error {
	var head, foot []styled
	head = append(head, styled{shorten(x.headline(o.Name), t.width), bold})
	head = append(head, t.lines(x.question(), mostAsked, "")...)
	head = append(head, t.lines(x.replayed(), mostReplayed, "")...)
	g := x.screenTable(o, t.width)
	stand := t.lines(x.objectivesStand(), mostStanding, bold)
	foot = append(foot, t.lines(x.controlled(), mostControlled, "")...)
	foot = append(foot, t.lines(x.uncertain(), mostUncertain, "")...)
	more := t.lines(rest(o), 2, dim)
	room := screenLines - len(head) - len(stand) - len(foot) - len(more) - len(g.rows) - 3 // the head of the table, two empty lines
	story := t.story(x, room-min(1, len(x.res.Warnings)))
	foot = append(foot, t.alarms(x.res.Warnings, room-len(story))...)

	t.write(head)
	t.w.WriteByte('\n')
	if err := drawText(t.w, g, t.paint()); err != nil {
		return err
	}
	t.w.WriteByte('\n')
	t.write(stand)
	t.write(story)
	t.write(append(foot, more...))
	return nil
}

// styled is a line and how it looks.
type styled struct{ text, look string }

func (t *textWriter) write(lines []styled) {
	for _, l := range lines {
		t.w.WriteString(t.dress(l.text, l.look))
		t.w.WriteByte('\n')
	}
}

// lines breaks a text into lines, of which the last ends in … if there would be more; an empty text has none.
func (t *textWriter) lines(text string, most int, look string) []styled {
	if text == "" || most < 1 {
		return nil
	}
	var out []styled
	all := wrap(text, t.width)
	for i, l := range all[:min(len(all), most)] {
		if i == most-1 && len(all) > most {
			l = cut(l+" "+strings.Repeat("…", t.width), t.width, 0)
			l = strings.TrimRight(l, "… ") + " …"
			l = cut(l, t.width, 0)
		}
		out = append(out, styled{l, look})
	}
	return out
}

// headline is the name of the scenario, or the given one, and how it was run.
func (x *index) headline(given string) string {
	r := x.res
	name := cmp.Or(clean(given), shorten(clean(r.Name), 40), "a scenario without a name")
	t := fmt.Sprintf("%s: %s of %s, seed %d", name, x.replications(), FormatSpan(r.Duration), r.Seed)
	if r.Interrupted {
		t += ", interrupted"
	}
	return t
}

// question is the scenario's, or what one would ask.
func (x *index) question() string {
	switch {
	case clean(x.res.Question) != "":
		return clean(x.res.Question)
	case len(x.res.Variants) == 1:
		return "What do users of " + x.title(0) + " meet?"
	}
	return "Which alternative loses the fewest visits, and which is fastest?"
}

// screenColumn is a figure of the first screen.
type screenColumn struct {
	title  string
	zero   string
	scales []scale
	of     func(x *index, variant int) stats.Estimate
}

// screenColumns are the figures beside each alternative; losses only where there is state to lose.
func (x *index) screenColumns() []screenColumn {
	loss := "LOST VISITS"
	if x.lossID() != visitsHit.ID() {
		loss = "LOST SESSIONS"
	}
	list := []screenColumn{
		{strings.ToUpper(x.latencyName()), "0 ms", timeScales, func(x *index, v int) stats.Estimate { return x.estimate(v, x.latencyID()) }},
		{loss, none, x.scales(x.lossID()), func(x *index, v int) stats.Estimate { return x.estimate(v, x.lossID()) }},
		{"FAILED", none, percent, func(x *index, v int) stats.Estimate { return complement(x.estimate(v, available.ID())) }},
		{"HOTTEST", "0 %", percent, func(x *index, v int) stats.Estimate { return x.estimate(v, hottest.ID()) }},
		{"FLEET", "0 %", percent, func(x *index, v int) stats.Estimate { return x.estimate(v, fleetMean.ID()) }},
	}
	if !x.stateful() {
		list = slices.Delete(list, 1, 2)
	}
	return list
}

// complement is 1 minus a share.
func complement(e stats.Estimate) stats.Estimate {
	e.Mean, e.Lo, e.Hi = 1-e.Mean, 1-e.Hi, 1-e.Lo
	return e
}

// screenTable is the table of the first screen. Of many alternatives it shows the best and the worst. Where names would have
// to be cut, half-widths give way first, then columns, from the right.
func (x *index) screenTable(o Options, width int) *grid {
	order := x.order()
	if o.FileOrder {
		order = x.all()
	}
	columns := x.screenColumns()
	names := shortNames(x.names(), 40)
	longest := textWidth("ALTERNATIVE")
	for _, n := range names {
		longest = max(longest, min(textWidth(n), mostName))
	}
	exact := len(columns) // columns with half-widths
	for {
		g := x.rowsOf(order, names, columns, exact)
		total := textGap * (len(g.head) - 1)
		for i, w := range g.widths() {
			if i == 0 {
				w = longest
			}
			total += w
		}
		switch {
		case total <= width || len(columns) <= 2 && exact == 0:
			g.fit(width, textGap)
			return g
		case exact > 2 && len(columns) > 4 || len(columns) <= 4 && exact > 0:
			exact--
		default:
			columns = columns[:len(columns)-1]
			exact = min(exact, len(columns))
		}
	}
}

// mostName is how wide names may get at the cost of columns.
const mostName = 24

// rowsOf fills the table of the first screen; the first exact columns have half-widths.
func (x *index) rowsOf(order []int, names []string, columns []screenColumn, exact int) *grid {
	head := []string{"ALTERNATIVE"}
	var blocks [][]string
	if slices.ContainsFunc(x.res.Verdicts, func(v experiment.Verdict) bool { return v.State != experiment.Met }) {
		var cells []string
		for _, v := range order {
			cells = append(cells, x.standing(v))
		}
		head, blocks = append(head, "OBJECTIVES"), append(blocks, cells)
	}
	for i, c := range columns {
		title, cells := x.block(c, order, i < exact)
		head, blocks = append(head, title), append(blocks, cells)
	}
	g := newGrid(head...).text(1)
	skip := len(order) - mostOnScreen
	for row, v := range order {
		if skip > 0 && row >= mostOnScreen-1-worstOnScreen && row < len(order)-worstOnScreen {
			if row == mostOnScreen-1-worstOnScreen {
				g.row(fmt.Sprintf("… %d more", skip+1))
			}
			continue
		}
		cells := []string{names[v]}
		for _, b := range blocks {
			cells = append(cells, b[row])
		}
		g.row(cells...)
	}
	return g
}

// block is a column with its heading: figures in one unit with their points below each other, half-widths beside them.
func (x *index) block(c screenColumn, order []int, exact bool) (title string, cells []string) {
	var list []stats.Estimate
	for _, v := range order {
		list = append(list, c.of(x, v))
	}
	col := newColumn(list, c.scales, c.zero)
	values, ranges := make([]string, len(list)), make([]string, len(list))
	wide, wider := textWidth(c.title), 0
	for i, e := range list {
		if values[i], ranges[i] = col.cell(e); !exact {
			ranges[i] = ""
		}
		wide, wider = max(wide, textWidth(values[i])), max(wider, textWidth(ranges[i]))
	}
	join := func(value, around string) string {
		t := strings.Repeat(" ", wide-textWidth(value)) + value
		if wider > 0 {
			t += " " + around + strings.Repeat(" ", wider-textWidth(around))
		}
		return t
	}
	for i := range values {
		cells = append(cells, join(values[i], ranges[i]))
	}
	return join(c.title, ""), cells
}

// usuallyMost is how many replications --until decided adds up to without --max.
const usuallyMost = 200

// uncertain says what the replications leave open, and how many would decide it.
func (x *index) uncertain() string {
	if x.replications() == "1 replication" {
		return "Not certain: any of it; one replication has no intervals. Try --replications 10."
	}
	var open []string
	most, unknown := 0, false
	for _, j := range x.judgements() {
		if len(j.open) == 0 {
			continue
		}
		for _, v := range j.open {
			n := x.needs(v, j.best[0], j.id)
			most, unknown = max(most, n), unknown || n < 0
		}
		who := fmt.Sprintf(" of %s against %s", x.list(j.open), x.title(j.best[0]))
		if n := len(open); n > 0 && strings.HasSuffix(open[n-1], who) {
			open[n-1] = strings.TrimSuffix(open[n-1], who) + ", " + j.question.what + who
			continue
		}
		open = append(open, j.question.what+who)
	}
	few := ""
	if !x.known(latencyP95.ID()) {
		if why := x.estimate(0, latencyP95.ID()).Warnings; len(why) > 0 {
			few = "Not certain: p95; " + why[0] + "."
		}
	}
	if len(open) == 0 {
		return few
	}
	t := "Not certain: " + strings.Join(open, "; ") + "."
	if x.res.Resampled {
		return t + " The log is one sample: a longer one would tell more, and more replications would not."
	}
	if unknown {
		return t + " More than 1000 replications would be needed to tell them apart."
	}
	if most > usuallyMost {
		return t + fmt.Sprintf(" About %d replications would decide it (--until decided --max %d).", most, most)
	}
	return t + fmt.Sprintf(" About %d replications would decide it (--until decided).", most)
}

// alarms are the warnings on at most so many lines, the most severe first and one of each kind; the others, and
// doubts about a single figure, are counted.
func (t *textWriter) alarms(list []diag.Warning, room int) (out []styled) {
	shown, seen := 0, map[string]bool{}
	for _, w := range list {
		if w.Code != "" && seen[w.Code] || shown == mostWarnings || w.Metric != "" && w.Severity < diag.Severe {
			continue
		}
		lines := t.lines(alarm(w), linesOfWarning, yellow)
		if len(out)+len(lines) > room-btoi(len(list) > shown+1) {
			break
		}
		seen[w.Code] = true
		shown++
		out = append(out, lines...)
	}
	switch rest := len(list) - shown; {
	case rest == 0:
	case shown == 0:
		out = append(out, styled{fmt.Sprintf("%d %s: --show warnings", rest, plural(rest, "warning", "warnings")), yellow})
	default:
		out = append(out, styled{fmt.Sprintf("%d more %s: --show warnings", rest, plural(rest, "warning", "warnings")), yellow})
	}
	return out
}

// alarm is a warning in short, without the hint.
func alarm(w diag.Warning) string {
	w.Hint = ""
	if w.Severity == diag.Note {
		return "Note: " + WarningText(w)
	}
	return "Warning: " + WarningText(w)
}

// mostWarnings is how many warnings the first screen prints.
const mostWarnings = 3

// rest says where everything else is.
func rest(o Options) string {
	if len(o.Show) > 0 {
		return ""
	}
	return "More: --show all (or " + strings.Join(SectionNames()[2:4], ", ") + ", …). Plots and CSV: --out DIRECTORY"
}
