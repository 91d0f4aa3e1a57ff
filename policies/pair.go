package policies

import (
	"reflect"

	"stickysim/sim"
)

// pair is the two policies behind a canary or a split. Connection retries of the products' own are asked for where both
// policies have them; otherwise the scenario's redispatch takes their place.
type pair struct {
	cookieText
	sides [2]sim.Powers
}

func newPair(a, b Policy, env sim.Env) pair {
	var p pair
	for i, policy := range []Policy{a, b} {
		own := env
		own.Rand = env.Rand.Stream("side").At(uint64(i))
		p.sides[i] = sim.PowersOf(policy.New(own))
	}
	p.cookieText = p.textOf(a, b, env)
	return p
}

// textOf is the text of cookies where it is known which policy set them: both are the same one, or the other sets none.
func (p *pair) textOf(a, b Policy, env sim.Env) cookieText {
	switch {
	case b.Key() != KeyCookie || reflect.DeepEqual(a.config(), b.config()):
		return cookieText{policy: a, env: env, writes: p.sides[0].Writes()}
	case a.Key() != KeyCookie:
		return cookieText{policy: b, env: env, writes: p.sides[1].Writes()}
	}
	return cookieText{}
}

// retries reports whether both policies have connection retries of their own.
func (p *pair) retries() bool { return p.sides[0].Retries() && p.sides[1].Retries() }

// NeedsKey implements [sim.Keyed].
func (p *pair) NeedsKey() bool { return p.sides[0].NeedsKey() || p.sides[1].NeedsKey() }

// KeyText is part of [sim.Keyed]. Two policies that hash different texts are shown the client's.
func (p *pair) KeyText() sim.KeyText {
	a, b := &p.sides[0], &p.sides[1]
	switch {
	case !b.NeedsKey() || a.KeyText() == b.KeyText():
		return a.KeyText()
	case !a.NeedsKey():
		return b.KeyText()
	}
	return sim.OwnText
}

// reads is which fields of a request the two policies read.
func (p *pair) reads() sim.Needs { return p.sides[0].Reads() | p.sides[1].Reads() }

// FailsOpen implements [sim.FailOpener].
func (p *pair) FailsOpen() bool { return p.sides[0].FailsOpen() || p.sides[1].FailsOpen() }

// Watches says whether one of the policies follows its attempts.
func (p *pair) Watches() bool { return p.sides[0].Watches() || p.sides[1].Watches() }

// FollowsSessions says whether one of them follows the sessions.
func (p *pair) FollowsSessions() bool {
	return p.sides[0].FollowsSessions() || p.sides[1].FollowsSessions()
}

// answered passes an answer to side i. Where mark is set, the client carries the mark of i from now on.
func (p *pair) answered(i int, mark bool, q *sim.Request, s sim.ServerID, v *sim.View) {
	p.sides[i].Answered(q, s, v)
	q.SetMark = 0
	if own := uint8(i + 1); mark && q.Mark != own {
		q.SetMark = own
	}
}
