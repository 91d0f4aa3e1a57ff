package yarp

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("yarp/arr-cookie", ArrCookie{defaultAffinity(), Lifetime{}}, affinityDoc("ArrCookie", "ArrCookie",
	"a cookie as Application Request Routing of IIS writes it",
	"The value is SHA-256 of the destination's name in small letters."))

// ArrCookie is a cluster with session affinity ArrCookie.
type ArrCookie struct {
	Affinity `yaml:",inline"`
	Lifetime `yaml:",inline"`
}

// New makes an instance.
func (c ArrCookie) New(env sim.Env) sim.Balancer {
	return &hashedAffinity{newAffinity(c.Affinity, c.TTL, env), func(name string) string {
		return fmt.Sprintf("%X", sha256.Sum256(unicode(strings.ToLower(name))))
	}}
}
