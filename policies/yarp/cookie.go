package yarp

import (
	"stickysim/policies"
	"stickysim/policies/internal/cloud"
	"stickysim/sim"
)

var _ = policies.Register("yarp/cookie", Cookie{defaultAffinity(), Lifetime{}}, affinityDoc("Cookie", "Cookie",
	"a cookie holds the destination's name, encrypted",
	"The keys of the encryption are taken to be the same in all proxies; Data Protection has to be configured for that."))

// Cookie is a cluster with session affinity Cookie.
type Cookie struct {
	Affinity `yaml:",inline"`
	Lifetime `yaml:",inline"`
}

// New makes an instance.
func (c Cookie) New(env sim.Env) sim.Balancer {
	return &encryptedAffinity{affinity: newAffinity(c.Affinity, c.TTL, env)}
}

// encryptedAffinity shows keys as the destination's name: the text differs at each encryption.
type encryptedAffinity struct {
	affinity
	cloud.Names
}
