package diag

import (
	"slices"
	"strings"
)

// People look for things under other names than a program has for them: redis for a store, p2c for two-choices. Whoever
// registers a name says which; Suggest and the explanations of words know them all.

var (
	others = map[string][]string{} // other words, by name
	said   []pair                  // the same, as they were declared
)

// pair is a name, and another word for it.
type pair struct{ name, word string }

// Also declares other words for a name. It is called while packages are initialised. It returns the name.
func Also(name string, words ...string) string {
	for _, w := range words {
		if !slices.Contains(others[name], w) {
			others[name] = append(others[name], w)
			said = append(said, pair{name, w})
		}
	}
	return name
}

// Others are the other words declared for a name.
func Others(name string) []string { return slices.Clone(others[name]) }

// Meant are the names that a word is another word for, in any spelling of it: with capitals, or joined otherwise.
func Meant(word string) []string {
	var names []string
	for _, s := range said {
		if fold(s.word) == fold(word) {
			names = append(names, s.name)
		}
	}
	return names
}

// fold makes least_conn, leastConn and least-conn one word.
func fold(word string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_ ./", r) {
			return -1
		}
		return r
	}, strings.ToLower(word))
}
