package apache

import (
	"stickysim/policies"
	"stickysim/sim"
)

// ByBusyness elects the usable member with the fewest requests in flight from this balancer; among equals the one
// byrequests would prefer.
type ByBusyness struct{}

// New makes an instance.
func (ByBusyness) New(env sim.Env) sim.Balancer { return newBalancer("bybusyness", env) }

var _ = policies.Register("apache/bybusyness", ByBusyness{}, policies.Doc{
	Summary: "fewest requests in flight, ties by byrequests' credit",
	Source:  "httpd.apache.org mod_lbmethod_bybusyness; modules/proxy/balancers/mod_lbmethod_bybusyness.c",
	Claims:  policies.Claims{Sample: -1},
})
