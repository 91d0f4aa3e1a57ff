package scenarios

import (
	"fmt"
	"maps"
	"slices"

	"stickysim/policies"
	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// lintPolicies warns where the fleet and the policies of an alternative do not fit: servers have settings that no policy
// uses, or lack settings that a policy depends on.
func (d *decoder) lintPolicies(a alternative, s *scene) {
	at := a.root.Get("servers")
	var deciding []string
	for _, p := range append([]policy{a.policy}, s.plan.later...) {
		for _, part := range p.parts() {
			deciding = append(deciding, part.Name)
		}
		d.lintFit(a, &p, s.Servers)
		d.lintCanary(&p, &s.Model)
		d.lintGroups(a, &p, s)
	}
	if !slices.ContainsFunc(s.Servers, func(s sim.Server) bool { return s.Info.Weight > 0 && s.Status == sim.Up }) {
		d.warnOf(a, at, noEffect, "no server is up and has a weight, so no new client is sent to any", "give one of them a weight, and status: up")
	}
	slices.Sort(deciding)
	for _, name := range slices.Compact(deciding) {
		d.lintLimits(at, a.name, name, s.Servers)
		d.lintOptions(at, a.name, name, s.Servers)
		d.lintCookieValues(at, a.name, name, s.Servers)
	}
}

// lintFit warns of a product that does not work with the fleet.
func (d *decoder) lintFit(a alternative, p *policy, all []sim.Server) {
	f, ok := p.config.(policies.Fitter)
	if !ok {
		return
	}
	infos := make([]sim.ServerInfo, len(all))
	for i := range all {
		infos[i] = all[i].Info
	}
	if err := f.Fits(infos); err != nil {
		d.warnOf(a, p.at, unfitFleet, p.name+": "+err.Error(), "")
	}
}

// lintLimits warns of limits that the policy called name ignores.
func (d *decoder) lintLimits(n *tree.Node, alternative, name string, all []sim.Server) {
	e, ok := policies.Lookup(name)
	limit := slices.ContainsFunc(all, func(s sim.Server) bool { return s.Info.Limit > 0 })
	if !ok || !limit || e.Doc.Claims.Limit {
		return
	}
	at := n.Get("limit")
	for i := 0; i < len(n.Items) && at == nil; i++ {
		at = n.Items[i].Get("limit")
	}
	d.warn(at, ignored, alternative+": "+name+" ignores limits, so requests beyond them are sent, too",
		"policies of nginx, HAProxy and Caddy enforce limits; queue bounds what a server accepts under every policy")
}

// lintOptions warns of options that a policy cannot read.
func (d *decoder) lintOptions(n *tree.Node, alternative, name string, all []sim.Server) {
	e, _ := policies.Lookup(name)
	reader, ok := e.Default.(policies.OptionReader)
	if !ok {
		return
	}
	for i := range all {
		for _, key := range slices.Sorted(maps.Keys(all[i].Info.Options)) {
			if err := reader.CheckOption(key, all[i].Info.Options[key]); err != nil {
				d.warn(n, ignored, fmt.Sprintf("%s: server %s: option %s has no effect: %v", alternative, quote(all[i].Info.Name), key, err), name+" takes its default for it")
				return
			}
		}
	}
}

// lintCookieValues warns of servers that a policy cannot distinguish: all without a value, or all with the same.
func (d *decoder) lintCookieValues(n *tree.Node, alternative, name string, all []sim.Server) {
	e, _ := policies.Lookup(name)
	valuer, ok := e.Default.(policies.CookieValuer)
	if !ok {
		return
	}
	values, active := map[string]bool{}, 0
	for i := range all {
		values[valuer.CookieValue(&all[i].Info)] = true
		if !all[i].Info.Backup { // which may have the value of the server it replaces
			active++
		}
	}
	switch {
	case active < 2 || len(values) > 1:
	case values[""]:
		d.warn(n, neverSticky, alternative+": no server has a cookie value, so "+name+" is not sticky",
			valuer.CookieValueHint()+", or servers: {count: 5}, whose names are their values")
	default:
		d.warn(n, neverSticky, alternative+": all servers have the same cookie value, so "+name+" sends every returning client to the first", valuer.CookieValueHint())
	}
}

// lintCanary warns of a canary group without servers.
func (d *decoder) lintCanary(p *policy, m *sim.Model) {
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
			d.warn(p.at.Get("servers").Items[i], unknownServer, "no server is called "+quote(name)+didYouMean(name, known), "known: "+clipList(known))
		}
	}
	switch {
	case c.Zone >= 0 && !m.Inhabited(c.Zone):
		d.warn(p.at.Get("zone"), noEffect, fmt.Sprintf("no server is in zone %d", c.Zone), "servers: {zones: 3} has zones 0, 1 and 2")
	case c.Zone < 0 && len(c.Servers) == 0:
		d.warn(p.at, noEffect, "no server is a canary, so all are stable", "write servers: ["+known[len(known)-1]+"]")
	}
}

// lintGroups warns of groups without servers, and of servers that are in none of the groups.
func (d *decoder) lintGroups(a alternative, p *policy, s *scene) {
	c, ok := p.config.(interface {
		Parse() ([]policies.Group, error)
	})
	if !ok {
		return
	}
	groups, _ := c.Parse()
	at, example := p.at.Get("groups"), "groups: [a=9, b=1]"
	if _, weighted := c.(policies.Weighted); !weighted {
		at, example = p.at.Get("parts"), `parts: ["10% a", "* b"]`
	}
	if len(groups) == 0 {
		d.warn(p.at, noEffect, "there are no groups, so all servers are one", "name groups, such as "+example+", and give servers options: {group: a}")
		return
	}
	filled := map[string]bool{}
	for i := range s.Servers {
		info := &s.Servers[i].Info
		own := info.Options[policies.GroupOption]
		filled[own] = true
		if !slices.ContainsFunc(groups, func(g policies.Group) bool { return g.Name == own }) {
			d.warnOf(a, at, noEffect, "server "+quote(info.Name)+" is in none of the groups and gets no requests", "write options: {group: "+groups[0].Name+"} for it")
			return
		}
	}
	for i, g := range groups {
		if !filled[g.Name] {
			where := at
			if len(at.Items) == len(groups) {
				where = at.Items[i]
			}
			d.warnOf(a, where, noEffect, "no server is in group "+quote(g.Name), "write options: {group: "+g.Name+"} for its servers")
		}
	}
}
