package envoy

import (
	"errors"
	"math"

	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("envoy/least-request", LeastRequest{
	ChoiceCount: 2, ActiveRequestBias: 1, Cluster: DefaultCluster(),
}, policies.Doc{
	Summary: "least requests in flight of two random hosts (LEAST_REQUEST)",
	Detail: "Equal weights: choice_count hosts are drawn with replacement, the first of the least loaded wins. Unequal " +
		"weights: turns by weight / (requests + 1)^bias, as known when a host was last taken. O(choices) or O(log hosts).",
	Source: "envoyproxy/envoy source/extensions/load_balancing_policies/least_request/least_request_lb.cc",
	Claims: policies.Claims{Uniform: true, Sample: 2},
})

// LeastRequest is Envoy's LEAST_REQUEST policy. Source: Envoy API v3, load_balancing_policies.least_request.v3.
type LeastRequest struct {
	ChoiceCount       int     `yaml:"choice_count" check:"min=2,max=1000" doc:"hosts drawn to choose from"`
	ActiveRequestBias float64 `yaml:"active_request_bias" check:"min=0" doc:"with unequal weights, how strongly requests in flight lower a host's weight"`
	Cluster           `yaml:",inline"`
}

// Validate refuses a bias that is not finite, and checks the cluster's settings.
func (c LeastRequest) Validate() error {
	if math.IsInf(c.ActiveRequestBias, 0) || math.IsNaN(c.ActiveRequestBias) {
		return errors.New("active_request_bias: must be a finite number")
	}
	return c.Cluster.Validate()
}

func (c LeastRequest) in(cluster Cluster) policies.Config {
	c.Cluster = cluster
	return c
}

// New makes an instance.
func (c LeastRequest) New(env sim.Env) sim.Balancer {
	p := &leastRequest{hosts: newHosts(c.Cluster, env), choices: c.ChoiceCount}
	p.turns = newTurns(env, func(s sim.ServerID, v *sim.View) float64 {
		if c.ActiveRequestBias == 1 {
			return v.Weight[s] / float64(v.InFlight[s]+1)
		}
		return v.Weight[s] / math.Pow(float64(v.InFlight[s]+1), c.ActiveRequestBias)
	})
	p.build = func(v *sim.View) { p.turns.start(p.list, v) }
	return p
}

type leastRequest struct {
	hosts
	turns   turns
	choices int
}

// Reads implements [sim.Reader].
func (p *leastRequest) Reads() sim.Needs { return sim.NeedsDraw }

// Pick implements [sim.Balancer].
func (p *leastRequest) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	p.sync(v)
	if len(p.list) == 0 {
		return sim.NoServer
	}
	for attempt := 0; ; attempt++ {
		s := sim.NoServer
		if p.turns.weighted {
			s = p.turns.take(p.list, v)
		} else {
			s = p.sample(q, attempt, v)
		}
		if !p.again(q, s, attempt) {
			return p.admit(s, v)
		}
	}
}

func (p *leastRequest) sample(q *sim.Request, attempt int, v *sim.View) sim.ServerID {
	draw := q.Draw.At(uint64(attempt))
	best := p.list[draw.At(0).IntN(len(p.list))]
	for i := 1; i < p.choices; i++ {
		if s := p.list[draw.At(uint64(i)).IntN(len(p.list))]; v.InFlight[s] < v.InFlight[best] {
			best = s
		}
	}
	return best
}
