package lighttpd

import (
	"stickysim/policies"
	"stickysim/sim"
)

// LeastConnection takes the server with the fewest requests in flight, the first of equals: a fleet without load uses
// only its first server. It is the default; "fair" is its older name.
type LeastConnection struct{}

// New makes an instance.
func (LeastConnection) New(env sim.Env) sim.Balancer { return &leastConnection{newHosts(env)} }

var _ = policies.Register("lighttpd/least-connection", LeastConnection{}, policies.Doc{
	Summary: "fewest requests in flight, first of equals (lighttpd's default)",
	Source:  "lighttpd proxy.balance = least-connection; src/gw_backend.c, GW_BALANCE_LEAST_CONNECTION",
	Claims:  policies.Claims{Sample: -1},
})

type leastConnection struct{ hosts }

// Pick scans the servers in order.
func (b *leastConnection) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	best := sim.NoServer
	for _, s := range v.Eligible {
		if (best == sim.NoServer || v.InFlight[s] < v.InFlight[best]) && b.active(s, v) {
			best = s
		}
	}
	return best
}
