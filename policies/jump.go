package policies

import (
	"stickysim/sim"
	"stickysim/sim/rng"
)

var _ = Register("jump", Jump{HashKey: HashKey{Key: "hash"}}, Doc{
	Summary: "jump consistent hash over the numbered list of usable servers",
	Also:    []string{"jump-hash", "jumphash"},
	Detail: "Exact shares and no memory, but servers are numbered in sequence. A server that joins at the end takes only its own " +
		"share, and the last server gives up only its own. When another server leaves, those behind it move up a number and most " +
		"of their clients move. Weights are ignored. O(log servers).",
	Source: "Lamping, Veach 2014, arXiv 1406.2294",
	Key:    KeyHash,
	Claims: Claims{Uniform: true, Sticky: true},
})

// Jump is Lamping and Veach's jump consistent hash.
type Jump struct{ HashKey }

// New makes an instance.
func (c Jump) New(env sim.Env) sim.Balancer {
	return &jump{HashKey: c.HashKey, seed: hashSeed(env, "jump")}
}

type jump struct {
	HashKey
	seed rng.Key
}

// Repeats implements [sim.Repeater].
func (p *jump) Repeats() bool { return true }

// Pick implements [sim.Balancer].
func (p *jump) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	c := candidatesFor(q, v)
	if c.n == 0 {
		return sim.NoServer
	}
	return c.at(jumpHash(p.seed.At(p.of(q)).Uint64(), c.n))
}

// jumpHash maps key to one of n > 0 buckets, as in the paper: it jumps from each bucket count at which the key would move
// to the next, until that exceeds n.
func jumpHash(key uint64, n int) int {
	bucket, next := int64(-1), int64(0)
	for next < int64(n) {
		bucket = next
		key = key*2862933555777941757 + 1
		next = int64(float64(bucket+1) * (float64(int64(1)<<31) / float64(key>>33+1)))
	}
	return int(bucket)
}
