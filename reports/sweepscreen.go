package reports

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Limits of the tables of a sweep.
const (
	mostSweepRows     = 30 // of a table for a terminal; of more points the first and the last
	lastSweepRows     = 5
	mostSweepMarkdown = 200
	mostSweepWarnings = 5
)

// bestMark stands beside the best.
const bestMark = "*"

// WriteSweepTable writes a sweep for a terminal: a table per figure with a row per point and a column per alternative. No
// line is wider than Options.Width.
func WriteSweepTable(w io.Writer, s *Sweep, o Options) error {
	t := &textWriter{w: bufio.NewWriter(w), width: o.columns(screenWidth), color: o.Color}
	t.paragraph(s.headline(), bold)
	t.paragraph(s.fixed(), "")
	t.paragraph(clean(s.question), "")
	for _, a := range s.answers() {
		t.paragraph(a, "")
	}
	for _, part := range s.parts(t.width, textGap, mostSweepRows) {
		t.w.WriteByte('\n')
		t.paragraph(part.title, bold)
		for i, g := range part.tables {
			if i > 0 {
				t.w.WriteByte('\n')
			}
			if err := drawText(t.w, g, t.paint()); err != nil {
				return err
			}
		}
	}
	t.w.WriteByte('\n')
	for _, n := range s.notes() {
		t.paragraph(n, "")
	}
	for _, n := range s.alarms() {
		t.paragraph(n, yellow)
	}
	t.paragraph(s.rest(), dim)
	return t.w.Flush()
}

// WriteSweepMarkdown writes the same in GitHub's Markdown.
func WriteSweepMarkdown(w io.Writer, s *Sweep, _ Options) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# %s\n", escapeMarkdown(s.headline()))
	for _, line := range []string{s.fixed(), clean(s.question)} {
		if line != "" {
			fmt.Fprintf(out, "\n%s\n", escapeMarkdown(line))
		}
	}
	for i, a := range s.answers() {
		if i == 0 {
			out.WriteByte('\n')
		}
		fmt.Fprintf(out, "- %s\n", escapeMarkdown(a))
	}
	for _, part := range s.parts(mostWidth*2, markdownGap, mostSweepMarkdown) {
		fmt.Fprintf(out, "\n## %s\n\n", escapeMarkdown(part.title))
		for i, g := range part.tables {
			if i > 0 {
				out.WriteByte('\n')
			}
			g.escape = escapeMarkdown
			if err := drawMarkdown(out, g); err != nil {
				return err
			}
		}
	}
	for _, n := range append(s.notes(), s.alarms()...) {
		fmt.Fprintf(out, "\n%s\n", escapeMarkdown(n))
	}
	return out.Flush()
}

// headline is what was run.
func (s *Sweep) headline() string {
	n := fmt.Sprint(s.most)
	if s.least < s.most {
		n = fmt.Sprintf("%d to %d", s.least, s.most)
	}
	points := fmt.Sprintf("%d %s", len(s.points), plural(len(s.points), "point", "points"))
	if len(s.points) < s.Total {
		points = fmt.Sprintf("%d of %d points", len(s.points), s.Total)
	}
	return fmt.Sprintf("%s: %s × %d %s × %s %s of %s, seed %d", shorten(clean(s.name), 40), points, len(s.names),
		plural(len(s.names), "alternative", "alternatives"), n, plural(s.most, "replication", "replications"), formatSpan(s.duration), s.seed)
}

