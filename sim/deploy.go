package sim

import "slices"

// deployment is a deployment in progress; there is at most one.
type deployment struct {
	strategy  Strategy
	active    bool
	advancing bool // a step is being taken
	switched  bool // blue-green: the new fleet serves
	began     Time
	size      int        // servers that there should be
	old       []ServerID // still to be replaced, in order
	fresh     []ServerID // made for it
	restarted int        // in place: how many of old have begun to restart
	away      []ServerID // in place: restarting now
	incident  incidentNo
}

// holds reports whether a ready server must wait for the switch of a blue-green deployment.
func (d *deployment) holds(s ServerID) bool {
	return d.active && d.strategy.Kind == BlueGreen && !d.switched && slices.Contains(d.fresh, s)
}

// replaceInPlan notes a server that was ordered in the place of another. New servers run the new version. Only before the
// switch of a blue-green deployment the replacement of an old server serves with the old fleet, and leaves with it.
func (d *deployment) replaceInPlan(s, leaves ServerID) {
	switch {
	case d.strategy.Kind == BlueGreen && !d.switched && slices.Contains(d.old, leaves):
		d.old = append(d.old, s)
	case d.strategy.Kind != InPlace:
		d.fresh = append(d.fresh, s)
	}
}

// departure is how the servers that are replaced leave.
func (d *deployment) departure() drainPlan {
	return drainPlan{deadline: d.strategy.Drain, grace: d.strategy.Grace, untilEmpty: d.strategy.UntilEmpty, cause: LostDrainCut}
}

// startDeploy begins a deployment of the whole fleet, unless one is in progress.
func (r *run) startDeploy(a *Action) {
	d := &r.deploy
	if d.active {
		r.log("deployment skipped", NoServer, "another deployment is in progress", 0)
		return
	}
	*d = deployment{strategy: a.Strategy, active: true, began: r.now, old: r.servers.inService(), fresh: d.fresh[:0], away: d.away[:0], incident: r.incidents.current}
	d.size = len(d.old)
	r.log("deployment started", NoServer, "", int64(d.size))
	r.advanceDeployment()
}

// advanceDeployment takes the deployment as far as it can go now. It is called whenever a server becomes ready or has left.
func (r *run) advanceDeployment() {
	d := &r.deploy
	if !d.active || d.advancing {
		return
	}
	d.advancing = true
	before := r.incidents.resume(d.incident)
	switch d.strategy.Kind {
	case Rolling:
		r.advanceRolling(d)
	case BlueGreen:
		r.advanceBlueGreen(d)
	case InPlace:
		r.advanceInPlace(d)
	}
	r.incidents.resume(before)
	d.advancing = false
}

// advanceAfter takes the deployment further when a server that is ready now has been ready for so long.
func (r *run) advanceAfter(span Time) {
	if r.deploy.active && span > 0 {
		r.plan(scheduled{do: func(r *run, _ scheduled) { r.advanceDeployment() }}, r.now+span)
	}
}

// advanceRolling orders new servers as far as MaxSurge allows, and lets old ones leave as far as MaxUnavailable allows, as
// a Kubernetes Deployment does.
func (r *run) advanceRolling(d *deployment) {
	for progress := true; progress; {
		made, available := r.servers.willServe(d.fresh), r.servers.readyFor(d.fresh, d.strategy.MinReady, r.now)
		d.old = r.servers.notGone(d.old)
		leaving := 0
		for _, s := range d.old {
			switch sv := r.servers[s]; {
			case !sv.inService():
				leaving++
			case sv.readyFor(d.strategy.MinReady, r.now):
				available++
			}
		}
		ordered := r.surge(d, made, len(d.old)-leaving)
		progress = r.drainOld(d, available) || ordered
	}
	if len(r.servers.notGone(d.old)) == 0 && r.servers.allReady(d.fresh, d.strategy.MinReady, r.now) {
		r.endDeployment(d)
	}
}

// surge orders new servers beside the old ones that remain. Draining servers have been deleted and no longer count.
func (r *run) surge(d *deployment, made, remain int) (ordered bool) {
	for made < d.size && remain+made < d.size+d.strategy.MaxSurge {
		s, ok := r.order()
		if !ok {
			break
		}
		d.fresh = append(d.fresh, s)
		made++
		ordered = true
	}
	return ordered
}

// drainOld drains old servers while enough others are available.
func (r *run) drainOld(d *deployment, available int) (drained bool) {
	for _, s := range d.old {
		sv := r.servers[s]
		if !sv.inService() {
			continue
		}
		if sv.readyFor(d.strategy.MinReady, r.now) {
			if available-1 < d.size-d.strategy.MaxUnavailable {
				continue
			}
			available--
		}
		r.drain(s, d.departure())
		drained = true
	}
	return drained
}

// advanceBlueGreen makes the whole new fleet, then switches to it.
func (r *run) advanceBlueGreen(d *deployment) {
	for n := r.servers.willServe(d.fresh); n < d.size && !d.switched; n++ {
		s, ok := r.order()
		if !ok {
			break
		}
		d.fresh = append(d.fresh, s)
	}
	if !d.switched {
		if !r.servers.allReady(d.fresh, d.strategy.MinReady, r.now) || r.servers.willServe(d.fresh) == 0 {
			return
		}
		d.switched = true
		r.log("switched to the new fleet", NoServer, "", int64(len(d.fresh)))
		for _, s := range d.fresh {
			if r.servers[s].life == running {
				r.join(s)
			}
		}
		for _, s := range d.old {
			r.drain(s, d.departure())
		}
	}
	if d.old = r.servers.notGone(d.old); len(d.old) == 0 {
		r.endDeployment(d)
	}
}

// advanceInPlace restarts servers in place, at most MaxUnavailable at a time.
func (r *run) advanceInPlace(d *deployment) {
	d.away = slices.DeleteFunc(d.away, func(s ServerID) bool { return !r.returning(s) })
	for len(d.away) < max(d.strategy.MaxUnavailable, 1) && d.restarted < len(d.old) {
		s := d.old[d.restarted]
		d.restarted++
		if r.servers[s].life == gone {
			continue
		}
		d.away = append(d.away, s)
		plan := d.departure()
		plan.restart = true
		r.drain(s, plan)
	}
	if len(d.away) == 0 && d.restarted == len(d.old) {
		r.endDeployment(d)
	}
}

// returning reports whether a server that restarts in place is still to be waited for.
func (r *run) returning(s ServerID) bool {
	sv := r.servers[s]
	return sv.life != gone && !(sv.life == running && sv.readyFor(r.deploy.strategy.MinReady, r.now))
}

func (r *run) endDeployment(d *deployment) {
	d.active = false
	r.fleet.deployed(r.now - d.began)
	r.log("deployment done", NoServer, "", 0)
}
