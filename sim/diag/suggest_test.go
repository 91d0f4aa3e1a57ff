package diag

import (
	"strings"
	"testing"
)

func TestSuggest(t *testing.T) {
	known := []string{"count", "speed", "weight", "workers", "zone", "cv"}
	for _, c := range []struct{ word, want string }{
		{"wieght", "weight"}, {"Weight", "weight"}, {"worker", "workers"}, {"zon", "zone"}, {"cvs", "cv"},
		{"banana", ""}, {"", ""}, {strings.Repeat("weight", 50), ""},
	} {
		if got := Suggest(c.word, known); got != c.want {
			t.Errorf("Suggest(%q) = %q, want %q", c.word, got, c.want)
		}
	}
	if got := Suggest("bat", []string{"cat", "hat"}); got != "cat" {
		t.Errorf("a tie gave %q, want the first", got)
	}
	if d := distance("kitten", "sitting"); d != 3 {
		t.Errorf("distance(kitten, sitting) = %d, want 3", d)
	}
}
