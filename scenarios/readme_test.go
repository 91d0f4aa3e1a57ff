package scenarios_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/scenarios"
)

// The scenario of the front page means what it says, with a real log in the place of the reader's.
func TestReadme(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(page), "```yaml\n")
	text, _, closed := strings.Cut(after, "```")
	if !found || !closed {
		t.Fatal("the front page has no scenario")
	}
	log, err := os.ReadFile("../testdata/logs/zanbil_shop_1k.log.gz")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := scenarios.Parse("README.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	study := studyOf(t, spec, fstest.MapFS{"access.log.gz": {Data: log}})
	if n := len(study.Variants); n != 3 {
		t.Errorf("%d alternatives, want 3", n)
	}
}
