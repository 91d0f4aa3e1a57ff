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

// Pick implements sim.Balancer.
func (b *ipHash) Pick(q *sim.Request, v *sim.View) sim.ServerID { return b.pick(q, v, 0) }

// ipHashStart is where the hash starts; its values stay below ipHashValues.
const (
	ipHashStart  = 89
	ipHashFactor = 113
	ipHashValues = 6271
)

// pick continues from the hash of the choice that failed. q.Memo keeps that hash and the misses between attempts.
func (b *ipHash) pick(q *sim.Request, v *sim.View, sid uint64) sim.ServerID {
	hash, misses := uint32(ipHashStart), 0
	if q.Attempt > 0 {
		hash, misses = uint32(q.Memo&0xffff), int(q.Memo>>16)
	}
	if misses > maxMisses || len(b.primary) < 2 || b.ranges.total == 0 {
		return b.roundRobin(q, v, sid)
	}
	now := seconds(v)
	if i := b.bound(sid, false, q, v); i >= 0 {
		q.Memo = uint64(hash) | uint64(misses)<<16
		return b.primary[i].take(now)
	}
	for ; misses <= maxMisses; misses++ {
		hash = ipHashOf(&q.Addr, hash)
		if p := &b.primary[b.ranges.at(int(hash)%b.ranges.total)]; p.open(q, v, now) {
			q.Memo = uint64(hash) | uint64(misses)<<16
			return p.take(now)
		}
		q.Why = sim.ServerUnusable
	}
	q.Memo = uint64(hash) | uint64(misses)<<16
	return b.roundRobin(q, v, sid)
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
