package nginx

import (
	"stickysim/policies"
	"stickysim/sim"
)

// Random is nginx's random directive.
type Random struct {
	Two      bool   `yaml:"two" doc:"draw two servers and take the one with fewer requests in flight per weight"`
	Method   string `yaml:"method" check:"oneof=least_conn|" doc:"how random two compares; least_conn is the only way and the default"`
	Retrying `yaml:",inline"`
}

// New implements policies.Config.
func (c Random) New(env sim.Env) sim.Balancer {
	return &random{upstream: newUpstream(env, c.Retrying), two: c.Two}
}

var _ = policies.Register("nginx/random", Random{Retrying: DefaultRetrying()}, policies.Doc{
	Summary: "random by weight; with two, the less loaded of two distinct draws",
	Detail: "Unusable servers are drawn again, 20 times per request at most, then it is round robin. With two, the second " +
		"draw wins a tie.",
	Source: "nginx src/http/modules/ngx_http_upstream_random_module.c",
	Key:    policies.KeyNone,
	Claims: policies.Claims{Uniform: true, Weighted: true, Limit: true},
})

type random struct {
	upstream
	two    bool
	ranges ranges
}

// Rebuild implements sim.Rebuilder.
func (b *random) Rebuild(v *sim.View) {
	b.upstream.Rebuild(v)
	b.ranges.set(b.primary)
}

// Reads implements sim.Reader.
func (*random) Reads() sim.Needs { return sim.NeedsDraw }

// Pick implements sim.Balancer.
func (b *random) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	return b.pick(q, v, 0)
}

// pick keeps the misses of a request in q.Memo between attempts.
func (b *random) pick(q *sim.Request, v *sim.View, sid uint64) sim.ServerID {
	misses := 0
	if q.Attempt > 0 {
		misses = int(q.Memo)
	}
	if misses > maxMisses || len(b.primary) < 2 || b.ranges.total == 0 {
		return b.roundRobin(q, v, sid)
	}
	now := seconds(v)
	if i := b.bound(sid, false, q, v); i >= 0 {
		q.Memo = uint64(misses)
		return b.primary[i].take(now)
	}
	var first *peer
	for n := uint64(q.Attempt) << 8; misses <= maxMisses; n++ {
		p := &b.primary[b.ranges.at(q.Draw.At(n).IntN(b.ranges.total))]
		if p == first || !p.open(q, v, now) {
			misses++
			continue
		}
		if b.two && first == nil {
			first = p
			continue
		}
		if b.two && compareLoad(p, first, v) > 0 {
			p = first
		}
		q.Memo = uint64(misses)
		return p.take(now)
	}
	q.Memo = uint64(misses)
	return b.roundRobin(q, v, sid)
}
