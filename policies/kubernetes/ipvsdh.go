package kubernetes

import (
	"fmt"
	"net/netip"

	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("kubernetes/ipvs-dh", IPVSDestinationHashing{Service: "10.96.0.10"}, policies.Doc{
	Summary: "a hash of the Service's own address: all connections go to one endpoint (IPVS scheduler dh)",
	Detail:  "Made for caches behind many addresses; a Service has one, so one of its endpoints does all the work." + refuseNote + ipvsNote,
	Source:  virtualIPs + "; " + ipvsSource + "dh.c",
	Claims:  policies.Claims{Refuses: true},
})

// IPVSDestinationHashing is scheduler dh.
type IPVSDestinationHashing struct {
	Service string `yaml:"service_address" doc:"address of the Service that clients connect to"`
	IPVS    `yaml:",inline"`
}

// Validate checks the address.
func (c IPVSDestinationHashing) Validate() error {
	if _, err := netip.ParseAddr(c.Service); err != nil {
		return fmt.Errorf("service_address: must be an IP address, got %.40q", c.Service)
	}
	return nil
}

// New makes an instance.
func (c IPVSDestinationHashing) New(env sim.Env) sim.Balancer {
	service, _ := netip.ParseAddr(c.Service)
	a := sim.AddrFrom(service)
	return c.new(&ipvsDestinationHashing{service: hash32(fold(&a), hashBits)}, env)
}

type ipvsDestinationHashing struct {
	places  [1 << hashBits]sim.ServerID
	service uint32
}

func (p *ipvsDestinationHashing) rebuild(_ *sim.View, destinations []sim.ServerID) {
	deal(p.places[:], destinations, func(sim.ServerID) int { return 1 })
}

func (p *ipvsDestinationHashing) schedule(q *sim.Request, v *sim.View) sim.ServerID {
	s := open(p.places[p.service], q, v)
	q.Why = sim.NotSticky
	return s
}
