package policies

import "stickysim/sim"

var _ = Register("least-sessions", LeastSessions{}, Doc{
	Summary: "the server with the fewest clients per weight",
	Also:    []string{"least-clients"},
	Detail: "Meant as `balance` of a sticky policy: a new client goes to the server with the fewest clients. A client counts from " +
		"its first answer, so clients that arrive within one response time see the same counts. Ties are broken at random, in " +
		"proportion to weight. O(log servers).",
	Source: "textbook",
	Claims: Claims{Uniform: true},
})

// LeastSessions picks the server with the fewest clients per weight.
//
// Freshness: clients are counted by this instance, as of their last answered request.
type LeastSessions struct{}

// New makes an instance.
func (LeastSessions) New(sim.Env) sim.Balancer { return &leastSessions{} }

type leastSessions struct{ loads loadIndex }

// Reads implements [sim.Reader].
func (p *leastSessions) Reads() sim.Needs { return sim.NeedsDraw }

// Rebuild implements [sim.Rebuilder].
func (p *leastSessions) Rebuild(v *sim.View) { p.loads.rebuild(v.Sessions, v) }

// Held implements [sim.SessionWatcher].
func (p *leastSessions) Held(s sim.ServerID, v *sim.View) { p.loads.moved(s, v.Sessions, v) }

// Pick implements [sim.Balancer].
func (p *leastSessions) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	return p.loads.pick(v.Sessions, q, v)
}
