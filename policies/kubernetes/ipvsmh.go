package kubernetes

import (
	"math/bits"

	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("kubernetes/ipvs-mh", IPVSMaglev{Port: true}, policies.Doc{
	Summary: "Maglev hashing of the client's address and port: another endpoint per connection (IPVS scheduler mh)",
	Detail: "kube-proxy sets the flag mh-port, so that a client's connections spread over the endpoints; without it the address alone " +
		"counts. The table has 4093 places, as kernels are built by default; on 64-bit machines the hash is SipHash-1-3." +
		refuseNote + ipvsNote,
	Source: virtualIPs + "; " + ipvsSource + "mh.c, lib/siphash.c; kubernetes/kubernetes pkg/proxy/ipvs (FlagSourceHash)",
	Claims: policies.Claims{Uniform: true, Weighted: true, Refuses: true},
})

// IPVSMaglev is scheduler mh.
type IPVSMaglev struct {
	Port bool `yaml:"port" doc:"flag mh-port: the client's port is hashed too, as kube-proxy has it"`
	IPVS `yaml:",inline"`
}

// Identifies implements [policies.Identifier].
func (c IPVSMaglev) Identifies() policies.Key {
	if c.Port {
		return c.identifies(policies.KeyNone)
	}
	return policies.KeyAddress
}

// New makes an instance.
func (c IPVSMaglev) New(env sim.Env) sim.Balancer {
	return c.new(&ipvsMaglev{port: c.Port, turns: make([]ipvsTurn, 0, env.Servers)}, env)
}

const (
	maglevPlaces = 4093 // the prime of CONFIG_IP_VS_MH_TAB_INDEX 12
	maglevShift  = 6    // half of 12: weights are cut to so many bits
)

// The kernel's keys are no secret: they are the same everywhere.
var (
	maglevOffset = [2]uint64{2654435761, 2654435761}
	maglevSkip   = [2]uint64{2654446892, 2654446892}
)

type ipvsMaglev struct {
	port   bool
	places [maglevPlaces]sim.ServerID
	turns  []ipvsTurn // scratch
}

// ipvsTurn is an endpoint while the table is filled.
type ipvsTurn struct {
	server     sim.ServerID
	next, skip uint32
	places     int // in a row
}

// sipHash is the kernel's hsiphash of 32 bits on a 64-bit machine.
func sipHash(x uint32, key [2]uint64) uint32 {
	v := [4]uint64{0x736f6d6570736575 ^ key[0], 0x646f72616e646f6d ^ key[1], 0x6c7967656e657261 ^ key[0], 0x7465646279746573 ^ key[1]}
	round := func() {
		v[0] += v[1]
		v[1] = bits.RotateLeft64(v[1], 13) ^ v[0]
		v[0] = bits.RotateLeft64(v[0], 32)
		v[2] += v[3]
		v[3] = bits.RotateLeft64(v[3], 16) ^ v[2]
		v[0] += v[3]
		v[3] = bits.RotateLeft64(v[3], 21) ^ v[0]
		v[2] += v[1]
		v[1] = bits.RotateLeft64(v[1], 17) ^ v[2]
		v[2] = bits.RotateLeft64(v[2], 32)
	}
	b := 4<<56 | uint64(x)
	v[3] ^= b
	round()
	v[0] ^= b
	v[2] ^= 0xff
	round()
	round()
	round()
	return uint32(v[0] ^ v[1] ^ v[2] ^ v[3])
}

// rebuild fills the table. An endpoint with weight 0 keeps the places of its last weight.
func (p *ipvsMaglev) rebuild(v *sim.View, destinations []sim.ServerID) {
	p.turns = p.turns[:0]
	divisor, most := 0, 0
	last := func(s sim.ServerID) int { return max(1, int(v.Weight[s])) }
	for _, s := range destinations {
		a, b := divisor, last(s)
		for b != 0 {
			a, b = b, a%b
		}
		divisor, most = a, max(most, last(s))
	}
	for _, s := range destinations {
		address, port := endpoint(s, v)
		key := address + uint32(port)
		shift := max(0, bits.Len(uint(most/divisor))-maglevShift)
		p.turns = append(p.turns, ipvsTurn{
			server: s, next: sipHash(key, maglevOffset) % maglevPlaces, skip: sipHash(key, maglevSkip)%(maglevPlaces-1) + 1,
			places: max(1, last(s)/divisor>>shift),
		})
	}
	for i := range p.places {
		p.places[i] = sim.NoServer
	}
	for left := maglevPlaces; left > 0 && len(p.turns) > 0; {
		left = p.round(left)
	}
}

// round gives every endpoint its turn and returns how many places are left.
func (p *ipvsMaglev) round(left int) int {
	for i := range p.turns {
		t := &p.turns[i]
		for range t.places {
			for p.places[t.next] != sim.NoServer {
				t.next = (t.next + t.skip) % maglevPlaces
			}
			p.places[t.next] = t.server
			if left--; left == 0 {
				return 0
			}
		}
	}
	return left
}

func (p *ipvsMaglev) schedule(q *sim.Request, v *sim.View) sim.ServerID {
	key := fold(&q.Addr)
	if p.port {
		key += clientPort(q)
	}
	s := open(p.places[sipHash(key, maglevOffset)%maglevPlaces], q, v)
	if p.port {
		q.Why = sim.NotSticky
	}
	return s
}

// clientPort is the port of a connection, drawn from those that Linux gives to clients.
func clientPort(q *sim.Request) uint32 { return 32768 + uint32(q.Draw.Stream("port").IntN(28232)) }
