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

// pick looks up what it has picked for a client before, unless a server may be out because of a refused connection.
func (g *greatest) pick(mark uint32, q *sim.Request, v *sim.View) sim.ServerID {
	if v.Now < g.until {
		return g.scan(mark, v)
	}
	s, ok := g.picks.Find(q.Client, uint64(mark))
	if !ok {
		s = g.scan(mark, v)
		g.picks.Note(q.Client, uint64(mark), s)
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
