package haproxy

import (
	"stickysim/policies"
	"stickysim/sim"
)

// LeastConn is `balance leastconn`: the server with the fewest requests per weight.
type LeastConn struct {
	Options `yaml:",inline"`
}

// New makes an instance.
func (c LeastConn) New(env sim.Env) sim.Balancer {
	return newBackend(c.Options, &leastConn{}, env)
}

var _ = policies.Register("haproxy/leastconn", LeastConn{DefaultOptions()}, policies.Doc{
	Summary: "HAProxy's least connections",
	Detail: "The server with the fewest requests in flight or waiting, per weight; among equals the one that has been " +
		"there longest. Idle servers are taken in turn, whatever their weights.",
	Source: "HAProxy 2.6 src/lb_fwlc.c",
	Claims: policies.Claims{Uniform: true, Sample: -1, Limit: true},
})

// leastConn keeps servers sorted by load.
type leastConn struct {
	at  []loadPlace // by ServerID
	grp [2]ordered  // servers, backups
}

type loadPlace struct {
	key uint64
	in  bool
}

func (*leastConn) traits() traits { return traits{turns: true, blocks: true} }

func (l *leastConn) group(b *backend, s sim.ServerID) *ordered {
	if b.srv[s].backup {
		return &l.grp[1]
	}
	return &l.grp[0]
}

func (l *leastConn) rebuild(b *backend, v *sim.View) {
	for len(l.at) < len(b.srv) {
		l.at = append(l.at, loadPlace{})
	}
	for _, s := range b.changes {
		l.place(b, s, v)
	}
}

// loaded moves s when its load changed.
func (l *leastConn) loaded(b *backend, s sim.ServerID, v *sim.View) {
	if t := &l.at[s]; t.in {
		if key := loadKey(b, s, v); key != t.key {
			t.key = key
			l.group(b, s).insert(s, key)
		}
	}
}

// place puts s behind those with the same load.
func (l *leastConn) place(b *backend, s sim.ServerID, v *sim.View) {
	g, t := l.group(b, s), &l.at[s]
	was := t.in
	switch t.in = b.srv[s].weight > 0; {
	case t.in:
		t.key = loadKey(b, s, v)
		g.insert(s, t.key)
	case was:
		g.remove(s)
	}
}

// loadKey is the load per weight that one more request would make; 0 for an idle server.
func loadKey(b *backend, s sim.ServerID, v *sim.View) uint64 {
	load := uint64(v.InFlight[s]) + uint64(b.waiting[s])
	if load == 0 {
		return 0
	}
	return (load + 1) * maxWeight / uint64(b.srv[s].weight)
}

func (l *leastConn) pick(b *backend, _ *sim.Request, v *sim.View, avoid sim.ServerID) sim.ServerID {
	g := &l.grp[0]
	if b.act == 0 {
		g = &l.grp[1]
	}
	avoided := sim.NoServer
	s := g.find(func(s sim.ServerID) bool {
		x := &b.srv[s]
		if b.full(v, s) && int(v.InFlight[s]+b.waiting[s]) >= b.limit(v, s)+int(x.maxqueue) {
			return false
		}
		if s == avoid {
			avoided = s
		}
		return s != avoid
	})
	if s < 0 {
		return avoided
	}
	return s
}
