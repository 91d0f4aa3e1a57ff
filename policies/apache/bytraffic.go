package apache

import (
	"stickysim/policies"
	"stickysim/sim"
)

// ByTraffic elects the usable member with the least traffic so far in proportion to its loadfactor, the first of
// equals. Traffic is counted in answered requests, as if all were of one size.
type ByTraffic struct{}

// New makes an instance.
func (ByTraffic) New(env sim.Env) sim.Balancer { return newBalancer("bytraffic", env) }

var _ = policies.Register("apache/bytraffic", ByTraffic{}, policies.Doc{
	Summary: "least traffic per loadfactor, with requests of equal size",
	Detail:  "Traffic counts when a request is answered, so requests that arrive together go to the same member.",
	Source:  "httpd.apache.org mod_lbmethod_bytraffic; modules/proxy/balancers/mod_lbmethod_bytraffic.c",
})

type byTraffic struct{}

func (byTraffic) better(m, best *member, _ *sim.View) bool {
	return best == nil || float64(m.answers)/float64(m.factor) < float64(best.answers)/float64(best.factor)
}

func (byTraffic) elected(*member) {}
