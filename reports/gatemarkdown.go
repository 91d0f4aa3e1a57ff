package reports

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"stickysim/sim/experiment"
)

// SummaryLimit is how many bytes GitHub takes in as the summary of a step.
const SummaryLimit = 1 << 20

// rowLimits are how many rows each scenario may have in a Markdown report: the first with which the report is small enough.
var rowLimits = []int{1 << 20, 100, 20, 5, 0}

// WriteGateMarkdown writes what gates found for a pull request or the summary of a step, the verdict first, in at most limit
// bytes: of too many rows it keeps those that are not met, and says how many are missing.
func WriteGateMarkdown(w io.Writer, list []*Gated, limit int) error {
	var b bytes.Buffer
	var pages []page
	for _, g := range sorted(list) {
		pages = append(pages, g.page())
	}
	for _, rows := range rowLimits {
		b.Reset()
		if err := gateMarkdown(&b, pages, marks[Overall(list)]+" "+overall(list), rows); err != nil {
			return err
		}
		if b.Len() <= limit {
			break
		}
	}
	_, err := w.Write(whole(b.Bytes(), limit))
	return err
}

// whole is a text cut after a line, so that it has at most limit bytes.
func whole(text []byte, limit int) []byte {
	const rest = "\n… The rest does not fit.\n"
	if len(text) <= limit {
		return text
	}
	if limit < len(rest) {
		return nil
	}
	end := bytes.LastIndexByte(text[:limit-len(rest)+1], '\n') + 1
	return append(text[:end:end], rest...)
}

// marks are how Markdown shows a state at a glance.
var marks = [...]string{experiment.NotDecided: "❔", experiment.Met: "✅", experiment.Missed: "❌"}

// page is what Markdown says of a scenario, before it is known how many rows there is room for.
type page struct {
	mark, summary string
	conditions    string
	checks        []check // the urgent ones first
	why, asides   []string
	changes       *grid // since the baseline; nil: there are none to show
	compared      bool  // there is a baseline
}

func (g *Gated) page() page {
	p := page{mark: marks[g.State()], summary: shorten(g.Summary(), mostTitle), compared: g.Before != nil}
	if g.Result == nil {
		return p
	}
	p.conditions, p.checks, p.why = g.conditions(), g.checks(), g.why()
	p.asides = g.asides(p.checks)
	if p.compared {
		if p.changes = g.changed(); len(p.changes.rows) == 0 {
			p.changes, p.asides = nil, append([]string{g.sinceBefore()}, p.asides...)
		} else if alone := g.alone(); len(alone) > 0 {
			p.asides = append([]string{aloneText(alone)}, p.asides...)
		}
	}
	slices.SortStableFunc(p.checks, func(a, b check) int {
		return cmp.Or(cmp.Compare(btoi(b.counts), btoi(a.counts)), cmp.Compare(urgency(a.state), urgency(b.state)))
	})
	return p
}

func gateMarkdown(w io.Writer, pages []page, overall string, rows int) error {
	if len(pages) > 1 {
		writeMarkdown(w, "## ", overall)
		for _, p := range pages {
			fmt.Fprintf(w, "- %s %s\n", p.mark, escapeMarkdown(p.summary))
		}
		fmt.Fprintln(w)
	}
	for i := range pages {
		if rows == 0 && len(pages) > 1 {
			continue
		}
		if err := pages[i].write(w, rows); err != nil {
			return err
		}
	}
	return nil
}

// sorted puts the gates that are missed first, then those that are undecided.
func sorted(list []*Gated) []*Gated {
	return slices.SortedStableFunc(slices.Values(list), func(a, b *Gated) int { return cmp.Compare(urgency(a.State()), urgency(b.State())) })
}

func urgency(s experiment.VerdictState) int {
	return slices.Index([]experiment.VerdictState{experiment.Missed, experiment.NotDecided, experiment.Met}, s)
}

// overall is the verdict over several scenarios in a line.
func overall(list []*Gated) string {
	var missed, open int
	for _, g := range list {
		missed += btoi(g.State() == experiment.Missed)
		open += btoi(g.State() == experiment.NotDecided)
	}
	var parts []string
	if missed > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d scenarios fail", missed, len(list)))
	}
	if open > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d undecided", open, len(list)))
	}
	if len(parts) == 0 {
		parts = append(parts, fmt.Sprintf("all %d scenarios", len(list)))
	}
	return signs[Overall(list)] + ": " + strings.Join(parts, ", ")
}

const (
	mostTitle = 120 // characters of an objective
	mostOf    = 40  // of an alternative
)

func writeMarkdown(w io.Writer, before, text string) {
	if text != "" {
		fmt.Fprintf(w, "%s%s\n\n", before, escapeMarkdown(text))
	}
}

// write writes a scenario with so many rows: its verdict, its checks, and why.
func (p *page) write(w io.Writer, rows int) error {
	writeMarkdown(w, "### ", p.mark+" "+p.summary)
	writeMarkdown(w, "", p.conditions)
	shown := p.checks[:min(rows, len(p.checks))]
	head := []string{"VERDICT", "OBJECTIVE", "ALTERNATIVE", "BEFORE", "VALUE", "LIMIT", "MARGIN"}
	g := newGrid(head...).text(3)
	for _, c := range shown {
		g.row(marks[c.state]+" "+c.sign(), shorten(c.title, mostTitle), shorten(c.alternative, mostOf), c.before, c.value, c.limit, c.margin)
	}
	if !p.compared {
		g.drop(slices.Index(head, "BEFORE"))
	}
	if err := markdownTable(w, g); err != nil {
		return err
	}
	if more := len(p.checks) - len(shown); more > 0 {
		writeMarkdown(w, "", fmt.Sprintf("… and %d more.", more))
	}
	for _, text := range append(slices.Clone(p.why), remedies(judgedOnly(shown), "--max")...) {
		writeMarkdown(w, "", text)
	}
	if err := markdownTable(w, p.changes); err != nil {
		return err
	}
	for _, text := range p.asides {
		writeMarkdown(w, "", text)
	}
	return nil
}

// changed are the figures that have changed since the baseline, before and after.
func (g *Gated) changed() *grid {
	x := newIndex(g.Result)
	t := newGrid("CHANGED", "ALTERNATIVE", "BEFORE → AFTER").text(2)
	for _, c := range g.changes() {
		if c.decided {
			t.row(shorten(clean(c.metric.String()), mostOf), shorten(clean(c.alternative), mostOf), x.arrow(c))
		}
	}
	return t
}

// markdownTable writes a table without the padding that makes its source even: reports have a limit of bytes.
// One without rows is not written.
func markdownTable(w io.Writer, g *grid) error {
	if g == nil || len(g.rows) == 0 {
		return nil
	}
	g.escape = escapeMarkdown
	out := bufio.NewWriter(w)
	line := func(cells []string) { out.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(g.escapedHead())
	aligned := make([]string, len(g.head))
	for i := range aligned {
		aligned[i] = ":--"
		if g.figures[i] {
			aligned[i] = "--:"
		}
	}
	line(aligned)
	for _, row := range g.rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = g.escaped(c.text)
		}
		line(cells)
	}
	out.WriteByte('\n')
	return out.Flush()
}
