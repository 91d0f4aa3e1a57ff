package envoy

import (
	"stickysim/sim"
	"stickysim/sim/rng"
)

// turns is the order in which Envoy's round robin and weighted least request take hosts: one after the other while
// all weights are equal, otherwise earliest deadline first (EDF), where a host's deadline is 1/weight after it was
// last taken. A new schedule starts somewhere in its sequence, drawn, so that instances do not march in step.
//
// Approximation: Envoy chooses among more starting places (it draws a seed and runs that many picks in closed form).
// Source: envoy common/load_balancer_impl.cc (EdfLoadBalancerBase), source/common/upstream/edf_scheduler.h.
type turns struct {
	weight   func(s sim.ServerID, v *sim.View) float64
	rand     rng.Key
	built    uint64
	count    uint64 // equal turns taken; kept when membership changes
	weighted bool
	queue    []deadline // binary heap
	now      float64
	added    uint64
}

type deadline struct {
	at    float64
	order uint64 // ties: first added first
	host  sim.ServerID
}

func newTurns(env sim.Env, weight func(sim.ServerID, *sim.View) float64) turns {
	return turns{
		weight: weight, rand: env.Rand.Stream("turns"), count: env.Rand.Uint64() >> 1,
		queue: make([]deadline, 0, env.Servers),
	}
}

// start makes a new schedule of list.
func (t *turns) start(list []sim.ServerID, v *sim.View) {
	t.weighted = false
	for _, s := range list {
		t.weighted = t.weighted || v.Weight[s] != v.Weight[list[0]]
	}
	if !t.weighted {
		return
	}
	t.queue, t.now, t.added = t.queue[:0], 0, 0
	for _, s := range list {
		t.add(s, v.Weight[s])
	}
	t.built++
	for range t.rand.At(t.built).IntN(len(list)) {
		s := t.pop()
		t.add(s, v.Weight[s])
	}
}

// take returns the host whose turn it is.
func (t *turns) take(list []sim.ServerID, v *sim.View) sim.ServerID {
	if !t.weighted {
		t.count++
		return list[t.count%uint64(len(list))]
	}
	s := t.pop()
	t.add(s, t.weight(s, v))
	return s
}

func (t *turns) add(s sim.ServerID, weight float64) {
	d := deadline{t.now + 1/weight, t.added, s}
	t.added++
	i := len(t.queue)
	t.queue = append(t.queue, d)
	for i > 0 && d.before(t.queue[(i-1)/2]) {
		t.queue[i] = t.queue[(i-1)/2]
		i = (i - 1) / 2
	}
	t.queue[i] = d
}

// pop removes the earliest deadline and moves the clock there.
func (t *turns) pop() sim.ServerID {
	top := t.queue[0]
	t.now = top.at
	last := len(t.queue) - 1
	d := t.queue[last]
	t.queue = t.queue[:last]
	i := 0
	for {
		child := 2*i + 1
		if child >= last {
			break
		}
		if child+1 < last && t.queue[child+1].before(t.queue[child]) {
			child++
		}
		if !t.queue[child].before(d) {
			break
		}
		t.queue[i] = t.queue[child]
		i = child
	}
	if last > 0 {
		t.queue[i] = d
	}
	return top.host
}

func (d deadline) before(e deadline) bool {
	return d.at < e.at || d.at == e.at && d.order < e.order
}
