package sim_test

import (
	"math/bits"

	"stickysim/sim/fel"
	"stickysim/sim/rng"
	"stickysim/sim/stats"
)

// limit is the model of benchModel as a bare loop: an event list, keyed draws, clients of 32 bytes, FCFS queues, a policy
// behind an interface, counters of each server and one histogram, and nothing else: no sessions, no statistics over time, no
// invariants. What the engine costs above it is the price of what it does.
type limit struct {
	ring    *fel.Ring
	users   []limitUser
	servers []limitServer
	policy  limitPolicy
	latency stats.Tally
	service float64 // ns
}

type limitUser struct {
	sent   int64
	key    rng.Key
	seq    uint32
	next   uint32 // in the queue
	server uint32
	_      uint32
}

type limitServer struct {
	head, tail, busy, open uint32
	served                 int64
	work                   float64 // ns
	_                      [32]byte
}

type limitPolicy interface {
	pick(u uint32, x *limitUser) uint32
	begin(s uint32)
	end(s uint32)
}

const (
	nilItem = ^uint32(0)
	leaving = 1 << 31

	limitThink = 1e10 // ns
)

// newLimit takes the policy of the loop from that of the engine: the index of least connections, two choices, or the hash
// that stands for all others.
func newLimit(policy string, servers, users int) *limit {
	l := &limit{ring: fel.NewRing(users, limitThink), users: make([]limitUser, users), servers: make([]limitServer, servers),
		service: .7 * 4 * float64(servers) / float64(users) * limitThink}
	switch policy {
	case "least-connections":
		l.policy = newLimitLeast(servers)
	case "two-choices":
		l.policy = &limitTwo{open: make([]uint16, servers)}
	default:
		l.policy = limitHash(servers)
	}
	for s := range l.servers {
		l.servers[s].head = nilItem
	}
	root := rng.Root(1)
	for u := range l.users {
		l.users[u].key = root.At(uint64(u))
		l.ring.Push(int64(l.users[u].key.Exp()*limitThink), uint32(u))
	}
	return l
}

func (l *limit) loop(requests int) {
	for requests > 0 {
		now, id, _ := l.ring.Pop()
		u := id &^ leaving
		x := &l.users[u]
		if id == u {
			l.arrive(now, u, x)
			continue
		}
		requests--
		l.latency.Add(now - x.sent)
		sv := &l.servers[x.server]
		sv.served++
		sv.open--
		l.policy.end(x.server)
		l.ring.Push(now+int64(x.key.At(uint64(x.seq)<<1).Exp()*limitThink), u)
		if w := sv.head; w != nilItem {
			sv.head = l.users[w].next
			l.serve(now, w, &l.users[w], sv)
		} else {
			sv.busy--
		}
	}
}

func (l *limit) arrive(now int64, u uint32, x *limitUser) {
	x.seq++
	x.sent = now
	x.server = l.policy.pick(u, x)
	l.policy.begin(x.server)
	sv := &l.servers[x.server]
	sv.open++
	if sv.busy < 4 {
		sv.busy++
		l.serve(now, u, x, sv)
		return
	}
	x.next = nilItem
	if sv.head == nilItem {
		sv.head = u
	} else {
		l.users[sv.tail].next = u
	}
	sv.tail = u
}

func (l *limit) serve(now int64, u uint32, x *limitUser, sv *limitServer) {
	work := x.key.At(uint64(x.seq)<<1|1).Exp() * l.service
	sv.work += work
	l.ring.Push(now+int64(work), u|leaving)
}

type limitHash uint64

func (n limitHash) pick(_ uint32, x *limitUser) uint32 {
	return uint32((x.key.Uint64() >> 32 * uint64(n)) >> 32)
}
func (limitHash) begin(uint32) {}
func (limitHash) end(uint32)   {}

type limitTwo struct{ open []uint16 }

func (p *limitTwo) pick(_ uint32, x *limitUser) uint32 {
	draw := x.key.At(uint64(x.seq) << 32).Uint64()
	n := uint64(len(p.open))
	a, b := uint32(draw>>32*n>>32), uint32(draw&0xffffffff*n>>32)
	if p.open[b] < p.open[a] {
		return b
	}
	return a
}
func (p *limitTwo) begin(s uint32) { p.open[s]++ }
func (p *limitTwo) end(s uint32)   { p.open[s]-- }

// limitLeast finds the least loaded of at most 1,024 servers: a bitmap of servers per number of connections, a word that
// says which words of it are not empty, and a bitmap of those numbers.
type limitLeast struct {
	open   []uint16
	maps   [][16]uint64
	filled []uint64
	levels [16]uint64
}

func newLimitLeast(servers int) *limitLeast {
	p := &limitLeast{open: make([]uint16, servers), maps: make([][16]uint64, 1024), filled: make([]uint64, 1024)}
	for s := range uint32(servers) {
		p.set(s, 0)
	}
	return p
}

func (p *limitLeast) set(s, k uint32) {
	p.maps[k][s>>6&15] |= 1 << (s & 63)
	p.filled[k] |= 1 << (s >> 6)
	p.levels[k>>6&15] |= 1 << (k & 63)
}

func (p *limitLeast) clear(s, k uint32) {
	w := &p.maps[k][s>>6&15]
	if *w &^= 1 << (s & 63); *w == 0 {
		if p.filled[k] &^= 1 << (s >> 6); p.filled[k] == 0 {
			p.levels[k>>6&15] &^= 1 << (k & 63)
		}
	}
}

func (p *limitLeast) pick(uint32, *limitUser) uint32 {
	w := 0
	for p.levels[w&15] == 0 {
		w++
	}
	k := w*64 + bits.TrailingZeros64(p.levels[w&15])
	a := bits.TrailingZeros64(p.filled[k]) & 15
	return uint32(a*64 + bits.TrailingZeros64(p.maps[k][a]))
}

func (p *limitLeast) begin(s uint32) {
	k := uint32(p.open[s])
	p.open[s]++
	p.clear(s, k)
	p.set(s, k+1)
}

func (p *limitLeast) end(s uint32) {
	p.open[s]--
	k := uint32(p.open[s])
	p.clear(s, k+1)
	p.set(s, k)
}
