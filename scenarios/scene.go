package scenarios

import (
	"fmt"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// header are the fields that all alternatives share.
type header struct {
	version                     int
	name, description, question string
	seed                        int
	duration, warmup            sim.Time
	slo                         float64
	autoWarmup, equilibrium     bool
	replications                experiment.Replications
}

var defaultHeader = header{
	version: 1, seed: 1, duration: sim.Hour, autoWarmup: true, equilibrium: true,
	replications: experiment.Replications{Min: 20, Max: 20, Confidence: 0.95},
}

var headerObject = object[header]{
	at("version", "version of the file format", integer(1, 1), func(h *header) *int { return &h.version }),
	at("name", "name of the scenario; default: none", label(), func(h *header) *string { return &h.name }),
	at("description", "description of the scenario; default: none", text(maxText), func(h *header) *string { return &h.description }),
	at("question", "the question it answers; default: none", text(maxText), func(h *header) *string { return &h.question }),
	at("duration", "measured simulated time; default: 1h, or the length of the longest log if all populations are replays", span(sim.Millisecond), func(h *header) *sim.Time { return &h.duration }),
	at("start", "equilibrium: in the middle of the sessions that are active in the long run, as without queueing, with their servers, cookies and state; empty: without any",
		choice([]string{"empty", "equilibrium"}, false, true), func(h *header) *bool { return &h.equilibrium }),
	{key: "warmup", doc: "simulated time before measuring starts; auto: as long as a transient shows in pilot runs. Default: auto, or 0 where all populations are replays",
		schema: word(span(0), "auto", 0).schema, read: func(d *decoder, n *tree.Node, h *header) {
			h.autoWarmup = n.Kind == tree.Scalar && n.Text == "auto"
			h.warmup, _ = word(span(0), "auto", 0).read(d, n)
		}},
	at("slo", "share of requests that must be answered; the rest is the error budget. Default: 99.9%", share(0.5, 0.999999), func(h *header) *float64 { return &h.slo }),
	at("seed", "seed of the random numbers", integer(0, 1<<53), func(h *header) *int { return &h.seed }),
	at("replications", "number of independent runs of each alternative, or when to stop; default: 20", replications(), func(h *header) *experiment.Replications { return &h.replications }),
	declared[header]("policies", "the alternatives compared; default: round-robin", policiesSchema),
	declared[header]("objectives", "what must hold. Each is a line: METRIC < VALUE, with <, <=, > or >=; METRIC <= policy(NAME).METRIC * 1.1, another alternative's figure times a factor; "+
		"METRIC <= baseline * 1.05, the same figure of the same alternative in the result of gate --baseline. policy(NAME).METRIC judges one alternative, without it all are judged. "+
		"Labels choose a part: sessions.lost{cause=crash}. Default: nothing", objectivesSchema),
	declared[header]("gate", "the alternatives whose objectives can fail a gate; the others are only shown. Default: all", gated().schema),
}

// headerOf reads the fields that all alternatives share.
func (d *decoder) headerOf(root *tree.Node) *header {
	h := defaultHeader
	headerObject.fields(d, root, &h)
	return &h
}

var sequential = object[experiment.Replications]{
	at("min", "fewest replications; default: 10, or max if it is smaller", integer(1, maxReplications), func(r *experiment.Replications) *int { return &r.Min }),
	at("max", "most replications; default: 400 with precision, else min", integer(1, maxReplications), func(r *experiment.Replications) *int { return &r.Max }),
	at("precision", "half-width of the confidence interval of metric at which to stop, relative to its mean; default: min runs, whatever their precision", share(1e-4, 10), func(r *experiment.Replications) *float64 { return &r.Precision }),
	at("metric", "metric whose precision stops the study. Default latency.mean", figure(), func(r *experiment.Replications) *metric.ID { return &r.Metric }),
	at("confidence", "confidence level of all intervals", share(0.5, 0.9999), func(r *experiment.Replications) *float64 { return &r.Confidence }),
	at("controls", "whether control variates take chance out of the figures: what the draws of clients exceed their known means by, which explains much of it. Intervals are narrower, or fewer replications do; where that explains nothing they are a little wider. It takes 20 replications or more", truth(), func(r *experiment.Replications) *bool { return &r.Controls }),
}

// replications is a number, or a mapping that says when to stop.
func replications() kind[experiment.Replications] {
	fixed, stop := integer(1, maxReplications), sequential.kind(experiment.Replications{Confidence: 0.95})
	return kind[experiment.Replications]{schema: either("object", stop.schema, fixed.schema), read: func(d *decoder, n *tree.Node) (experiment.Replications, bool) {
		if n.Kind != tree.Map {
			v, ok := fixed.read(d, n)
			return experiment.Replications{Min: v, Max: v, Confidence: 0.95}, ok
		}
		r, ok := stop.read(d, n)
		switch {
		case r.Min == 0 && r.Max == 0:
			r.Min, r.Max = 10, 400
		case r.Min == 0:
			r.Min = min(10, r.Max)
		case r.Max == 0 && r.Precision > 0:
			r.Max = max(400, r.Min)
		case r.Max == 0:
			r.Max = r.Min
		}
		switch {
		case !ok:
		case r.Min > r.Max:
			d.fail(n, "out-of-range", fmt.Sprintf("has min %d above max %d", r.Min, r.Max), "")
			ok = false
		case r.Precision == 0 && r.Max > r.Min:
			d.fail(n, "missing-field", "has a max above min, so it needs precision, which says when to stop", "write precision: 2%")
			ok = false
		}
		return r, ok
	}}
}

// scene is one alternative: what it may override.
type scene struct {
	sim.Model
	plan    plan
	sources []*tree.Node // where the populations are written
	load    float64      // multiple of the clients
}

var sceneObject = object[scene]{
	needed(declared[scene]("servers", "the fleet of servers; needed", servers().schema)),
	{key: "new_servers", doc: "settings of servers that are added during the run, where they differ from the first server, which gives the defaults", schema: additional.shape(nil), read: func(d *decoder, n *tree.Node, s *scene) {
		s.Template, s.TemplateZone = d.newServer(n), n.Get("zone") != nil
	}},
	at("balancers", "load balancer instances; default: one", balancers.kind(defaultBalancers), func(s *scene) *sim.Balancers { return &s.Balancers }),
	at("health", "how balancers detect dead servers; default: probes every 5 s", health(), func(s *scene) *sim.Health { return &s.Health }),
	{key: "clients", doc: "client timeout and retries, in place of the defaults of the populations' classes, which a population can override; and whose address balancers see", schema: clientsSchema, read: func(d *decoder, n *tree.Node, _ *scene) {
		clientsObject.read(d, n, &clientDefaults{}) // only for problems: sceneOf reads it into every population
	}},
	needed(declared[scene]("workload", "the populations; needed", workloadSchema)),
	at("load", "multiple of the clients of all populations; those of a smaller load are among those of a larger one; default: 1", number(0.001, 1000), func(s *scene) *float64 { return &s.load }),
	at("state", "where session state lives; default: local", state(), func(s *scene) *sim.Placement { return &s.State }),
	at("timeline", "faults, deployments and other changes during the run; default: none", timeline(), func(s *scene) *plan { return &s.plan }),
	at("autoscaler", "changes the size of the fleet; default: none", autoscaler(), func(s *scene) **sim.Autoscaler { return &s.Autoscaler }),
}

// sceneOf reads an alternative: the fleet first, because new servers, timeline and autoscaler refer to it.
func (d *decoder) sceneOf(a alternative, h *header) *scene {
	s := scene{Model: sim.Model{
		Duration: h.duration, Warmup: h.warmup, Equilibrium: h.equilibrium, SLO: h.slo,
		Balancers: defaultBalancers, Health: defaultHealth, State: sim.Placement{Kind: sim.Local},
	}, load: 1}
	if n := given(a.root, "servers"); n != nil {
		s.Servers, _ = servers().read(d, n)
	}
	sceneObject.fields(d.with(s.Servers), a.root, &s)
	if n := given(a.root, "workload"); n != nil {
		clients := a.root.Get("clients")
		if clients != nil && clients.Kind != tree.Map {
			clients = nil
		}
		s.Populations, s.sources = d.workload(n, clients)
		d.see(clients, s.Populations, s.sources)
		d.multiply(n, s.Populations, s.load)
	}
	if a.policy.config != nil {
		s.NewPolicy = a.policy.config.New
	}
	s.Timeline = s.plan.actions
	for i := range s.plan.later {
		s.Later = append(s.Later, s.plan.later[i].config.New)
	}
	s.MaxServers = mostServers(&s.Model)
	d.spareServers(a, &s)
	return &s
}
