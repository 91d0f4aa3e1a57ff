package apache

import (
	"stickysim/policies"
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

// methods lists the lbmethods by name.
func newMethod(name string) method {
	switch name {
	case "bybusyness":
		return &byBusyness{}
	case "bytraffic":
		return byTraffic{}
	default:
		return &byRequests{}
	}
}

type byRequests struct{ total int }

func (r *byRequests) better(m, best *member, _ *sim.View) bool {
	m.status += m.factor
	r.total += m.factor
	return best == nil || m.status > best.status
}

func (r *byRequests) elected(m *member) {
	m.status -= r.total
	r.total = 0
}
