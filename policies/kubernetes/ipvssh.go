package kubernetes

import (
	"stickysim/policies"
	"stickysim/sim"
)

// refuseNote says what hashing schedulers do with endpoints that terminate.
const refuseNote = " An endpoint that terminates keeps its places with weight 0 while clients of the node have connections to it, and " +
	"new connections that hash to it are refused: kube-proxy does not ask for the fallback of the scheduler."

var _ = policies.Register("kubernetes/ipvs-sh", IPVSSourceHashing{}, policies.Doc{
	Summary: "a hash of the client's address over 256 places (IPVS scheduler sh)",
	Detail:  "The places are dealt to the endpoints in turn, so any change of the endpoints moves most clients." + refuseNote + ipvsNote,
	Source:  virtualIPs + "; " + ipvsSource + "sh.c (hash_32 since Linux 4.18); kubernetes/kubernetes pkg/proxy/ipvs/graceful_termination.go",
	Key:     policies.KeyAddress,
	Claims:  policies.Claims{Sticky: true, Refuses: true},
})

// IPVSSourceHashing is scheduler sh.
type IPVSSourceHashing struct {
	IPVS `yaml:",inline"`
}

// Identifies implements [policies.Identifier].
func (c IPVSSourceHashing) Identifies() policies.Key { return policies.KeyAddress }

// New makes an instance.
func (c IPVSSourceHashing) New(env sim.Env) sim.Balancer { return c.new(&ipvsSourceHashing{}, env) }

// hashBits is the binary logarithm of the number of places.
const hashBits = 8

// hash32 is the kernel's hash_32 to so many bits.
func hash32(x uint32, bits int) uint32 { return x * 0x61c88647 >> (32 - bits) }

type ipvsSourceHashing struct{ places [1 << hashBits]sim.ServerID }

// rebuild deals the places: as many in a row as an endpoint's weight, and one for weight 0.
func (p *ipvsSourceHashing) rebuild(v *sim.View, destinations []sim.ServerID) {
	deal(p.places[:], destinations, func(s sim.ServerID) int { return weight(s, v) })
}

func deal(places, destinations []sim.ServerID, weight func(sim.ServerID) int) {
	at, dealt := 0, 0
	for i := range places {
		if len(destinations) == 0 {
			places[i] = sim.NoServer
			continue
		}
		s := destinations[at%len(destinations)]
		places[i] = s
		if dealt++; dealt >= weight(s) {
			at, dealt = at+1, 0
		}
	}
}

func (p *ipvsSourceHashing) schedule(q *sim.Request, v *sim.View) sim.ServerID {
	return open(p.places[hash32(fold(&q.Addr), hashBits)], q, v)
}

// open returns s if it takes new connections.
func open(s sim.ServerID, q *sim.Request, v *sim.View) sim.ServerID {
	if s == sim.NoServer || !takes(s, v) {
		q.Why = sim.ServerUnusable
		return sim.NoServer
	}
	return s
}
