package importer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"stickysim/policies"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// unlisted is the size of a fleet whose servers the configuration does not list.
const unlisted = 3

// Fleet is the servers of the pool's scenario: those that the configuration lists, under names and addresses that scenario
// files can have, or as many as it says there are, or a default number. A single entry can stand for several.
func Fleet(p *ir.Pool) []ir.Server {
	if len(p.Servers) == 0 {
		return pods(p)
	}
	var all []ir.Server
	taken := map[string]bool{}
	for _, s := range p.Servers {
		addr := s.Info.Addr
		s.Info.Name = unique(name(s), taken)
		if s.Info.Addr = s.Info.Name; addr != "" {
			s.Info.Addr = named(addr, "unknown")
		}
		all = append(all, s)
	}
	if len(all) > 1 || p.Replicas <= 1 {
		return all
	}
	one := all[0]
	all = slices.Repeat(all, p.Replicas)
	for i := range all {
		all[i].Info.Name = fmt.Sprintf("%s-%d", one.Info.Name, i+1)
		if one.Info.Addr == one.Info.Name {
			all[i].Info.Addr = all[i].Info.Name
		}
	}
	return all
}

// pods are servers that a configuration does not list, as count makes them in a scenario: under names that are their
// addresses and cookie values, too.
func pods(p *ir.Pool) []ir.Server {
	count := p.Replicas
	if count < 1 {
		count = unlisted
	}
	all := make([]ir.Server, count)
	for i := range all {
		name := fmt.Sprintf("server-%d", i+1)
		if p.Replicas > 0 && i < len(p.Names) {
			name = named(p.Names[i], "unknown")
		}
		all[i] = ir.Server{Place: p.Place, Info: sim.ServerInfo{Name: name, Addr: name, Cookie: name, Weight: 1}}
	}
	return all
}

// servers writes the fleet. left says what is different in it.
func servers(p *ir.Pool) (yaml string, left []string) {
	w := &writer{}
	each, note := machine(p)
	switch {
	case len(p.Servers) == 0 && p.Replicas > 0:
		w.line("servers: {count: %d, %s%s}   # %s", p.Replicas, names(p), each, note)
		return w.String(), nil
	case len(p.Servers) == 0:
		w.line("servers: {count: %d, %s}   # default: fill in; the configuration lists none", unlisted, each)
		return w.String(), nil
	case len(p.Servers) > 1 && p.Replicas > len(p.Servers):
		left = append(left, fmt.Sprintf("the configuration says %d servers and lists %d", p.Replicas, len(p.Servers)))
	case len(p.Servers) == 1 && p.Replicas > 1:
		left = append(left, fmt.Sprintf("one entry that stands for %d servers", p.Replicas))
	}
	w.line("x-machine: &machine {%s}   # %s", each, note)
	w.line("servers:")
	for _, s := range Fleet(p) {
		w.server(&s)
	}
	return w.String(), left
}

// server writes a server on a line of its own.
func (w *writer) server(s *ir.Server) {
	parts := []string{"<<: *machine", "name: " + policies.Written(s.Info.Name)}
	if s.Info.Addr != s.Info.Name {
		parts = append(parts, "addr: "+policies.Written(s.Info.Addr))
	}
	switch s.Status {
	case sim.Down:
		parts = append(parts, "status: down")
	case sim.Draining:
		parts = append(parts, "status: drain")
	}
	w.line("  - {%s}", strings.Join(append(parts, settings(s.Info)...), ", "))
}

// settings writes what a server line says beyond name, address and status.
func settings(s sim.ServerInfo) []string {
	var parts []string
	add := func(set bool, format string, args ...any) {
		if set {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(s.Weight != 1, "weight: %d", s.Weight)
	add(s.Backup, "backup: true")
	add(s.Limit > 0, "limit: %d", s.Limit)
	add(s.Number > 0, "number: %d", s.Number)
	add(s.Cookie != "", "cookie: %s", policies.Written(s.Cookie))
	add(s.Zone > 0, "zone: %d", s.Zone)
	var options []string
	for _, key := range slices.Sorted(maps.Keys(s.Options)) {
		options = append(options, policies.Written(key)+": "+policies.Written(s.Options[key]))
	}
	add(len(options) > 0, "options: {%s}", strings.Join(options, ", "))
	return parts
}

// name is the name of a server, or its address.
func name(s ir.Server) string {
	return named(s.Info.Name, named(s.Info.Addr, "server"))
}

// unique makes the names of servers unique.
func unique(name string, taken map[string]bool) string {
	own := name
	for k := 2; taken[own]; k++ {
		own = fmt.Sprintf("%s#%d", name, k)
	}
	taken[own] = true
	return own
}
