package diag

import (
	"slices"
	"testing"
)

func TestOtherWords(t *testing.T) {
	Also("test-store", "test redis", "test-cache")
	Also("test-token", "test-cache")
	for _, c := range []struct {
		word  string
		known []string
		want  string
	}{
		{"TestRedis", []string{"local", "test-store"}, "test-store"},
		{"test_redis", []string{"local"}, ""},
		{"test-cache", []string{"test-token", "other"}, "test-token"},
		{"testStore", []string{"test-stone", "test-store"}, "test-store"},
		{"test-stor", []string{"test-store"}, "test-store"},
	} {
		if got := Suggest(c.word, c.known); got != c.want {
			t.Errorf("Suggest(%s, %v) = %q, want %q", c.word, c.known, got, c.want)
		}
	}
	if got := Meant("test_cache"); !slices.Equal(got, []string{"test-store", "test-token"}) {
		t.Errorf("test_cache means %v", got)
	}
}
