package policies

import (
	"fmt"

	"stickysim/sim"
)

// HashKey says what the hashing policies hash.
type HashKey struct {
	Key string `yaml:"key" check:"oneof=hash|address" doc:"what is hashed: the client's key (header, client id), or its source address"`
}

// Validate checks the key parameter.
func (k HashKey) Validate() error {
	if k.Key != "hash" && k.Key != "address" {
		return fmt.Errorf("key: must be hash or address, got %.40q", k.Key)
	}
	return nil
}

// of returns 64 uniform bits that stand for q's client.
func (k *HashKey) of(q *sim.Request) uint64 {
	if k.Key == "address" {
		return q.Addr.Hash64()
	}
	return q.Hash
}
