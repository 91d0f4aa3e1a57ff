package importer

import (
	"fmt"
	"strings"

	"stickysim/sim"
	"stickysim/sim/hpa"
)

// scaling writes an autoscaler as the configuration has it.
func (w *writer) scaling(a *sim.Autoscaler) {
	if a == nil {
		return
	}
	w.line("")
	w.line("autoscaler:")
	w.line("  hpa:")
	w.line("    {target: %s%%, min: %d, max: %d, period: %s, tolerance: %s, stabilize: %s, drain: %s%s}", number(100*a.Target),
		max(a.Min, 1), max(a.Max, a.Min, 1), span(a.Period), number(a.Tolerance), span(a.Stabilize), span(a.Drain), behavior(a.Behavior))
}

func behavior(b *hpa.Behavior) string {
	if b == nil {
		return ""
	}
	return fmt.Sprintf(",\n    behavior: {scale_up: {%s},\n      scale_down: {%s}}", rules(&b.ScaleUp), rules(&b.ScaleDown))
}

func rules(r *hpa.Rules) string {
	parts := []string{"stabilization: " + span(sim.Time(r.Stabilization))}
	var policies []string
	for _, p := range r.Policies {
		unit := "pods"
		if p.Type == hpa.Percent {
			unit = "percent"
		}
		policies = append(policies, fmt.Sprintf("{%s: %d, period: %s}", unit, p.Value, span(sim.Time(p.Period))))
	}
	if policies != nil {
		parts = append(parts, "policies: ["+strings.Join(policies, ", ")+"]")
	}
	parts = append(parts, "select: "+map[hpa.Select]string{hpa.MaxChange: "max", hpa.MinChange: "min", hpa.Disabled: "disabled"}[r.Select])
	if r.Tolerance != nil {
		parts = append(parts, "tolerance: "+number(*r.Tolerance))
	}
	return strings.Join(parts, ", ")
}
