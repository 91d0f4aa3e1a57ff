package policies

import (
	"errors"
	"fmt"

	"stickysim/sim"
)

// pair is the two policies behind a canary or a split. Connection retries of the products' own are asked for where both
// policies have them; otherwise the scenario's redispatch takes their place.
type pair struct{ sides [2]sim.Powers }

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
		p.sides[i] = sim.PowersOf(policy)
	}
	return p
}

// retries reports whether both policies have connection retries of their own.
func (p *pair) retries() bool { return p.sides[0].Retries() && p.sides[1].Retries() }

// NeedsKey implements [sim.Keyed].
func (p *pair) NeedsKey() bool { return p.sides[0].NeedsKey() || p.sides[1].NeedsKey() }

// FailsOpen implements [sim.FailOpener].
func (p *pair) FailsOpen() bool { return p.sides[0].FailsOpen() || p.sides[1].FailsOpen() }

// answered passes an answer to side i. Where mark is set, the client carries the mark of i from now on.
func (p *pair) answered(i int, mark bool, q *sim.Request, s sim.ServerID, v *sim.View) {
	p.sides[i].Answered(q, s, v)
	q.SetMark = 0
	if own := uint8(i + 1); mark && q.Mark != own {
		q.SetMark = own
	}
}
