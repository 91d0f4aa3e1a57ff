package sim

import "stickysim/sim/rng"

// planArrival plans the population's next arrival. The arrival process has a clock of its own, which ArrivalFactor makes
// run faster or slower: the same sessions arrive, closer together or further apart.
func (r *run) planArrival(p *population) {
	p.nextOn = p.arrivals.Next(p.clock)
	if p.numbered != nil {
		p.nextNumber = p.numbered.Number()
	}
	p.scheduleArrival(r)
}

func (p *population) scheduleArrival(r *run) {
	p.due = Never
	if p.nextOn < Never && p.pace > 0 {
		wait := max(p.nextOn-p.clock, 0) // rounding may have put the clock past it
		if p.pace != 1 {
			wait = FromSeconds(wait.Seconds() / p.pace)
		}
		p.due = p.clockAt + wait
	}
	r.push(max(p.due, r.now), evArrive, uint32(p.index))
}

// clockOfArrivals is what the clock of the arrivals shows now.
func (p *population) clockOfArrivals(now Time) Time {
	return p.clock + FromSeconds((now-p.clockAt).Seconds()*p.pace)
}

// paceArrivals multiplies the pace of all open populations.
func (r *run) paceArrivals(factor float64) {
	for i := range r.pops {
		p := r.pops[i]
		if p.arrivals == nil {
			continue
		}
		p.clock, p.clockAt = p.clockOfArrivals(r.now), r.now
		p.pace *= factor
		p.scheduleArrival(r)
	}
}

var toArrive = rng.PurposeOf("session")

// arrive begins the next session of an open population.
func (r *run) arrive(pop int) {
	p := r.pops[pop]
	if r.now != p.due {
		return // the arrivals have been speeded up or slowed down since
	}
	p.clock = p.nextOn
	p.clockAt = r.now
	nth := p.arrived
	n := nth
	if p.numbered != nil {
		n = p.nextNumber
	}
	p.arrived++
	r.planArrival(p)
	id := r.newClient(p, p.key.For(toArrive).At(n), n, nth)
	r.beginSession(p, id)
	r.clientTurn(id)
}
