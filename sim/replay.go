package sim

// playback is how far the replay of a recording has come. Its requests are numbered as in a succession.
type playback struct {
	succession
	base    uint32     // requests of the populations before
	newest  uint32     // request up to which new clients have come
	clients []recorded // by client of the recording
	sent    int64
}

// recorded is what a recorded client is doing.
type recorded struct {
	slot     ClientID // plus 1; 0 = it has not come yet
	start    uint32   // request that begins its next session
	last     uint32   // request it has sent last
	open     uint32   // requests of its session that are due, or sent and without an outcome
	answered bool     // its session has had an answer
	late     bool     // its next session should have begun, but the one before is not over
}

// newPlayback is the replay of a recording that base requests come before.
func newPlayback(t *Trace, loop Loop, base uint32) playback {
	b := playback{succession: t.succession(loop), base: base, clients: make([]recorded, len(t.Clients))}
	for i, start := range b.start {
		b.clients[i].start = start
	}
	return b
}

// nextClient is the request of the next client that has not come yet; 0 when all have come.
func (b *playback) nextClient(t *Trace) uint32 {
	for int(b.newest) < len(t.Requests) {
		b.newest++
		if b.start[t.Requests[b.newest-1].Client] == b.newest {
			return b.newest
		}
	}
	return 0
}

// sends notes that a client sends a request.
func (b *playback) sends(c *recorded, number uint32) {
	c.last = number
	b.sent++
}

// begins starts a client's session.
func (b *playback) begins(c *recorded, number uint32) {
	c.start, c.answered, c.late = b.next[number], false, false
	c.open++
}

// putOff makes a request that is due follow the one in flight: its session has had no answer.
func (b *playback) putOff(c *recorded, number uint32) {
	c.open--
	b.next[number] = b.first[c.last]
	b.first[c.last] = number
}

func (c *recorded) admit(id ClientID) { c.slot = id + 1 }
func (c *recorded) wait()             { c.late = true }
func (c *recorded) expect()           { c.open++ }

// hears counts the outcome of a request, or one that will not be sent.
func (c *recorded) hears(answered bool) {
	c.open--
	c.answered = c.answered || answered
}

// expectClient plans the first request of the next client.
func (r *run) expectClient(p *population) {
	if number := p.playback.nextClient(p.Trace); number != 0 {
		r.planRecorded(p, number, p.Trace.Begin+p.Trace.Requests[number-1].At)
	}
}

func (r *run) planRecorded(p *population, number uint32, at Time) {
	r.push(max(at, r.now), evReplay, p.playback.base+number-1)
}

// replay is the turn of a recorded request: a session begins or continues with it.
func (r *run) replay(e uint32) {
	p := r.pops[0]
	for p.Trace == nil || e-p.playback.base >= uint32(len(p.Trace.Requests)) {
		p = r.pops[p.index+1]
	}
	b := &p.playback
	number := e - b.base + 1
	n := p.Trace.Requests[number-1].Client
	c := &b.clients[n]
	if number != c.start {
		r.sendRecorded(p, c, number)
		return
	}
	if c.slot == 0 {
		id := r.newClient(p, p.key.Stream("recorded").At(uint64(n)), uint64(n), uint64(n))
		c.admit(id)
		r.clients[id].movesTo(n)
		r.expectClient(p)
	}
	if c.open > 0 && p.Loop != OpenLoop {
		c.wait()
		return
	}
	if c.open == 0 {
		r.beginSession(p, c.slot-1)
	}
	b.begins(c, number)
	if c.start != 0 {
		r.planRecorded(p, c.start, p.Trace.Begin+p.Trace.Requests[c.start-1].At)
	}
	r.sendRecorded(p, c, number)
}

// sendRecorded sends a recorded request. Before the first answer of its session a client has one request in flight, and
// after it has left it sends none.
func (r *run) sendRecorded(p *population, c *recorded, number uint32) {
	id := c.slot - 1
	x := &r.clients[id]
	if x.flags&ending != 0 {
		c.hears(false)
		r.recordedDone(p, id)
		return
	}
	if p.Loop != OpenLoop && !c.answered && x.outstanding > 0 {
		p.playback.putOff(c, number)
		return
	}
	p.playback.sends(c, number)
	x.hasSent(number - 1) // so that it draws the same for this request in whatever order its requests come
	demand := p.Trace.Requests[number-1].Demand
	work := FromSeconds(float64(demand))
	if demand < 0 {
		work = p.nextWork(x)
	}
	if p.Loop != OpenLoop {
		r.send(p, id, x, work)
		return
	}
	c.expect() // keeps the session, should the request fail at once
	r.send(p, id, x, work)
	r.planFollowers(p, c, number, r.now, 0)
	c.hears(false)
	r.recordedDone(p, id)
}

// followUp plans what a recorded client does after the outcome of a request, at least the pause later.
func (r *run) followUp(p *population, rq *request, answered bool, pause Time) {
	c := &p.playback.clients[r.clients[rq.client].addr]
	c.hears(answered)
	if p.Loop != OpenLoop {
		r.planFollowers(p, c, rq.seq, rq.sent, pause)
	}
}

// planFollowers plans the requests that follow another, which was sent at the given time. One that was sent after the
// answer in the recording comes as long after the answer here, which is now. One that overlapped comes as long after the
// sending, but not before now.
func (r *run) planFollowers(p *population, c *recorded, number uint32, sent, pause Time) {
	id, followed := c.slot-1, &p.Trace.Requests[number-1]
	if r.clients[id].flags&ending != 0 {
		return
	}
	soonest := Never
	for next := p.playback.first[number]; next != 0; next = p.playback.next[next] {
		q := &p.Trace.Requests[next-1]
		at := max(p.followsAt(r.now, sent, followed, q), r.now+pause)
		c.expect()
		r.planRecorded(p, next, at)
		soonest = min(soonest, at)
	}
	if p.IdleTimeout > 0 && c.open > 0 {
		r.place.idle(p, id, soonest)
	}
}

// followsAt is when a request comes that follows another, which was sent at the given time and has its outcome now.
func (p *population) followsAt(now, sent Time, followed, q *TraceRequest) Time {
	ends := followed.ends()
	if p.Loop == OpenLoop || q.At < ends && !p.KeepsTimes() {
		return sent + q.At - followed.At
	}
	pause := max(0, q.At-ends)
	if !p.KeepsTimes() {
		return now + pause
	}
	due := p.Trace.Begin + q.At
	if late := now - due; late > 0 {
		return now + min(pause, late)
	}
	return due
}

// KeepsTimes reports whether the clients of a replay send at their recorded times, as far as their answers permit; see
// [Trace.ServiceOnly]. Replays at another speed do not meet the load of the recording, and pause as recorded.
func (p *Population) KeepsTimes() bool {
	return p.Trace != nil && p.Trace.ServiceOnly && p.Loop != OpenLoop && (p.Trace.Origin.Speed == 1 || p.Trace.Origin.Speed == 0)
}

// recordedDone ends a recorded client's session when nothing of it is to come, and begins the next one if that is late.
func (r *run) recordedDone(p *population, id ClientID) {
	c := &p.playback.clients[r.clients[id].addr]
	if c.open > 0 {
		return
	}
	r.endSession(p, id)
	if c.late {
		r.planRecorded(p, c.start, r.now)
	}
}

// fillRecorded puts what the log says of the client into the exchange.
func (r *run) fillRecorded(p *population, c *client, x *Request) {
	who := &p.Trace.Clients[c.addr]
	x.Addr, x.Hash = who.Addr, who.Hash
}
