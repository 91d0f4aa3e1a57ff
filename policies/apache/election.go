package apache

import "stickysim/sim"

// election is who may be elected, until a member's state changes.
type election struct {
	held       bool
	candidates []*member
	others     []*member // usable ones that are no candidates: they earn only from requests that follow their route
	total      int       // loadfactors of both
	charges    int       // how often the others have earned
	place      []int32   // by ServerID: one more than the place among the candidates; 0 = none
	until      sim.Time  // when the error state of a member ends that an election looks at
}

// best is ap_proxy_balancer_get_best_worker.
func (b *balancer) best(v *sim.View) sim.ServerID {
	if b.held && v.Now > b.until {
		b.dissolve()
	}
	b.hold(v, true)
	if len(b.candidates) == 0 {
		return sim.NoServer
	}
	return b.candidates[b.method.elect()].id
}

// charge accounts for a request that followed its route: all usable members, standbys too, earn their loadfactor and
// m pays the total, as if it had been elected.
func (b *balancer) charge(m *member, v *sim.View) {
	b.hold(v, false)
	b.charges++
	place := int(b.place[m.id]) - 1
	if place < 0 {
		m.status -= b.total
	}
	b.method.charge(place, b.total)
}

// follow reports a change of the load or the answers of s.
func (b *balancer) follow(s sim.ServerID, v *sim.View) {
	if b.held && b.place[s] > 0 {
		b.method.follow(int(b.place[s])-1, &b.known[s], v)
	}
}

// dissolve gives the members what they have earned. It comes before every change of a member's state.
func (b *balancer) dissolve() {
	if !b.held {
		return
	}
	b.held = false
	b.method.save(b.candidates)
	for _, m := range b.candidates {
		b.place[m.id] = 0
	}
	for _, m := range b.others {
		m.status += b.charges * m.factor
	}
}

// hold finds the candidates, if they are not known. Only an election ends error states whose time is over.
func (b *balancer) hold(v *sim.View, elects bool) {
	if b.held {
		return
	}
	b.candidates, b.until = b.candidates[:0], sim.Never
	last := 0
	for _, m := range b.members {
		last = max(last, m.set)
	}
	for set := 0; set <= last && len(b.candidates) == 0; set++ {
		b.gather(set, v, elects)
	}
	if len(b.place) < len(b.known) {
		b.place = make([]int32, len(b.known))
	}
	b.others, b.total, b.charges = b.others[:0], 0, 0
	for i, m := range b.candidates {
		b.place[m.id] = int32(i + 1)
		b.total += m.factor
	}
	for _, m := range b.members {
		if b.place[m.id] == 0 && m.usable(v) {
			b.others, b.total = append(b.others, m), b.total+m.factor
		}
	}
	b.held = true
	b.method.fill(b.candidates, v)
}

// gather appends the candidates of an lbset, in the order in which they are looked at: the plain members, hot spares for as many
// as are unusable, and hot standbys if no other member is usable.
func (b *balancer) gather(set int, v *sim.View, elects bool) {
	missing := 0
	for _, m := range b.members {
		if m.set != set || m.spare || m.standby {
			continue
		}
		if b.look(m, v, elects); m.draining(v) || !m.usable(v) {
			missing++
		} else {
			b.candidates = append(b.candidates, m)
		}
	}
	for _, m := range b.members {
		if missing > 0 && m.spare && b.reserve(m, set, v, elects) {
			missing--
			b.candidates = append(b.candidates, m)
		}
	}
	if len(b.candidates) > 0 {
		return
	}
	for _, m := range b.members {
		if !m.spare && m.standby && b.reserve(m, set, v, elects) {
			b.candidates = append(b.candidates, m)
		}
	}
}

// reserve reports whether a spare or standby could step in.
func (b *balancer) reserve(m *member, set int, v *sim.View, elects bool) bool {
	b.look(m, v, elects)
	return m.set == set && !m.draining(v) && m.usable(v)
}

// look is what an election does with a member before it asks whether that is usable.
func (b *balancer) look(m *member, v *sim.View, elects bool) {
	if elects && m.over(v.Now) {
		m.failed = false
	}
	if m.failed {
		b.until = min(b.until, m.ends())
	}
}
