package envoy

import "stickysim/sim"

// circuitBreakers count what waits because of a cluster's limits on all hosts together.
type circuitBreakers struct {
	pending int // requests that wait, as of the last time they were offered again
}

// admit holds the pick of a host to the circuit breakers: beyond max_requests, and where too many wait, a request is refused;
// beyond max_connections it waits, unless it is the only one of its host, which always gets a connection.
func (h *hosts) admit(s sim.ServerID, v *sim.View) sim.ServerID {
	c := &h.cluster
	if s < 0 || c.MaxConnections+c.MaxRequests == 0 {
		return s
	}
	inFlight := 0
	for _, m := range v.Members {
		inFlight += int(v.InFlight[m])
	}
	switch {
	case c.MaxRequests > 0 && inFlight >= c.MaxRequests:
		return sim.NoServer
	case c.MaxConnections == 0 || inFlight < c.MaxConnections || v.InFlight[s] == 0:
		return s
	case h.breakers.pending >= c.MaxPending:
		return sim.NoServer
	}
	h.breakers.pending++
	return sim.Wait
}

// offer begins to count anew what waits: all of it is offered again.
func (b *circuitBreakers) offer() { b.pending = 0 }
