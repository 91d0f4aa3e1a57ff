package cloud

import (
	"slices"

	"stickysim/sim"
)

// Affinity is a cookie that names a target, in front of a [Balancer]. A cookie whose target is gone, unhealthy or
// has just failed the request is balanced, and rewritten: there is no way back.
type Affinity struct {
	*Balancer
	Names
	TTL          sim.Time // how long clients keep the cookie; 0 = their session
	Sliding      bool     // set with every response, so TTL counts from the last one; otherwise when the target changes
	Application  bool     // set too when the application sets its own cookie, with a new session
	KeepDraining bool     // a draining target keeps its clients
}

// Repeats implements [sim.Repeater]: a cookie that answers do not renew is good until its target changes.
func (a *Affinity) Repeats() bool { return !a.Sliding && !a.Application }

// Pick implements [sim.Balancer].
func (a *Affinity) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	why := sim.CookieMissing
	if q.Cookie != 0 {
		s := sim.ServerID(q.Cookie - 1)
		switch {
		case q.Cookie > sim.Cookie(len(v.Servers)) || v.Status[s] == sim.Removed:
			why = sim.CookieRefused
		case slices.Contains(q.Tried, s):
			why = sim.ServerUnusable
		case a.takes(s, v) || v.Status[s] == sim.Draining && a.KeepDraining:
			q.Settled = a.Repeats()
			return s
		default:
			why = sim.ServerUnusable
		}
	}
	s := a.Balancer.Pick(q, v)
	q.Why = why
	return s
}

// Answered implements [sim.Binder].
func (a *Affinity) Answered(q *sim.Request, s sim.ServerID, _ *sim.View) {
	if c := sim.Cookie(s) + 1; a.Sliding || q.Cookie != c || a.Application && q.Fresh {
		q.SetCookie, q.CookieTTL = c, a.TTL
	}
}
