package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// listing is how a list of built-in things is printed: a line each that fits the terminal, whole, or as JSON.
type listing struct {
	format string
	wide   bool
}

func (o *listing) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.format, "format", "table", "output `format`: table, json (json has everything)")
	c.Flags().BoolVar(&o.wide, "wide", false, "do not shorten descriptions to the width of the terminal")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))
}

// print prints rows, of which the last cell may be shortened, under a heading; or all as JSON.
func (o *listing) print(s *streams, heading []string, rows [][]string, all any) error {
	switch o.format {
	case "json":
		e := json.NewEncoder(s.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", " ")
		return e.Encode(all)
	case "table":
	default:
		return usagef("unknown format %q%s", o.format, didYouMean(o.format, []string{"table", "json"}))
	}
	rows = slices.Concat([][]string{heading}, rows)
	last := len(heading) - 1
	widths := make([]int, last)
	const widest = 30 // columns of a cell; what is longer takes room from its description
	for _, row := range rows {
		for i := range widths {
			widths[i] = max(widths[i], min(utf8.RuneCountInString(row[i]), widest))
		}
	}
	left := s.columnsUpTo(1000)
	for _, w := range widths {
		left -= w + 2
	}
	for _, row := range rows {
		var line strings.Builder
		room := left
		for i, w := range widths {
			fmt.Fprintf(&line, "%-*s  ", w, row[i])
			room -= max(utf8.RuneCountInString(row[i])-w, 0)
		}
		text := row[last]
		if !o.wide {
			text = clip(text, max(room, 10))
		}
		if _, err := fmt.Fprintln(s.out, strings.TrimRight(line.String()+text, " ")); err != nil {
			return err
		}
	}
	return nil
}
