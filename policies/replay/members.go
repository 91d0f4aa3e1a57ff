package replay

import (
	"errors"

	"stickysim/sim"
)

// admit makes s a member; the caller calls changed.
func (r *Router) admit(s Server) sim.ServerID {
	id := sim.ServerID(len(r.servers))
	r.servers = append(r.servers, s.Info)
	r.instance.Know(r.servers)
	r.instance.Join(id, float64(s.Info.Weight))
	r.set[id] = s.Status
	r.probes[id] = probeOf(s.Info)
	return id
}

// Add appends a server to the configuration. There is room for 64 in a router's life.
func (r *Router) Add(s Server) (sim.ServerID, error) {
	if len(r.servers) == cap(r.servers) {
		return sim.NoServer, errors.New("no room for a further server: 64 were added already")
	}
	id := r.admit(s)
	r.changed()
	return id, nil
}

// Remove takes a server out of the configuration, as if its line were deleted: those behind it move up one position.
func (r *Router) Remove(id sim.ServerID) {
	if r.View().Status[id] != sim.Removed {
		r.instance.Leave(id)
		r.changed()
	}
}

// SetStatus changes the configured status of a server. Probes that have marked it down keep it down.
func (r *Router) SetStatus(id sim.ServerID, s sim.Status) {
	if r.set[id] != s && r.View().Status[id] != sim.Removed {
		r.set[id] = s
		r.changed()
	}
}

// SetWeight changes a server's effective weight.
func (r *Router) SetWeight(id sim.ServerID, w float64) {
	if r.View().Weight[id] != w {
		r.instance.SetWeight(id, w)
		r.changed()
	}
}

// changed brings what the instance believes in line with set and failed, and reports it to the balancer.
func (r *Router) changed() {
	for _, id := range r.View().Members {
		status := r.set[id]
		if r.failed[id] {
			status = max(status, sim.Down)
		}
		r.instance.SetStatus(id, status)
	}
	r.instance.Changed()
	r.due = true
	r.offer()
}
