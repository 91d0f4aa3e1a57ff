package policies

import "stickysim/sim"

// HashKey says what the hashing policies hash.
type HashKey struct {
	Key string `yaml:"key" check:"oneof=hash|address" doc:"what is hashed: the client's key (header, client id), or its source address"`
}

// Identifies implements [Identifier].
func (k HashKey) Identifies() Key {
	if k.Key == "address" {
		return KeyAddress
	}
	return KeyHash
}

// Reads implements [sim.Reader] for policies that read nothing else.
func (k HashKey) Reads() sim.Needs {
	if k.Key == "address" {
		return sim.NeedsAddr
	}
	return sim.NeedsHash
}

// of returns 64 uniform bits that stand for q's client.
func (k *HashKey) of(q *sim.Request) uint64 {
	if k.Key == "address" {
		return q.Addr.Hash64()
	}
	return q.Hash
}
