package haproxy

import (
	"stickysim/policies"
	"stickysim/sim"
)

// StaticRR is `balance static-rr`: servers in turn over a fixed table.
type StaticRR struct {
	Options `yaml:",inline"`
}

// New makes an instance.
func (c StaticRR) New(env sim.Env) sim.Balancer {
	return newBackend(c.Options, &staticRR{}, env)
}

var _ = policies.Register("haproxy/static-rr", StaticRR{DefaultOptions()}, policies.Doc{
	Summary: "HAProxy's static weighted round robin",
	Detail:  "Servers take turns over a table filled in proportion to the configured weights, which cannot change while it runs.",
	Source:  "HAProxy 2.6 src/lb_map.c",
	Claims:  policies.Claims{Uniform: true, Weighted: true, StrictTurn: true, Limit: true},
})

type staticRR struct{ slots }

func (*staticRR) traits() traits { return traits{turns: true, blocks: true, table: true} }

func (r *staticRR) pick(b *backend, _ *sim.Request, v *sim.View, avoid sim.ServerID) sim.ServerID {
	return r.next(b, v, avoid)
}
