package haproxy

import (
	"stickysim/policies"
	"stickysim/sim"
)

// Random is `balance random(draws)`: the least loaded of a few servers drawn at random.
type Random struct {
	Options       `yaml:",inline"`
	Draws         int `yaml:"draws" check:"min=1,max=1000" doc:"servers drawn"`
	BalanceFactor int `yaml:"balance_factor" check:"min=0,max=65535" doc:"hash-balance-factor: most load of a server in percent of the mean; 0 = no bound"`
}

// New makes an instance.
func (c Random) New(env sim.Env) sim.Balancer {
	return newBackend(c.Options, &random{ring: newRing(c.BalanceFactor), draws: c.Draws}, env)
}

// Validate refuses bounds HAProxy refuses.
func (c Random) Validate() error {
	return Hashing{HashType: "consistent", BalanceFactor: c.BalanceFactor}.Validate()
}

var _ = policies.Register("haproxy/random", Random{Options: DefaultOptions(), Draws: 2}, policies.Doc{
	Summary: "HAProxy's random choice, the less loaded of two",
	Detail: "Draws points on the consistent hash ring, where servers have nodes by weight, and takes the server with the " +
		"fewest requests per weight; the one drawn last on a tie. The ring is uneven for small weights.",
	Source: "HAProxy 2.6 src/backend.c get_server_rnd",
	Claims: policies.Claims{Limit: true},
})

type random struct {
	*ring
	draws int
}

func (r *random) traits() traits {
	return traits{turns: true, reads: sim.NeedsDraw, counts: r.factor > 0}
}

func (r *random) pick(b *backend, q *sim.Request, v *sim.View, avoid sim.ServerID) sim.ServerID {
	best := r.draw(0, b, q, v, avoid)
	if best < 0 {
		return sim.NoServer
	}
	for i := 1; i < r.draws; i++ {
		s := r.draw(i, b, q, v, avoid)
		fewer := int(v.InFlight[s])*b.srv[best].weight <= int(v.InFlight[best])*b.srv[s].weight
		best += (s - best) * sim.ServerID(one(fewer)) // as likely as not: no branch
	}
	if b.full(v, best) || b.waiting[best] > 0 {
		return sim.NoServer
	}
	return best
}

// draw is the server of draw i; sim.NoServer for each where there is no node.
func (r *random) draw(i int, b *backend, q *sim.Request, v *sim.View, avoid sim.ServerID) sim.ServerID {
	return r.at(b, v, uint32(q.Draw.At(uint64(i)).Uint64()>>32), avoid)
}
