package lighttpd

import (
	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
)

// Sticky binds a client by its address: the server with the greatest XOR of the address's hash, the hash of the
// server's host, and its port. As with Hash, shares have nothing to do with fairness: of five servers with
// consecutive addresses and ports two may get everything.
type Sticky struct{}

// New makes an instance.
func (Sticky) New(env sim.Env) sim.Balancer { return &sticky{greatest: newGreatest(env, true)} }

var _ = policies.Register("lighttpd/sticky", Sticky{}, policies.Doc{
	Summary: "hash of the client's address, XORed with that of the server's host and its port",
	Source:  "lighttpd proxy.balance = sticky; src/gw_backend.c, GW_BALANCE_STICKY",
	Key:     policies.KeyAddress,
	Claims:  policies.Claims{Sticky: true, Minimal: true},
})

type sticky struct {
	greatest
	text [64]byte
}

// Reads implements [sim.Reader].
func (b *sticky) Reads() sim.Needs { return sim.NeedsAddr }

// Pick hashes the text of the address.
func (b *sticky) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	sum := keys.Number(&q.Addr)
	s, ok := b.known(q, sum, v)
	if !ok {
		s = b.pick(q, sum, djbx(djbxSeed, q.Addr.AppendText(b.text[:0])), v)
	}
	return s
}
