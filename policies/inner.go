package policies

import "stickysim/sim"

// inner is the balancing policy inside a sticky one: it decides where affinity does not, and hears all that the engine
// tells.
type inner struct {
	sim.Balancer
	rebuilder sim.Rebuilder // nil where the policy has no such side; so is watcher
	watcher   sim.Watcher
}

// newInner makes an instance of the named policy with randomness of its own. It panics on a name that checkBalance
// refuses.
func newInner(name string, env sim.Env) inner {
	if err := checkBalance(name); err != nil {
		panic("policies: " + err.Error())
	}
	env.Rand = env.Rand.Stream("balance")
	b, err := New(name, env)
	if err != nil {
		panic(err.Error())
	}
	p := inner{Balancer: b}
	p.rebuilder, _ = b.(sim.Rebuilder)
	p.watcher, _ = b.(sim.Watcher)
	return p
}

// Rebuild implements [sim.Rebuilder].
func (p *inner) Rebuild(v *sim.View) {
	if p.rebuilder != nil {
		p.rebuilder.Rebuild(v)
	}
}

// Began implements [sim.Watcher].
func (p *inner) Began(s sim.ServerID, v *sim.View) {
	if p.watcher != nil {
		p.watcher.Began(s, v)
	}
}

// Ended implements [sim.Watcher].
func (p *inner) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	if p.watcher != nil {
		p.watcher.Ended(s, o, v)
	}
}
