package reports

import (
	"strconv"
	"strings"
	"unicode"
)

// clean makes a name safe to print on one line: control characters, which could move a terminal's cursor, and line
// breaks become spaces.
func clean(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
}

// shorten keeps the beginning and the end of a text that is wider than n columns, with … between.
func shorten(text string, n int) string { return cut(text, n, 1./3) }

// cut is shorten with a given share of the room for the end.
func cut(text string, n int, end float64) string {
	if textWidth(text) <= n {
		return text
	}
	if n < 1 {
		return ""
	}
	runes := []rune(text)
	tail := int(float64(n-1) * end)
	from, to := 0, len(runes)
	for w := 0; from < len(runes); from++ {
		if w += textWidth(string(runes[from])); w > n-1-tail {
			break
		}
	}
	for w := 0; to > from; to-- {
		if w += textWidth(string(runes[to-1])); w > tail {
			break
		}
	}
	return strings.TrimRight(string(runes[:from]), " ") + "…" + strings.TrimLeft(string(runes[to:]), " ")
}

// shortNames shortens names to n columns so that they stay different: by cutting where they agree, or else by appending
// a number to those that look the same.
func shortNames(names []string, n int) []string {
	out := make([]string, len(names))
	count := map[string]int{}
	for _, end := range []float64{1. / 3, .5, .75, 1} {
		clear(count)
		for i, name := range names {
			out[i] = cut(clean(name), n, end)
			count[out[i]]++
		}
		if len(count) == len(names) {
			return out
		}
	}
	for i, name := range names { // the last attempt kept only the ends
		if count[out[i]] > 1 {
			number := "#" + strconv.Itoa(i+1)
			out[i] = shorten(clean(name), n-len(number)) + number
		}
	}
	return out
}

// units that stay with the number before them when a line is broken.
const units = " % pp µs ms s min h /s B KiB MiB GiB "

// words splits a text at spaces, but not between a number and its unit.
func words(text string) []string {
	var out []string
	for _, w := range strings.Fields(text) {
		if bare := strings.TrimRight(w, ".,;:)"); len(out) > 0 && strings.Contains(units, " "+bare+" ") {
			out[len(out)-1] += " " + w
			continue
		}
		out = append(out, w)
	}
	return out
}

// wrap breaks a text into lines of at most n columns, between words where it can.
func wrap(text string, n int) []string {
	var lines []string
	line := ""
	for _, word := range words(text) {
		word = shorten(word, n)
		if line != "" && textWidth(line)+1+textWidth(word) > n {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
