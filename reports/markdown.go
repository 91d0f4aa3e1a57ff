package reports

import (
	"bufio"
	"cmp"
	"io"
	"strings"

	"stickysim/sim/experiment"
)

var _ = Register(Format{Name: "markdown", Doc: "tables for a pull request or a step summary", Prose: true,
	Write: WriteMarkdown})

// WriteMarkdown writes the report of WriteTable as GitHub's Markdown: for pull requests and step summaries. Names are
// escaped, so that they cannot become markup. Of the options, the name counts.
func WriteMarkdown(w io.Writer, res *experiment.Result, o Options) error {
	out := bufio.NewWriter(w)
	d := compose(res, space{width: mostWidth - 2*2, gap: markdownGap, escape: escapeMarkdown})
	paragraph := func(before, text, after string) {
		if text == "" {
			return
		}
		for i, line := range wrap(escapeMarkdown(text), mostWidth-len(before)-len(after)) {
			if i > 0 {
				out.WriteByte('\n')
			}
			out.WriteString(before + line + after)
		}
		out.WriteString("\n\n")
	}
	paragraph("## ", cmp.Or(clean(o.Name), shorten(d.title, mostWidth/2)), "")
	for _, a := range d.answers {
		paragraph("**", a, "**")
	}
	paragraph("", d.about, "")
	for _, f := range d.facts {
		paragraph("", f, "")
	}
	for _, s := range d.sections {
		paragraph("### ", s.title, "")
		for _, g := range s.tables {
			if err := drawMarkdown(out, g); err != nil {
				return err
			}
			out.WriteByte('\n')
		}
		for _, n := range s.notes {
			paragraph("", n, "")
		}
	}
	for _, t := range d.warnings {
		paragraph("> ", "Warning: "+t, "")
	}
	return out.Flush()
}

// markup is what GitHub's Markdown could take for something else than text.
var markup = strings.NewReplacer(`\`, `\\`, `|`, `\|`, "`", "\\`", `*`, `\*`, `[`, `\[`, `]`, `\]`, `<`, `&lt;`, `>`, `&gt;`,
	`&`, `&amp;`, `~`, `\~`, `#`, `\#`, `@`, "@\u200b", "_", `\_`)

func escapeMarkdown(text string) string { return markup.Replace(text) }
