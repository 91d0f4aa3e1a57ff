package sim

import (
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

// population is the running side of a Population.
type population struct {
	*Population
	index        int
	key          rng.Key
	arrivals     Arrivals
	numbered     Numbered // arrivals, where they are a part of a larger stream
	nextNumber   uint64   // in that stream, of the next arrival
	arrived      uint64   // sessions so far
	pace         float64  // how fast the clock of the arrivals runs
	clock        Time     // of the arrivals, when it was last read, at
	clockAt      Time
	nextOn       Time    // next arrival on that clock
	due          Time    // and on the run's
	retryTokens  float64 // retries saved up; see Population.RetryBudget
	lane         lane
	deadlines    deadlines
	addrBase     uint32
	playback     playback  // of its Trace
	shares       []float64 // cumulated Groups
	bases        []uint32
	replayed     Cookie // what its forgers present; 0 until a client has been given one
	replayedMark uint8  // and the mark that came with it
	think        law
	demand       law
	exits        exits
	stats        popStats
	surplus      *surplus // nil where it is not counted
}

func (r *run) initPopulations() {
	r.pops = make([]*population, len(r.m.Populations))
	r.jarsLast = true
	all := make([]population, len(r.pops))
	base := uint32(0)
	for i := range r.pops {
		p := &all[i]
		r.pops[i] = p
		p.Population = &r.m.Populations[i]
		p.index = i
		p.key = r.key.Stream("population").At(uint64(i))
		if p.Resample != AsRecorded {
			own := *p.Population
			own.Trace = p.Trace.resampled(p.Resample, p.key.Stream("resample"))
			p.Population = &own
		}
		p.lane = newLane(Never)
		p.deadlines = newDeadlines(p.Timeout)
		if d, fixed := p.Timeout.(dist.Deterministic); fixed {
			p.lane = newLane(FromSeconds(d.Mean()))
		}
		p.addrBase = base
		base += 1 << 26
		p.initGroups()
		p.think, p.demand, p.exits = lawOf(p.Think), lawOf(p.Demand), r.exitsOf(p)
		r.detours = r.detours || p.exits&(atService|ofState) != 0
		r.jarsLast = r.jarsLast && p.CookieLoss == 0
		if r.m.Controls {
			p.surplus, p.think, p.demand = newSurplus(p.Population)
		}
	}
}

// startPopulations lets clients come from now on, and those be there that are when a run does not begin in equilibrium.
func (r *run) startPopulations() {
	recorded := uint32(0)
	for i := range r.pops {
		p := r.pops[i]
		switch {
		case p.Users > 0:
			for u := 0; u < p.Users && !r.m.Equilibrium; u++ {
				r.startUser(p, uint64(u))
			}
		case p.Trace != nil:
			p.playback = newPlayback(p.Trace, p.Loop, recorded)
			recorded += uint32(len(p.Trace.Requests))
			r.expectClient(p)
		default:
			p.arrivals = p.Sessions.Start(p.key.Stream("arrivals"))
			p.numbered, _ = p.arrivals.(Numbered)
			p.pace, p.clock, p.clockAt = 1, r.now, r.now
			r.planArrival(p)
		}
	}
}

// startUser has a user come who has been nowhere yet, and thinks before the first request.
func (r *run) startUser(p *population, n uint64) {
	id := r.newClient(p, p.key.Stream("user").At(n), n, n)
	r.beginSession(p, id)
	at := r.now
	if p.Think != nil {
		total, age := dist.Equilibrium(r.clients[id].key.Stream("start"), p.Think)
		at += FromSeconds(total - age)
	}
	r.schedule(p, id, at)
}

// initGroups lays the address blocks of the groups side by side.
func (p *population) initGroups() {
	sum := 0.0
	for i, g := range p.Groups {
		sum += g.Share
		p.shares = append(p.shares, sum)
		p.bases = append(p.bases, p.addrBase+uint32(i)<<22)
	}
}

var toGroup = rng.PurposeOf("group")

// address numbers the source address of client n of p: its own, or one it shares. Those who share one come one after the
// other; the client is the nth to come.
func (p *population) address(c *client, n, nth uint64) uint32 {
	if len(p.Groups) > 0 {
		u := c.key.For(toGroup).Float64() * p.shares[len(p.shares)-1]
		for i, share := range p.shares {
			if u < share {
				// The members of the group so far, in expectation; with Per to an address, they fill one after the other.
				member := uint64(float64(nth) * p.Groups[i].Share / p.shares[len(p.shares)-1])
				if p.Groups[i].Per == 1 {
					member = n
				}
				return p.bases[i] + uint32(member/uint64(max(p.Groups[i].Per, 1)))&(1<<22-1)
			}
		}
	}
	if p.Addresses > 0 {
		return p.addrBase + uint32(nth%uint64(p.Addresses))
	}
	return p.addrBase + uint32(n)&(1<<26-1)
}

// sourceAddr spreads address numbers over the IPv4 space: a bijection, different in every replication.
func (r *run) sourceAddr(n uint32) uint32 {
	k := uint32(r.key)
	n = (n + k) * 0x9e3779b1
	n ^= n >> 15
	n *= 0x85ebca77
	n ^= n >> 13
	return n
}

// maxRetryTokens bounds the retries that a population can save up.
const maxRetryTokens = 100

// earnRetry adds what one request contributes to the retry budget.
func (p *population) earnRetry() {
	if p.RetryBudget > 0 {
		p.retryTokens = min(p.retryTokens+p.RetryBudget, maxRetryTokens)
	}
}

// mayRetry reports whether the retry budget allows a retry.
func (p *population) mayRetry() bool { return p.RetryBudget == 0 || p.retryTokens >= 1 }

// spendRetry takes a retry out of the budget.
func (p *population) spendRetry() {
	if p.RetryBudget > 0 {
		p.retryTokens--
	}
}

// keepCookie keeps a cookie and a mark for the forgers of the population to replay.
func (p *population) keepCookie(cookie Cookie, mark uint8) { p.replayed, p.replayedMark = cookie, mark }

// leaves has requests of the population leave their short path at further places from now on.
func (p *population) leaves(at exits) { p.exits |= at }
