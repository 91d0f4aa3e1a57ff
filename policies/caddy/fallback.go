package caddy

import "stickysim/sim"

// newFallback makes the selector that takes over when a key or cookie is absent. The names are those that Fallback
// parameters allow: policies that need no further key.
func newFallback(name, version string, env sim.Env) selector {
	switch name {
	case "first":
		return first{}
	case "round_robin":
		return &roundRobin{}
	case "weighted_round_robin":
		return &weightedRoundRobin{}
	case "least_conn":
		return &leastConn{}
	case "random_choose":
		return newRandomChoose(2, version)
	case "ip_hash", "client_ip_hash":
		return &addressHash{rank: newRanking(version), peer: name == "ip_hash"}
	default:
		return random{}
	}
}

// readsOf is which fields of a request a selector reads.
func readsOf(s selector) sim.Needs {
	switch s := s.(type) {
	case first, *roundRobin, *weightedRoundRobin:
		return 0
	case *addressHash:
		return sim.NeedsAddr
	case *textHash:
		return s.key.Reads() | readsOf(s.fallback)
	case *cookie:
		return readsOf(s.fallback)
	}
	return sim.NeedsDraw
}

// loadsOf is the part of a selector that follows loads: itself, or its fallback.
func loadsOf(s selector) *leastConn {
	switch s := s.(type) {
	case *leastConn:
		return s
	case *cookie:
		return loadsOf(s.fallback)
	case *textHash:
		return loadsOf(s.fallback)
	}
	return nil
}

// picksOf are those that a selector, or its fallback, remembers.
func picksOf(s selector) *picks {
	switch s := s.(type) {
	case *addressHash:
		return &s.rank.picks
	case *textHash:
		return &s.rank.picks
	case *cookie:
		return picksOf(s.fallback)
	}
	return nil
}

// rebuildFallback passes a change of the upstreams on.
func rebuildFallback(s selector, v *sim.View) {
	if r, ok := s.(rebuilder); ok {
		r.rebuild(v)
	}
}
