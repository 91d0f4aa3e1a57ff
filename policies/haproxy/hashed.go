package haproxy

import (
	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
)

// hashTable turns hashes into servers: slots or a ring.
type hashTable interface {
	rebuild(b *backend, v *sim.View)
	at(b *backend, v *sim.View, hash uint32, avoid sim.ServerID) sim.ServerID
	next(b *backend, v *sim.View, avoid sim.ServerID) sim.ServerID
}

// hashed is the algorithms that hash a part of the request. Requests without that part take turns.
type hashed struct {
	hashTable
	mix   bool
	hash  func(q *sim.Request) (hash uint32, ok bool)
	text  bool        // needs Request.Key
	is    sim.KeyText // what that is
	reads sim.Needs
	ring  bool
	bound bool // of the load

	always bool // looks at requests also while one server is left
}

func newHashed(h Hashing, text bool, hash func(q *sim.Request) (uint32, bool)) *hashed {
	a := &hashed{hashTable: &slots{}, mix: h.mixes(), hash: hash, text: text, reads: sim.NeedsAddr}
	if h.HashType == "consistent" {
		a.hashTable, a.ring, a.bound = newRing(h.BalanceFactor), true, h.BalanceFactor > 0
	}
	return a
}

// newTextHashed hashes a part of the text that the key is.
func newTextHashed(h Hashing, key keys.Template, cut part) *hashed {
	f, w := hashFuncs[h.Function], &keys.Writer{Template: key}
	a := newHashed(h, key.NeedsKey(), func(q *sim.Request) (uint32, bool) {
		text, ok := cut(w.Of(q))
		return f(text), ok
	})
	a.is, a.reads = key.KeyText(), key.Reads()
	return a
}

func (a *hashed) traits() traits {
	return traits{key: a.text, text: a.is, reads: a.reads, table: !a.ring, counts: a.bound, hashes: !a.bound}
}

func (a *hashed) pick(b *backend, q *sim.Request, v *sim.View, avoid sim.ServerID) sim.ServerID {
	alone := b.act == 1 || b.act == 0 && (b.bck == 1 || b.fbck >= 0)
	if alone && !a.always { // so those without the key take no turn
		return a.at(b, v, 0, avoid)
	}
	hash, ok := a.hash(q)
	if !ok {
		q.Memo |= memoTurn
		return a.next(b, v, avoid)
	}
	if a.mix {
		hash = avalanche(hash)
	}
	return a.at(b, v, hash, avoid)
}

// hashDetail is what the hash policies have in common, for their documentation.
const hashDetail = "Map-based tables are computed anew when a server goes down or comes up, which moves most keys; the " +
	"consistent ring moves only those of that server, but numbers servers by position unless they have an id. A full " +
	"server queues its own requests while others idle. Requests without the key are balanced in turn."

// hashDoc is the documentation of a policy that hashes what.
func hashDoc(what, source string, key policies.Key) policies.Doc {
	return policies.Doc{
		Summary: "HAProxy's hash of " + what,
		Detail:  hashDetail,
		Source:  "HAProxy 2.6 src/backend.c " + source,
		Key:     key,
		Claims:  policies.Claims{Sticky: true, Limit: true},
	}
}
