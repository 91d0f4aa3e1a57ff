package all

import (
	"testing"

	"stickysim/policies"
	"stickysim/policies/policytest"
)

// Every registered policy keeps the contract and its own claims.
func TestPolicies(t *testing.T) {
	for _, e := range policies.All() {
		t.Run(e.Name, func(t *testing.T) {
			for _, v := range policytest.Check(e) {
				t.Error(v)
			}
		})
	}
}
