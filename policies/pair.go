package policies

import (
	"errors"
	"fmt"

	"stickysim/sim"
)

// pair is the two policies behind a canary or a split. Both hear what the engine tells. Connection retries of the products'
// own are asked for where both have them; otherwise the scenario's redispatch takes their place.
type pair struct {
	sides   [2]side
	keyed   bool
	open    bool
	retries bool
}

// side is one of the two policies.
type side struct {
	inner
	binder  sim.Binder // nil where the policy has no such side; so is retrier
	retrier sim.Retrier
}

// checkPair is the rule for the names of the two policies: they are registered, and not pairs themselves, since a client
// has one mark.
func checkPair(first, a, second, b string) error {
	return errors.Join(checkSide(first, a), checkSide(second, b))
}

func checkSide(param, name string) error {
	e, ok := Lookup(name)
	if !ok {
		return fmt.Errorf("%s: unknown policy %.40q", param, name)
	}
	switch e.Default.(type) {
	case Canary, Split:
		return fmt.Errorf("%s: must be a policy without alternatives of its own, got %s", param, name)
	}
	return nil
}

func newPair(a, b string, env sim.Env) pair {
	var p pair
	for i, name := range []string{a, b} {
		own := env
		own.Rand = env.Rand.Stream("side").At(uint64(i))
		policy, err := New(name, own)
		if err != nil {
			panic(err.Error())
		}
		s := &p.sides[i]
		s.Balancer = policy
		s.rebuilder, _ = policy.(sim.Rebuilder)
		s.watcher, _ = policy.(sim.Watcher)
		s.binder, _ = policy.(sim.Binder)
		s.retrier, _ = policy.(sim.Retrier)
		if k, ok := policy.(sim.Keyed); ok {
			p.keyed = p.keyed || k.NeedsKey()
		}
		if f, ok := policy.(sim.FailOpener); ok {
			p.open = p.open || f.FailsOpen()
		}
	}
	p.retries = p.sides[0].retrier != nil && p.sides[1].retrier != nil
	return p
}

// NeedsKey implements [sim.Keyed].
func (p *pair) NeedsKey() bool { return p.keyed }

// FailsOpen implements [sim.FailOpener].
func (p *pair) FailsOpen() bool { return p.open }

// Pins implements [sim.Pinner].
func (p *pair) Pins() int {
	n := 0
	for i := range p.sides {
		if t, ok := p.sides[i].Balancer.(sim.Pinner); ok {
			n += t.Pins()
		}
	}
	return n
}

// answered passes an answer to side i. Where mark is set, the client carries the mark of i from now on.
func (p *pair) answered(i int, mark bool, q *sim.Request, s sim.ServerID, v *sim.View) {
	if b := p.sides[i].binder; b != nil {
		b.Answered(q, s, v)
	}
	q.SetMark = 0
	if own := uint8(i + 1); mark && q.Mark != own {
		q.SetMark = own
	}
}
