package scenarios

import (
	"fmt"

	"stickysim/policies"
	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// addition is what new_servers says of the servers that are added during the run.
type addition struct {
	group
	addrs, cookies []string
}

var additional = append(object[addition]{
	at("names", "names of the servers that are added, in order; default: what servers.names lists behind count, then server-6, server-7, ...", list(label(), 1, maxServers), func(a *addition) *[]string { return &a.names }),
	at("addrs", "their addresses, as many; default: the names", list(label(), 1, maxServers), func(a *addition) *[]string { return &a.addrs }),
	at("cookies", "the values that identify them in cookies or routes, as many; default: the names, where servers have such values", list(label(), 1, maxServers), func(a *addition) *[]string { return &a.cookies }),
}, within(common, func(a *addition) *group { return &a.group })...)

// spareServers gives the servers that are added during the run the identities that the file has for them: those of
// new_servers, or the names of the fleet behind its count.
func (d *decoder) spareServers(a alternative, s *scene) {
	fleet, added := given(a.root, "servers"), given(a.root, "new_servers")
	var own addition
	at := added.Get("names")
	switch {
	case at != nil:
		additional.fields(d, added, &own)
	case fleet != nil && fleet.Kind == tree.Map && fleet.Get("names") != nil:
		at = fleet.Get("names")
		own.names, _ = list(label(), 1, maxServers).read(d, at)
		own.names = own.names[min(len(s.Servers), len(own.names)):]
	}
	for key, values := range [][]string{own.addrs, own.cookies} {
		if values != nil && len(values) != len(own.names) {
			d.fail(added.Get([]string{"addrs", "cookies"}[key]), "out-of-range", fmt.Sprintf("must be as many as the %d names, got %d", len(own.names), len(values)), "")
			return
		}
	}
	if len(own.names) == 0 {
		return
	}
	for i, name := range own.names {
		info := sim.ServerInfo{Name: name, Addr: name}
		if own.addrs != nil {
			info.Addr = own.addrs[i]
		}
		if own.cookies != nil {
			info.Cookie = own.cookies[i]
		}
		s.Spare = append(s.Spare, info)
	}
	all := s.Servers
	for _, info := range s.Spare {
		all = append(all[:len(all):len(all)], sim.Server{Info: info})
	}
	unique(d, at, all)
	d.lintSpare(a, s, at, fleet)
}

// lintSpare reports names that no server can get, and warns of servers without a name that a hash places by name.
func (d *decoder) lintSpare(a alternative, s *scene, at, fleet *tree.Node) {
	room := s.MaxServers - len(s.Servers)
	count := fleet.Get("count")
	switch {
	case room == 0 && count != nil && count.Pos.File == at.Pos.File && len(d.problems.Errors()) == 0:
		d.fail(at, "too-many", fmt.Sprintf("has %d names more than there are servers, and nothing adds servers", len(s.Spare)), "write a larger count, or remove them; an autoscaler, a scale or a deployment adds servers")
	case room > len(s.Spare) && a.policy.config != nil:
		key := policies.Policy{Name: a.policy.name, Config: a.policy.config}.Key()
		if key == policies.KeyAddress || key == policies.KeyHash {
			d.warnOf(a, at, fewNames, fmt.Sprintf("has %d names for servers that are added, of which there can be %d; the others are called server-%d and so on, and policies that hash names or addresses place them by that", len(s.Spare), room, len(s.Servers)+len(s.Spare)+1), "list more names")
		}
	}
}
