package apache

import "stickysim/sim"

// method is an lbmethod: an order among usable members. better is called once for each usable candidate, in order,
// with the best so far (nil at first); it may account for the member, as byrequests does.
type method interface {
	better(m, best *member, v *sim.View) bool
	elected(m *member) // m has been chosen by this method
}

// balancer is a <Proxy balancer://> block.
type balancer struct {
	method  method
	known   []member  // by ServerID
	members []*member // those that are configured, in order
}

func newBalancer(name string, env sim.Env) *balancer {
	return &balancer{method: newMethod(name), known: make([]member, env.Servers)}
}

// Rebuild follows the list of members; counters of those that stay are kept.
func (b *balancer) Rebuild(v *sim.View) {
	b.members = b.members[:0]
	for _, s := range v.Members {
		m := &b.known[s]
		if !m.begun {
			*m = newMember(s, v.Servers[s])
		}
		m.factor = max(1, int(v.Weight[s]*100+0.5))
		b.members = append(b.members, m)
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
		m.retried(v.Now)
		if !m.failed {
			return
		}
	}
	for _, m := range b.members {
		m.failed = false
	}
}

// best is ap_proxy_balancer_get_best_worker: lbsets in order; in each the plain members, hot spares for as many as
// are unusable, and hot standbys if no other member is usable.
func (b *balancer) best(v *sim.View) sim.ServerID {
	last := 0
	for _, m := range b.members {
		last = max(last, m.set)
	}
	for set := 0; set <= last; set++ {
		if m := b.bestOf(set, v); m != nil {
			b.method.elected(m)
			return m.id
		}
	}
	return sim.NoServer
}

func (b *balancer) bestOf(set int, v *sim.View) *member {
	var best *member
	missing := 0
	for _, m := range b.members {
		if m.set != set || m.spare || m.standby {
			continue
		}
		m.retried(v.Now)
		if m.draining(v) || !m.usable(v) {
			missing++
		} else if b.method.better(m, best, v) {
			best = m
		}
	}
	for _, m := range b.members {
		if missing > 0 && m.spare && b.reserve(m, set, v) {
			missing--
			if b.method.better(m, best, v) {
				best = m
			}
		}
	}
	if best != nil {
		return best
	}
	for _, m := range b.members {
		if !m.spare && m.standby && b.reserve(m, set, v) && b.method.better(m, best, v) {
			best = m
		}
	}
	return best
}

// reserve reports whether a spare or standby could step in.
func (b *balancer) reserve(m *member, set int, v *sim.View) bool {
	m.retried(v.Now)
	return m.set == set && !m.draining(v) && m.usable(v)
}

// Retry sends a request whose member could not be reached to as many further members as there are: maxattempts is their
// number minus one. What has been sent is not sent again.
func (b *balancer) Retry(q *sim.Request, _ sim.ServerID, o sim.Outcome, _ *sim.View) (again bool, after sim.Time) {
	return o == sim.Unreachable && q.Attempt < len(b.members)-1, 0
}

// Began does nothing: the View counts.
func (b *balancer) Began(sim.ServerID, *sim.View) {}

// Ended puts a member that could not be reached into error, and counts answers as traffic.
func (b *balancer) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	m := &b.known[s]
	switch o {
	case sim.Unreachable:
		if !m.ignore {
			m.failed, m.since = true, v.Now
		}
	case sim.Answered:
		m.answers++
	}
}
