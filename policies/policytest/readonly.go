package policytest

import (
	"errors"
	"slices"

	"stickysim/policies"
	"stickysim/sim"
)

// checkReadOnly wants the view unchanged by every call of the policy: it belongs to whoever drives the policy.
func checkReadOnly(e policies.Entry) error {
	var changed error
	st := newStory(e, New(guarded{e.Default, &changed}, 6, 15))
	st.see = func(*sim.Request, sim.ServerID) error { return changed }
	return errors.Join(st.run(1000), changed)
}

// guarded is a policy whose calls are watched for changes of the view.
type guarded struct {
	policies.Config
	changed *error
}

func (c guarded) New(env sim.Env) sim.Balancer {
	return &guard{Powers: sim.PowersOf(c.Config.New(env)), changed: c.changed}
}

type guard struct {
	sim.Powers
	before  sim.View
	changed *error
}

// watch compares the view after a call with the one before it.
func (g *guard) watch(during string, v *sim.View, call func()) {
	g.before = *v
	g.before.Members, g.before.Eligible = slices.Clone(v.Members), slices.Clone(v.Eligible)
	g.before.Status, g.before.Weight = slices.Clone(v.Status), slices.Clone(v.Weight)
	g.before.InFlight, g.before.Sessions = slices.Clone(v.InFlight), slices.Clone(v.Sessions)
	call()
	b := &g.before
	same := b.Now == v.Now && b.Epoch == v.Epoch && slices.Equal(b.Members, v.Members) && slices.Equal(b.Eligible, v.Eligible) &&
		slices.Equal(b.Status, v.Status) && slices.Equal(b.Weight, v.Weight) && slices.Equal(b.InFlight, v.InFlight) &&
		slices.Equal(b.Sessions, v.Sessions)
	if !same && *g.changed == nil {
		*g.changed = errors.New(during + " changes the view")
	}
}

func (g *guard) Pick(q *sim.Request, v *sim.View) (s sim.ServerID) {
	g.watch("Pick", v, func() { s = g.Powers.Pick(q, v) })
	return s
}

func (g *guard) Rebuild(v *sim.View) { g.watch("Rebuild", v, func() { g.Powers.Rebuild(v) }) }

func (g *guard) Began(s sim.ServerID, v *sim.View) {
	g.watch("Began", v, func() { g.Powers.Began(s, v) })
}

func (g *guard) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	g.watch("Ended", v, func() { g.Powers.Ended(s, o, v) })
}

func (g *guard) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	g.watch("Answered", v, func() { g.Powers.Answered(q, s, v) })
}
