package scenarios

import (
	"cmp"
	"fmt"
	"slices"

	"stickysim/policies"
	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// suited warns where the fleet and the policies of an alternative do not go together: servers say what no policy looks
// at, or not what a policy goes by.
func (d *decoder) suited(a alternative, s *scene) {
	m := &s.Model
	at := a.root.Get("servers")
	var deciding []string
	for _, p := range append([]policy{a.policy}, s.plan.later...) {
		deciding = append(deciding, p.parts()...)
		d.canaries(&p, m)
	}
	if !slices.ContainsFunc(m.Servers, func(s sim.Server) bool { return s.Info.Weight > 0 }) {
		d.warn(at, "no-effect", a.name+": all servers have weight 0, so nobody new is sent to any", "give one of them a weight")
	}
	slices.Sort(deciding)
	for _, name := range slices.Compact(deciding) {
		d.limited(at, a.name, name, m.Servers)
		d.marked(at, a.name, name, m.Servers)
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

// marks are the policies whose product knows a server by a value of its own in the configuration, and binds nobody to a
// server without one.
var marks = map[string]struct {
	of   func(i *sim.ServerInfo) string
	hint string
}{
	"haproxy/cookie": {func(i *sim.ServerInfo) string { return i.Cookie }, "write cookie: NAME for each server"},
	"apache/stickysession": {func(i *sim.ServerInfo) string { return cmp.Or(i.Options["route"], i.Cookie) },
		"write options: {route: NAME} for each server"},
}

// marked warns of servers that a policy cannot tell apart: all without a value, or all with the same.
func (d *decoder) marked(n *tree.Node, alternative, name string, all []sim.Server) {
	mark, ok := marks[name]
	if !ok {
		return
	}
	values, active := map[string]bool{}, 0
	for i := range all {
		values[mark.of(&all[i].Info)] = true
		if !all[i].Info.Backup { // which may have the value of the server it stands in for
			active++
		}
	}
	switch {
	case active < 2 || len(values) > 1:
	case values[""]:
		d.warn(n, "never-sticky", alternative+": no server has a value for cookies, so "+name+" binds nobody",
			mark.hint+", or servers: {count: 5}, which go by their names")
	default:
		d.warn(n, "never-sticky", alternative+": all servers have the same value for cookies, so "+name+" sends whoever has one to the first", mark.hint)
	}
}

// canaries warns of a canary group that names nobody.
func (d *decoder) canaries(p *policy, m *sim.Model) {
	c, ok := p.config.(policies.Canary)
	if !ok {
		return
	}
	known := make([]string, len(m.Servers))
	for i := range m.Servers {
		known[i] = m.Servers[i].Info.Name
	}
	for i, name := range c.Servers {
		if !slices.Contains(known, name) {
			d.warn(p.at.Get("servers").Items[i], "unknown-server", "no server is called "+quote(name)+didYouMean(name, known), "known: "+clipList(known))
		}
	}
	switch {
	case c.Zone >= 0 && !inhabited(m, c.Zone):
		d.warn(p.at.Get("zone"), "no-effect", fmt.Sprintf("no server is in zone %d", c.Zone), "servers: {zones: 3} has zones 0, 1 and 2")
	case c.Zone < 0 && len(c.Servers) == 0:
		d.warn(p.at, "no-effect", "no server is a canary, so all are stable", "write servers: ["+known[len(known)-1]+"]")
	}
}
