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
	return &leastConn{newUpstream(env, c.Retrying).leastLoaded()}
}

var _ = policies.Register("nginx/least_conn", LeastConn{Retrying: DefaultRetrying()}, policies.Doc{
	Summary: "fewest requests in flight per weight",
	Detail: "Counts the instance's own requests in flight. Servers that are equal take part in a smooth weighted round " +
		"robin that starts at the first of them; when all are idle it is round robin. O(log servers) per request.",
	Source: "nginx src/http/modules/ngx_http_upstream_least_conn_module.c",
	Key:    policies.KeyNone,
	Claims: policies.Claims{Uniform: true, Sample: -1, Limit: true},
})

type leastConn struct{ upstream }

// Reads implements sim.Reader.
func (*leastConn) Reads() sim.Needs { return 0 }

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
		if s := b.least(0, q, v, sid); s != sim.NoServer {
			return s
		}
	}
	return b.least(1, q, v, sid)
}

// least chooses among the primaries (0) or the backups (1). A client that is bound to one changes no turn.
func (b *leastConn) least(group int, q *sim.Request, v *sim.View, sid uint64) sim.ServerID {
	t := &b.turns[group]
	if sid == 0 && !b.failed && t.alone(q) {
		if best := t.index.TakeTied(); best >= 0 {
			return t.ids[best]
		}
		return sim.NoServer
	}
	now := seconds(v)
	if bound := b.bound(sid, group == 1, q, v); bound >= 0 {
		return t.group[bound].take(now)
	}
	if p := t.least(q, v, now); p != nil {
		return p.take(now)
	}
	return sim.NoServer
}
