package sim

import "math"

// line is the long-lived connection of a client whose population's Loop is Connection, or its way to the next one. Only this
// file changes a line.
//
//	lineClosed ──message──▶ lineOpening ──answer──▶ lineOpen ──session ends──▶ lineClosed
//	                         ▲       │                 │
//	                   delay │       │ fails           │ server, balancer or message fails
//	                         │       ▼                 │
//	                        lineBroken ◀───────────────┘
//
// An open line is one request in flight for the balancer that it goes through.
type line struct {
	number   uint32 // of the client's connections so far; messages remember it
	balancer int32  // instance that counts the open line in flight; uncounted = none
	waits    uint16 // delays since the line was last open
	state    lineState
}

type lineState uint8

const (
	lineClosed  lineState = iota // the next message opens it
	lineOpening                  // a request with the flag opening is on its way
	lineOpen                     // messages go over it, to the client's home
	lineBroken                   // the client waits before it opens it again
)

// uncounted is line.balancer of an open line that no instance counts.
const uncounted = -1

// connects reports whether any population holds connections, so that clients need lines.
func (m *Model) connects() bool {
	for i := range m.Populations {
		if m.Populations[i].Loop == Connection {
			return true
		}
	}
	return false
}

// closeLine begins a session without a connection.
func (r *run) closeLine(id ClientID) {
	if r.lines != nil {
		ln := &r.lines[id]
		ln.state, ln.waits = lineClosed, 0
	}
}

// silent reports whether the client sends no message now: its connection is being opened, or is broken.
func (r *run) silent(p *population, id ClientID) bool {
	if p.Loop != Connection {
		return false
	}
	state := r.lines[id].state
	return state == lineOpening || state == lineBroken
}

// overLine sends a request over the client's open connection, or makes it the one that opens it.
func (r *run) overLine(p *population, c *client, rq *request) {
	ln := &r.lines[rq.client]
	if ln.state == lineOpen {
		rq.raise(message)
		return
	}
	ln.state = lineOpening
	rq.raise(opening)
	if p.Handshake != nil {
		rq.demands(rq.demand + FromSeconds(p.Handshake.Sample(c.draw(c.seq, forHandshake))))
	}
}

// sendMessage sends an attempt of a message to where its client's connection leads; no balancer is asked.
func (r *run) sendMessage(q int32) {
	rq := &r.requests[q]
	ln := &r.lines[rq.client]
	if ln.state != lineOpen {
		r.clientFailed(q, FailedBroken)
		return
	}
	rq.goOver(ln.number)
	rq.goTo(r.clients[rq.client].home)
	sv := r.servers[rq.server]
	switch {
	case sv.serving():
		r.reach(r.pops[rq.pop], q, rq, sv)
	case sv.silentUntil > r.now: // its host is gone, or the connection would have broken
		rq.failLater(uint8(Broken))
		r.pushRequest(sv.silentUntil, evAttempt, q)
	default: // it died while the answer to the opening was on its way
		r.clientFailed(q, FailedBroken)
	}
}

// cutOff reports whether the connection that a message was sent over has ended.
func (r *run) cutOff(rq *request) bool {
	ln := &r.lines[rq.client]
	return ln.state != lineOpen || ln.number != rq.line
}

// lineOpened notes that an opening has been answered by the client's home. The attempt stays in flight for its balancer.
func (r *run) lineOpened(rq *request) {
	ln := &r.lines[rq.client]
	r.connections.opened++
	if ln.waits > 0 {
		r.connections.reopened++
	}
	ln.number++
	ln.state, ln.waits, ln.balancer = lineOpen, 0, int32(rq.balancer)
	r.servers[rq.server].openConnections(1)
}

// lineFailed is what a failed request of a connection means for it: a failed opening is followed by another, and a client
// closes a connection whose message fails. The next opening follows after at least the pause.
func (r *run) lineFailed(p *population, q int32, pause Time) {
	rq := &r.requests[q]
	id := rq.client
	switch {
	case rq.flags&message == 0:
		if rq.flags&measured != 0 {
			r.connections.failed++
		}
		r.reconnect(p, id, pause)
	case !r.cutOff(rq):
		r.breakLine(p, id, pause)
	}
}

