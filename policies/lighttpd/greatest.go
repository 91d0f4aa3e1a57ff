package lighttpd

import (
	"cmp"
	"slices"
	"sort"

	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

// greatest takes the server whose mark gives the greatest XOR with that of the request, the first of equals.
type greatest struct {
	hosts
	ports bool     // count
	marks []marked // of the eligible servers, in order of their marks; of equals in that of Eligible
	picks recall.Table[sim.ClientID, sim.ServerID]
}

// marked is a server with its mark.
type marked struct {
	mark   uint32
	server sim.ServerID
}

func newGreatest(env sim.Env, ports bool) greatest {
	return greatest{hosts: newHosts(env), ports: ports}
}

// Rebuild implements [sim.Rebuilder].
func (g *greatest) Rebuild(v *sim.View) {
	g.picks.Forget()
	g.hosts.Rebuild(v)
	g.marks = g.marks[:0]
	for _, s := range v.Eligible {
		g.marks = append(g.marks, marked{g.markOf(s), s})
	}
	slices.SortStableFunc(g.marks, func(a, b marked) int { return cmp.Compare(a.mark, b.mark) })
}

// markOf is the mark of a server, with its port where ports count.
func (g *greatest) markOf(s sim.ServerID) uint32 {
	h := &g.list[s]
	if g.ports {
		return h.mark ^ h.port
	}
	return h.mark
}

// Prepare implements [sim.Preparer].
func (g *greatest) Prepare(c sim.ClientID, soon *prefetch.Batch) { g.picks.Prepare(c, soon) }

// known is what it has picked for a client's key before, unless a server may be out because of a refused connection.
func (g *greatest) known(q *sim.Request, sum uint64, v *sim.View) (s sim.ServerID, ok bool) {
	if v.Now < g.until {
		return sim.NoServer, false
	}
	return g.picks.Find(q.Client, sum)
}

// pick picks for a key that sum stands for.
func (g *greatest) pick(q *sim.Request, sum uint64, mark uint32, v *sim.View) sim.ServerID {
	s := g.scan(mark, v)
	if v.Now >= g.until {
		g.picks.Note(q.Client, sum, s)
	}
	return s
}

// scan takes the server, of those that are active.
func (g *greatest) scan(mark uint32, v *sim.View) sim.ServerID {
	if v.Now >= g.until && len(g.marks) > 0 {
		return g.farthest(mark)
	}
	best, top := sim.NoServer, uint32(0)
	for _, s := range v.Eligible {
		if x := mark ^ g.markOf(s); (best == sim.NoServer || x > top) && g.active(s, v) {
			best, top = s, x
		}
	}
	return best
}

// farthest takes the server where all are active: bit after bit, those that differ from the mark, if there are any.
func (g *greatest) farthest(mark uint32) sim.ServerID {
	rest := g.marks
	for bit := uint32(1) << 31; bit != 0 && len(rest) > 1; bit >>= 1 {
		set := sort.Search(len(rest), func(i int) bool { return rest[i].mark&bit != 0 })
		if mark&bit == 0 && set < len(rest) {
			rest = rest[set:]
		} else if mark&bit != 0 && set > 0 {
			rest = rest[:set]
		}
	}
	return rest[0].server
}
