package haproxy

import (
	"slices"

	"stickysim/policies"
	"stickysim/sim"
)

// First is `balance first`: the server with the lowest id that is not full.
type First struct {
	Options `yaml:",inline"`
}

// New makes an instance.
func (c First) New(env sim.Env) sim.Balancer {
	return newBackend(c.Options, &first{}, env)
}

var _ = policies.Register("haproxy/first", First{DefaultOptions()}, policies.Doc{
	Summary: "HAProxy's first server with room",
	Detail: "The usable server with the lowest id takes everything up to its maxconn, then the next one. Without maxconn " +
		"the others get nothing.",
	Source: "HAProxy 2.6 src/lb_fas.c",
	Claims: policies.Claims{Limit: true},
})

// first keeps the usable servers by id.
type first struct {
	grp [2][]sim.ServerID // servers, backups
}

func (*first) traits() traits { return traits{turns: true, blocks: true} }

func (f *first) rebuild(b *backend, _ *sim.View) {
	f.grp[0], f.grp[1] = f.grp[0][:0], f.grp[1][:0]
	for _, s := range b.members {
		switch x := &b.srv[s]; {
		case x.weight == 0:
		case x.backup:
			f.grp[1] = append(f.grp[1], s)
		default:
			f.grp[0] = append(f.grp[0], s)
		}
	}
	for _, g := range f.grp {
		slices.SortStableFunc(g, func(s, t sim.ServerID) int { return b.srv[s].number - b.srv[t].number })
	}
}

func (f *first) pick(b *backend, _ *sim.Request, v *sim.View, avoid sim.ServerID) sim.ServerID {
	g := f.grp[0]
	if b.act == 0 {
		g = f.grp[1]
	}
	avoided := sim.NoServer
	for _, s := range g {
		if b.full(v, s) {
			continue
		}
		if s != avoid {
			return s
		}
		avoided = s
	}
	return avoided
}
