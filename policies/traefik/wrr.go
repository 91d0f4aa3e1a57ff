package traefik

import (
	"math"
	"slices"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// WRR takes the servers by earliest deadline: each pick moves the server's deadline on by 1/weight. Equal servers are
// taken in turn; the order of the first turn is random, because Traefik shuffles the servers when it loads them. A
// changed list of servers starts afresh, a changed status does not. Cost: O(log servers).
type WRR struct{}

// New makes an instance.
func (WRR) New(env sim.Env) sim.Balancer { return newWRR(env) }

var _ = policies.Register("traefik/wrr", WRR{}, policies.Doc{
	Summary: "weighted round robin by earliest deadline, in shuffled order (Traefik's default)",
	Source:  "Traefik services, strategy wrr; pkg/server/service/loadbalancer/wrr/wrr.go",
	Claims:  policies.Claims{Weighted: true, StrictTurn: true},
})

// wrr is a binary heap of servers by deadline, moved exactly as Go's container/heap does: ties depend on it.
type wrr struct {
	draws   rng.Key
	loads   uint64
	members []sim.ServerID // as last loaded
	heap    []entry
}

type entry struct {
	deadline float64
	server   sim.ServerID
}

func newWRR(env sim.Env) *wrr { return &wrr{draws: env.Rand.Stream("traefik wrr")} }

// Rebuild loads the servers again if the list changed.
func (b *wrr) Rebuild(v *sim.View) {
	if slices.Equal(b.members, v.Members) {
		return
	}
	b.members = append(b.members[:0], v.Members...)
	order := slices.Clone(v.Members)
	draws := b.draws.At(b.loads)
	b.loads++
	for i := len(order) - 1; i > 0; i-- {
		j := draws.At(uint64(i)).IntN(i + 1)
		order[i], order[j] = order[j], order[i]
	}
	b.load(order, v)
}

// load pushes the servers in the given order; those without weight are never used.
func (b *wrr) load(order []sim.ServerID, v *sim.View) {
	b.heap = b.heap[:0]
	for _, s := range order {
		if w := v.Servers[s].Weight; w > 0 {
			b.push(entry{1 / float64(w), s})
		}
	}
}

// Reads implements [sim.Reader].
func (b *wrr) Reads() sim.Needs { return 0 }

// Pick takes deadlines until one belongs to a server that is up; the deadlines it takes advance in either case.
func (b *wrr) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	if !slices.ContainsFunc(b.heap, func(e entry) bool { return open(e.server, v) }) {
		return sim.NoServer
	}
	for turn := 0; ; turn++ {
		e := b.pop()
		usable := open(e.server, v)
		next := e.deadline + 1/b.weight(e.server, v)
		if !usable && turn > maxTurns {
			next = max(next, b.due(v))
		}
		b.push(entry{next, e.server})
		if usable {
			return e.server
		}
	}
}

// maxTurns is how many turns of servers that are down are counted out one by one; beyond that, a down server with a huge
// weight moves behind the next server that is up.
const maxTurns = 1 << 12

// weight is the effective weight; a server whose effective weight is 0 moves on by the configured one.
func (b *wrr) weight(s sim.ServerID, v *sim.View) float64 {
	if w := v.Weight[s]; w > 0 {
		return w
	}
	return float64(v.Servers[s].Weight)
}

// due is the earliest deadline of a server that is up.
func (b *wrr) due(v *sim.View) float64 {
	first := math.Inf(1)
	for _, e := range b.heap {
		if open(e.server, v) {
			first = min(first, e.deadline)
		}
	}
	return first
}

func (b *wrr) push(e entry) {
	b.heap = append(b.heap, e)
	for j := len(b.heap) - 1; j > 0; {
		parent := (j - 1) / 2
		if b.heap[j].deadline >= b.heap[parent].deadline {
			return
		}
		b.heap[j], b.heap[parent] = b.heap[parent], b.heap[j]
		j = parent
	}
}

func (b *wrr) pop() entry {
	n := len(b.heap) - 1
	b.heap[0], b.heap[n] = b.heap[n], b.heap[0]
	for i := 0; ; {
		child := 2*i + 1
		if child >= n {
			break
		}
		if right := child + 1; right < n && b.heap[right].deadline < b.heap[child].deadline {
			child = right
		}
		if b.heap[child].deadline >= b.heap[i].deadline {
			break
		}
		b.heap[i], b.heap[child] = b.heap[child], b.heap[i]
		i = child
	}
	e := b.heap[n]
	b.heap = b.heap[:n]
	return e
}
