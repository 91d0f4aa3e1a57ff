package sim

import "stickysim/sim/rng"

// balancer is an instance in the run: its place in time, its queue, and what it knows of the servers' health.
type balancer struct {
	Instance
	index     int
	lostAt    uint32 // epoch of the view with which the last restart began, which lost the tables
	out       bool
	backAt    Time        // end of the latest outage
	peersDown int         // of the instances that share its table, those that are out
	queue     requestList // requests that wait for Pick to find them a server
	health    []healthRecord

	exits    exits  // of what the present policy asks of requests
	heeds    bool   // the homes of clients
	judges   bool   // servers by how attempts end (passive health)
	repeats  bool   // the same pick for the same client in the same view
	needs    Needs  // what it reads of them
	forgery  Cookie // what a client presents that has never seen a cookie of the policy
	keyText  []byte
	flushing bool
}

func (r *run) initBalancers(clients int) {
	n := max(r.m.Balancers.Count, 1)
	if r.m.Balancers.Shared {
		n = 1 // one table, one state: the instances behave as one
	}
	room := r.m.room()
	r.view0 = make([]ServerInfo, len(r.servers), r.m.roomAtFirst())
	for i := range r.servers {
		r.view0[i] = r.known(r.servers[i].info)
	}
	r.balancers = make([]*balancer, n)
	all := make([]balancer, n)
	for i := range r.balancers {
		b := &all[i]
		r.balancers[i] = b
		*b = balancer{Instance: NewInstance(room), index: i, queue: noRequests, backAt: LongAgo, health: make([]healthRecord, len(r.servers), r.m.roomAtFirst())}
		for s := range b.health {
			b.health[s].beginAnew()
		}
		b.Know(r.view0)
		for s := range r.servers {
			b.Join(ServerID(s), float64(r.view0[s].Weight))
			b.SetStatus(ServerID(s), r.configured(ServerID(s)))
		}
		r.makePolicy(b, clients)
	}
}

// meet makes one more server known.
func (b *balancer) meet(all []ServerInfo) {
	b.Know(all)
	b.health = append(b.health, healthRecord{ejected: LongAgo})
}

// known is a server as balancers are configured with it. Instances that act as one have the limits of all together.
func (r *run) known(info ServerInfo) ServerInfo {
	if r.m.Balancers.Shared {
		info.Limit *= max(r.m.Balancers.Count, 1)
	}
	return info
}

// makePolicy gives the instance a fresh policy, with empty tables.
func (r *run) makePolicy(b *balancer, clients int) {
	r.incidents.chooses()
	k := r.key.Stream("policy").At(uint64(b.index))
	b.Use(r.newPolicy(Env{Rand: k, Hash: r.key.Stream("hash"), Instance: b.index, Servers: r.m.room(), Clients: clients,
		OwnHash: r.m.hashesDiffer(), OwnAddr: r.m.addressesDiffer()}))
	if r.o.leaves {
		b.FollowAll()
	}
	b.needs, b.heeds = b.needsOf(r), b.heedsHomes(r)
	b.judges = r.m.Health.Passive.Failures > 0
	r.viewChanged(b)
	b.forgery = unknownCookie(&b.Instance)
}

// writeKey is the text of a key hash, valid until the next call.
func (b *balancer) writeKey(hash uint64) []byte {
	b.keyText = appendKey(b.keyText[:0], hash)
	return b.keyText
}

// tick shows the instance the time, which it counts from its own start.
func (r *run) tick(b *balancer) { b.At(r.now - r.from) }

// viewChanged reports a change of membership, status or weight to the policy, and offers waiting requests again.
func (r *run) viewChanged(b *balancer) {
	r.tick(b)
	b.Changed()
	b.exits = b.exitsOf(r)
	b.repeats = b.Repeats() && !r.o.leaves
	r.flush(b)
}

var toBalancer = rng.PurposeOf("balancer")

// instance chooses the balancer instance a request goes through.
func (r *run) instance(c *client, seq uint32) *balancer {
	if len(r.balancers) == 1 {
		return r.balancers[0]
	}
	k := c.key.For(toBalancer)
	if r.m.Balancers.PerRequest {
		k = k.At(uint64(seq))
	}
	first := k.IntN(len(r.balancers))
	for i := range r.balancers {
		if b := r.balancers[(first+i)%len(r.balancers)]; !b.out {
			return b
		}
	}
	return r.balancers[first]
}

// through is the instance that an attempt goes through.
func (r *run) through(rq *request) *balancer {
	if len(r.balancers) == 1 {
		return r.balancers[0]
	}
	return r.balancers[rq.balancer]
}

