package sim

import (
	"math"
	"slices"

	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

// found is a client that a run finds when it begins in equilibrium: in the middle of a session, or gone, with its session's
// state still in memory. Queueing is left out: times are those of an unloaded system.
type found struct {
	key    rng.Key
	number uint64 // of the client in its population, for its address
	born   Time   // when the session's first request was answered; where none was, when the session began
	last   Time   // when its last request so far was answered
	next   Time   // when it sends the next one
	until  Time   // end of its life
	work   Time   // still to do of a request in service; negative: there is none
	sent   uint32 // requests answered so far
	left   uint32 // requests still to send, the one in service included
	writes uint32 // of the answered requests but the first, those that changed the session's state
	pop    int32
	gone   bool // the session is over
	id     ClientID
}

// PlannedRate is what an ArrivalProcess adds whose rate changes with time: how many sessions there were before a run.
type PlannedRate interface {
	// RateAt is the expected rate at t, per second.
	RateAt(t Time) float64
	// Peak is a bound on RateAt.
	Peak() float64
}

// Unsettled says why a population cannot begin in equilibrium, so that it begins empty; "" if it can. A log has no
// equilibrium: its clients are those that it records.
func (p *Population) Unsettled() string {
	switch planned, _ := p.Sessions.(PlannedRate); {
	case p.Trace != nil || p.Users > 0:
	case planned != nil && planned.Peak() == 0:
		return "its sessions arrive at recorded times, of which none is before the run"
	case !(p.sessionSeconds() < Never.Seconds()):
		return "the mean length of its sessions is infinite"
	}
	return ""
}

// stationary draws the clients that the run finds, from its populations alone: they are the same for all alternatives.
func (r *run) stationary() []found {
	if !r.m.Equilibrium {
		return nil
	}
	all := r.spare.past[:0]
	for i := range r.pops {
		p := r.pops[i]
		s := sightings{p: p, start: -r.m.Warmup, list: all}
		switch {
		case p.Users > 0:
			s.users()
		case p.Sessions != nil && p.Unsettled() == "":
			s.sessions()
		}
		if n := p.Leftovers(r.m); n <= MostLeftovers {
			s.leftovers(n)
		}
		all = s.list
	}
	return all
}

// lingers reports whether states of sessions that are over remain in memory until their timeout.
func (p *Population) lingers(m *Model) bool {
	return p.Stateful && p.IdleTimeout > 0 && p.State+p.Growth > 0 && p.Trace == nil && p.Unsettled() == "" && m.State.inMemory()
}

// MostLeftovers bounds the sessions of a population that are over and whose states a run finds in memory when it begins.
const MostLeftovers = 500_000

// Leftovers is how many sessions that are over have their states in memory in the long run; 0 where states do not linger. A
// run finds them when it begins in equilibrium, unless they are more than MostLeftovers: then it finds none of them.
func (p *Population) Leftovers(m *Model) float64 {
	if !p.lingers(m) {
		return 0
	}
	rate := 0.0
	switch limit := p.sessionSeconds(); {
	case p.Users > 0 && limit < Never.Seconds():
		rate = float64(p.Users) / (limit + p.meanThink())
	case p.Users == 0:
		rate = p.Sessions.Rate()
	}
	return rate * p.IdleTimeout.Seconds()
}

// cycle is the mean time from a request to the next in an unloaded system.
func (p *Population) cycle() float64 {
	cycle := p.meanThink()
	if p.Loop == ClosedLoop {
		cycle += p.meanWork()
	}
	return cycle
}

func (p *Population) meanThink() float64 { return meanOf(p.Think) }
func (p *Population) meanWork() float64  { return meanOf(p.Demand) }

// meanOf is the mean of a distribution; 0 of none.
func meanOf(d dist.Dist) float64 {
	if d == nil {
		return 0
	}
	return d.Mean()
}

// sessionSeconds is the mean length of a session in an unloaded system; of several limits, that with the shorter mean.
func (p *Population) sessionSeconds() float64 {
	length := Never.Seconds()
	if p.Life != nil {
		length = p.Life.Mean()
	}
	return min(length, p.requestSeconds())
}

// requestSeconds is the mean length of a session that only Requests limits: a service for every request, or for the last
// one where they overlap, and a think time after every request but the last.
func (p *Population) requestSeconds() float64 {
	if p.Requests == nil {
		return Never.Seconds()
	}
	n, serving := max(p.Requests.Mean(), 1), p.meanWork()
	if p.Loop == ClosedLoop {
		serving *= n
	}
	return (n-1)*p.meanThink() + serving
}

// sightings finds the clients of one population.
type sightings struct {
	p     *population
	start Time
	list  []found
}

// sessions finds a Poisson number of sessions, each met with a probability that is proportional to its length, at a uniform
// point of it: exact for M/G/∞, also where the rate changes by plan.
func (s *sightings) sessions() {
	p := s.p
	planned, _ := p.Sessions.(PlannedRate)
	rate := p.Sessions.Rate()
	if planned != nil {
		rate = planned.Peak()
	}
	s.expect(rate * p.sessionSeconds())
	k, sum := p.key.Stream("equilibrium"), 0.0
	for n := uint64(0); ; n++ {
		if sum += k.At(2 * n).Exp(); sum > rate*p.sessionSeconds() {
			return
		}
		f := s.meet(k.At(2*n+1), n|1<<25)
		if f.gone || planned != nil && f.key.Stream("planned").Float64()*rate >= planned.RateAt(f.born) {
			continue
		}
		s.list = append(s.list, f)
	}
}

// expect makes room for a Poisson number of clients with that mean.
func (s *sightings) expect(mean float64) {
	s.list = slices.Grow(s.list, int(min(mean+6*math.Sqrt(mean), 1e8)))
}

// users finds every user, thinking or waiting for an answer. One who has not sent the first request of a session has no
// server yet.
func (s *sightings) users() {
	p := s.p
	for u := range uint64(p.Users) {
		f := s.meet(p.key.Stream("user").At(u), u)
		for n := uint64(0); f.gone; n++ { // both limits: the session that was met had ended
			f = s.meet(p.key.Stream("user").At(u).Stream("again").At(n), u)
		}
		s.list = append(s.list, f)
	}
}

// leftovers finds the sessions that were over less than an idle timeout ago: a Poisson number with the given mean.
func (s *sightings) leftovers(mean float64) {
	p := s.p
	s.expect(mean)
	k, sum := p.key.Stream("leftover"), 0.0
	for n := uint64(0); ; n++ {
		if sum += k.At(2 * n).Exp(); sum > mean {
			return
		}
		f := s.blank(k.At(2*n+1), n|1<<24)
		f.gone = true
		f.last = s.start - FromSeconds(p.IdleTimeout.Seconds()*f.key.Stream("over").Float64()) + 1
		f.sent = uint32(min(p.allRequests(f.key), float64(endless-1)))
		f.born = f.last - FromSeconds(float64(f.sent-1)*p.cycle())
		s.list = append(s.list, s.finish(f))
	}
}

// allRequests is how many requests a session sends.
func (p *Population) allRequests(k rng.Key) float64 {
	n := math.Inf(1)
	if p.Requests != nil {
		n = max(math.Floor(p.Requests.Sample(k.Stream("size"))), 1)
	}
	if p.Life != nil {
		n = min(n, 1+math.Floor(p.Life.Sample(k.Stream("life"))/max(p.cycle(), 1e-9)+k.Stream("part").Float64()))
	}
	return n
}

// blank is a client of the population whose session has just begun.
func (s *sightings) blank(k rng.Key, number uint64) found {
	return found{key: k, number: number, pop: int32(s.p.index), born: s.start, last: s.start, next: s.start, until: Never, work: -1, left: endless}
}

// meet finds a client at a random time of its session; gone if the limit that it was not met by has ended it before.
func (s *sightings) meet(k rng.Key, number uint64) found {
	p := s.p
	f := s.blank(k, number)
	switch {
	case p.Life != nil && (p.Requests == nil || p.Life.Mean() <= p.requestSeconds()):
		total, age := dist.Equilibrium(k.Stream("life"), p.Life)
		s.byLife(&f, total, age)
		if p.Requests != nil {
			size := p.size(k.Stream("size"))
			f.gone = size <= f.sent
			f.left = size - min(f.sent, size)
		}
	case p.Requests != nil:
		s.byRequests(&f)
		if p.Life != nil {
			f.until = f.born + FromSeconds(p.Life.Sample(k.Stream("life")))
			f.gone = f.until <= s.start
		}
	default:
		s.midway(&f, p.serves(k, p.cycle()))
		f.sent = 1
		f.born = f.last
	}
	return s.finish(f)
}

// size draws how many requests a session sends.
func (p *Population) size(k rng.Key) uint32 {
	return uint32(min(max(p.Requests.Sample(k), 1), float64(endless-1)))
}

// serves draws whether a client that takes so long from a request to the next is waiting for an answer.
func (p *Population) serves(k rng.Key, cycle float64) bool {
	return p.Loop == ClosedLoop && k.Stream("phase").Float64()*cycle < p.meanWork()
}

// midway puts the client into the service of a request, or into the think time behind one.
func (s *sightings) midway(f *found, serving bool) {
	p := s.p
	if serving && p.Demand != nil {
		total, age := dist.Equilibrium(f.key.Stream("work"), p.Demand)
		f.work = FromSeconds(total - age)
		f.last = s.start - FromSeconds(age)
		if p.Think != nil {
			f.last -= FromSeconds(p.Think.Sample(f.key.Stream("before")))
		}
		return
	}
	if p.Think != nil {
		total, age := dist.Equilibrium(f.key.Stream("start"), p.Think)
		f.next, f.last = s.start+FromSeconds(total-age), s.start-FromSeconds(age)
	}
}

// byLife makes the client one of the given age, whose first request came with its session.
func (s *sightings) byLife(f *found, total, age float64) {
	p, k := s.p, f.key
	f.born, f.until = s.start-FromSeconds(age), s.start+FromSeconds(total-age)
	s.midway(f, p.serves(k, p.cycle()))
	if f.last <= f.born {
		f.last, f.sent = f.born, 1
		return
	}
	between := (f.last - f.born).Seconds() / max(p.cycle(), 1e-9)
	f.sent = 2 + uint32(min(between+k.Stream("part").Float64(), float64(endless-3)))
}

// byRequests makes the client one that has sent a part of its requests. A user thinks before each of them, a visitor
// between them.
func (s *sightings) byRequests(f *found) {
	p, k := s.p, f.key
	n := max(p.Requests.Mean(), 1)
	thinking, serving := (n-1)*p.meanThink(), p.meanWork()
	if p.Loop == ClosedLoop {
		serving *= n
	}
	if p.Users > 0 {
		thinking = n * p.meanThink()
	}
	inService := k.Stream("phase").Float64()*(thinking+serving) < serving
	s.midway(f, inService)
	switch {
	case inService && p.Loop != ClosedLoop:
		f.sent, f.left = p.size(k.Stream("size"))-1, 1
	case inService || p.Users > 0:
		size, place := p.place(k.Stream("size"), 0)
		f.sent, f.left = place, size-place
	default:
		size, place := p.place(k.Stream("size"), 1)
		f.sent, f.left = place+1, size-place-1
	}
	f.born = f.last
	if f.sent > 1 {
		f.born -= FromSeconds(float64(f.sent-1) * p.cycle())
	}
}

// place draws the size of a session that is met with a probability proportional to its size less so many, and which of so
// many requests it is met at.
func (p *Population) place(k rng.Key, less uint32) (size, place uint32) {
	for n := uint64(0); ; n++ {
		total, _ := dist.Equilibrium(k.At(n), p.Requests)
		size = uint32(min(max(total, 1), float64(endless-1)))
		if k.At(n).Stream("less").Float64()*float64(size) < float64(size-less) {
			return size, uint32(k.At(n).Stream("at").Float64() * float64(size-less))
		}
	}
}

// oldest bounds how far before the run a session can have begun.
const oldest = 10 * 365 * 24 * Hour

// finish completes a client: the writes so far, and instants that a run can hold.
func (s *sightings) finish(f found) found {
	if f.sent == 0 {
		f.born, f.last = s.start, s.start
		return f
	}
	f.last = max(f.last, s.start-oldest)
	f.born = min(max(f.born, s.start-oldest), f.last)
	f.writes = uint32(float64(f.sent-1)*(1-s.p.Unchanged) + f.key.Stream("writes").Float64())
	if s.p.Requests == nil && s.p.Life == nil {
		f.writes = 0
	}
	return f
}
