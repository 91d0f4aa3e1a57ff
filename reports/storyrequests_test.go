package reports

import (
	"testing"

	"stickysim/sim"
)

// The first screen can say of every cause why requests fail of it.
func TestEveryFailureHasWords(t *testing.T) {
	for _, f := range sim.Failures() {
		if failureWords[f.String()] == "" {
			t.Errorf("no words for %s: %s", f, f.Definition())
		}
	}
}
