package nginx

import (
	"hash/crc32"

	"stickysim/policies/keys"
	"stickysim/sim"
)

// consistentHash is `hash key consistent;`.
type consistentHash struct {
	upstream
	key  keys.Writer
	ring ring
}

// Rebuild implements sim.Rebuilder.
func (b *consistentHash) Rebuild(v *sim.View) {
	b.upstream.Rebuild(v)
	b.ring.set(b.primary)
}

// NeedsKey implements sim.Keyed.
func (b *consistentHash) NeedsKey() bool { return b.key.NeedsKey() }

// KeyText is part of sim.Keyed.
func (b *consistentHash) KeyText() sim.KeyText { return b.key.KeyText() }

// Reads implements sim.Reader.
func (b *consistentHash) Reads() sim.Needs { return b.key.Reads() }

// Pick implements sim.Balancer.
func (b *consistentHash) Pick(q *sim.Request, v *sim.View) sim.ServerID { return b.pick(q, v, 0) }

// pick goes from point to point until one belongs to a usable server. Each miss counts, also when the next point is of
// the same server, so with most servers down the search often ends in round robin.
func (b *consistentHash) pick(q *sim.Request, v *sim.View, sid uint64) sim.ServerID {
	var m hashMemo
	if q.Attempt > 0 {
		m = unpackHash(q.Memo)
	}
	key := b.key.Of(q)
	if m.misses > maxMisses || b.single() || len(b.ring.points) == 0 || len(key) == 0 {
		return b.roundRobin(q, v, sid)
	}
	now := seconds(v)
	if q.Attempt == 0 {
		m.sum = uint32(b.ring.find(crc32.ChecksumIEEE(key)))
	}
	if i := b.bound(sid, false, q, v); i >= 0 {
		q.Memo = m.pack()
		return b.primary[i].take(now)
	}
	for ; m.misses <= maxMisses; m.misses++ {
		at := int(m.sum) % len(b.ring.points)
		if p := b.nextOf(b.ring.servers[b.ring.owners[at]], q, v, now); p != nil {
			q.Memo = m.pack()
			return p.take(now)
		}
		q.Why = sim.ServerUnusable
		m.sum++
	}
	q.Memo = m.pack()
	return b.roundRobin(q, v, sid)
}

// nextOf chooses among the peers of one server line by smooth weighted round robin, so a name with several addresses is
// not sticky. It returns nil when no peer is usable.
func (b *consistentHash) nextOf(positions []int32, q *sim.Request, v *sim.View, now int64) *peer {
	var best *peer
	total := 0.0
	for _, i := range positions {
		p := &b.primary[i]
		if !p.open(q, v, now) {
			continue
		}
		total += p.turn()
		if best == nil || p.current > best.current {
			best = p
		}
	}
	if best != nil {
		best.current -= total
	}
	return best
}
