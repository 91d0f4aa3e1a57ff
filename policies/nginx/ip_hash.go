package nginx

import (
	"stickysim/policies"
	"stickysim/sim"
)

// IPHash is nginx's ip_hash.
type IPHash struct {
	Retrying `yaml:",inline"`
}

// New implements policies.Config.
func (c IPHash) New(env sim.Env) sim.Balancer {
	return &ipHash{upstream: newUpstream(env, c.Retrying)}
}

var _ = policies.Register("nginx/ip_hash", IPHash{Retrying: DefaultRetrying()}, policies.Doc{
	Summary: "hash of the client's /24 network (IPv4) or whole address (IPv6)",
	Detail: "The hash has 6271 values, and clients of one /24 are one client to it. Servers that are down keep their share " +
		"of the values, which are hashed again; deleting a line moves most clients. After 20 unusable choices it is " +
		"round robin. No state besides the failures, so instances with the same server lines agree.",
	Source: "nginx src/http/modules/ngx_http_upstream_ip_hash_module.c",
	Key:    policies.KeyAddress,
	Claims: policies.Claims{Sticky: true, Limit: true},
})

type ipHash struct {
	upstream
	ranges ranges
}

// Rebuild implements sim.Rebuilder.
func (b *ipHash) Rebuild(v *sim.View) {
	b.upstream.Rebuild(v)
	b.ranges.set(b.primary)
}

// Reads implements sim.Reader.
func (*ipHash) Reads() sim.Needs { return sim.NeedsAddr }

// Repeats implements sim.Repeater: as long as nothing fails, a network leads to the same server.
func (b *ipHash) Repeats() bool { return b.Calm() }

// Pick implements sim.Balancer.
func (b *ipHash) Pick(q *sim.Request, v *sim.View) sim.ServerID { return b.pick(q, v, 0) }

// ipHashStart is where the hash starts; its values stay below ipHashValues.
const (
	ipHashStart  = 89
	ipHashFactor = 113
	ipHashValues = 6271
)

// pick continues from the hash of the choice that failed.
func (b *ipHash) pick(q *sim.Request, v *sim.View, sid uint64) sim.ServerID {
	m := b.recall(q)
	if m.misses > maxMisses || len(b.primary) < 2 || b.ranges.total == 0 {
		if q.Attempt == 0 {
			q.Memo = noted
		}
		return b.roundRobin(q, v, sid)
	}
	now := seconds(v)
	if i := b.bound(sid, false, q, v); i >= 0 {
		q.Memo = m.pack()
		return b.primary[i].take(now)
	}
	for first := q.Attempt == 0; m.misses <= maxMisses; m.misses++ {
		m.hash = ipHashOf(&q.Addr, m.hash)
		if p := &b.primary[b.ranges.at(int(m.hash)%b.ranges.total)]; p.open(q, v, now) {
			if q.Memo = m.pack(); first {
				q.Memo = 0
			}
			return p.take(now)
		}
		q.Why, first = sim.ServerUnusable, false
	}
	q.Memo = m.pack()
	return b.roundRobin(q, v, sid)
}

// ipHashMemo is what ip_hash remembers of a request: in q.Memo, which is 0 where its first hash has fallen to a usable server, as
// most do.
type ipHashMemo struct {
	hash   uint32 // of the last choice
	misses int
}

func (m ipHashMemo) pack() uint64 { return noted | uint64(m.hash) | uint64(m.misses)<<16 }

// recall is what was known after the last attempt.
func (b *ipHash) recall(q *sim.Request) ipHashMemo {
	switch {
	case q.Attempt == 0:
		return ipHashMemo{hash: ipHashStart}
	case q.Memo == 0:
		return ipHashMemo{hash: ipHashOf(&q.Addr, ipHashStart)}
	}
	return ipHashMemo{hash: uint32(q.Memo & 0xffff), misses: int(q.Memo &^ noted >> 16)}
}

// ipHashOf hashes the first three octets of an IPv4 address, or all of an IPv6 address, on top of hash.
func ipHashOf(a *sim.Addr, hash uint32) uint32 {
	octets := a[:]
	if a.Is4() {
		octets = a[12:15]
	}
	for _, o := range octets {
		hash = (hash*ipHashFactor + uint32(o)) % ipHashValues
	}
	return hash
}
