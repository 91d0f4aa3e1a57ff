package reports

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
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
	for _, part := range s.parts(s.layout(t.width, textGap, mostSweepRows)) {
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
	for _, part := range s.parts(s.layout(mostWidth*2, markdownGap, mostSweepMarkdown)) {
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
	t := fmt.Sprintf("%s: %s × %d %s × %s %s of %s", shorten(clean(s.name), 40), points, len(s.names),
		plural(len(s.names), "alternative", "alternatives"), n, plural(s.most, "replication", "replications"), FormatSpan(s.duration))
	if !s.seeds {
		t += fmt.Sprintf(", seed %d", s.seed)
	}
	return t
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
