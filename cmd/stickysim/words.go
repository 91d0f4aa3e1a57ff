package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"stickysim/sim/diag"
)

// width is the number of columns that definitions take at most.
const width = 100

// count is "1 server", "2 servers".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// figure prints a number; NaN is n/a.
func figure(format string, v float64) string {
	if math.IsNaN(v) {
		return "n/a"
	}
	return fmt.Sprintf(format, v)
}

// clip shortens text to n columns.
func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}

// wrap breaks text into lines of at most n columns between words.
func wrap(text string, n int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > n {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

// paragraphs breaks a text into lines of at most n columns. An empty line separates paragraphs; one that starts with a
// space or a tab stays as it is.
func paragraphs(text string, n int) string {
	parts := strings.Split(text, "\n\n")
	for i, p := range parts {
		if !strings.HasPrefix(p, " ") && !strings.HasPrefix(p, "\t") {
			parts[i] = strings.Join(wrap(p, n), "\n")
		}
	}
	return strings.Join(parts, "\n\n")
}

// table is a list in columns.
type table struct{ w *tabwriter.Writer }

func newTable(w io.Writer) *table { return &table{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)} }

func (t *table) row(cells ...string) {
	for i := range cells {
		cells[i] = diag.Clean(cells[i])
	}
	fmt.Fprintln(t.w, strings.Join(cells, "\t"))
}

// end prints the table.
func (t *table) end() error { return t.w.Flush() }

// together joins errors. Lists of problems become one list with one count.
func together(failed []error) error {
	var (
		all  diag.List
		list diag.List
	)
	for _, err := range failed {
		if len(failed) == 1 || !errors.As(err, &list) {
			return errors.Join(failed...)
		}
		for _, p := range list.Errors() {
			all.Add(p)
		}
	}
	return all.Err()
}
