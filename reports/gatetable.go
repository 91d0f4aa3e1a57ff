package reports

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"stickysim/sim/experiment"
)

// WriteGate writes what a gate found for a terminal: the verdict first, a row per objective and alternative, what is behind
// the misses, and what would decide the rest.
func WriteGate(w io.Writer, g *Gated, o Options) error {
	out := &textWriter{w: bufio.NewWriter(w), width: o.columns(screenWidth), color: o.Color}
	out.paragraph(g.Summary(), bold+";"+stateLooks[g.State()])
	if g.Result == nil {
		return out.w.Flush()
	}
	out.paragraph(g.conditions(), dim)
	out.w.WriteByte('\n')
	list := g.checks()
	if err := out.checks(list); err != nil {
		return err
	}
	notes := append(g.why(), remedies(judgedOnly(list), "--max")...)
	if g.Before != nil {
		notes = append(notes, g.sinceBefore())
	}
	if notes = append(notes, g.asides(list)...); len(notes) > 0 {
		out.w.WriteByte('\n')
	}
	for _, n := range notes {
		out.paragraph(n, "")
	}
	return out.w.Flush()
}

var (
	stateLooks = [...]string{experiment.NotDecided: yellow, experiment.Met: green, experiment.Missed: red}
	stateTones = [...]tone{experiment.NotDecided: unsure, experiment.Met: good, experiment.Missed: bad}
)

// checks writes a table with the objectives as headings between its rows.
func (t *textWriter) checks(list []check) error {
	g := newGrid("VERDICT", "ALTERNATIVE", "VALUE", "LIMIT", "MARGIN").text(2)
	for _, c := range list {
		row := []cell{{c.sign(), stateTones[c.state]}, {text: c.alternative}, {text: c.value}, {text: c.limit}, {text: c.margin}}
		if !c.counts {
			row[0].tone = faint
		}
		g.rows = append(g.rows, row)
	}
	const indent = "  "
	g.fit(t.width-len(indent), textGap)
	var b bytes.Buffer
	if err := drawText(&b, g, t.paint()); err != nil {
		return err
	}
	lines := strings.SplitAfter(b.String(), "\n")
	t.w.WriteString(indent + t.dress(strings.TrimSuffix(lines[0], "\n"), dim) + "\n")
	for i, c := range list {
		if i == 0 || list[i-1].title != c.title {
			t.paragraph(c.title, "")
		}
		t.w.WriteString(indent + lines[i+1])
	}
	return nil
}

// mostNotPassed is how many scenarios that do not pass are named again below the last.
const mostNotPassed = 20

// WriteOverall writes the verdict over several scenarios in a line, and one for each that does not pass.
func WriteOverall(w io.Writer, list []*Gated, o Options) error {
	out := &textWriter{w: bufio.NewWriter(w), width: o.columns(screenWidth), color: o.Color}
	out.w.WriteByte('\n')
	out.paragraph(overall(list), bold+";"+stateLooks[Overall(list)])
	n := 0
	for _, g := range list {
		if state := g.State(); state != experiment.Met {
			if n++; n <= mostNotPassed {
				out.paragraph("  "+g.Summary(), stateLooks[state])
			}
		}
	}
	if n > mostNotPassed {
		out.paragraph(fmt.Sprintf("  and %d more", n-mostNotPassed), "")
	}
	return out.w.Flush()
}
