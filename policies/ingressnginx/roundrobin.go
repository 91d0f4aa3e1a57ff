package ingressnginx

import (
	"slices"

	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("ingress-nginx/round-robin", RoundRobin{}, policies.Doc{
	Summary: "ready pods in turn from a random start, the default",
	Source:  luaSource + "/round_robin.lua; openresty/lua-resty-balancer lib/resty/roundrobin.lua",
	Claims:  policies.Claims{Uniform: true, StrictTurn: true},
})

// RoundRobin is an Ingress without affinity or hashing. Pods have no weights.
type RoundRobin struct{}

// New makes an instance.
func (RoundRobin) New(env sim.Env) sim.Balancer { return &roundRobin{turn: env.Rand.Uint64() >> 1} }

type roundRobin struct {
	retries
	turn uint64
}

// Pick implements [sim.Balancer].
func (p *roundRobin) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	for range v.Eligible {
		p.turn++
		if s := v.Eligible[p.turn%uint64(len(v.Eligible))]; !slices.Contains(q.Tried, s) {
			return s
		}
	}
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	return v.Eligible[p.turn%uint64(len(v.Eligible))]
}
