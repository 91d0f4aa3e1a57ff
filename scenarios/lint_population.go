package scenarios

import (
	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// lintPopulation warns of settings of a population that its other settings make useless.
func (d *decoder) lintPopulation(n *tree.Node, p *sim.Population) {
	if p.Trace != nil {
		for _, key := range []string{"keys", "addresses", "address_change", "loop", "requests", "life", "think"} {
			if at := n.Get(key); at != nil {
				d.warn(at, noEffect, "has no effect on a replay: its clients follow the log", "remove it")
			}
		}
	}
	if p.Cookies > 0 {
		return
	}
	const keep = "write cookies: 80%, the share of clients that keep them"
	if at := n.Get("cookie_loss"); at != nil && p.CookieLoss > 0 {
		d.warn(at, noEffect, "has no effect: no client of this population keeps cookies", keep)
	}
	if at := n.Get("forged_cookies"); at != nil && p.Forgers > 0 && p.Forgery == sim.Replayed {
		d.warn(at, noEffect, "has no effect: no client of this population keeps a cookie that could be replayed", keep)
	}
}
