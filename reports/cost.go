package reports

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/cost"
)

// Limits of what cost prints unasked.
const (
	mostCosts   = 11 // rows of the table
	mostVictims = 24 // rows of the table of victims
)

// WriteCost writes what the entries of a timeline cost, for a terminal: a sentence on the most expensive one, a row per entry
// and alternative, and what they do together. Options.Show "all" shows all rows and warnings.
func WriteCost(w io.Writer, res *cost.Result, o Options) error {
	t := &textWriter{w: bufio.NewWriter(w), width: o.columns(screenWidth), color: o.Color}
	v := &costView{res: res, all: len(o.Show) > 0}
	t.write([]styled{{shorten(v.headline(), t.width), bold}})
	for _, s := range v.sentences() {
		t.paragraph(s, "")
	}
	for _, g := range v.tables(space{width: t.width, gap: textGap}) {
		t.w.WriteByte('\n')
		if err := drawText(t.w, g, t.paint()); err != nil {
			return err
		}
	}
	t.w.WriteByte('\n')
	t.paragraph(v.legend(), dim)
	if v.all {
		for _, w := range res.Warnings {
			t.paragraph(alarm(w), yellow)
		}
	} else {
		for _, line := range t.alarms(res.Warnings, 5) {
			line.text = strings.Replace(line.text, "--show warnings", "--all", 1)
			t.write([]styled{line})
		}
	}
	return t.w.Flush()
}

// WriteCostMarkdown is WriteCost as GitHub's Markdown, with all rows and warnings.
func WriteCostMarkdown(w io.Writer, res *cost.Result) error {
	out := bufio.NewWriter(w)
	v := &costView{res: res, all: true}
	fmt.Fprintf(out, "## %s\n\n", escapeMarkdown(v.headline()))
	for i, s := range v.sentences() {
		if s = escapeMarkdown(s); i == 0 {
			s = "**" + s + "**"
		}
		fmt.Fprintf(out, "%s\n\n", s)
	}
	for _, g := range v.tables(space{width: mostWidth - 2*2, gap: markdownGap, escape: escapeMarkdown}) {
		if err := drawMarkdown(out, g); err != nil {
			return err
		}
		out.WriteByte('\n')
	}
	fmt.Fprintf(out, "%s\n\n", escapeMarkdown(v.legend()))
	for _, w := range res.Warnings {
		fmt.Fprintf(out, "> %s\n\n", escapeMarkdown(alarm(w)))
	}
	return out.Flush()
}

// costView is a result on its way to paper.
type costView struct {
	res *cost.Result
	all bool
}

// line is a row of an alternative.
type line struct {
	of  *cost.Alternative
	row *cost.Row
}

// lines are all rows, entry by entry.
func (v *costView) lines() []line {
	var list []line
	for _, name := range v.entries() {
		for a := range v.res.Alternatives {
			of := &v.res.Alternatives[a]
			for i := range of.Rows {
				if of.Rows[i].Entry == name {
					list = append(list, line{of, &of.Rows[i]})
				}
			}
		}
	}
	return list
}

// entries are the names of all entries.
func (v *costView) entries() []string {
	var names []string
	for a := range v.res.Alternatives {
		for _, r := range v.res.Alternatives[a].Rows {
			if !slices.Contains(names, r.Entry) {
				names = append(names, r.Entry)
			}
		}
	}
	return names
}

func (v *costView) headline() string {
	t := fmt.Sprintf("%s: what its timeline costs; %d %s of %s, seed %d", shorten(clean(v.res.Name), 40), v.res.Replications,
		plural(v.res.Replications, "replication", "replications"), FormatSpan(v.res.Duration), v.res.Seed)
	if v.res.Interrupted {
		t += ", interrupted"
	}
	return t
}

// harm orders effects: people who are affected, then failed requests, then p95. What may be chance is no harm.
func harm(a, b cost.Effects) int {
	for _, f := range []experiment.Figure{cost.People, cost.Failed, cost.Exceeded, cost.P95} {
		size := func(e *experiment.Effect) float64 {
			if e == nil || !e.Decided {
				return 0
			}
			return e.Estimate.Mean
		}
		if c := cmp.Compare(size(b.Of(f)), size(a.Of(f))); c != 0 {
			return c
		}
	}
	return 0
}

// tables are that of the entries, and that of the victims where there are some.
func (v *costView) tables(s space) []*grid {
	lines := v.lines()
	more := 0
	if most := mostCosts; !v.all && len(lines) > most {
		worst := slices.Clone(lines)
		slices.SortStableFunc(worst, func(a, b line) int { return harm(a.row.Cost, b.row.Cost) })
		more, worst = len(lines)-most+1, worst[:most-1]
		lines = slices.DeleteFunc(lines, func(l line) bool { return !slices.Contains(worst, l) })
	}
	g, figures := v.grid("EVENT", "ALTERNATIVE")
	add := func(event, alternative string, e cost.Effects) {
		if e != nil {
			g.rows = append(g.rows, append([]cell{{text: event}, {text: alternative}}, cells(e, figures)...))
		}
	}
	for _, l := range lines {
		add(clean(l.row.Entry), clean(l.of.Name), l.row.Cost)
		if l.row.Alone != nil {
			add("  alone", clean(l.of.Name), l.row.Alone)
		}
		if t := l.row.Trial; t != nil && v.all {
			add("  with "+t.With, clean(l.of.Name), t.Cost)
		}
	}
	if more > 0 {
		g.row(fmt.Sprintf("… %d more: --all", more))
	}
	for i := range v.res.Alternatives {
		if a := &v.res.Alternatives[i]; more == 0 || len(v.res.Alternatives) <= 2 {
			add("all together", clean(a.Name), a.Together)
		}
	}
	v.narrow(g)
	return append(fitEffects(s, g), v.victims(s)...)
}

