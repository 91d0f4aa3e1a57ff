package sim

import "slices"

// deployment is a deployment in progress; there is at most one.
type deployment struct {
	strategy  Strategy
	active    bool
	switched  bool // blue-green: the new fleet serves
	began     Time
	size      int        // servers that there should be
	old       []ServerID // still to be replaced, in order
	fresh     []ServerID // made for it
	restarted int        // in place: how many have come back, or are on the way
	away      []ServerID // in place: on the way
}

// holds reports whether a ready server must wait for the switch of a blue-green deployment.
func (d *deployment) holds(s ServerID) bool {
	if !d.active || d.strategy.Kind != BlueGreen || d.switched {
		return false
	}
	for _, f := range d.fresh {
		if f == s {
			return true
		}
	}
	return false
}

// enlist notes a server that was ordered in the place of another. New servers run the new version, except before the
// switch of a blue-green deployment, where who stands in for an old server serves, and goes, with the old fleet.
func (d *deployment) enlist(s, leaves ServerID) {
	switch {
	case d.strategy.Kind == BlueGreen && !d.switched && slices.Contains(d.old, leaves):
		d.old = append(d.old, s)
	case d.strategy.Kind != InPlace:
		d.fresh = append(d.fresh, s)
	}
}

// startDeploy begins a deployment of the whole fleet. One that is still going on goes on instead.
func (r *run) startDeploy(a *Action) {
	d := &r.deploy
	if d.active {
		r.log("deployment skipped", NoServer, "another deployment is in progress", 0)
		return
	}
	*d = deployment{strategy: a.Strategy, active: true, began: r.now, old: d.old[:0], fresh: d.fresh[:0], away: d.away[:0]}
	d.old = append(d.old, r.servers.inService()...)
	d.size = len(d.old)
	r.log("deployment began", NoServer, "", int64(d.size))
	r.deployTurn()
}

// deployTurn takes the deployment as far as it can go now. It is called whenever a server becomes ready or has left.
func (r *run) deployTurn() {
	d := &r.deploy
	if !d.active || r.inDeploy {
		return
	}
	r.inDeploy = true
	switch d.strategy.Kind {
	case Rolling:
		r.rollOn(d)
	case BlueGreen:
		r.switchOver(d)
	case InPlace:
		r.restartNext(d)
	}
	r.inDeploy = false
}

// rollOn makes new servers as far as MaxSurge allows, and lets old ones go as far as MaxUnavailable allows, as a
// Kubernetes Deployment does.
func (r *run) rollOn(d *deployment) {
	for progress := true; progress; {
		progress = false
		alive, available, made, leaving := 0, 0, 0, 0
		for _, s := range d.fresh {
			if sv := &r.servers[s]; sv.willServe() {
				made++
				if sv.serving() {
					available++
				}
			}
		}
		d.old = r.present(d.old)
		for _, s := range d.old {
			alive++
			switch sv := &r.servers[s]; {
			case !sv.inService():
				leaving++
			case sv.life == running:
				available++
			}
		}
		// A draining server has been deleted: it no longer counts against the surge.
		for made < d.size && alive-leaving+made < d.size+d.strategy.MaxSurge {
			s, ok := r.order()
			if !ok {
				break
			}
			d.fresh = append(d.fresh, s)
			made++
			progress = true
		}
		for _, s := range d.old {
			sv := &r.servers[s]
			if !sv.inService() {
				continue
			}
			if sv.life == running {
				if available-1 < d.size-d.strategy.MaxUnavailable {
					continue
				}
				available--
			}
			r.drain(s, d.plan())
			progress = true
		}
	}
	if len(r.present(d.old)) == 0 && r.allReady(d.fresh) {
		r.endDeploy(d)
	}
}

// plan is how the deployment's old servers leave.
func (d *deployment) plan() drainPlan {
	return drainPlan{deadline: d.strategy.Drain, grace: d.strategy.Grace, untilEmpty: d.strategy.UntilEmpty, cause: LostDrainCut}
}

// present keeps the servers that have not left.
func (r *run) present(list []ServerID) []ServerID {
	kept := list[:0]
	for _, s := range list {
		if r.servers[s].life != gone {
			kept = append(kept, s)
		}
	}
	return kept
}

// promising counts the servers that serve, or will.
func (r *run) promising(list []ServerID) int {
	n := 0
	for _, s := range list {
		if r.servers[s].willServe() {
			n++
		}
	}
	return n
}

func (r *run) allReady(list []ServerID) bool {
	for _, s := range list {
		if sv := &r.servers[s]; sv.willServe() && !sv.serving() {
			return false
		}
	}
	return true
}

// switchOver makes the whole new fleet, then switches.
func (r *run) switchOver(d *deployment) {
	for n := r.promising(d.fresh); n < d.size && !d.switched; n++ {
		s, ok := r.order()
		if !ok {
			break
		}
		d.fresh = append(d.fresh, s)
	}
	if !d.switched {
		if !r.allReady(d.fresh) || r.promising(d.fresh) == 0 {
			return
		}
		d.switched = true
		r.log("switched", NoServer, "", int64(len(d.fresh)))
		for _, s := range d.fresh {
			if r.servers[s].life == running {
				r.join(s)
			}
		}
		for _, s := range d.old {
			r.drain(s, d.plan())
		}
	}
	if d.old = r.present(d.old); len(d.old) == 0 {
		r.endDeploy(d)
	}
}

// restartNext restarts servers in place, so many at a time.
func (r *run) restartNext(d *deployment) {
	back := d.away[:0]
	for _, s := range d.away {
		if sv := &r.servers[s]; sv.life != gone && sv.life != running {
			back = append(back, s)
		}
	}
	d.away = back
	for len(d.away) < max(d.strategy.MaxUnavailable, 1) && d.restarted < len(d.old) {
		s := d.old[d.restarted]
		d.restarted++
		if r.servers[s].life == gone {
			continue
		}
		d.away = append(d.away, s)
		plan := d.plan()
		plan.restart = true
		r.drain(s, plan)
	}
	if len(d.away) == 0 && d.restarted == len(d.old) {
		r.endDeploy(d)
	}
}

func (r *run) endDeploy(d *deployment) {
	d.active = false
	r.fleet.deployed(r.now - d.began)
	r.log("deployment done", NoServer, "", 0)
}
