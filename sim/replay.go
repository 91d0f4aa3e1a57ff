package sim

// playback is how far the replay of a trace has come.
type playback struct {
	next  int        // number of the next request
	slots []ClientID // by trace client: its slot plus 1; 0 = it has not sent anything yet
	seen  []Time     // by trace client: its last request so far
	final []uint32   // by trace client: the number of its last request in the trace
}

func newPlayback(t *Trace) playback {
	n := len(t.Clients)
	b := playback{slots: make([]ClientID, n), seen: make([]Time, n), final: make([]uint32, n)}
	for i := range t.Requests {
		b.final[t.Requests[i].Client] = uint32(i)
	}
	return b
}

// take returns the next request of the trace and its number.
func (b *playback) take(t *Trace) (rec *TraceRequest, number uint32) {
	rec, number = &t.Requests[b.next], uint32(b.next)
	b.next++
	return rec, number
}

// sees notes a request of a trace client.
func (b *playback) sees(n uint32, now Time) { b.seen[n] = now }

// admits notes the slot of a trace client.
func (b *playback) admits(n uint32, id ClientID) { b.slots[n] = id + 1 }

// replay sends the next recorded request of a trace, and plans the one after it.
func (r *run) replay(pop int) {
	p := &r.pops[pop]
	rec, number := p.playback.take(p.Trace)
	if next := p.playback.next; next < len(p.Trace.Requests) {
		r.push(max(p.Trace.Begin+p.Trace.Requests[next].At, r.now), evReplay, uint32(pop))
	}
	id := r.traceClient(p, rec.Client)
	p.playback.sees(rec.Client, r.now)
	work := Time(-1)
	if rec.Demand >= 0 {
		work = FromSeconds(float64(rec.Demand))
	}
	if p.playback.final[rec.Client] == number {
		r.clients[id].raise(ending) // the log has no later request of it: its session ends with the answer
	}
	r.send(p, id, work)
	if c := &r.clients[id]; c.flags&(waiting|ending) == 0 && p.Trace.Gap > 0 {
		r.schedule(p, id, r.now+p.Trace.Gap)
	}
}

// traceClient is the slot of a recorded client, with a session in progress.
func (r *run) traceClient(p *population, n uint32) ClientID {
	if slot := p.playback.slots[n]; slot != 0 {
		id := slot - 1
		if r.clients[id].flags&ending == 0 {
			return id
		}
		r.beginSession(p, id)
		return id
	}
	id := r.newClient(p, p.key.Stream("recorded").At(uint64(n)), uint64(n), uint64(n))
	p.playback.admits(n, id)
	r.clients[id].movesTo(n)
	r.beginSession(p, id)
	return id
}

// traceIdle ends a recorded client's session when it has been silent for the gap.
func (r *run) traceIdle(p *population, id ClientID) {
	c := &r.clients[id]
	if c.flags&(ending|inSession) != inSession {
		return
	}
	if until := p.playback.seen[c.addr] + p.Trace.Gap; until > r.now || c.outstanding > 0 {
		r.schedule(p, id, max(until, r.now+Second))
		return
	}
	c.raise(ending)
	r.endSession(p, id)
}

// fillRecorded puts what the log says of the client into the exchange.
func (r *run) fillRecorded(p *population, c *client, x *Request) {
	who := &p.Trace.Clients[c.addr]
	x.Addr, x.Hash = who.Addr, who.Hash
}
