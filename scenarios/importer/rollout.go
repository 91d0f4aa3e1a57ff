package importer

import (
	"strings"

	"stickysim/scenarios/importer/ir"
)

// planned writes what the configuration says about planned changes: the autoscaler, and entries of a timeline as comments.
func (w *writer) planned(p *ir.Pool) {
	w.scaling(p.Scaling)
	switch {
	case p.Rollout != nil:
		w.line("")
		w.line("# To see what a new version costs, remove the # from these lines:")
		w.line("# timeline:")
		w.line("#   - {at: 30m, deploy: {%s}}", deployment(p.Rollout))
		if n := p.Rollout.Evict; n > 0 {
			w.line("#   - {at: 45m, drain: {servers: %d, deadline: %s, replace: true}}   # a machine is emptied", n, span(max(p.Rollout.Drain+p.Rollout.Grace, 1)))
		}
	case p.Drain > 0:
		w.line("")
		w.line("# Servers that leave drain for %s. To see what a deployment costs:", span(p.Drain))
		w.line("# timeline:")
		w.line("#   - {at: 30m, deploy: {strategy: rolling, drain: %s}}", span(p.Drain))
	}
}

// deployment writes the parameters of a deploy entry.
func deployment(r *ir.Rollout) string {
	parts := []string{"strategy: " + r.Strategy}
	if r.Strategy == "rolling" {
		parts = append(parts, "max_surge: "+r.Surge)
	}
	if r.Strategy != "blue_green" {
		parts = append(parts, "max_unavailable: "+r.Unavailable)
	}
	parts = append(parts, "drain: "+span(r.Drain))
	if r.Drain > 0 {
		parts = append(parts, "until_empty: false")
	}
	parts = append(parts, "grace: "+span(r.Grace))
	if r.MinReady > 0 {
		parts = append(parts, "min_ready: "+span(r.MinReady))
	}
	return strings.Join(parts, ", ")
}
