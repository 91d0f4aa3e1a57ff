package sim

import "slices"

// shrink drains n servers of a list, or of the fleet where the list is nil. Servers that do not serve go first, then the
// order is Autoscaler.Victim; without an autoscaler, the newest.
func (r *run) shrink(list []ServerID, n int, plan drainPlan) {
	for ; n > 0; n-- {
		v := r.victim(list)
		if v == NoServer {
			return
		}
		r.drain(v, plan)
	}
}

// victim is the server of a list, or of the fleet where it is nil, that leaves first; NoServer when none is in service.
func (r *run) victim(list []ServerID) ServerID {
	best := NoServer
	consider := func(s ServerID) {
		if r.servers[s].inService() && (best == NoServer || r.leavesBefore(s, best)) {
			best = s
		}
	}
	for _, s := range list {
		consider(s)
	}
	for s := 0; list == nil && s < len(r.servers); s++ {
		consider(ServerID(s))
	}
	return best
}

// leavesBefore reports whether server a is to leave before server b.
func (r *run) leavesBefore(a, b ServerID) bool {
	x, y := r.servers[a], r.servers[b]
	if ready := x.serving(); ready != y.serving() {
		return !ready
	}
	switch {
	case r.scaler.Autoscaler == nil:
	case r.scaler.Victim == Oldest:
		return a < b
	case r.scaler.Victim == FewestSessions && x.sessions != y.sessions:
		return x.sessions < y.sessions
	}
	return a > b
}

// resizeDeployment changes the size a deployment in progress works towards, and that of the fleet that serves.
func (r *run) resizeDeployment(d *deployment, to int, plan drainPlan) {
	by := to - d.size
	d.size = to
	switch {
	case d.strategy.Kind == Rolling:
		r.shrinkFresh(d, plan)
	case d.strategy.Kind == BlueGreen && !d.switched:
		r.shrinkFresh(d, plan)
		r.growBy(by, &d.old)
		r.shrink(append([]ServerID{}, d.old...), -by, plan)
	case d.strategy.Kind == BlueGreen:
		r.growBy(by, &d.fresh)
		r.shrinkFresh(d, plan)
	default:
		r.growBy(by, nil)
		r.shrink(nil, -by, plan)
	}
	r.advanceDeployment()
}

// growBy orders servers and notes them in a list of the deployment.
func (r *run) growBy(n int, list *[]ServerID) {
	for ; n > 0; n-- {
		s, ok := r.order()
		if !ok {
			return
		}
		if list != nil {
			*list = append(*list, s)
		}
	}
}

// shrinkFresh drains the new servers that a deployment has made in excess of its size, and forgets them.
func (r *run) shrinkFresh(d *deployment, plan drainPlan) {
	stays := func(s ServerID) bool { return r.servers[s].inService() }
	n := 0
	for _, s := range d.fresh {
		if stays(s) {
			n++
		}
	}
	r.shrink(append([]ServerID{}, d.fresh...), n-d.size, plan)
	d.fresh = slices.DeleteFunc(d.fresh, func(s ServerID) bool { return !stays(s) })
}
