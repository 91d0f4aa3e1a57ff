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
