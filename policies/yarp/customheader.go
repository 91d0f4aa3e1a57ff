package yarp

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("yarp/custom-header", CustomHeader{defaultAffinity()}, affinityDoc("CustomHeader", "CustomHeader",
	"a response header holds the destination's name, encrypted, and the client sends it with later requests",
	"Browsers do not do that by themselves: the application's clients have to, for their session."))

// CustomHeader is a cluster with session affinity CustomHeader.
type CustomHeader struct {
	Affinity `yaml:",inline"`
}

// New makes an instance.
func (c CustomHeader) New(env sim.Env) sim.Balancer {
	return &encryptedAffinity{affinity: newAffinity(c.Affinity, 0, env)}
}
