package lighttpd

import (
	"bytes"

	"stickysim/policies"
	"stickysim/sim"
)

// Hash binds a request by its Host and path, without query: the server with the greatest XOR of that hash and the
// hash of its host name. The port does not count: of several servers on one host only the first is ever used. The XOR
// makes shares powers of 1/2, far from fair. The key is "Host path".
type Hash struct{}

// New makes an instance.
func (Hash) New(env sim.Env) sim.Balancer { return &hash{newGreatest(env, false)} }

var _ = policies.Register("lighttpd/hash", Hash{}, policies.Doc{
	Summary: "hash of Host and path, XORed with that of the server's host",
	Source:  "lighttpd proxy.balance = hash; src/gw_backend.c, GW_BALANCE_HASH",
	Key:     policies.KeyHash,
	Claims:  policies.Claims{Sticky: true, Minimal: true},
})

type hash struct{ greatest }

// NeedsKey asks for "Host path".
func (*hash) NeedsKey() bool { return true }

// KeyText is part of [sim.Keyed].
func (*hash) KeyText() sim.KeyText { return sim.PathText }

// Pick hashes the path first, then the Host.
func (b *hash) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	name, path, _ := bytes.Cut(q.Key, []byte{' '})
	path, _, _ = bytes.Cut(path, []byte{'?'})
	base := djbx(djbx(djbxSeed, path), name)
	s, ok := b.known(q, uint64(base), v)
	if !ok {
		s = b.pick(q, uint64(base), base, v)
	}
	return s
}
