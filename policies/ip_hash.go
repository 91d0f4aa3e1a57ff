package policies

import (
	"stickysim/sim"
	"stickysim/sim/rng"
)

var _ = Register("ip-hash", IPHash{Prefix: 24}, Doc{
	Summary: "hash of the client's network, modulo the usable servers",
	Also:    []string{"source", "source-ip", "src", "client-ip", "iphash", "ClientIP", "sessionAffinity"},
	Detail: "Keeps no table, so all instances agree once they see the same servers. Clients of one network share a server. " +
		"Any change of the usable servers remaps most clients: 1-1/n when one of n leaves. Weights are ignored. O(1).",
	Source: "textbook; prefix 24 as nginx ip_hash",
	Key:    KeyAddress,
	Claims: Claims{Uniform: true, Sticky: true},
})

// IPHash hashes the client's network modulo the list of usable servers.
type IPHash struct {
	Prefix int `yaml:"prefix" check:"min=1,max=32" doc:"leading bits of an IPv4 address that are hashed; IPv6 addresses are hashed whole"`
}

// New makes an instance.
func (c IPHash) New(env sim.Env) sim.Balancer {
	return &ipHash{seed: hashSeed(env, "ip-hash"), shift: 32 - c.Prefix}
}

type ipHash struct {
	seed  rng.Key
	shift int
}

// Reads implements [sim.Reader].
func (p *ipHash) Reads() sim.Needs { return sim.NeedsAddr }

// Repeats implements [sim.Repeater].
func (p *ipHash) Repeats() bool { return true }

// Pick implements [sim.Balancer].
func (p *ipHash) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	network := uint64(q.Addr.V4() >> p.shift)
	if !q.Addr.Is4() {
		network = q.Addr.Hash64()
	}
	return modulo(p.seed.At(network).Uint64(), q, v)
}
