package all

import (
	"testing"

	"stickysim/policies"
)

// Every registered policy has a type of its own, so the type of a configuration tells its name.
func TestNameOf(t *testing.T) {
	for _, e := range policies.All() {
		if got := policies.NameOf(e.Default); got != e.Name {
			t.Errorf("NameOf(default of %s) = %q", e.Name, got)
		}
	}
	if got := policies.NameOf(nil); got != "" {
		t.Errorf("NameOf(nil) = %q, want none", got)
	}
}
