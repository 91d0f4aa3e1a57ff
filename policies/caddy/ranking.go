package caddy

import (
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

// known is what has been ranked highest for the key of a client before, if all upstreams are available now.
func (r *recalled) known(client sim.ClientID, sum uint64, v *sim.View, p *pool) (s sim.ServerID, ok bool) {
	if !p.open(v) {
		return sim.NoServer, false
	}
	return r.picks.Find(client, sum)
}

// highest ranks the upstreams for a key that sum stands for.
func (r *recalled) highest(client sim.ClientID, sum uint64, key []byte, v *sim.View, p *pool) sim.ServerID {
	s := r.ranking.highest(key, v, p)
	if p.open(v) {
		r.picks.Note(client, sum, s)
	}
	return s
}
