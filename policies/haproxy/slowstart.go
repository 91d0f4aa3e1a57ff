package haproxy

import "stickysim/sim"

// warmth is the effective weight per configured unit: 16, and less while a server that came back is in slow start.
// HAProxy counts whole seconds, begun ones included once the first is over.
func (b *backend) warmth(x *server, v *sim.View) int {
	if x.upSince == sim.Never {
		return weightScale
	}
	up := v.Now - x.upSince
	if up >= x.slow || up < 0 {
		x.upSince = sim.Never
		return weightScale
	}
	elapsed := up / sim.Second
	if elapsed > 0 {
		elapsed++
	}
	slow := (x.slow + sim.Second - 1) / sim.Second
	return min(weightScale, int((weightScale*elapsed+slow)/slow))
}

// warmStep is how often HAProxy looks at a server in slow start: every twentieth of it, a second at least.
func warmStep(slow sim.Time) sim.Time { return max(sim.Second, slow/20) }

// nextWarm returns when the weights of servers in slow start change next.
func (b *backend) nextWarm(v *sim.View) sim.Time {
	next := sim.Never
	for _, s := range b.members {
		x := &b.srv[s]
		if x.upSince != sim.Never {
			step := warmStep(x.slow)
			next = min(next, x.upSince+((v.Now-x.upSince)/step+1)*step)
		}
	}
	return next
}

// limit is how many requests s may have at a time, 0 = any number: maxconn grows with slow start, from 1.
func (b *backend) limit(v *sim.View, s sim.ServerID) int {
	limit := v.Servers[s].Limit
	if x := &b.srv[s]; limit > 0 && x.upSince != sim.Never {
		limit = max(1, int(float64(limit)*float64(v.Now-x.upSince)/float64(x.slow)))
	}
	return min(limit, v.Servers[s].Limit)
}

// full reports whether s has as many requests as it may have.
func (b *backend) full(v *sim.View, s sim.ServerID) bool {
	if !b.limited {
		return false
	}
	limit := v.Servers[s].Limit
	if limit == 0 || int(v.InFlight[s]) < limit && b.srv[s].upSince == sim.Never {
		return false
	}
	return int(v.InFlight[s]) >= b.limit(v, s)
}