// counting is the instance in whose View the client counts: its own, or one of those its requests are spread over.
func (r *run) counting(c *client) *balancer {
	if len(r.balancers) == 1 {
		return r.balancers[0]
	}
	return r.balancers[c.key.For(toBalancer).IntN(len(r.balancers))]
}

// reroute has the balancer try again after an attempt that has failed.
func (r *run) reroute(q int32) {
	rq := &r.requests[q]
	rq.wake()
	r.pick(r.balancers[rq.balancer], r.pops[rq.pop], q, rq, &r.clients[rq.client])
}

// pick asks a balancer for a server and sends the attempt there.
func (r *run) pick(b *balancer, p *population, q int32, rq *request, c *client) {
	r.fillExchange(b, p, q, rq, c)
	r.ask(b, p, q, rq, c)
}

// ask is pick when the exchange is filled in.
//
//go:noinline
func (r *run) ask(b *balancer, p *population, q int32, rq *request, c *client) {
	if b.out {
		r.clientFailed(q, FailedNoServer)
		return
	}
	r.tick(b)
	r.follow(b, p, q, rq, c, b.Pick(&r.exchange))
}

// follow does what the policy has said of an attempt.
func (r *run) follow(b *balancer, p *population, q int32, rq *request, c *client, s ServerID) {
	x := &r.exchange
	before := Reason(rq.why)
	rq.decided(x)
	if b.exits&atAnswer != 0 {
		rq.settles(x.Settled && !r.o.leaves)
	}
	if !b.MayPick(s) {
		r.findsNone(b, q, s)
		return
	}
	if c.home != NoServer && x.Why != NotSticky && rq.attempt == 0 {
		rq.raise(homed)
	}
	if rq.attempt|rq.retry != 0 {
		c.keepReason(rq, s, before)
	} else {
		r.explain(b, rq, c, s)
	}
	r.sendTo(s, b, p, q, rq)
}

// explain notes why a request's first attempt, for which the policy has picked s, does not go to its client's home, and whether
// the policy would give the home again.
func (r *run) explain(b *balancer, rq *request, c *client, s ServerID) {
	x := &r.exchange
	switch changed := c.epoch != b.view.Epoch || c.flags&moved != 0; {
	case c.home == s && !changed:
		rq.explain(None)
		if x.Why != NotSticky && (x.Settled || b.exits&atAnswer == 0 && x.Memo == 0) {
			c.stays()
		}
	case x.Why == NotSticky && !changed && b.view.Usable(c.home): // which is the reason
		c.asksAgain()
	default:
		r.noteAffinity(b, rq, c, s)
	}
}

// askPlainly asks the policy for a server for a client's request, of a population without exits whose jars last, and sends it there.
// Most such requests are disturbed by nothing from then on: when the policy is shown one again before its answer, all that was
// filled in for Pick is as it was.
//
//go:noinline
func (r *run) askPlainly(b *balancer, p *population, id ClientID, c *client, work Time, q int32, rq *request) {
	x := r.plainExchange(b, id, c, c.addr, c.seq, r.now)
	if (p.exits&ofJar)|(b.exits&atRoute) != 0 {
		r.addJarAndKey(b, id, c, x)
	}
	r.tick(b)
	s := b.Pick(x)
	if b.MayPick(s) && x.SetCookie == 0 && x.SetMark == 0 && (x.Memo == 0 || b.exits&atAnswer == 0) {
		if sv := r.servers[s]; sv.takesPlainly() && (p.exits&ofTimeout == 0 || r.answersInTime(p, c, work, sv)) {
			rq.goPlainly(r.now, id, c, work, r.sent, s)
			if b.exits&atAnswer != 0 {
				rq.teaches(!x.Settled)
			}
			if p.exits&(ofSession|ofState|ofTimeout) != 0 {
				r.goWith(p, rq)
			}
			rq.explain(x.Why)
			if c.home != NoServer && x.Why != NotSticky {
				rq.raise(homed)
			}
			r.explain(b, rq, c, s)
			b.Began(s)
			r.accept(p, q, rq, sv)
			return
		}
	}
	rq.begin(r.now, id, c, work, r.sent)
	rq.presents(x.Cookie, x.Mark)
	if r.detours {
		rq.clearDetours()
	}
	if p.exits&(ofSession|ofTimeout) != 0 {
		r.sendWith(p, q, rq, c)
	}
	r.follow(b, p, q, rq, c, s)
}

// knows reports whether a client's first attempt goes to its home without a question: the policy was asked in the same view, of the
// same client at the same address and with the same cookie, and would say the same.
func (b *balancer) knows(p *population, c *client) bool {
	return c.repeats && b.repeats && c.epoch == b.view.Epoch && c.flags&moved == 0 && p.exits&atRoute == 0 && !b.out
}

