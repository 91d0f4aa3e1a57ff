package caddy

import (
	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
)

// IPHash binds a client by the address its connection comes from: rendezvous hashing over the available upstreams,
// without weights. Behind another proxy all clients have that proxy's address.
type IPHash struct {
	Proxy
	Version string `yaml:"version" check:"oneof=new|old" doc:"new: xxHash64 (Caddy 2.7 on); old: FNV-1a (Caddy 2.6)"`
}

// New makes an instance.
func (c IPHash) New(env sim.Env) sim.Balancer {
	return newBalancer(c.Proxy, env, &addressHash{rank: newRanking(c.Version), peer: true})
}

var _ = policies.Register("caddy/ip_hash", IPHash{Proxy: defaults, Version: "new"}, policies.Doc{
	Summary: "rendezvous hash of the connection's address",
	Source:  "Caddy lb_policy ip_hash; selectionpolicies.go, hostByHashing",
	Key:     policies.KeyAddress,
	Claims:  policies.Claims{Sticky: true, Minimal: true, Limit: true},
})

// addressHash hashes the text of an address, without port.
type addressHash struct {
	rank *recalled
	peer bool // that of the connection, instead of the one the balancer sees
	text [64]byte
}

func (a *addressHash) rebuild(v *sim.View) { a.rank.rebuild(v) }

func (a *addressHash) choose(q *sim.Request, v *sim.View, p *pool) sim.ServerID {
	from := &q.Addr
	if a.peer && q.Via != nil {
		from = &q.Via.Peer
	}
	sum := keys.Number(from)
	s, ok := a.rank.known(q.Client, sum, v, p)
	if !ok {
		s = a.rank.highest(q.Client, sum, from.AppendText(a.text[:0]), v, p)
	}
	return s
}
