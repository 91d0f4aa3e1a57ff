package apache

import "stickysim/sim"

// method is an lbmethod: it elects among candidates, which it knows by their place. Between fill and save it keeps what the
// members have earned.
type method interface {
	fill(candidates []*member, v *sim.View)
	save(candidates []*member)
	elect() (place int)                               // there is a candidate
	charge(place, total int)                          // all candidates earn, and this one pays; -1 = none of them pays
	follow(place int, candidate *member, v *sim.View) // its load or its answers have changed
}

// balancer is a <Proxy balancer://> block.
type balancer struct {
	method  method
	known   []member                 // by ServerID
	members []*member                // those that are configured, in order
	routes  map[sim.Cookie][]*member // by route: plain ones before standbys

	election
}

func newBalancer(name string, env sim.Env) *balancer {
	return &balancer{method: newMethod(name), known: make([]member, env.Servers)}
}

// Reads implements [sim.Reader].
func (b *balancer) Reads() sim.Needs { return 0 }

// Rebuild follows the list of members; counters of those that stay are kept.
func (b *balancer) Rebuild(v *sim.View) {
	b.dissolve()
	b.members = b.members[:0]
	for _, s := range v.Members {
		m := &b.known[s]
		if !m.begun {
			*m = newMember(s, v.Servers[s])
		}
		m.factor = max(1, int(v.Weight[s]*100+0.5))
		b.members = append(b.members, m)
	}
	b.routes = make(map[sim.Cookie][]*member, len(b.members))
	for _, standby := range [2]bool{false, true} {
		for _, m := range b.members {
			if m.standby == standby {
				b.routes[m.route] = append(b.routes[m.route], m)
			}
		}
	}
}

// Pick is one pre_request: forced recovery, then the lbmethod.
func (b *balancer) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	b.recover(v)
	return b.best(v)
}

// recover takes every member out of error when all are in it (forcerecovery On).
func (b *balancer) recover(v *sim.View) {
	for _, m := range b.members {
		if b.retry(m, v.Now); !m.failed {
			return
		}
	}
	b.dissolve()
	for _, m := range b.members {
		m.failed = false
	}
}

// retry ends the error state of a member when its time is over.
func (b *balancer) retry(m *member, now sim.Time) {
	if m.over(now) {
		b.dissolve()
		m.failed = false
	}
}

// Retry sends a request whose member could not be reached to as many further members as there are: maxattempts is their
// number minus one. What has been sent is not sent again.
func (b *balancer) Retry(q *sim.Request, _ sim.ServerID, o sim.Outcome, _ *sim.View) (again bool, after sim.Time) {
	return o == sim.Unreachable && q.Attempt < len(b.members)-1, 0
}

// Began follows the loads.
func (b *balancer) Began(s sim.ServerID, v *sim.View) { b.follow(s, v) }

// Calm is part of [sim.Watcher]: answers matter for loads and traffic.
func (b *balancer) Calm() bool {
	m, ok := b.method.(*byRequests)
	return ok && !m.turns.Loads
}

// Ended puts a member that could not be reached into error, and counts answers as traffic.
func (b *balancer) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	m := &b.known[s]
	switch {
	case o == sim.Answered:
		m.answers++
	case o == sim.Unreachable && !m.ignore:
		b.dissolve()
		m.failed, m.since = true, v.Now
	}
	b.follow(s, v)
}
