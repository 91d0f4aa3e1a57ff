package policies

import (
	"fmt"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// fleet is a bench for white-box tests: one instance over servers s1, s2, … of weight 1, which package policytest,
// being above this one, cannot offer here.
type fleet struct {
	b    sim.Balancer
	v    *sim.View
	root rng.Key
}

func newFleet(c Config, n int, seed uint64) *fleet {
	room := n + 4
	root := rng.Root(seed)
	f := &fleet{root: root, v: &sim.View{
		Status: make([]sim.Status, room), InFlight: make([]int32, room), Weight: make([]float64, room), Sessions: make([]int32, room),
	}}
	f.b = c.New(sim.Env{Rand: root.Stream("policy"), Hash: root.Stream("hash"), Servers: room, Clients: 64})
	for range n {
		f.join(1)
	}
	f.changed()
	return f
}

func (f *fleet) join(weight float64) {
	id := sim.ServerID(len(f.v.Servers))
	f.v.Servers = append(f.v.Servers, sim.ServerInfo{Name: fmt.Sprintf("s%d", id+1)})
	f.v.Members = append(f.v.Members, id)
	f.v.Weight[id] = weight
}

func (f *fleet) add(weight float64) { f.join(weight); f.changed() }

func (f *fleet) set(s sim.ServerID, status sim.Status) {
	f.v.Status[s] = status
	f.changed()
}

func (f *fleet) weights(w ...float64) {
	copy(f.v.Weight, w)
	f.changed()
}

func (f *fleet) changed() {
	v := f.v
	v.Eligible = v.Eligible[:0]
	for _, s := range v.Members {
		if v.Status[s] == sim.Up && v.Weight[s] > 0 {
			v.Eligible = append(v.Eligible, s)
		}
	}
	if r, ok := f.b.(sim.Rebuilder); ok {
		r.Rebuild(v)
	}
}

func (f *fleet) begin(s sim.ServerID) {
	f.v.InFlight[s]++
	if w, ok := f.b.(sim.Watcher); ok {
		w.Began(s, f.v)
	}
}

func (f *fleet) end(s sim.ServerID) {
	f.v.InFlight[s]--
	if w, ok := f.b.(sim.Watcher); ok {
		w.Ended(s, sim.Answered, f.v)
	}
}

// request is the n-th request of a client.
func (f *fleet) request(client uint64, n int) *sim.Request {
	k := f.root.Stream("client").At(client)
	return &sim.Request{Hash: k.Uint64(), Addr: sim.Addr4(uint32(k.At(0).Uint64())), Draw: k.At(uint64(n) + 1)}
}

// serve takes q from Pick to its answer.
func (f *fleet) serve(q *sim.Request) sim.ServerID {
	s := f.b.Pick(q, f.v)
	if s < 0 {
		return s
	}
	f.begin(s)
	if b, ok := f.b.(sim.Binder); ok {
		b.Answered(q, s, f.v)
	}
	f.end(s)
	return s
}
