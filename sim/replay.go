package sim

// replay sends the next recorded request of a trace, and plans the one after it.
func (r *run) replay(pop int) {
	p := &r.pops[pop]
	rec := &p.Trace.Requests[p.next]
	number := uint32(p.next)
	p.next++
	if p.next < len(p.Trace.Requests) {
		r.push(max(p.Trace.Requests[p.next].At, r.now), evReplay, uint32(pop))
	}
	id := r.traceClient(p, rec.Client)
	p.seen[rec.Client] = r.now
	work := Time(-1)
	if rec.Demand >= 0 {
		work = FromSeconds(float64(rec.Demand))
	}
	if p.final[rec.Client] == number {
		r.clients[id].raise(ending) // the log has no later request of it: its session ends with the answer
	}
	r.send(p, id, work)
	if c := &r.clients[id]; c.flags&(waiting|ending) == 0 && p.Trace.Gap > 0 {
		r.schedule(p, id, r.now+p.Trace.Gap)
	}
}

// traceClient is the slot of a recorded client, with a session in progress.
func (r *run) traceClient(p *population, n uint32) ClientID {
	if slot := p.slots[n]; slot != 0 {
		id := slot - 1
		if r.clients[id].flags&ending == 0 {
			return id
		}
		r.beginSession(p, id)
		return id
	}
	id := r.newClient(p, p.key.Stream("recorded").At(uint64(n)), uint64(n))
	p.slots[n] = id + 1
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
	if until := p.seen[c.addr] + p.Trace.Gap; until > r.now || c.outstanding > 0 {
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

// reconnect makes a client open its broken connection again after its jitter.
func (r *run) reconnect(p *population, id ClientID) {
	c := &r.clients[id]
	c.raise(reconnecting)
	at := r.now
	if p.Reconnect != nil {
		at += FromSeconds(p.Reconnect.Sample(c.draw(c.seq, forReconnect)))
	}
	r.plan(scheduled{do: (*run).reopen, client: id, key: c.key}, at)
}

func (r *run) reopen(x scheduled) {
	c := &r.clients[x.client]
	if c.key != x.key || c.flags&reconnecting == 0 {
		return // its session has ended since
	}
	c.lower(reconnecting)
	if c.flags&ending != 0 {
		return
	}
	c.sendsOneMore() // the handshake is not one of its messages
	r.reopened++
	r.send(&r.pops[c.pop], x.client, -1)
}
