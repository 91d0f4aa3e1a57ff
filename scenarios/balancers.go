package scenarios

import (
	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/dist"
)

var defaultBalancers = sim.Balancers{Count: 1, ConnectTimeout: sim.Second}

var balancers = object[sim.Balancers]{
	at("count", "load balancer instances", integer(1, 1024), func(b *sim.Balancers) *int { return &b.Count }),
	at("shared_table", "one routing table for all instances instead of one each", truth(), func(b *sim.Balancers) *bool { return &b.Shared }),
	at("spread", "what is spread over the instances: clients, who stay with one, or requests",
		choice([]string{"client", "request"}, false, true), func(b *sim.Balancers) *bool { return &b.PerRequest }),
	at("connect_timeout", "time lost on a server that is dead and not known to be", span(0), func(b *sim.Balancers) *sim.Time { return &b.ConnectTimeout }),
	at("redispatch", "further servers an instance tries itself when a connection cannot be made", integer(0, 15), func(b *sim.Balancers) *int { return &b.Redispatch }),
	at("restart", "time between restarts of an instance, which lose its table", recurrence(), func(b *sim.Balancers) *dist.Dist { return &b.Restart }),
}

var passive = object[sim.Passive]{
	at("failures", "consecutive failed attempts that eject a server; 0 = off", integer(0, 1e6), func(p *sim.Passive) *int { return &p.Failures }),
	at("eject", "for how long", span(1), func(p *sim.Passive) *sim.Time { return &p.Eject }),
}

// The default probes every 5 s and needs 3 failures, as HAProxy counts.
var defaultHealth = sim.Health{Interval: 5 * sim.Second, Timeout: 2 * sim.Second, Fall: 3, Rise: 2, Passive: sim.Passive{Eject: 30 * sim.Second}}

var probing = object[sim.Health]{
	at("interval", "between probes; 0 = balancers know the truth at once", span(0), func(h *sim.Health) *sim.Time { return &h.Interval }),
	at("timeout", "after which a probe without answer has failed", span(0), func(h *sim.Health) *sim.Time { return &h.Timeout }),
	at("under_load", "probes stand in line like requests, so an overloaded server fails them", truth(), func(h *sim.Health) *bool { return &h.UnderLoad }),
	at("refuse", "dead servers refuse, so probes fail at once", truth(), func(h *sim.Health) *bool { return &h.Refuse }),
	at("fall", "consecutive failures to mark a server down", integer(1, 1000), func(h *sim.Health) *int { return &h.Fall }),
	at("rise", "consecutive successes to mark it up", integer(1, 1000), func(h *sim.Health) *int { return &h.Rise }),
	at("passive", "ejection on failed requests", passive.kind(defaultHealth.Passive), func(h *sim.Health) *sim.Passive { return &h.Passive }),
}

// health is how balancers learn of dead servers; the word oracle means at once.
func health() kind[sim.Health] {
	k := word(probing.kind(defaultHealth), "oracle", sim.Health{})
	return kind[sim.Health]{k.schema, func(d *decoder, n *tree.Node) (sim.Health, bool) {
		h, ok := k.read(d, n)
		if ok && h.Interval > 0 && h.Interval < sim.Millisecond {
			d.fail(n, "out-of-range", "probes at most once a millisecond", "raise interval, or write health: oracle")
			return h, false
		}
		return h, ok
	}}
}
