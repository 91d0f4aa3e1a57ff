package scenarios

import (
	"slices"

	"stickysim/policies"
	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// suited warns where the fleet and the policies of an alternative do not go together: servers say what no policy looks
// at, or not what a policy goes by.
func (d *decoder) suited(a alternative, m *sim.Model) {
	at := a.root.Get("servers")
	var deciding []string
	for _, p := range append([]policy{a.policy}, d.later...) {
		deciding = append(deciding, p.parts()...)
	}
	slices.Sort(deciding)
	for _, name := range slices.Compact(deciding) {
		d.limited(at, a.name, name, m.Servers)
	}
}

// limited warns of limits that the policy called name does not look at.
func (d *decoder) limited(n *tree.Node, alternative, name string, all []sim.Server) {
	e, ok := policies.Lookup(name)
	limit := slices.ContainsFunc(all, func(s sim.Server) bool { return s.Info.Limit > 0 })
	if !ok || !limit || e.Doc.Claims.Limit {
		return
	}
	at := n.Get("limit")
	for i := 0; i < len(n.Items) && at == nil; i++ {
		at = n.Items[i].Get("limit")
	}
	d.warn(at, "ignored", alternative+": "+name+" does not look at limits, so requests beyond them come all the same",
		"policies of nginx, HAProxy and Caddy keep limits; queue bounds what a server takes under every policy")
}
