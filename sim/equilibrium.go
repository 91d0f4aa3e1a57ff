package sim

import "stickysim/sim/dist"

func (r *run) startUser(p *population, n uint64) {
	id := r.newClient(p, p.key.Stream("user").At(n), n)
	r.beginSession(p, id)
	c := &r.clients[id]
	at := r.now
	if p.Think != nil {
		total, age := dist.Equilibrium(c.key.Stream("start"), p.Think)
		at += FromSeconds(total - age)
	}
	r.schedule(p, id, at)
}

// startInEquilibrium puts the sessions that would be active in an unloaded system at time 0: a Poisson number of
// them, each a size-biased session at a uniform point of its life (exact for M/G/∞; queueing makes it longer).
func (r *run) startInEquilibrium(p *population) {
	k := p.key.Stream("equilibrium")
	mean := p.Sessions.Rate() * p.sessionSeconds()
	sum := 0.0
	for n := uint64(0); ; n++ {
		if sum += k.At(2 * n).Exp(); sum > mean {
			return
		}
		id := r.newClient(p, k.At(2*n+1), n|1<<25)
		r.beginSession(p, id)
		c := &r.clients[id]
		at := r.now
		if p.Requests != nil {
			total, age := dist.Equilibrium(c.key.Stream("size"), p.Requests)
			c.willSend(max(uint32(total+0.5)-uint32(age), 1))
		}
		if p.Life != nil {
			total, age := dist.Equilibrium(c.key.Stream("life"), p.Life)
			r.cold[id].livesUntil(r.now + FromSeconds(total-age))
			c.beganAt(r.now - FromSeconds(age))
		}
		if p.Think != nil {
			total, age := dist.Equilibrium(c.key.Stream("start"), p.Think)
			at += FromSeconds(total - age)
		}
		r.schedule(p, id, at)
	}
}

// sessionSeconds is the mean length of a session of p in an unloaded system; of several limits, the shortest mean.
func (p *Population) sessionSeconds() float64 {
	length := Never.Seconds()
	if p.Life != nil {
		length = p.Life.Mean()
	}
	if p.Requests != nil {
		cycle := 0.0
		if p.Think != nil {
			cycle = p.Think.Mean()
		}
		if p.Loop == ClosedLoop && p.Demand != nil {
			cycle += p.Demand.Mean()
		}
		length = min(length, p.Requests.Mean()*cycle)
	}
	return length
}
