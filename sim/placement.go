package sim

import "stickysim/sim/prefetch"

// placement is where the application keeps its sessions' state, and what that costs. There is one type for each
// PlacementKind; newPlacement chooses when the run is made, and nothing else asks for the kind.
type placement interface {
	// admit makes room for the state of a new client, which has none yet.
	admit(id ClientID)
	// visit is what a request does about its session's state when server s begins to work on it. It returns the extra
	// work. A session whose state cannot be found is lost, once, with one cause.
	visit(q *request, p *population, c *client, s ServerID) Time
	// cost is what visit asks of the server and the store, for a request whose client has given up: it does nothing to the
	// session, and the client learns nothing of what it finds. It returns the extra work.
	cost(q *request, p *population, s ServerID) Time
	// needsJar reports whether only a client with a cookie jar has a session that lasts: the application finds the state by a
	// cookie of its own.
	needsJar() bool
	// begin makes the state of a session that begins, or begins anew, on s.
	begin(p *population, id ClientID, s ServerID)
	// resume makes the state of a session that has begun at born, before the run, and whose last request is answered by s
	// now: it has grown by so many bytes.
	resume(p *population, id ClientID, s ServerID, born Time, grown int64)
	// end drops the state of a session that is over or lost, if it has any.
	end(p *population, id ClientID)
	// idle drops the state after its idle timeout, if the client does not send its next request until then.
	idle(p *population, id ClientID, next Time)
	// expire is what idle has planned.
	expire(x scheduled)

	// served follows the service of a request with the flag saves, before its answer.
	served(q int32)
	// stored follows an operation of the store for a request with one of the flags loads, stores and background.
	stored(q *request)

	// serverReady and serverGone follow a server that begins to serve, empty, and one that has ended with its memory.
	serverReady(s ServerID)
	serverGone(s ServerID)

	// where is where a session's state was last known to be. The session has state.
	where(id ClientID) whereabouts
	// gone reports whether an event has taken a session's state for good, which its client has not found yet. The session
	// has state.
	gone(id ClientID) bool
	// prefetch lists the records of a client's state for the processor's cache.
	prefetch(b *prefetch.Batch, id ClientID)
	// measure begins to count, metrics reports the counts, and audit checks the books at the end of the run.
	measure()
	metrics(b *metricsBuilder)
	audit()
}

// whereabouts are where a session's state is: in an incarnation of a server, or, with a negative server, on none; and the
// era of the store, where a store has it.
type whereabouts struct {
	server      ServerID
	incarnation uint16
	storeEra    uint16
}

// on reports whether the state is in the given incarnation of a server.
func (w whereabouts) on(s ServerID, incarnation uint16) bool {
	return w.server == s && w.incarnation == incarnation
}

// inMemory reports whether servers keep sessions' state, or copies of it, in their memory.
func (p *Placement) inMemory() bool {
	return p.Kind == Local || p.Kind == Replicated || p.Kind == CachedStore
}

// makePlacement makes the place where state lives.
func (r *run) makePlacement() {
	for i := range r.m.Populations {
		r.stateful = r.stateful || r.m.Populations[i].Stateful && r.m.State.Kind != NoState
	}
	r.place = newPlacement(r)
}

func newPlacement(r *run) placement {
	base := noState{r}
	switch r.m.State.Kind {
	case Local:
		return newLocal(base)
	case Replicated:
		return newReplicated(base)
	case Store:
		return &stored{base}
	case CachedStore:
		return newCached(base)
	case Token:
		return newToken(base)
	}
	return base
}

var _ = reports(70, func(r *run, b *metricsBuilder) { r.place.metrics(b) })

// noState is the placement of an application that keeps no state, and the part of the others that keeps none.
type noState struct{ r *run }

func (n noState) admit(ClientID)                                      {}
func (n noState) visit(*request, *population, *client, ServerID) Time { return 0 }
func (n noState) cost(*request, *population, ServerID) Time           { return 0 }
func (n noState) needsJar() bool                                      { return true }
func (n noState) begin(_ *population, id ClientID, _ ServerID)        { n.r.clients[id].raise(hasState) }
func (n noState) resume(_ *population, id ClientID, _ ServerID, _ Time, _ int64) {
	n.r.clients[id].raise(hasState)
}
func (n noState) end(_ *population, id ClientID)     { n.r.clients[id].lower(hasState) }
func (n noState) idle(*population, ClientID, Time)   {}
func (n noState) expire(scheduled)                   {}
func (n noState) served(int32)                       {}
func (n noState) stored(*request)                    {}
func (n noState) serverReady(ServerID)               {}
func (n noState) serverGone(ServerID)                {}
func (n noState) where(ClientID) whereabouts         { return whereabouts{server: NoServer} }
func (n noState) gone(ClientID) bool                 { return false }
func (n noState) prefetch(*prefetch.Batch, ClientID) {}
func (n noState) measure()                           {}
func (n noState) audit()                             {}

// metrics reports the counts of the store, if some state is there.
func (n noState) metrics(b *metricsBuilder) {
	if n.r.m.hasStore() {
		n.r.store.metrics(b)
	}
}

// isIdle reports whether the state of a session has not been used for longer than its idle timeout.
func (p *population) isIdle(x *session, now Time) bool {
	return p.IdleTimeout > 0 && now-x.used > p.IdleTimeout
}

// changes reports whether a request changes its session's state.
func (r *run) changes(q *request, p *population) bool {
	return p.Unchanged == 0 || q.key.At(uint64(q.seq)*purposes+forStore).At(forChange).Float64() >= p.Unchanged
}

// writes reports whether a request writes its session's state.
func (r *run) writes(q *request, p *population) bool { return !r.m.State.OnChange || r.changes(q, p) }

// record makes room for a client's record in a list by client, and clears it.
func record[T any](list []T, id ClientID) []T {
	var none T
	if int(id) == len(list) {
		return append(list, none)
	}
	list[id] = none
	return list
}
