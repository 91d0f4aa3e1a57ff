package importer

import (
	"fmt"
	"strings"

	"stickysim/policies"
	"stickysim/scenarios/importer/ir"
)

// machine writes the settings that every server of a pool has, and a note on which of them are defaults.
func machine(p *ir.Pool) (settings, note string) {
	m := p.Machine
	cores, filled := "cores: 4", "cores and queue are defaults: fill in"
	if m.Cores > 0 {
		cores, filled = fmt.Sprintf("cores: %d", m.Cores), "queue is a default: fill in"
		if m.Speed > 0 && m.Speed != 1 {
			cores += ", speed: " + number(m.Speed)
		}
	}
	if m.StartupMost > 0 {
		cores += fmt.Sprintf(", startup: uniform(%s %s)", span(m.StartupLeast), span(m.StartupMost))
	}
	if slow := m.SlowStart; slow.For > 0 {
		cores += ", slow_start: {for: " + span(slow.For)
		if slow.From > 0 {
			cores += ", from: " + number(100*slow.From) + "%"
		}
		cores += "}"
	}
	return cores + ", queue: 256", filled
}

// names writes the names of servers that are not listed, where the configuration implies them.
func names(p *ir.Pool) string {
	if len(p.Names) == 0 {
		return ""
	}
	list := make([]string, len(p.Names))
	for i, name := range p.Names {
		list[i] = policies.Written(named(name, "unknown"))
	}
	return "names: [" + strings.Join(list, ", ") + "], "
}
