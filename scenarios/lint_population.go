package scenarios

import (
	"slices"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// lintState warns of a place for session state where no population has any, or has clients that cannot name theirs.
func (d *decoder) lintState(a alternative, s *scene) {
	stateful := func(p sim.Population) bool { return p.Stateful }
	if at := a.root.Get("state"); at != nil && s.State.Kind != sim.NoState && !slices.ContainsFunc(s.Populations, stateful) {
		d.warn(at, noEffect, "has no effect: no population keeps session state, so no session can be lost", "write state: none, or give a population of workload its state: {size: 10KiB}")
	}
	for i, n := range a.root.Get("workload").Items {
		at := n.Get("cookies")
		if at == nil || i >= len(s.Populations) || s.State.Kind == sim.NoState || s.State.Kind == sim.Token {
			continue
		}
		if p := &s.Populations[i]; p.Stateful && p.Cookies == 0 {
			d.warn(at, contradictory, "contradicts state: without a cookie the application cannot find a session's state again, so every request starts a session and none is lost",
				"write cookies: 100%, or state: none; state: token needs no cookie")
		}
	}
}

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
