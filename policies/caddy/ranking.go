package caddy

import (
	"github.com/cespare/xxhash/v2"

	"stickysim/policies/internal/recall"
	"stickysim/sim"
)

// ranking is rendezvous hashing (highest random weight): each pair of key and upstream has a hash, the available
// upstream with the highest one takes the key, the first of equals wins. When an upstream leaves, only its keys move.
type ranking interface {
	rebuild(v *sim.View)
	highest(key []byte, v *sim.View, p *pool) sim.ServerID
}

func newRanking(version string) *recalled {
	if version == "old" {
		return &recalled{ranking: &fnvRanking{}}
	}
	return &recalled{ranking: &xxRanking{}}
}

// picks are those that are remembered.
type picks = recall.Table[sim.ClientID, sim.ServerID]

// recalled is a ranking that looks up what it has ranked highest for a client before.
type recalled struct {
	ranking
	picks picks
}

func (r *recalled) rebuild(v *sim.View) {
	r.picks.Forget()
	r.ranking.rebuild(v)
}

func (r *recalled) highest(client sim.ClientID, key []byte, v *sim.View, p *pool) sim.ServerID {
	if !p.open(v) {
		return r.ranking.highest(key, v, p)
	}
	sum := xxhash.Sum64(key)
	s, ok := r.picks.Find(client, sum)
	if !ok {
		s = r.ranking.highest(key, v, p)
		r.picks.Note(client, sum, s)
	}
	return s
}
