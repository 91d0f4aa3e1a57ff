package haproxy

import (
	"encoding/binary"

	"stickysim/policies"
	"stickysim/sim"
)

// Source is `balance source`: a hash of the client's address.
type Source struct {
	Options `yaml:",inline"`
	Hashing `yaml:",inline"`
}

// New makes an instance.
func (c Source) New(env sim.Env) sim.Balancer {
	return newBackend(c.Options, newHashed(c.Hashing, false, addressHash), env)
}

var _ = policies.Register("haproxy/source", Source{DefaultOptions(), DefaultHashing()},
	hashDoc("the source address", "get_server_sh", policies.KeyAddress))

// addressHash takes the address as a number: no hash function is applied. Words of IPv6 addresses are XORed.
func addressHash(q *sim.Request) (hash uint32, ok bool) {
	if q.Addr.Is4() {
		return q.Addr.V4(), true
	}
	for word := 0; word < len(q.Addr); word += 4 {
		hash ^= binary.BigEndian.Uint32(q.Addr[word:])
	}
	return hash, true
}