// fixed names the fields that have one value.
func (s *Sweep) fixed() string {
	var list []string
	for _, a := range s.Axes {
		if a.Fixed() {
			list = append(list, clean(a.Path+" = "+a.String()))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "At all points: " + strings.Join(list, ", ") + "."
}

// parts are the tables: how the alternatives stand to their objectives, and a part for each figure.
func (s *Sweep) parts(width, gap, most int) (list []section) {
	if g := s.standTable(most); g != nil {
		list = append(list, section{title: "objectives", tables: s.split(g, width, gap)})
	}
	for _, id := range s.shown() {
		list = append(list, section{title: s.titleOf(id), tables: s.tables(id, width, gap, most)})
	}
	return list
}

// titleOf is the heading of a figure's table.
func (s *Sweep) titleOf(id metric.ID) string {
	t := figureTitle(id)
	for _, o := range s.objectives {
		if o.Subject.Metric == id {
			t += "; objective " + o.String()
		}
	}
	return t
}

// tables are a figure's values: a row per point, a column per alternative, in tables that fit the width.
func (s *Sweep) tables(id metric.ID, width, gap, most int) []*grid {
	list := s.split(s.table(id, true, most), width, gap)
	if len(list) > 1 {
		list = s.split(s.table(id, false, most), width, gap)
	}
	return list
}

// split is a table with a column per alternative in tables that fit the width.
func (s *Sweep) split(g *grid, width, gap int) []*grid {
	list := g.split(len(s.varying()), width, gap)
	for _, one := range list {
		one.fit(width, gap)
	}
	return list
}

// split is blocks where the first k columns are names.
func (g *grid) split(k, width, gap int) []*grid {
	w := g.widths()
	names := 0
	for _, n := range w[:k] {
		names += n + gap
	}
	var out []*grid
	for from := k; from < len(w); {
		to, total := from, names-gap
		for to < len(w) && (to == from || total+gap+w[to] <= width) {
			total += gap + w[to]
			to++
		}
		b := &grid{escape: g.escape, head: slices.Concat(g.head[:k], g.head[from:to]), figures: slices.Concat(g.figures[:k], g.figures[from:to])}
		for _, row := range g.rows {
			b.rows = append(b.rows, slices.Concat(row[:k], row[from:to]))
		}
		out = append(out, b)
		from = to
	}
	return out
}

// table is a figure's values, with half-widths or without.
func (s *Sweep) table(id metric.ID, exact bool, most int) *grid {
	g, rows := s.pointGrid(most)
	var list []stats.Estimate
	for _, i := range rows {
		for _, name := range s.names {
			if i >= 0 {
				list = append(list, s.points[i].estimate(name, id))
			}
		}
	}
	zero := none
	if f := id.Of(); f != nil && f.Better == metric.Neither || f.Kind == metric.Time {
		zero = "0"
	}
	column := newColumn(list, s.scales(id), zero)
	cells := make([][]string, len(s.names))
	for v, name := range s.names {
		cells[v] = s.column(rows, name, id, column, exact)
	}
	for at, i := range rows {
		for v, name := range s.names {
			if i >= 0 {
				g.rows[at][len(g.head)-len(s.names)+v] = cell{cells[v][at], s.toneOf(&s.points[i], sweepCell{name, id})}
			}
		}
	}
	return g
}

// pointGrid is a table with the names of points and an empty column per alternative; rows are the points, with a -1 where
// some are left out.
func (s *Sweep) pointGrid(most int) (g *grid, rows []int) {
	axes := s.varying()
	var head []string
	for _, k := range axes {
		head = append(head, clean(s.Axes[k].Path))
	}
	g = newGrid(append(head, shortNames(s.names, mostName)...)...).text(len(axes))
	rows = s.rows(most)
	for _, i := range rows {
		var row []string
		if i < 0 {
			row = append(row, fmt.Sprintf("… %d more", len(s.points)-len(rows)+1))
		}
		for _, k := range axes {
			if i >= 0 {
				row = append(row, clean(s.points[i].settings[k].Value))
			}
		}
		g.row(row...)
	}
	return g, rows
}

// rows are the points to show, with a -1 for those that are left out.
func (s *Sweep) rows(most int) []int {
	var list []int
	for i := range s.points {
		if n := len(s.points); n > most && i >= most-1-lastSweepRows && i < n-lastSweepRows {
			if i == most-1-lastSweepRows {
				list = append(list, -1)
			}
			continue
		}
		list = append(list, i)
	}
	return list
}

// column is the cells of an alternative, with figures, half-widths and marks below each other.
func (s *Sweep) column(rows []int, name string, id metric.ID, c unitColumn, exact bool) []string {
	values, ranges := make([]string, len(rows)), make([]string, len(rows))
	wide, marked := 0, false
	for at, i := range rows {
		if i < 0 {
			continue
		}
		p := &s.points[i]
		if _, has := p.figures[sweepCell{name, id}]; !has {
			continue
		}
		if values[at], ranges[at] = c.cell(p.estimate(name, id)); !exact {
			ranges[at] = ""
		}
		wide = max(wide, textWidth(ranges[at]))
		marked = marked || p.best[sweepCell{name, id}]
	}
	for at, i := range rows {
		if wide > 0 && values[at] != "" {
			values[at] += " " + ranges[at] + strings.Repeat(" ", wide-textWidth(ranges[at]))
		}
		switch {
		case i >= 0 && s.points[i].best[sweepCell{name, id}]:
			values[at] += " " + bestMark
		case marked:
			values[at] += "  "
		}
	}
	return values
}

// notes say how to read the tables, and which fields change nothing.
func (s *Sweep) notes() []string {
	var list []string
	if slices.ContainsFunc(s.points, func(p sweepPoint) bool { return len(p.marks()) > 0 }) {
		list = append(list, bestMark+" best at its point, or within 2 % of the best; another alternative is shown to be worse.")
	}
	for _, k := range s.varying() {
		if s.idle(k) {
			list = append(list, fmt.Sprintf("%s changes none of these figures.", clean(s.Axes[k].Path)))
		}
	}
	return append(list, s.judging()...)
}

// marks are the cells of the point that have a mark.
func (p *sweepPoint) marks() (list []bool) {
	for _, best := range p.best {
		if best {
			list = append(list, best)
		}
	}
	return list
}

// idle reports whether points that differ in an axis only have the same figures.
func (s *Sweep) idle(axis int) bool {
	first := map[string]int{}
	alike, compared := true, false // compared: some figure of two such points is defined
	for i := range s.points {
		p := &s.points[i]
		key := fmt.Sprintf("%q", slices.Concat(p.settings[:axis], p.settings[axis+1:]))
		k, seen := first[key]
		if !seen {
			first[key] = i
			continue
		}
		for _, id := range s.shown() {
			for _, name := range s.names {
				a, b := p.estimate(name, id), s.points[k].estimate(name, id)
				compared = compared || a.Mean == a.Mean
				alike = alike && (a.Mean == b.Mean || a.Mean != a.Mean && b.Mean != b.Mean)
			}
		}
	}
	return compared && alike
}

// alarms are the most severe warnings, and at how many points each is met.
func (s *Sweep) alarms() []string {
	list := slices.Clone(s.warnings)
	slices.SortStableFunc(list, func(a, b sweepWarning) int { return int(b.Severity) - int(a.Severity) })
	var out []string
	for i, w := range list {
		if i == mostSweepWarnings {
			out = append(out, fmt.Sprintf("%d more kinds of warnings.", len(list)-i))
			break
		}
		t := alarm(w.Warning)
		switch {
		case w.points == len(s.points):
			t += " (at all points)"
		default:
			t += fmt.Sprintf(" (at %d of %d points, first %s)", w.points, len(s.points), s.pointName(w.first))
		}
		out = append(out, t)
	}
	return out
}

// pointName is a point in a sentence: the fields that vary.
func (s *Sweep) pointName(i int) string { return settingsText(s.points[i].settings, s.varying()) }

func settingsText(settings []experiment.Setting, which []int) string {
	var list []string
	for _, k := range which {
		list = append(list, clean(settings[k].String()))
	}
	return strings.Join(list, " ")
}

// rest says where everything else is.
func (s *Sweep) rest() string {
	if s.Dir != "" {
		return "More: all figures, replications and curves are in " + s.Dir
	}
	return "More: --metric NAME shows other figures; --out DIRECTORY keeps all of them as tables and curves"
}
