package scenarios

import (
	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// moot warns of settings of a population that come to nothing beside its others.
func (d *decoder) moot(n *tree.Node, p *sim.Population) {
	if p.Trace != nil {
		for _, key := range []string{"keys", "addresses", "address_change", "loop", "requests", "life", "think"} {
			if at := n.Get(key); at != nil {
				d.warn(at, "no-effect", "changes nothing about a replay: its clients do what the log says", "remove it")
			}
		}
	}
	if p.Cookies > 0 {
		return
	}
	const keep = "write cookies: 80%, the share of clients that keep them"
	if at := n.Get("cookie_loss"); at != nil && p.CookieLoss > 0 {
		d.warn(at, "no-effect", "loses cookies of clients who keep none", keep)
	}
	if at := n.Get("forged_cookies"); at != nil && p.Forgers > 0 && p.Forgery == sim.Replayed {
		d.warn(at, "no-effect", "replays a cookie of a population that keeps none", keep)
	}
}
