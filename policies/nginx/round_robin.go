package nginx

import (
	"stickysim/policies"
	"stickysim/sim"
)

// RoundRobin is nginx's default method, the smooth weighted round robin.
type RoundRobin struct {
	Retrying `yaml:",inline"`
}

// New implements policies.Config.
func (c RoundRobin) New(env sim.Env) sim.Balancer {
	return &roundRobin{newUpstream(env, c.Retrying)}
}

var _ = policies.Register("nginx/round_robin", RoundRobin{Retrying: DefaultRetrying()}, policies.Doc{
	Summary: "smooth weighted round robin, nginx's default",
	Detail: "Each round every usable server gains its effective weight; the greatest sum is taken, the first of equals, " +
		"and pays the total. A failed server loses weight and gains it back by 1 per round. Backups have a round of " +
		"their own, used when no other server is usable. O(log servers) per request.",
	Source: "nginx src/http/ngx_http_upstream_round_robin.c",
	Key:    policies.KeyNone,
	Claims: policies.Claims{Uniform: true, Weighted: true, StrictTurn: true, Limit: true},
})

type roundRobin struct{ upstream }

// Reads implements sim.Reader.
func (*roundRobin) Reads() sim.Needs { return 0 }

// Pick implements sim.Balancer.
func (b *roundRobin) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	return b.pick(q, v, 0)
}

func (b *roundRobin) pick(q *sim.Request, v *sim.View, sid uint64) sim.ServerID {
	return b.roundRobin(q, v, sid)
}

// roundRobin is the method that the other methods fall back to.
func (u *upstream) roundRobin(q *sim.Request, v *sim.View, sid uint64) sim.ServerID {
	if u.single() {
		return u.only(q, v, sid)
	}
	if !u.onBackups(q) {
		if s := u.round(&u.turns[0], u.bound(sid, false, q, v), q, v); s != sim.NoServer {
			return s
		}
	}
	return u.round(&u.turns[1], u.bound(sid, true, q, v), q, v)
}

// turnOf is roundRobin for the primary that sid names, or for any where sid is 0, if all that are up are regular, and the request has
// tried none; NoServer where that is not so.
func (u *upstream) turnOf(sid uint64, q *sim.Request, v *sim.View) sim.ServerID {
	t := &u.turns[0]
	if !t.alone(q) || u.single() || t.index.Total() == 0 {
		return sim.NoServer
	}
	best := 0
	if sid == 0 {
		best = t.index.Take()
	} else {
		at := u.sidPrimary.slot(sid)
		if best = int(at.at); at.sid == 0 || !t.index.In(best) {
			return sim.NoServer
		}
		t.index.Charge(best, t.all)
	}
	if u.failed {
		t.group[best].take(seconds(v))
	}
	return t.ids[best]
}

// only chooses the only server, whose failures do not count.
func (u *upstream) only(q *sim.Request, v *sim.View, sid uint64) sim.ServerID {
	p := &u.primary[0]
	if u.bound(sid, false, q, v) < 0 && (p.isDown || p.full(v)) {
		return sim.NoServer
	}
	return p.id
}

// round is one round over a group. A server chosen by affinity (bound ≥ 0) pays for its turn too, unless its debt is
// already so large that it would miss more than one turn with new clients.
func (u *upstream) round(t *turns, bound int, q *sim.Request, v *sim.View) sim.ServerID {
	now, alike := seconds(v), t.alone(q)
	if bound < 0 {
		if alike {
			if best := t.index.Take(); best >= 0 {
				return t.group[best].take(now)
			}
			return sim.NoServer
		}
		best, total := t.round(q, v, now, false)
		if best == nil {
			return sim.NoServer
		}
		t.pay(best, total)
		return best.take(now)
	}
	p := &t.group[bound]
	switch {
	case p.indexed && alike:
		t.index.Charge(int(p.at), t.all)
	case t.credit(p) > p.weight-t.all:
		_, total := t.round(q, v, now, true)
		t.pay(p, total)
	}
	return p.take(now)
}
