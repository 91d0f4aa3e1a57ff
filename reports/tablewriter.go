package reports

import (
	"bytes"
	"io"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// The columns that tables spend between cells: spaces in text, " | " in Markdown.
const (
	textGap     = 2
	markdownGap = 3
)

// The locale must not change a byte of the tables: without this, tablewriter asks the environment whether "±" is wide.
func init() { twwidth.SetEastAsian(false) }

// textWidth is how many columns of a terminal a text takes.
func textWidth(text string) int { return twwidth.Width(text) }

// drawText writes a table as kubectl does: columns and no lines. paint colours cells; nil leaves them as they are.
func drawText(w io.Writer, g *grid, paint func(string, tone) string) error {
	var b bytes.Buffer
	err := draw(&b, g, paint, tablewriter.WithRenderer(renderer.NewBlueprint()),
		tablewriter.WithRendition(tw.Rendition{Borders: tw.BorderNone, Symbols: tw.NewSymbols(tw.StyleNone),
			Settings: tw.Settings{Lines: tw.LinesNone, Separators: tw.SeparatorsNone}}),
		tablewriter.WithPadding(tw.Padding{Right: "  ", Overwrite: true}))
	if err != nil {
		return err
	}
	for line := range bytes.Lines(b.Bytes()) {
		if _, err := w.Write(append(bytes.TrimRight(line, " \n"), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// drawMarkdown writes a table in GitHub's Markdown.
func drawMarkdown(w io.Writer, g *grid) error {
	return draw(w, g, nil, tablewriter.WithRenderer(renderer.NewMarkdown()))
}

// draw hands a grid to tablewriter, with everything off that would change the text of cells.
func draw(w io.Writer, g *grid, paint func(string, tone) string, look ...tablewriter.Option) error {
	align := make(tw.Alignment, len(g.head))
	for i, figures := range g.figures {
		align[i] = tw.AlignLeft
		if figures {
			align[i] = tw.AlignRight
		}
	}
	t := tablewriter.NewTable(w, append([]tablewriter.Option{tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone), tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off), tablewriter.WithAlignment(align)}, look...)...)
	t.Header(g.escapedHead())
	for _, row := range g.rows {
		line := make([]string, len(row))
		for i, c := range row {
			line[i] = g.escaped(c.text)
			if paint != nil {
				line[i] = paint(line[i], c.tone)
			}
		}
		if err := t.Append(line); err != nil {
			return err
		}
	}
	return t.Render()
}
