package apache

import (
	"stickysim/policies"
	"stickysim/policies/internal/least"
	"stickysim/sim"
)

// ByRequests spreads requests in proportion to loadfactor: smooth weighted round robin over the usable members.
type ByRequests struct{}

// New makes an instance.
func (ByRequests) New(env sim.Env) sim.Balancer { return newBalancer("byrequests", env) }

var _ = policies.Register("apache/byrequests", ByRequests{}, policies.Doc{
	Summary: "smooth weighted round robin by loadfactor (Apache's default)",
	Detail:  "Each pick adds every usable member's loadfactor to its credit, elects the greatest (the first of equals) and takes the total from it.",
	Source:  "httpd.apache.org mod_lbmethod_byrequests; modules/proxy/balancers/mod_lbmethod_byrequests.c",
	Claims:  policies.Claims{Weighted: true, StrictTurn: true},
})

// newMethod makes an lbmethod by name.
func newMethod(name string) method {
	switch name {
	case "bybusyness":
		return &byRequests{least.Turns{Loads: true}} // the load decides first
	case "bytraffic":
		return &byTraffic{}
	default:
		return &byRequests{}
	}
}

type byRequests struct{ turns least.Turns }

func (r *byRequests) fill(candidates []*member, v *sim.View) {
	r.turns.Fill(len(candidates), func(i int) least.Place {
		m := candidates[i]
		return least.Place{Weight: float64(m.factor), Load: r.load(m, v), Credit: float64(m.status)}
	})
}

func (r *byRequests) load(m *member, v *sim.View) int32 {
	if r.turns.Loads {
		return v.InFlight[m.id]
	}
	return 0
}

func (r *byRequests) save(candidates []*member) {
	for i, m := range candidates {
		m.status = int(r.turns.Credit(i))
	}
}

func (r *byRequests) elect() int { return r.turns.Take() }

func (r *byRequests) charge(place, total int) {
	if r.turns.Round(); place >= 0 {
		r.turns.Pay(place, float64(total))
	}
}

func (r *byRequests) follow(place int, m *member, v *sim.View) {
	if r.turns.Loads {
		r.turns.Move(place, v.InFlight[m.id])
	}
}
