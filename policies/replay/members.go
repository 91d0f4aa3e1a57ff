package replay

import (
	"errors"

	"stickysim/sim"
)

// admit makes s a member; the caller calls changed.
func (r *Router) admit(id sim.ServerID, s Server) {
	r.view.Servers[id] = s.Info
	r.view.Members = append(r.view.Members, id)
	r.view.Weight[id] = float64(s.Info.Weight)
	r.set[id] = s.Status
	r.probes[id] = probeOf(s.Info)
}

// Add appends a server to the configuration. There is room for 64 in a router's life.
func (r *Router) Add(s Server) (sim.ServerID, error) {
	id := sim.ServerID(len(r.view.Servers))
	if int(id) == cap(r.view.Servers) {
		return sim.NoServer, errors.New("no room for a further server: 64 were added already")
	}
	r.view.Servers = append(r.view.Servers, s.Info)
	r.admit(id, s)
	r.changed()
	return id, nil
}

// Remove takes a server out of the configuration, as if its line were deleted: those behind it move up one position.
func (r *Router) Remove(id sim.ServerID) {
	for i, m := range r.view.Members {
		if m == id {
			r.view.Members = append(r.view.Members[:i], r.view.Members[i+1:]...)
			r.set[id] = sim.Removed
			r.changed()
			return
		}
	}
}

// SetStatus changes what the balancer is told of a server. Probes that have marked it down keep it down.
func (r *Router) SetStatus(id sim.ServerID, s sim.Status) {
	if r.set[id] != s && r.set[id] != sim.Removed {
		r.set[id] = s
		r.changed()
	}
}

// SetWeight changes a server's effective weight.
func (r *Router) SetWeight(id sim.ServerID, w float64) {
	if r.view.Weight[id] != w {
		r.view.Weight[id] = w
		r.changed()
	}
}

// changed brings the view in line with set, failed and the weights, and tells the balancer.
func (r *Router) changed() {
	v := &r.view
	for i, s := range r.set {
		if r.failed[i] && s < sim.Down {
			s = sim.Down
		}
		v.Status[i] = s
	}
	if r.eligible(false); len(v.Eligible) == 0 {
		r.eligible(true)
	}
	v.Epoch++
	if r.rebuild != nil {
		r.rebuild.Rebuild(v)
	}
	r.due = true
	r.offer()
}

// eligible lists the members that can take new clients, of the primaries or of the backups.
func (r *Router) eligible(backup bool) {
	v := &r.view
	v.Eligible = v.Eligible[:0]
	for _, s := range v.Members {
		if v.Status[s] == sim.Up && v.Weight[s] > 0 && v.Servers[s].Backup == backup {
			v.Eligible = append(v.Eligible, s)
		}
	}
}
