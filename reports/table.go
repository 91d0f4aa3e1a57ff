package reports

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"stickysim/sim/experiment"
)

var _ = Register(Format{Name: "table", Doc: "the answer on one screen, and tables for a terminal", Prose: true, Write: WriteTable})

// Options of text reports. Formats that programs read ignore them.
type Options struct {
	Name      string   // of the result; empty = its scenario's
	Width     int      // columns of the terminal; 0 = 80 for the first screen, 100 for tables; at least 60, at most 100
	Color     bool     // with ANSI colours
	Show      []string // sections after the first screen, from SectionNames; in the report's order, whatever this one
	FileOrder bool     // alternatives in the order of the scenario, instead of best first
}

// Limits of the width of reports: longer lines are hard to read and break in logs.
const (
	leastWidth  = 60
	screenWidth = 80
	mostWidth   = 100
)

// width is for tables.
func (o Options) width() int { return o.columns(mostWidth) }

func (o Options) columns(usual int) int {
	if o.Width <= 0 {
		return usual
	}
	return min(max(o.Width, leastWidth), mostWidth)
}

func (o Options) shows(section string) bool {
	return slices.Contains(o.Show, section) || slices.Contains(o.Show, Everything)
}

// WriteTable writes a result for a terminal: a first screen of at most 25 lines that answers the question, and the sections
// of Options.Show. No line is wider than Options.Width.
func WriteTable(w io.Writer, res *experiment.Result, o Options) error {
	out := &textWriter{w: bufio.NewWriter(w), width: o.columns(screenWidth), color: o.Color}
	x := newIndex(res)
	if err := out.screen(x, o); err != nil {
		return err
	}
	out.width = o.width()
	for _, of := range sections {
		if !o.shows(of.Name) {
			continue
		}
		s, ok := of.add(x, space{width: out.width, gap: textGap})
		if !ok {
			s = section{title: capital(of.Name), notes: []string{"Nothing to show."}}
		}
		if err := out.section(s); err != nil {
			return err
		}
	}
	return out.w.Flush()
}

func (t *textWriter) section(s section) error {
	t.w.WriteByte('\n')
	t.paragraph(s.title, bold)
	for i, g := range s.tables {
		if i > 0 {
			t.w.WriteByte('\n')
		}
		if err := drawText(t.w, g, t.paint()); err != nil {
			return err
		}
	}
	for _, n := range s.notes {
		t.paragraph(n, dim)
	}
	return nil
}

// ANSI codes of the few looks in use.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

type textWriter struct {
	w     *bufio.Writer
	width int
	color bool
}

// paragraph writes a text wrapped to the width; an empty one not at all.
func (t *textWriter) paragraph(text, look string) {
	if text == "" {
		return
	}
	for _, line := range wrap(text, t.width) {
		t.w.WriteString(t.dress(line, look))
		t.w.WriteByte('\n')
	}
}

func (t *textWriter) dress(text, look string) string {
	if !t.color || look == "" || strings.TrimSpace(text) == "" {
		return text
	}
	return "\x1b[" + look + "m" + text + "\x1b[0m"
}

var toneLooks = [...]string{neutral: "", good: green, bad: red, faint: dim, unsure: yellow}

// paint colours cells by their tone; nil without colours.
func (t *textWriter) paint() func(string, tone) string {
	if !t.color {
		return nil
	}
	return func(text string, tone tone) string { return t.dress(text, toneLooks[tone]) }
}
