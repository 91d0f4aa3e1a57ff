package sim

import "stickysim/sim/rng"

// planArrival plans the population's next arrival. Its process runs on a clock of its own, which a timeline entry can
// make run faster or slower: the same sessions then come, closer together or further apart.
func (r *run) planArrival(p *population) {
	p.nextOn = p.arrivals.Next(p.clock)
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

// changeArrivals makes the sessions of open populations come Factor times as fast, for Repair.
func (r *run) changeArrivals(a *Action, k rng.Key) {
	r.log("arrivals change", NoServer, "", 0)
	r.setArrivals(a.Factor)
	if a.Repair != nil {
		r.plan(scheduled{step: stepArrivals, factor: a.Factor}, r.now+FromSeconds(a.Repair.Sample(k)))
	}
}

// setArrivals multiplies the pace of all open populations.
func (r *run) setArrivals(factor float64) {
	for i := range r.pops {
		p := &r.pops[i]
		if p.arrivals == nil {
			continue
		}
		p.clock += FromSeconds((r.now - p.clockAt).Seconds() * p.pace)
		p.clockAt = r.now
		p.pace *= factor
		p.scheduleArrival(r)
	}
}
