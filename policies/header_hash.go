package policies

import (
	"stickysim/sim"
	"stickysim/sim/rng"
)

var _ = Register("header-hash", HeaderHash{}, Doc{
	Summary: "hash of a header or client id, modulo the usable servers",
	Also:    []string{"header", "hdr", "api-key", "user-hash"},
	Detail: "Like ip-hash, but distinguishes clients behind one address. Any change of the usable servers remaps most clients. " +
		"Weights are ignored. O(1).",
	Source: "textbook",
	Key:    KeyHash,
	Claims: Claims{Uniform: true, Sticky: true},
})

// HeaderHash hashes the client's stable key modulo the list of usable servers.
type HeaderHash struct{}

// New makes an instance.
func (HeaderHash) New(env sim.Env) sim.Balancer {
	return &headerHash{hashSeed(env, "header-hash")}
}

type headerHash struct{ seed rng.Key }

// Reads implements [sim.Reader].
func (p *headerHash) Reads() sim.Needs { return sim.NeedsHash }

// Repeats implements [sim.Repeater].
func (p *headerHash) Repeats() bool { return true }

// Pick implements [sim.Balancer].
func (p *headerHash) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	return modulo(p.seed.At(q.Hash).Uint64(), q, v)
}
