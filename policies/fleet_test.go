package policies

import (
	"fmt"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// fleet is a bench for white-box tests: one instance over servers s1, s2, … of weight 1, which package policytest,
// being above this one, cannot offer here.
type fleet struct {
	sim.Instance
	b       sim.Balancer
	v       *sim.View
	root    rng.Key
	servers []sim.ServerInfo
}

func newFleet(c Config, n int, seed uint64) *fleet {
	room := n + 4
	root := rng.Root(seed)
	f := &fleet{root: root, Instance: sim.NewInstance(room)}
	f.b = c.New(sim.Env{Rand: root.Stream("policy"), Hash: root.Stream("hash"), Servers: room, Clients: 64})
	f.v = f.View()
	f.Use(f.b)
	for range n {
		f.join(1)
	}
	f.Changed()
	return f
}

func (f *fleet) join(weight float64) {
	id := sim.ServerID(len(f.servers))
	f.servers = append(f.servers, sim.ServerInfo{Name: fmt.Sprintf("s%d", id+1)})
	f.Know(f.servers)
	f.Join(id, weight)
}

func (f *fleet) add(weight float64) { f.join(weight); f.Changed() }

func (f *fleet) set(s sim.ServerID, status sim.Status) {
	f.SetStatus(s, status)
	f.Changed()
}

func (f *fleet) weights(w ...float64) {
	copy(f.v.Weight, w)
	f.Changed()
}

func (f *fleet) begin(s sim.ServerID) { f.Began(s) }

func (f *fleet) end(s sim.ServerID) { f.Ended(s, sim.Answered) }

// request is the n-th request of a client.
func (f *fleet) request(client uint64, n int) *sim.Request {
	k := f.root.Stream("client").At(client)
	return &sim.Request{Hash: k.Uint64(), Addr: sim.Addr4(uint32(k.At(0).Uint64())), Draw: k.At(uint64(n) + 1)}
}

// serve takes q from Pick to its answer.
func (f *fleet) serve(q *sim.Request) sim.ServerID {
	s := f.Pick(q)
	if s < 0 {
		return s
	}
	f.begin(s)
	f.Answered(q, s)
	f.end(s)
	return s
}
