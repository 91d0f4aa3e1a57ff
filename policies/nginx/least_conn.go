package nginx

import (
	"stickysim/policies"
	"stickysim/sim"
)

// LeastConn is nginx's least_conn.
type LeastConn struct {
	Retrying `yaml:",inline"`
}

// New implements policies.Config.
func (c LeastConn) New(env sim.Env) sim.Balancer {
	return &leastConn{newUpstream(env, c.Retrying).scanned()}
}

var _ = policies.Register("nginx/least_conn", LeastConn{Retrying: DefaultRetrying()}, policies.Doc{
	Summary: "fewest requests in flight per weight",
	Detail: "Counts the instance's own requests in flight. Servers that are equal take part in a smooth weighted round " +
		"robin that starts at the first of them; when all are idle it is round robin. O(servers) per request.",
	Source: "nginx src/http/modules/ngx_http_upstream_least_conn_module.c",
	Key:    policies.KeyNone,
	Claims: policies.Claims{Uniform: true, Sample: -1, Limit: true},
})

type leastConn struct{ upstream }

// Pick implements sim.Balancer.
func (b *leastConn) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	return b.pick(q, v, 0)
}

func (b *leastConn) pick(q *sim.Request, v *sim.View, sid uint64) sim.ServerID {
	if b.single() {
		return b.only(q, v, sid)
	}
	if !b.onBackups(q) {
		if s := b.least(b.primary, b.bound(sid, false, q, v), q, v); s != sim.NoServer {
			return s
		}
	}
	return b.least(b.backup, b.bound(sid, true, q, v), q, v)
}

func (b *leastConn) least(group []peer, bound int, q *sim.Request, v *sim.View) sim.ServerID {
	now := seconds(v)
	if bound >= 0 {
		return group[bound].take(now)
	}
	first, ties := -1, false
	for i := range group {
		p := &group[i]
		if !p.open(q, v, now) {
			continue
		}
		if first < 0 {
			first = i
			continue
		}
		switch c := compareLoad(p, &group[first], v); {
		case c < 0:
			first, ties = i, false
		case c == 0:
			ties = true
		}
	}
	if first < 0 {
		return sim.NoServer
	}
	best := &group[first]
	if ties {
		best = b.roundAmong(group[first:], q, v, now)
	}
	return best.take(now)
}

// roundAmong is a smooth weighted round robin among the peers that are as loaded as the first of group.
func (b *leastConn) roundAmong(group []peer, q *sim.Request, v *sim.View, now int64) *peer {
	best, total := &group[0], 0.0
	for i := range group {
		p := &group[i]
		if compareLoad(p, &group[0], v) != 0 || !p.open(q, v, now) {
			continue
		}
		total += p.turn()
		if p.current > best.current {
			best = p
		}
	}
	best.current -= total
	return best
}

// compareLoad compares requests in flight per weight, cross-multiplied as nginx does.
func compareLoad(p, o *peer, v *sim.View) int {
	a, b := float64(v.InFlight[p.id])*o.weight, float64(v.InFlight[o.id])*p.weight
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
