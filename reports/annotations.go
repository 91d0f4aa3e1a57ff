package reports

import (
	"fmt"
	"io"
	"strings"

	"stickysim/sim/experiment"
)

// mostAnnotations is how many annotations of a kind GitHub shows for a step.
const mostAnnotations = 10

// WriteAnnotations writes a GitHub workflow command for each check that is not met: an error where it counts, a warning where
// its objective only warns, and nothing where the gate does not judge the alternative. Of each kind there are at most ten, of which the last says how many are left out.
func WriteAnnotations(w io.Writer, list []*Gated) error {
	for _, kind := range []string{"error", "warning"} {
		var lines []string
		for _, g := range sorted(list) {
			checks := g.checks()
			for i := range checks {
				if c := &checks[i]; c.state != experiment.Met && (kind == "error" && c.counts || kind == "warning" && c.warns) {
					lines = append(lines, g.annotation(kind, c))
				}
			}
		}
		if more := len(lines) - mostAnnotations + 1; more > 1 {
			lines = append(lines[:mostAnnotations-1], command(kind, "", "stickysim gate", fmt.Sprintf("and %d more", more)))
		}
		for _, line := range lines {
			if _, err := fmt.Fprintln(w, line); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *Gated) annotation(kind string, c *check) string {
	title := clean(g.Name) + ": " + c.title
	text := c.short()
	if c.alternative != "" {
		text = c.alternative + " " + text
	}
	for _, more := range []string{g.because(c), c.remedy("--max"), c.note} {
		if more != "" {
			text += "\n" + more
		}
	}
	return command(kind, g.File, title, text)
}

// command is a workflow command, in which what would end it or one of its properties is escaped.
func command(kind, file, title, text string) string {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	where := "title=" + property.Replace(title)
	if file != "" {
		where = "file=" + property.Replace(file) + "," + where
	}
	return "::" + kind + " " + where + "::" + data.Replace(text)
}