// breakLine ends an open connection against its client's will.
func (r *run) breakLine(p *population, id ClientID, pause Time) {
	if r.lines[id].state == lineOpen {
		r.disconnect(id)
		r.reconnect(p, id, pause)
	}
}

// disconnect ends the client's connection, if one is open.
func (r *run) disconnect(id ClientID) {
	ln := &r.lines[id]
	if ln.state != lineOpen {
		return
	}
	ln.state = lineClosed
	s := r.clients[id].home
	sv := r.servers[s]
	sv.openConnections(-1)
	if ln.balancer != uncounted {
		b := r.balancers[ln.balancer]
		r.tick(b)
		b.Ended(s, Answered)
		r.flush(b)
	}
	if sv.departing() && sv.connections == 0 {
		r.checkDrained(s)
	}
}

// reconnect lets a client open its connection again after its delay, which grows from one opening to the next until one
// succeeds. A client without a delay opens a broken connection at once; if that fails, it does so with its next message.
func (r *run) reconnect(p *population, id ClientID, pause Time) {
	ln, c := &r.lines[id], &r.clients[id]
	if c.flags&ending != 0 || p.Reconnect == nil && ln.state == lineOpening {
		ln.state = lineClosed
		return
	}
	delay := Time(0)
	if p.Reconnect != nil {
		delay = p.reconnectDelay(p.Reconnect.Sample(c.draw(c.seq, forReconnect)), ln.waits)
	}
	ln.state = lineBroken
	ln.waits = min(ln.waits, math.MaxUint16-1) + 1
	r.plan(scheduled{do: (*run).reopen, client: id, key: c.key, n: c.seq}, r.now+max(delay, pause))
}

// reconnectDelay is the delay that follows so many others, from the number of seconds drawn for it.
func (p *Population) reconnectDelay(seconds float64, before uint16) Time {
	if p.ReconnectGrowth > 0 {
		seconds *= math.Pow(p.ReconnectGrowth, float64(before))
	}
	delay := FromSeconds(seconds)
	if p.ReconnectCap > 0 {
		delay = min(delay, p.ReconnectCap)
	}
	return delay
}

// reopen opens a broken connection, unless its session has ended since. The handshake is all that this request is for.
func (r *run) reopen(x scheduled) {
	c := &r.clients[x.client]
	if c.key != x.key || c.seq != x.n || r.lines[x.client].state != lineBroken {
		return
	}
	if c.flags&ending != 0 {
		r.lines[x.client].state = lineClosed
		return
	}
	if r.sessions != nil {
		r.sessions[x.client].sendsOneMore()
	}
	r.send(r.pops[c.pop], x.client, c, 0)
}

// breakConnections takes the sessions that a server was home to off its count, and breaks the connections to it. Those to a
// host that is gone stay open, for clients and balancers, until a message over them fails, or the host is back and knows
// nothing of them.
func (r *run) breakConnections(s ServerID, how death) {
	silent := how.host && how.back > r.now
	for i := range r.clients {
		c := &r.clients[i]
		if c.home != s {
			continue
		}
		if c.flags&homeDown == 0 {
			c.raise(homeDown)
			r.hold(c, s, -1)
		}
		if r.lines != nil && !silent {
			r.breakLine(r.pops[c.pop], ClientID(i), 0)
		}
	}
	if r.lines != nil && silent {
		r.plan(scheduled{do: (*run).hostBack, server: s}, how.back)
	}
}

// hostBack breaks the connections to a host that was gone.
func (r *run) hostBack(x scheduled) {
	for i := range r.clients {
		if c := &r.clients[i]; c.home == x.server && c.flags&homeDown != 0 {
			r.breakLine(r.pops[c.pop], ClientID(i), 0)
		}
	}
}

// leaveLines is what a restart of a balancer means for the connections through it. One that is out breaks them; one that comes
// back at once leaves them to its old process, and no longer counts them.
func (r *run) leaveLines(b *balancer) {
	r.tick(b)
	for i := range r.lines {
		ln := &r.lines[i]
		switch {
		case ln.state != lineOpen || ln.balancer != int32(b.index):
		case b.out:
			r.breakLine(r.pops[r.clients[i].pop], ClientID(i), 0)
		default:
			ln.balancer = uncounted
			b.Ended(r.clients[i].home, Answered)
		}
	}
}
