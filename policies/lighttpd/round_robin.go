package lighttpd

import (
	"stickysim/policies"
	"stickysim/sim"
)

// RoundRobin takes the servers in turn, beginning with the first.
type RoundRobin struct{}

// New makes an instance.
func (RoundRobin) New(env sim.Env) sim.Balancer { return &roundRobin{hosts: newHosts(env), last: -1} }

var _ = policies.Register("lighttpd/round-robin", RoundRobin{}, policies.Doc{
	Summary: "servers in turn",
	Source:  "lighttpd proxy.balance = round-robin; src/gw_backend.c, GW_BALANCE_RR",
	Claims:  policies.Claims{StrictTurn: true},
})

type roundRobin struct {
	hosts
	last int // index of the last server chosen
}

// Pick continues from the last position in the list of servers and skips those that are out.
func (b *roundRobin) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	n := len(v.Members)
	for i := 1; i <= n; i++ {
		at := (b.last + i) % n
		s := v.Members[at]
		if v.Status[s] == sim.Up && v.Weight[s] > 0 && !v.Servers[s].Backup && b.active(s, v) {
			b.last = at
			return s
		}
	}
	// As in lighttpd, the turn starts over when no server was active.
	b.last = -1
	return sim.NoServer
}
