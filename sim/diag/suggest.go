package diag

import "slices"

// Suggest returns the known word that word most likely stands for, or "" when there is none: one of which it is another
// name (see [Also]), or else the nearest.
//
// Near means at most a third of the word's letters wrong (at least one), counting a wrong, missing, extra or
// swapped letter as one and capitals as equal. Ties go to the word that comes first in known.
func Suggest(word string, known []string) string {
	const longest = 64
	if len(word) > longest {
		return ""
	}
	for _, name := range known {
		if fold(name) == fold(word) {
			return name
		}
	}
	for _, name := range Meant(word) {
		if slices.Contains(known, name) {
			return name
		}
	}
	best, least := "", max(1, len(word)/3)+1
	for _, candidate := range known {
		if len(candidate) > longest {
			continue
		}
		if d := distance(word, candidate); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance is the optimal string alignment distance of a and b: Levenshtein's with swaps of neighbours.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			differ := 1
			if lower(a[i-1]) == lower(b[j-1]) {
				differ = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differ)
			if i > 1 && j > 1 && lower(a[i-1]) == lower(b[j-2]) && lower(a[i-2]) == lower(b[j-1]) {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
