package sim

import (
	"fmt"

	"stickysim/sim/rng"
)

// PolicyChange gives every balancer policy number Action.Servers of Model.Later: tables are lost, clients keep their
// cookies. A cookie that the new policy does not understand counts as forged.
var PolicyChange = registerAction(&ActionKind{
	Name: "policy", Also: []string{"switch", "migration", "change-policy"}, Doc: "every balancer changes to another policy; its tables are lost, clients keep their cookies",
	Policy: true,
	check: func(m *Model, a *Action) error {
		if a.Servers < 0 || a.Servers >= len(m.Later) {
			return fmt.Errorf("changes to policy %d of %d", a.Servers, len(m.Later))
		}
		return nil
	},
	once: func(r *run, a *Action, _ rng.Key) { r.changePolicy(r.m.Later[a.Servers]) },
})
