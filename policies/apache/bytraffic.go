package apache

import (
	"stickysim/policies"
	"stickysim/policies/internal/least"
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

// byTraffic has no credits.
type byTraffic struct{ least least.Tree }

func (t *byTraffic) fill(candidates []*member, _ *sim.View) {
	t.least.Reset(len(candidates))
	for i, m := range candidates {
		t.least.Enter(i, m.traffic())
	}
	t.least.Build()
}

func (*byTraffic) save([]*member) {}

func (t *byTraffic) elect() int { return t.least.First() }

func (*byTraffic) charge(int, int) {}

func (t *byTraffic) follow(place int, m *member, _ *sim.View) {
	t.least.Set(place, m.traffic())
}

// traffic is what the member has answered for its loadfactor, as a key.
func (m *member) traffic() uint64 { return least.Ordered(float64(m.answers) / float64(m.factor)) }