// repeat sends a client's first attempt to its home.
//
//go:noinline
func (r *run) repeat(b *balancer, p *population, q int32, rq *request, c *client) {
	rq.repeats(p.undisturbed())
	if p.exits&ofSession != 0 && r.sessions[rq.client].left == 0 {
		rq.changesClient()
	}
	rq.settles(b.exits&atAnswer != 0)
	r.sendTo(c.home, b, p, q, rq)
}

// sendTo sends an attempt to a server.
func (r *run) sendTo(s ServerID, b *balancer, p *population, q int32, rq *request) {
	rq.goTo(s)
	b.Began(s)
	sv := r.servers[s]
	if sv.takesPlainly() {
		r.accept(p, q, rq, sv)
		return
	}
	r.reach(p, q, rq, sv)
}

// findsNone acts on the answer of a policy that has picked no server.
func (r *run) findsNone(b *balancer, q int32, s ServerID) {
	switch s {
	case Wait:
		r.park(b, q)
	case NoServer:
		r.clientFailed(q, FailedNoServer)
	default:
		violated("routing", "the policy picked server %d, which it knows to be unusable", s)
	}
}

// reach delivers an attempt to its server, or finds that it is not serving.
func (r *run) reach(p *population, q int32, rq *request, sv *server) {
	if !sv.serving() {
		r.failLater(q, Unreachable, r.connecting(q, sv))
		return
	}
	if sv.full() {
		rq.arrive(r.now)
		r.failLater(q, Refused, r.hop(rq))
		return
	}
	if sv.discipline == PS {
		r.startPS(q, rq, sv)
	} else {
		r.accept(p, q, rq, sv)
	}
	if rq.flags&message == 0 {
		r.startLimit(attemptLimit, q)
	}
}

// forHop tells a draw of the balancers' latency from those of the store's.
const forHop = 1 << 32

// hop is the time that an attempt spends in the balancer and on the network, both ways together. The attempt is in flight for
// the balancer meanwhile. All of it follows the server's work.
func (r *run) hop(rq *request) Time {
	if d := r.m.Balancers.Latency; d != nil {
		return FromSeconds(d.Sample(rq.draw(forLatency).At(forHop | uint64(rq.attempt) | uint64(rq.retry)<<8)))
	}
	return 0
}

// failLater makes an attempt fail after a delay, or immediately when the delay is 0.
func (r *run) failLater(q int32, o Outcome, after Time) {
	if after == 0 {
		r.attemptFailed(q, o)
		return
	}
	r.requests[q].failLater(uint8(o))
	r.pushRequest(r.now+after, evAttempt, q)
}

// ended is the end of an attempt for the balancer: counts, passive health, and its queue.
func (r *run) ended(b *balancer, s ServerID, o Outcome) {
	b.left(s)
	switch {
	case o != Answered:
		r.endedBadly(b, s, o)
	case b.exits&atEnd != 0:
		r.tick(b)
		b.endedWell(s, &b.view)
		if b.judges {
			r.passive(b, s, Answered)
		}
	}
	if b.queue.head != nilRequest {
		r.flush(b)
	}
}

// endedBadly is the end, for the balancer, of an attempt that has not been answered. The policy may be calm no longer.
func (r *run) endedBadly(b *balancer, s ServerID, o Outcome) {
	r.tick(b)
	b.Powers.Ended(s, o, &b.view)
	b.exits = b.exitsOf(r)
	b.repeats = b.repeats && b.Repeats()
	if b.judges {
		r.passive(b, s, o)
	}
}

// park puts a request at the end of the balancer's own queue.
func (r *run) park(b *balancer, q int32) {
	rq := &r.requests[q]
	if rq.phase != parked {
		rq.arrive(r.now)
		r.startLimit(queueLimit, q)
	}
	rq.park()
	b.queue.append(r.requests, q)
}

func (r *run) unpark(q int32) {
	r.balancers[r.requests[q].balancer].queue.remove(r.requests, q)
}

// flush offers the waiting requests to the policy again, oldest first, each once, unless the balancer is out.
func (r *run) flush(b *balancer) {
	if b.flushing || b.out || b.queue.head == nilRequest {
		return
	}
	b.flushing = true
	last := b.queue.tail
	for q := b.queue.head; q != nilRequest; {
		next := r.requests[q].next
		r.unpark(q)
		rq := &r.requests[q]
		r.pick(b, r.pops[rq.pop], q, rq, &r.clients[rq.client]) // parks it again, at the end, if there is still no place
		if q == last {
			break
		}
		q = next
	}
	b.flushing = false
}
