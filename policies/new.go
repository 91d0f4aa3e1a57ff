package policies

import (
	"fmt"
	"slices"
	"strings"

	"stickysim/sim"
)

// New makes an instance of the named policy with its default parameters. The error lists the known names.
func New(name string, env sim.Env) (sim.Balancer, error) {
	e, ok := Lookup(name)
	if !ok {
		return nil, fmt.Errorf("policy %.40q is unknown (known: %s)", name, strings.Join(Names(), ", "))
	}
	return e.Default.New(env), nil
}

// balances are the policies that can balance inside a sticky one: the textbook policies without a key. The oneof tags
// of the balance parameters say the same.
var balances = []string{"round-robin", "random", "two-choices", "least-connections", "least-sessions"}

// checkBalance is the rule for balance parameters.
func checkBalance(name string) error {
	if !slices.Contains(balances, name) {
		return fmt.Errorf("balance: must be one of %s, got %.40q", strings.Join(balances, ", "), name)
	}
	return nil
}
