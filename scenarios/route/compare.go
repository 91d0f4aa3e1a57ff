package route

import (
	"strconv"

	"stickysim/policies/replay"
	"stickysim/sim"
)

// move is what the changes did to one key.
type move struct {
	before   string // server of the unchanged source, or !status
	moved    bool
	needless bool
}

// compare starts the unchanged source beside the changed one.
func (r *run) compare(s Source) {
	unchanged, _ := s.edit(Changes{}) // without changes there are no errors
	r.before = unchanged.router()
	r.stays = make([]sim.ServerID, len(s.Servers))
	r.gone = make([]bool, len(s.Servers))
	for i := range r.stays {
		r.stays[i], r.gone[i] = sim.NoServer, true
	}
	for i, l := range r.edited.lines {
		if l.was >= 0 {
			r.stays[l.was], r.gone[l.was] = sim.ServerID(i), l.less
		}
	}
}

// move routes k by the unchanged source and compares. A move is needless when the old server is still there and takes
// clients as before, and the new one is neither added nor of greater weight.
func (r *run) move(k *replay.Key, a *replay.Answer) move {
	was, status := r.before.Route(k)
	m := move{before: place(r.before, was, status)}
	if was < 0 {
		m.moved = a.Server >= 0
		return m
	}
	m.moved = r.stays[was] != a.Server || a.Server < 0
	m.needless = m.moved && !r.gone[was] && !(a.Server >= 0 && r.edited.lines[a.Server].more)
	return m
}

// place is the server's name, or the status where there is none.
func place(r *replay.Router, s sim.ServerID, status int) string {
	if s >= 0 {
		return r.Name(s)
	}
	return "!" + strconv.Itoa(status)
}
