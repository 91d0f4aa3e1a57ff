package scenarios

import (
	"stickysim/scenarios/internal/tree"
	"stickysim/sim/dist"
)

// deployable refuses a deployment that is written so that it can never take its first step.
func (d *decoder) deployable(n *tree.Node) bool {
	if n == nil || n.Kind != tree.Map {
		return true
	}
	zero := func(key string, otherwise bool) bool {
		at := n.Get(key)
		if at == nil {
			return otherwise
		}
		v, err := dist.ParsePercent(at.Text)
		return err == nil && v == 0
	}
	kind := n.Get("strategy")
	switch {
	case kind != nil && kind.Text == "blue_green":
	case kind != nil && kind.Text == "in_place" && zero("max_unavailable", true):
		d.fail(n, "conflict", "servers restart in place, so max_unavailable must be at least 1", "write max_unavailable: 1")
		return false
	case (kind == nil || kind.Text == "rolling") && zero("max_surge", false) && zero("max_unavailable", true):
		d.fail(n, "conflict", "can never begin: max_surge and max_unavailable are both 0", "write max_surge: 1")
		return false
	}
	return true
}
