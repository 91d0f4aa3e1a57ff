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

// servers writes the fleet. left says what is missing or different in it.
func servers(p *ir.Pool) (yaml string, left []string) {
	w := &writer{}
	var in []ir.Server
	for _, s := range p.Servers {
		if s.Status == sim.Down {
			left = append(left, fmt.Sprintf("%s is down in the configuration (line %d), and left out", comment(name(s)), s.Line))
			continue
		}
		if s.Status == sim.Draining {
			left = append(left, fmt.Sprintf("%s drains in the configuration (line %d); here it is up", comment(name(s)), s.Line))
		}
		in = append(in, s)
	}
	switch {
	case len(in) == 0 && p.Replicas > 0:
		each, note := machine(p)
		w.line("servers: {count: %d, %s%s}   # %s", p.Replicas, names(p), each, note)
	case len(in) == 0:
		each, _ := machine(p)
		w.line("servers: {count: %d, %s}   # default: fill in; the configuration lists none", unlisted, each)
	case len(in) > 1 && p.Replicas > len(in):
		left = append(left, fmt.Sprintf("the configuration says %d servers and lists %d", p.Replicas, len(in)))
		fallthrough
	default:
		if len(in) == 1 && p.Replicas > 1 {
			left = append(left, fmt.Sprintf("one entry that stands for %d servers", p.Replicas))
		}
		w.list(in, p)
	}
	return w.String(), left
}

// list writes one server per line. A single entry that stands for several servers gets a count.
func (w *writer) list(in []ir.Server, p *ir.Pool) {
	each, note := machine(p)
	w.line("x-machine: &machine {%s}   # %s", each, note)
	w.line("servers:")
	taken := map[string]bool{}
	for _, s := range in {
		parts := []string{"<<: *machine", "name: " + policies.Written(unique(name(s), taken))}
		if s.Info.Addr != "" && s.Info.Addr != s.Info.Name {
			parts = append(parts, "addr: "+policies.Written(named(s.Info.Addr, "unknown")))
		}
		if len(in) == 1 && p.Replicas > 1 {
			parts = append(parts, fmt.Sprintf("count: %d", p.Replicas))
		}
		w.line("  - {%s}", strings.Join(append(parts, settings(s.Info)...), ", "))
	}
}

// settings writes what a server line says beyond name and address.
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
