package policies

import "stickysim/sim"

// inner is the balancing policy inside a sticky one: it decides where affinity does not, and follows all attempts. Its other
// powers are hidden: answers and retries are the sticky policy's own.
type inner struct{ powers sim.Powers }

// newInner makes an instance with randomness of its own.
func newInner(i Policy, env sim.Env) inner {
	env.Rand = env.Rand.Stream("balance")
	return inner{sim.PowersOf(i.New(env))}
}

// Pick implements [sim.Balancer].
func (p *inner) Pick(q *sim.Request, v *sim.View) sim.ServerID { return p.powers.Pick(q, v) }

// Rebuild implements [sim.Rebuilder].
func (p *inner) Rebuild(v *sim.View) { p.powers.Rebuild(v) }

// Watches says whether the policy inside follows its attempts.
func (p *inner) Watches() bool { return p.powers.Watches() }

// FollowsSessions says whether it follows the sessions.
func (p *inner) FollowsSessions() bool { return p.powers.FollowsSessions() }

// Began implements [sim.Watcher].
func (p *inner) Began(s sim.ServerID, v *sim.View) { p.powers.Began(s, v) }

// Held implements [sim.SessionWatcher].
func (p *inner) Held(s sim.ServerID, v *sim.View) { p.powers.Held(s, v) }

// Ended implements [sim.Watcher].
func (p *inner) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) { p.powers.Ended(s, o, v) }
