package scenarios

import "stickysim/scenarios/internal/tree"

// policyChange is the timeline's `policy`: from then on every balancer works by another policy. What the old one kept is
// lost, what clients carry is not; cookies that the new policy does not understand count as forged.
var policyChange = field[event]{
	key: "policy", doc: "every balancer goes over to another policy; its tables are lost, clients keep their cookies",
	schema: schema{"$ref": "#/$defs/policy"},
	read:   func(d *decoder, n *tree.Node, e *event) { e.policy, _ = d.policyOf(n) },
}
