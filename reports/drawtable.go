package reports

import (
	"io"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// The columns that tables spend between cells: spaces in text, " | " in Markdown.
const (
	textGap     = 2
	markdownGap = 3
)

// textWidth is how many columns of a terminal a text takes, whatever the locale.
func textWidth(text string) (columns int) {
	for _, r := range text {
		columns += displaywidth.Rune(r)
	}
	return columns
}

// drawText writes a table as kubectl does: columns and no lines. paint colours cells; nil leaves them as they are.
func drawText(w io.Writer, g *grid, paint func(string, tone) string) error {
	var b strings.Builder
	for _, line := range g.lines(paint) {
		b.WriteString(strings.TrimRight(strings.Join(line, strings.Repeat(" ", textGap)), " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// drawMarkdown writes a table in GitHub's Markdown.
func drawMarkdown(w io.Writer, g *grid) error {
	var b strings.Builder
	for i, line := range g.lines(nil) {
		b.WriteString("| " + strings.Join(line, " | ") + " |\n")
		if i == 0 {
			b.WriteString("|" + strings.Join(g.rules(line), "|") + "|\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// rules are what separates the heading from the rows in Markdown: they say how columns align.
func (g *grid) rules(head []string) []string {
	list := make([]string, len(head))
	for i, cell := range head {
		rule := strings.Repeat("-", textWidth(cell)+1)
		if list[i] = ":" + rule; g.figures[i] {
			list[i] = rule + ":"
		}
	}
	return list
}

// lines are the heading and the rows, with every cell as wide as its column.
func (g *grid) lines(paint func(string, tone) string) [][]string {
	widths := g.widths()
	fill := func(i int, text string, tone tone) string {
		space := strings.Repeat(" ", widths[i]-textWidth(text))
		if paint != nil {
			text = paint(text, tone)
		}
		if g.figures[i] {
			return space + text
		}
		return text + space
	}
	lines := [][]string{make([]string, len(g.head))}
	for i, h := range g.head {
		lines[0][i] = fill(i, g.escaped(h), neutral)
	}
	for _, row := range g.rows {
		line := make([]string, len(row))
		for i, c := range row {
			line[i] = fill(i, g.escaped(c.text), c.tone)
		}
		lines = append(lines, line)
	}
	return lines
}
