package policies

import "stickysim/sim"

// inner is the balancing policy inside a sticky one: it decides where affinity does not, and follows all attempts. Its other
// powers are hidden: answers and retries are the sticky policy's own.
type inner struct{ powers sim.Powers }

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
	return inner{sim.PowersOf(b)}
}

// Pick implements [sim.Balancer].
func (p *inner) Pick(q *sim.Request, v *sim.View) sim.ServerID { return p.powers.Pick(q, v) }

// Rebuild implements [sim.Rebuilder].
func (p *inner) Rebuild(v *sim.View) { p.powers.Rebuild(v) }

// Began implements [sim.Watcher].
func (p *inner) Began(s sim.ServerID, v *sim.View) { p.powers.Began(s, v) }

// Ended implements [sim.Watcher].
func (p *inner) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) { p.powers.Ended(s, o, v) }
