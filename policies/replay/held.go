package replay

import (
	"bytes"
	"fmt"

	"stickysim/sim"
)

// maxWaiting bounds the balancer's queue: every change offers the whole queue again.
const maxWaiting = 1 << 14

// held is a request that stays in flight, or in the balancer's queue, until it is closed.
type held struct {
	id     string
	q      sim.Request
	server sim.ServerID // sim.Wait while it is queued
	status int          // of a request that was refused
}

// Arrival is a queued request that has reached a server, or was refused after all.
type Arrival struct {
	ID     string
	Server sim.ServerID // NoServer where it was refused
	Status int          // 0 = in flight; the refusal's status
}

// Open sends a request that its server holds until Close. Its Answer says where it is: Status 0 at Server, Queued in
// the balancer's queue, or refused with another status and over.
func (r *Router) Open(id string, k Key) (Answer, error) {
	if _, dup := r.held[id]; dup {
		return Answer{}, fmt.Errorf("request %q is open already", clip(id))
	}
	if len(r.waiting) >= maxWaiting {
		return Answer{}, fmt.Errorf("more than %d requests wait in the balancer's queue", maxWaiting)
	}
	h := &held{id: id}
	k.Text = bytes.Clone(k.Text)
	r.load(&h.q, &k, nil)
	h.server, h.status = r.connect(&h.q)
	r.held[id] = h
	a := Answer{Server: h.server, Status: h.status, Tried: h.tried(), Why: h.q.Why}
	if h.server == sim.Wait {
		a.Server, a.Status = sim.NoServer, Queued
		r.waiting = append(r.waiting, h)
	}
	r.offer()
	return a, nil
}

// Close ends a held request: its server answers. Queued requests that get their turn by that are in arrived, which is
// valid until the next call. A request that is still queued is given up; one that was refused stays refused.
func (r *Router) Close(id string) (a Answer, arrived []Arrival, err error) {
	h, ok := r.held[id]
	if !ok {
		return a, nil, fmt.Errorf("request %q is not open", clip(id))
	}
	delete(r.held, id)
	r.arrived = r.arrived[:0]
	a = Answer{Server: h.server, Status: h.status}
	switch {
	case h.server == sim.Wait:
		a.Server, a.Status = sim.NoServer, r.refusal.noServer
		r.leave(h)
	case h.server >= 0:
		r.answer(&h.q, h.server)
		a.Status = 200
		r.cookie(&a, &h.q)
	}
	a.Tried, a.Why = h.tried(), h.q.Why
	r.offer()
	return a, r.arrived, nil
}

// Held says where an open request is: at a server, or sim.Wait, or sim.NoServer when it was refused.
func (r *Router) Held(id string) (sim.ServerID, bool) {
	h, ok := r.held[id]
	if !ok {
		return sim.NoServer, false
	}
	return h.server, true
}

func (h *held) tried() []sim.ServerID {
	if h.server < 0 {
		return h.q.Tried
	}
	return append(h.q.Tried[:len(h.q.Tried):len(h.q.Tried)], h.server)
}

func (r *Router) leave(h *held) {
	for i, w := range r.waiting {
		if w == h {
			r.waiting = append(r.waiting[:i], r.waiting[i+1:]...)
			return
		}
	}
}

// offer gives the waiting requests to the balancer again, oldest first, until a round brings nothing. A probe during
// one of their attempts can ask for it again: the round that runs takes note.
func (r *Router) offer() {
	if r.offering {
		return
	}
	r.offering = true
	for r.due && len(r.waiting) > 0 {
		r.due = false
		still := 0
		for i, h := range r.waiting {
			h.server, h.status = r.connect(&h.q)
			if h.server == sim.Wait {
				r.waiting[still] = r.waiting[i]
				still++
				continue
			}
			r.arrived = append(r.arrived, Arrival{ID: h.id, Server: h.server, Status: h.status})
		}
		r.due = r.due && still < len(r.waiting)
		clear(r.waiting[still:])
		r.waiting = r.waiting[:still]
	}
	r.due, r.offering = false, false
}
