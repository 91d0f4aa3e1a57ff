package lighttpd

import (
	"stickysim/policies"
	"stickysim/policies/internal/least"
	"stickysim/sim"
)

// LeastConnection takes the server with the fewest requests in flight, the first of equals: a fleet without load uses
// only its first server. It is the default; "fair" is its older name.
type LeastConnection struct{}

// New makes an instance.
func (LeastConnection) New(env sim.Env) sim.Balancer { return &leastConnection{hosts: newHosts(env)} }

var _ = policies.Register("lighttpd/least-connection", LeastConnection{}, policies.Doc{
	Summary: "fewest requests in flight, first of equals (lighttpd's default)",
	Source:  "lighttpd proxy.balance = least-connection; src/gw_backend.c, GW_BALANCE_LEAST_CONNECTION",
	Claims:  policies.Claims{Sample: -1},
})

type leastConnection struct {
	hosts
	loads least.Index[sim.ServerID]
}

// Rebuild implements [sim.Rebuilder].
func (b *leastConnection) Rebuild(v *sim.View) {
	b.hosts.Rebuild(v)
	b.loads.Fill(v.Eligible, func(s sim.ServerID) (load, share float64) { return float64(v.InFlight[s]), 1 })
}

// Began implements [sim.Watcher].
func (b *leastConnection) Began(s sim.ServerID, v *sim.View) { b.loads.Move(s, float64(v.InFlight[s])) }

// Calm is part of [sim.Watcher].
func (b *leastConnection) Calm() bool { return false }

// Ended implements [sim.Watcher].
func (b *leastConnection) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	b.Began(s, v)
	b.hosts.Ended(s, o, v)
}

// Pick scans the servers in order while one may be out because of a refused connection.
func (b *leastConnection) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	if v.Now >= b.until && len(v.Eligible) > 0 {
		return b.loads.First()
	}
	best := sim.NoServer
	for _, s := range v.Eligible {
		if (best == sim.NoServer || v.InFlight[s] < v.InFlight[best]) && b.active(s, v) {
			best = s
		}
	}
	return best
}
