package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// The help of every command fits a terminal of 80 columns, and says in one line what the command does.
func TestHelp(t *testing.T) {
	each(newRoot(newStreams(nil, nil, nil)), func(c *cobra.Command) {
		if n := utf8.RuneCountInString(c.Short); n == 0 || n > 66 || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: the short help must be a line of at most 66 characters without a full stop: %q", c.CommandPath(), c.Short)
		}
		var b bytes.Buffer
		c.SetOut(&b)
		if err := c.Help(); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if n := utf8.RuneCountInString(line); n > 80 {
				t.Errorf("%s: %d columns of help: %s", c.CommandPath(), n, line)
			}
		}
	})
}

// On a narrow terminal, help and lists are narrow, too; on a wide one, lists say more.
func TestWidthOfTheTerminal(t *testing.T) {
	text := func(width int, args ...string) []string {
		var out bytes.Buffer
		s := newStreams(strings.NewReader(""), &out, &out)
		s.width = width
		if err := execute(t.Context(), s, args); err != nil {
			t.Fatal(err)
		}
		return strings.Split(out.String(), "\n")
	}
	for _, args := range [][]string{{"validate", "--help"}, {"policies", "list"}, {"scenarios", "list"}, {"explain", "health.fall"}, {"metrics", "show", "latency.p95"}} {
		for _, line := range text(70, args...) {
			if n := utf8.RuneCountInString(line); n > 70 {
				t.Errorf("%v: %d columns: %s", args, n, line)
			}
		}
	}
	if line := text(250, "scenarios", "list")[1]; strings.Contains(line, "…") {
		t.Errorf("shortened although there is room: %s", line)
	}
}