// fitEffects makes a table fit the width: half-widths give way first, from the right, then columns.
func fitEffects(s space, g *grid) []*grid {
	g.escape = s.escape
	for column := len(g.head) - 1; column > 0; column-- {
		total := s.gap * (len(g.head) - 1)
		for _, w := range g.widths() {
			total += w
		}
		if total <= s.width {
			break
		}
		for _, row := range g.rows {
			c := &row[column]
			value, rest, halved := strings.Cut(c.text, " ± ")
			if _, mark, _ := strings.Cut(rest, " "); halved {
				c.text = strings.TrimSuffix(value+" "+mark, " ")
			}
		}
	}
	return s.fit(g)
}

// narrow drops the columns of what there is one of, and server hours where there is no difference.
func (v *costView) narrow(g *grid) {
	if i := slices.Index(g.head, "SERVER HOURS"); !slices.ContainsFunc(g.rows, func(r []cell) bool { return r[i].text != none && r[i].text != "" }) {
		g.drop(i)
		g.spare = g.spare[1:]
	}
	if len(v.res.Alternatives) == 1 {
		g.drop(slices.Index(g.head, "ALTERNATIVE"))
	} else if len(v.entries()) == 1 && !slices.ContainsFunc(g.rows, func(r []cell) bool { return strings.HasPrefix(r[0].text, "  ") }) {
		g.drop(slices.Index(g.head, "EVENT"))
	}
}

// grid is an empty table with a column per figure of the screen.
func (v *costView) grid(names ...string) (*grid, []experiment.Figure) {
	titles := map[experiment.Figure]string{cost.Visits: "VISITS HIT", cost.People: "PEOPLE", cost.Failed: "FAILED", cost.Exceeded: "ABOVE LIMIT", cost.P95: "P95", cost.Hours: "SERVER HOURS"}
	var figures []experiment.Figure
	head := slices.Clone(names)
	for _, f := range v.res.Figures {
		if titles[f] != "" {
			figures, head = append(figures, f), append(head, titles[f])
		}
	}
	g := newGrid(head...).text(len(names))
	g.spare = []string{"SERVER HOURS", "P95"} // narrow knows the first
	return g, figures
}

func cells(e cost.Effects, figures []experiment.Figure) []cell {
	var list []cell
	for _, f := range figures {
		list = append(list, effectCell(e.Of(f)))
	}
	return list
}

// victims is the table of entries that were made to strike each server in turn.
func (v *costView) victims(s space) []*grid {
	g, figures := v.grid("EVENT", "ALTERNATIVE", "STRIKES")
	lines := slices.DeleteFunc(v.lines(), func(l line) bool { return len(l.row.Victims) == 0 })
	slices.SortStableFunc(lines, func(a, b line) int { return harm(a.row.Cost, b.row.Cost) })
	left := 0
	for i, l := range lines {
		if i > 0 && len(g.rows)+len(l.row.Victims) > mostVictims && !v.all {
			left++
			continue
		}
		for k := range l.row.Victims {
			victim := &l.row.Victims[k]
			name := clean(victim.Name)
			if victim.Rank > 0 && len(victim.Servers) == 1 {
				name += " (" + clean(victim.Servers[0]) + ")"
			}
			g.rows = append(g.rows, append([]cell{{text: clean(l.row.Entry)}, {text: clean(l.of.Name)}, {text: name}}, cells(victim.Cost, figures)...))
		}
	}
	if len(g.rows) == 0 {
		return nil
	}
	v.narrow(g)
	if left > 0 {
		g.row(fmt.Sprintf("… %d more: --all", left))
	}
	return fitEffects(s, g)
}

// legend says what the columns are.
func (v *costView) legend() string {
	t := fmt.Sprintf("Each row: with the event less without it, on the same users; per run of %s. VISITS HIT: share of visits that lost their session, in percentage points. "+
		"PEOPLE: how many met a loss or a failed request. ", FormatSpan(v.res.Duration))
	if len(v.res.Objectives) > 0 {
		t += "ABOVE LIMIT: time in which " + strings.Join(v.res.Objectives, ", or ") + " did not hold. "
	}
	return t + fmt.Sprintf("±: %s interval, over the rows of a column together, where it is a twentieth or more; ~: not separable from chance.", formatValue(v.res.Confidence, percent))
}
