package scenarios

import (
	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/dist"
)

var defaultBalancers = sim.Balancers{Count: 1, ConnectTimeout: sim.Second}

var balancers = object[sim.Balancers]{
	at("count", "number of load balancer instances", integer(1, 1024), func(b *sim.Balancers) *int { return &b.Count }),
	at("shared_table", "whether all instances share one routing table", truth(), func(b *sim.Balancers) *bool { return &b.Shared }),
	at("spread", "how requests reach instances: each client uses one instance (client), or each request any (request)",
		choice([]string{"client", "request"}, false, true), func(b *sim.Balancers) *bool { return &b.PerRequest }),
	at("host_timeout", "time to fail on a server whose host is gone and that is not yet marked down: HAProxy's timeout connect, nginx's proxy_connect_timeout", span(0), func(b *sim.Balancers) *sim.Time { return &b.ConnectTimeout }),
	{key: "connect_timeout", doc: "time to fail on a dead server that is not yet marked down, whatever died; default: none where a process crashed, which refuses, and host_timeout where a host did",
		schema: span(0).schema, read: func(d *decoder, n *tree.Node, b *sim.Balancers) {
			b.ConnectTimeout, _ = span(0).read(d, n)
			b.Dead = sim.Silent
		}},
	at("latency", "time that each attempt spends in the balancer and on the network, both ways together; the user waits for it, and it holds a place of a limit (maxconn) meanwhile; no wait counts it; default: 0", seconds(), func(b *sim.Balancers) *dist.Dist { return &b.Latency }),
	at("attempt_timeout", "time limit for a server's answer, after which the balancer ends the attempt and, as its product decides, tries another server: nginx's proxy_read_timeout, HAProxy's timeout server, Envoy's per_try_timeout", word(span(sim.Millisecond), "none", 0), func(b *sim.Balancers) *sim.Time { return &b.AttemptTimeout }),
	at("request_timeout", "time limit for the answer to a request, whatever its attempts: Envoy's route timeout", word(span(sim.Millisecond), "none", 0), func(b *sim.Balancers) *sim.Time { return &b.RequestTimeout }),
	at("queue_timeout", "time limit for a place on a server, where requests wait in the balancer's queue: HAProxy's timeout queue", word(span(sim.Millisecond), "none", 0), func(b *sim.Balancers) *sim.Time { return &b.QueueTimeout }),
	at("redispatch", "further servers that an instance tries when it cannot connect", integer(0, 15), func(b *sim.Balancers) *int { return &b.Redispatch }),
	at("restart", "time between restarts of an instance; a restart loses its table; default: never", recurrence(), func(b *sim.Balancers) *dist.Dist { return &b.Restart }),
}

var passive = object[sim.Passive]{
	at("failures", "consecutive failed attempts that eject a server; 0: never", integer(0, 1e6), func(p *sim.Passive) *int { return &p.Failures }),
	at("eject", "how long it stays ejected", span(1), func(p *sim.Passive) *sim.Time { return &p.Eject }),
}

// The default probes every 5 s and needs 3 failures, as HAProxy counts.
var defaultHealth = sim.Health{Interval: 5 * sim.Second, Timeout: 2 * sim.Second, Fall: 3, Rise: 2, Passive: sim.Passive{Eject: 30 * sim.Second}}

var probing = object[sim.Health]{
	at("interval", "time between probes; 0: balancers detect a change at once; none: they send no probes", word(span(0), "none", sim.Never), func(h *sim.Health) *sim.Time { return &h.Interval }),
	at("timeout", "time after which an unanswered probe has failed", span(0), func(h *sim.Health) *sim.Time { return &h.Timeout }),
	at("interval_from", "whether interval counts from the start of the last probe (Traefik, Caddy, kubelet) or from its end (HAProxy, Envoy), which is later when it times out",
		choice([]string{"start", "end"}, false, true), func(h *sim.Health) *bool { return &h.FromEnd }),
	at("interval_changing", "interval while probes contradict what is believed of the server (HAProxy's fastinter); default: interval", span(sim.Millisecond), func(h *sim.Health) *sim.Time { return &h.Changing }),
	at("interval_down", "interval while the server is down (HAProxy's downinter); default: interval", span(sim.Millisecond), func(h *sim.Health) *sim.Time { return &h.Down }),
	at("connect_timeout", "time after which a probe has failed that cannot connect because the host is gone; default: timeout", span(sim.Millisecond), func(h *sim.Health) *sim.Time { return &h.Connect }),
	at("under_load", "whether probes queue like requests, so that an overloaded server fails them", truth(), func(h *sim.Health) *bool { return &h.UnderLoad }),
	at("refuse", "whether dead servers refuse connections, so that probes fail at once, whatever died; default: a crashed process does, a crashed host does not",
		mapped(truth(), sim.Silent, sim.Refusing), func(h *sim.Health) *sim.Answering { return &h.Dead }),
	at("fall", "consecutive failures to mark a server down", integer(1, 1000), func(h *sim.Health) *int { return &h.Fall }),
	at("rise", "consecutive successes to mark it up", integer(1, 1000), func(h *sim.Health) *int { return &h.Rise }),
	at("passive", "ejection after failed requests", passive.kind(defaultHealth.Passive), func(h *sim.Health) *sim.Passive { return &h.Passive }),
}

// unprobed is the health of servers that are not probed.
var unprobed = sim.Health{Interval: sim.Never, Passive: defaultHealth.Passive}

// health is how balancers detect dead servers. The word oracle means at once; none, that only failed requests show it.
func health() kind[sim.Health] {
	k := word(word(probing.kind(defaultHealth), "oracle", sim.Health{}), "none", unprobed)
	return kind[sim.Health]{schema: k.schema, read: func(d *decoder, n *tree.Node) (sim.Health, bool) {
		h, ok := k.read(d, n)
		if ok && h.Interval > 0 && h.Interval < sim.Millisecond {
			d.fail(n, "out-of-range", "probes at most once a millisecond", "raise interval, or write health: oracle")
			return h, false
		}
		if !ok || h.Interval != sim.Never || n.Kind != tree.Map {
			return h, ok
		}
		for _, f := range probing {
			if at := given(n, f.key); at != nil && f.key != "interval" && f.key != "passive" {
				d.fail(at, "conflict", f.key+" is about probes, and interval is none", "remove "+f.key+", or write an interval such as 5s")
				ok = false
			}
		}
		return h, ok
	}}
}
