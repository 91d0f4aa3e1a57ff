package lighttpd

import (
	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

// greatest takes the server whose mark gives the greatest XOR with that of the request, the first of equals.
type greatest struct {
	hosts
	ports bool // count
	picks recall.Table[sim.ClientID, sim.ServerID]
}

func newGreatest(env sim.Env, ports bool) greatest {
	return greatest{hosts: newHosts(env), ports: ports}
}

// Rebuild implements [sim.Rebuilder].
func (g *greatest) Rebuild(v *sim.View) {
	g.picks.Forget()
	g.hosts.Rebuild(v)
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

func (g *greatest) scan(mark uint32, v *sim.View) sim.ServerID {
	best, top := sim.NoServer, uint32(0)
	for _, s := range v.Eligible {
		h := &g.list[s]
		x := mark ^ h.mark
		if g.ports {
			x ^= h.port
		}
		if (best == sim.NoServer || x > top) && g.active(s, v) {
			best, top = s, x
		}
	}
	return best
}
