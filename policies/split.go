package policies

import "stickysim/sim"

var _ = Register("split", Split{A: Named("cookie"), B: Named("round-robin"), Assignment: Assignment{Share: 0.1, By: "session"}}, Doc{
	Summary: "a share of the traffic is routed by another policy over the same servers",
	Also:    []string{"ab", "a/b-test", "traffic-split", "shadow"},
	Detail: "For a gradual move from sticky to stateless: split {a: cookie, b: round-robin, share: 5%} routes 5 % of the sessions " +
		"without stickiness. Both policies see all servers and all attempts. A session's mark is a cookie; clients that keep no " +
		"cookies are assigned again with every request. Costs what the deciding policy costs.",
	Source: "textbook; HAProxy use_backend with rand(), nginx split_clients",
	Key:    KeyCookie,
	Claims: Claims{Uniform: true, Weighted: true},
})

// Split routes a share of the traffic by policy B and the rest by policy A.
type Split struct {
	A          Policy `yaml:"a" check:"policy=single" doc:"policy of the first part"`
	B          Policy `yaml:"b" check:"policy=single" doc:"policy of the second part, whose size is share"`
	Assignment `yaml:",inline"`
}

// New makes an instance.
func (c Split) New(env sim.Env) sim.Balancer {
	p := &split{newPair(c.A, c.B, env), newAssigner(c.Assignment, env)}
	if p.retries() {
		return retryingSplit{p}
	}
	return p
}

type split struct {
	pair
	assigner
}

// retryingSplit is a split of two products with connection retries of their own.
type retryingSplit struct{ *split }

// Retry implements [sim.Retrier].
func (p retryingSplit) Retry(q *sim.Request, s sim.ServerID, o sim.Outcome, v *sim.View) (bool, sim.Time) {
	return p.sides[p.side(q)].Retry(q, s, o, v)
}

// Reads implements [sim.Reader].
func (p *split) Reads() sim.Needs { return p.pair.reads() | p.assigner.reads() }

// Rebuild implements [sim.Rebuilder].
func (p *split) Rebuild(v *sim.View) {
	for i := range p.sides {
		p.sides[i].Rebuild(v)
	}
}

// Pick implements [sim.Balancer].
func (p *split) Pick(q *sim.Request, v *sim.View) sim.ServerID { return p.sides[p.side(q)].Pick(q, v) }

// Answered implements [sim.Binder].
func (p *split) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	p.answered(p.side(q), p.By == "session", q, s, v)
}

// Began implements [sim.Watcher].
func (p *split) Began(s sim.ServerID, v *sim.View) {
	for i := range p.sides {
		p.sides[i].Began(s, v)
	}
}

// Held implements [sim.SessionWatcher].
func (p *split) Held(s sim.ServerID, v *sim.View) {
	for i := range p.sides {
		p.sides[i].Held(s, v)
	}
}

// Ended implements [sim.Watcher].
func (p *split) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	for i := range p.sides {
		p.sides[i].Ended(s, o, v)
	}
}
