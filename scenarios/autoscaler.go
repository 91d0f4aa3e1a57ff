package scenarios

import (
	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// The defaults are those of Kubernetes' horizontal pod autoscaler, with this project's target.
var defaultHPA = sim.Autoscaler{Min: 1, Max: 10, Target: 0.65, Period: 15 * sim.Second, Tolerance: 0.1, Stabilize: 300 * sim.Second, Drain: 300 * sim.Second}

var hpa = object[sim.Autoscaler]{
	{key: "metric", doc: "what is held at the target", schema: schema{"enum": []string{"utilization"}}, read: func(d *decoder, n *tree.Node, _ *sim.Autoscaler) {
		choice([]string{"utilization"}, true).read(d, n)
	}},
	at("target", "wanted mean utilization", share(0.01, 1), func(a *sim.Autoscaler) *float64 { return &a.Target }),
	needed(at("min", "fewest servers", integer(1, maxServers), func(a *sim.Autoscaler) *int { return &a.Min })),
	needed(at("max", "most servers", integer(1, maxServers), func(a *sim.Autoscaler) *int { return &a.Max })),
	at("period", "between decisions", span(sim.Second), func(a *sim.Autoscaler) *sim.Time { return &a.Period }),
	at("tolerance", "deviation from the target that changes nothing", share(0, 1), func(a *sim.Autoscaler) *float64 { return &a.Tolerance }),
	at("stabilize", "window of scale-down stabilisation", span(0), func(a *sim.Autoscaler) *sim.Time { return &a.Stabilize }),
	at("drain", "how long servers that leave drain", span(0), func(a *sim.Autoscaler) *sim.Time { return &a.Drain }),
}

var scalers = object[*sim.Autoscaler]{
	at("hpa", "target tracking as Kubernetes' HPA does it", pointer(hpa.kind(defaultHPA)), func(a **sim.Autoscaler) **sim.Autoscaler { return a }),
}

// autoscaler is {hpa: {...}}, or none.
func autoscaler() kind[*sim.Autoscaler] {
	k := word(scalers.kind(nil), "none", nil)
	return kind[*sim.Autoscaler]{k.schema, func(d *decoder, n *tree.Node) (*sim.Autoscaler, bool) {
		a, ok := k.read(d, n)
		switch {
		case !ok || a == nil:
		case a.Min > a.Max:
			d.fail(n, "out-of-range", "has min above max", "")
			return nil, false
		case len(d.fleet) < a.Min || len(d.fleet) > a.Max:
			d.warn(n, "fleet-outside", "the fleet begins outside min and max", "give servers.count a value between them")
		}
		return a, ok
	}}
}
