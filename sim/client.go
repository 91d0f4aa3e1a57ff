package sim

import (
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

// client is a client that is active now: 64 bytes without pointers. Its slot is used again when its session ends.
type client struct {
	key         rng.Key  // address of all its draws
	cookie      Cookie   // affinity cookie in its jar
	cookieUntil Time     // when the jar drops it
	since       Time     // when its session began
	seq         uint32   // requests sent so far; never reset, so draws are unique
	left        uint32   // requests still to send; endless = no limit
	addr        uint32   // number of its source address
	epoch       uint32   // balancer's view when it last asked
	home        ServerID // where its last answered request went
	state       ServerID // where its session state is
	incarnation uint16   // of that server, when the state was made
	pop         uint16
	outstanding uint16 // requests in flight
	flags       uint16
}

// endless is client.left of a session without a limit.
const endless = ^uint32(0)

// The client's flags.
const (
	hasState     uint16 = 1 << iota // its session has state somewhere
	keepsCookies                    // it has a cookie jar
	ending                          // sends no more; its session ends with the last answer
	atStart                         // its session was in progress when counting began
	moved                           // its address changed since its last request
	connected                       // its connection is open (to home)
	waiting                         // an evClient event is pending
	reconnecting                    // its connection broke and is not open again
	inSession                       // it has a session in progress
	homeless                        // its home has died; it does not know yet
	lostAndLeft                     // its session was lost and it went away
	sawFailure                      // a request of its session failed, or its state was lost
	forges                          // presents a forged cookie
)

// The top two flags are the mark in the client's jar: a cookie of its own, beside the affinity cookie.
const (
	markShift        = 14
	marks     uint16 = 3 << markShift
)

// clientCold is what only some populations need of a client.
type clientCold struct {
	until   Time     // end of its life
	last    Time     // last use of its state
	newAddr Time     // next change of its address
	born    Time     // when its state was made
	fresh   Time     // when its token was made
	revoked Time     // when its token will be revoked
	written Time     // when its state was last written
	bytes   int64    // of its state
	copied  int64    // of each of its copies
	cluster uint16   // Replicated to all: the era of the fleet in which it was made
	stored  uint16   // CachedStore, Token: the store's era, plus 1, when it was last given the state; 0 = never
	newer   ClientID // memory list of its server
	older   ClientID
}

// Purposes of a client's draws; with the request's number they address a draw.
const (
	forThink uint64 = iota
	forDemand
	forSize
	forLife
	forChoice
	forLogin
	forPatience
	forBackoff
	forCookie
	forAddress
	forHandshake
	forReconnect
	forStore
	forLatency
	forLag
	forToken
	purposes = 16
)

func (c *client) draw(seq uint32, purpose uint64) rng.Key {
	return c.key.At(uint64(seq)*purposes + purpose)
}

// population is the running side of a Population.
type population struct {
	*Population
	index        int
	key          rng.Key
	arrivals     Arrivals
	arrived      uint64  // sessions so far
	pace         float64 // how fast the clock of the arrivals runs
	clock        Time    // of the arrivals, when it was last read, at
	clockAt      Time
	nextOn       Time // next arrival on that clock
	due          Time // and on the run's
	ticket       float64
	lane         lane
	addrBase     uint32
	next         int        // next trace request
	slots        []ClientID // of trace clients: slot+1, 0 = none
	seen         []Time     // by trace client, its last request so far
	final        []uint32   // by trace client, the number of its last request in the trace
	shares       []float64  // cumulated Groups
	bases        []uint32
	replayed     Cookie // what its forgers present; 0 until a client has been given one
	replayedMark uint8  // and the mark that came with it
	stats        popStats
}

func (r *run) initPopulations() {
	r.pops = make([]population, len(r.m.Populations))
	base := uint32(0)
	for i := range r.pops {
		p := &r.pops[i]
		p.Population = &r.m.Populations[i]
		p.index = i
		p.key = r.key.Stream("population").At(uint64(i))
		p.lane = lane{head: nilRequest, tail: nilRequest, span: Never}
		if d, fixed := p.Timeout.(dist.Deterministic); fixed {
			p.lane.span = FromSeconds(d.Mean())
		}
		p.addrBase = base
		base += 1 << 26
		p.initGroups()
		switch {
		case p.Users > 0:
			for u := 0; u < p.Users; u++ {
				r.startUser(p, uint64(u))
			}
		case p.Trace != nil:
			p.slots = make([]ClientID, len(p.Trace.Clients))
			p.seen = make([]Time, len(p.Trace.Clients))
			p.final = make([]uint32, len(p.Trace.Clients))
			for n := range p.Trace.Requests {
				p.final[p.Trace.Requests[n].Client] = uint32(n)
			}
			if len(p.Trace.Requests) > 0 {
				r.push(p.Trace.Requests[0].At, evReplay, uint32(i))
			}
		default:
			p.arrivals = p.Sessions.Start(p.key.Stream("arrivals"))
			if r.m.Equilibrium {
				r.startInEquilibrium(p)
			}
			p.pace = 1
			r.planArrival(p)
		}
	}
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

// newClient takes a slot for the client number n of p.
func (r *run) newClient(p *population, key rng.Key, n uint64) ClientID {
	var id ClientID
	if k := len(r.freeClients); k > 0 {
		id = r.freeClients[k-1]
		r.freeClients = r.freeClients[:k-1]
	} else {
		id = ClientID(len(r.clients))
		if id > maxEntity {
			violated("capacity", "more than %d clients are active", maxEntity)
		}
		r.clients = append(r.clients, client{})
		if r.cold != nil {
			r.cold = append(r.cold, clientCold{})
			r.copies = append(r.copies, make([]copyRef, r.copiesEach())...)
		}
	}
	c := &r.clients[id]
	*c = client{key: key, pop: uint16(p.index), home: NoServer, state: NoServer}
	c.addr = p.address(c, n)
	if p.Cookies >= 1 || p.Cookies > 0 && key.Stream("jar").Float64() < p.Cookies {
		c.flags |= keepsCookies
	}
	if p.Forgers > 0 && key.Stream("forger").Float64() < p.Forgers {
		c.flags |= forges
	}
	if r.cold != nil {
		r.cold[id] = clientCold{until: Never, newAddr: Never}
		clear(r.copiesOf(id))
		if p.AddressChange != nil {
			r.cold[id].newAddr = r.now + FromSeconds(p.AddressChange.Sample(c.draw(0, forAddress)))
		}
	}
	return id
}

// address numbers the source address of client n of p: its own, or one it shares.
func (p *population) address(c *client, n uint64) uint32 {
	if len(p.Groups) > 0 {
		u := c.key.Stream("group").Float64() * p.shares[len(p.shares)-1]
		for i, share := range p.shares {
			if u < share {
				// The members of the group so far, in expectation; with Per to an address, they fill one after the other.
				member := uint64(float64(n) * p.Groups[i].Share / p.shares[len(p.shares)-1])
				if p.Groups[i].Per == 1 {
					member = n
				}
				return p.bases[i] + uint32(member/uint64(max(p.Groups[i].Per, 1)))&(1<<22-1)
			}
		}
	}
	if p.Addresses > 0 {
		return p.addrBase + uint32(n%uint64(p.Addresses))
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

// arrive begins the next session of an open population.
func (r *run) arrive(pop int) {
	p := &r.pops[pop]
	if r.now != p.due {
		return // the arrivals have been speeded up or slowed down since
	}
	p.clock = p.nextOn
	p.clockAt = r.now
	r.planArrival(p)
	n := p.arrived
	p.arrived++
	id := r.newClient(p, p.key.Stream("session").At(n), n)
	r.beginSession(p, id)
	r.clientTurn(id)
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
			c.left = max(uint32(total+0.5)-uint32(age), 1)
		}
		if p.Life != nil {
			total, age := dist.Equilibrium(c.key.Stream("life"), p.Life)
			r.cold[id].until = r.now + FromSeconds(total-age)
			c.since = r.now - FromSeconds(age)
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

// clientTurn sends the client's next request, or ends its session when its life is over.
func (r *run) clientTurn(id ClientID) {
	c := &r.clients[id]
	p := &r.pops[c.pop]
	c.flags &^= waiting
	if p.Trace != nil {
		r.traceIdle(p, id)
		return
	}
	if r.cold != nil && r.now >= r.cold[id].until {
		c.flags |= ending
	}
	if c.flags&ending != 0 {
		if c.outstanding == 0 {
			r.endSession(p, id)
		}
		return
	}
	if c.flags&reconnecting == 0 {
		r.send(p, id, -1)
	}
	if p.Loop != ClosedLoop {
		r.goOn(p, id, 0)
	}
}

// goOn schedules what a client does after a request: think, for a pause at least, then the next one, or the end of its
// session.
func (r *run) goOn(p *population, id ClientID, pause Time) {
	c := &r.clients[id]
	if c.left == 0 {
		c.flags |= ending
	}
	if c.flags&ending != 0 {
		if c.outstanding == 0 {
			r.endSession(p, id)
		}
		return
	}
	at := r.now
	if p.Think != nil {
		at += FromSeconds(p.Think.Sample(c.draw(c.seq, forThink)))
	}
	r.schedule(p, id, max(at, r.now+pause))
}

// schedule makes the client's next turn at the given time, or at the end of its life if that is earlier.
func (r *run) schedule(p *population, id ClientID, at Time) {
	if r.cold != nil {
		at = min(at, max(r.cold[id].until, r.now))
	}
	if p.IdleTimeout > 0 {
		r.planExpiry(p, id, at)
	}
	r.clients[id].flags |= waiting
	r.push(at, evClient, uint32(id))
}
