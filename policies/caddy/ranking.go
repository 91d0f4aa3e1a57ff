package caddy

import "stickysim/sim"

// ranking is rendezvous hashing (highest random weight): each pair of key and upstream has a hash, the available
// upstream with the highest one takes the key, the first of equals wins. When an upstream leaves, only its keys move.
type ranking interface {
	rebuild(v *sim.View)
	highest(key []byte, v *sim.View, p *pool) sim.ServerID
}

func newRanking(version string, env sim.Env) ranking {
	if version == "old" {
		return &fnvRanking{}
	}
	return &xxRanking{}
}
