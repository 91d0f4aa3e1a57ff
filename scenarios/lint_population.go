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
	for i, n := range s.sources {
		at := n.Get("cookies")
		if at == nil || s.State.Kind == sim.NoState || s.State.Kind == sim.Token {
			continue
		}
		if p := &s.Populations[i]; p.Stateful && p.Cookies == 0 {
			d.warn(at, contradictory, "contradicts state: without a cookie the application cannot find a session's state again, so every request starts a session and none is lost",
				"write cookies: 100%, or state: none; state: token needs no cookie")
		}
	}
}

// lintAbandon warns of an abandon that nothing follows from: without timeouts there is nothing to abandon, and without a queue
// no client gives up that waits once it is served.
func (d *decoder) lintAbandon(a alternative, s *scene) {
	d.lintAbandoned(a.root.Get("clients").Get("abandon"), s, s.Populations)
	for i, n := range s.sources {
		d.lintAbandoned(n.Get("abandon"), s, s.Populations[i:i+1])
	}
}

func (d *decoder) lintAbandoned(at *tree.Node, s *scene, populations []sim.Population) {
	if at == nil {
		return
	}
	patient := !slices.ContainsFunc(populations, func(p sim.Population) bool { return p.Abandon != sim.Finish && p.Timeout != nil })
	leaves := slices.ContainsFunc(populations, func(p sim.Population) bool { return p.Abandon == sim.LeaveQueue })
	queues := slices.ContainsFunc(s.Servers, func(sv sim.Server) bool { return sv.Discipline == sim.FCFS })
	switch {
	case at.Text == "false":
	case patient:
		d.warn(at, noEffect, "has no effect: no client has a timeout", "write timeout: 5s")
	case leaves && !queues:
		d.warn(at, contradictory, "rules out that a request times out: servers with discipline ps serve all requests at once, and with abandon: true a client whose service has begun waits on", "write abandon: always, or abandon: false")
	}
}

// lintPopulation warns of settings of a population that its other settings make useless.
func (d *decoder) lintPopulation(n *tree.Node, p *sim.Population) {
	if p.Trace != nil {
		for _, key := range []string{"keys", "addresses", "address_change", "requests", "life", "think"} {
			if at := n.Get(key); at != nil {
				d.warn(at, noEffect, "has no effect on a replay: its clients follow the log", "remove it")
			}
		}
	}
	d.lintConnection(n, p)
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

// lintConnection warns of settings of connections that nothing follows from.
func (d *decoder) lintConnection(n *tree.Node, p *sim.Population) {
	if p.Loop != sim.Connection {
		for _, key := range []string{"handshake", "reconnect"} {
			if at := n.Get(key); at != nil {
				d.warn(at, noEffect, "has no effect: clients of this population hold no connection open", "write loop: connection, or remove it")
			}
		}
		return
	}
	if at := n.Get("reconnect"); at != nil && (p.Reconnect == nil || p.Reconnect.Mean() == 0) && p.ReconnectGrowth+p.ReconnectCap.Seconds() > 0 {
		d.warn(at, noEffect, "has no effect: there is no delay that could grow", "write reconnect: {delay: uniform(0s 1s), growth: 2, cap: 30s}")
	}
}
