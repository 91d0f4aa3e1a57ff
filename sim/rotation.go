package sim

// join adds a server to every balancer's configuration, or brings it back.
func (r *run) join(s ServerID) {
	sv := r.servers[s]
	sv.enterRotation(r.now) // later than it became ready in a blue-green deployment
	r.incidents.moves(s)
	for i := range r.balancers {
		b := r.balancers[i]
		b.health[s].beginAnew()
		b.Join(s, sv.weight(r.now))
		b.SetStatus(s, r.configured(s))
		r.viewChanged(b)
	}
	if r.m.Health.UnderLoad {
		r.healthChanged(s)
	}
	r.scheduleSlowStartStep(s)
}

// configured is what the balancers' configuration says of a server. Those made during the run are up.
func (r *run) configured(s ServerID) Status {
	if int(s) < len(r.m.Servers) {
		return r.m.Servers[s].Status
	}
	return Up
}

// tellDraining makes every balancer that believes a server to be up send it no new clients.
func (r *run) tellDraining(s ServerID) {
	r.incidents.moves(s)
	for i := range r.balancers {
		b := r.balancers[i]
		if b.view.Status[s] == Up {
			b.SetStatus(s, Draining)
			r.viewChanged(b)
		}
	}
}

// remove deletes a server from every balancer's configuration; one that restarts in place stays configured, down.
func (r *run) remove(s ServerID, restarts bool) {
	r.incidents.moves(s)
	for i := range r.balancers {
		b := r.balancers[i]
		if b.view.Status[s] == Removed {
			continue
		}
		if restarts {
			b.SetStatus(s, Down)
		} else {
			b.Leave(s)
		}
		r.viewChanged(b)
	}
}

// warmSteps is in how many steps a slow start raises a server's weight, or the store's speed.
const warmSteps = 10

// weight is the server's effective weight: its configured one, or a share of it during slow start.
func (s *server) weight(now Time) float64 {
	w := float64(s.info.Weight)
	ramp := s.spec.SlowStart
	if ramp.For <= 0 || now-s.readyAt >= ramp.For {
		return w
	}
	return w * (ramp.From + (1-ramp.From)*float64(now-s.readyAt)/float64(ramp.For))
}

// scheduleSlowStartStep plans the next step of a server's slow start, if one is to come.
func (r *run) scheduleSlowStartStep(s ServerID) {
	sv := r.servers[s]
	ramp := sv.spec.SlowStart.For
	if ramp <= 0 || sv.original() || r.balancers[0].view.Weight[s] == float64(sv.info.Weight) {
		return
	}
	n := min((r.now-sv.readyAt)*warmSteps/ramp+1, warmSteps)
	r.plan(scheduled{do: (*run).slowStartStep, server: s, era: sv.incarnation, n: uint32(n)}, max(sv.readyAt+ramp*n/warmSteps, r.now))
}

// slowStartStep raises the weight of a server in its slow start.
func (r *run) slowStartStep(x scheduled) {
	sv := r.servers[x.server]
	if !sv.still(x.era) {
		return
	}
	r.incidents.moves(x.server)
	for i := range r.balancers {
		r.balancers[i].SetWeight(x.server, sv.weight(r.now))
		r.viewChanged(r.balancers[i])
	}
	if x.n < warmSteps {
		x.n++
		r.plan(x, sv.readyAt+sv.spec.SlowStart.For*Time(x.n)/warmSteps)
	}
}

// hold adds n to the sessions that live on a server, and to those of them that the client's balancer instance knows.
// It returns the server.
func (r *run) hold(c *client, id ServerID, n int32) *server {
	sv := r.servers[id]
	if sv.life == gone && sv.sessions == 0 {
		r.sampleAgain(id)
	}
	if sv.memory != 0 { // every step of its integral rounds, so it has as many as there are changes
		sv.accrueSlow(r.now)
	}
	sv.holdSessions(r.now, n)
	b := r.counting(c)
	r.tick(b)
	b.Hold(id, n)
	return sv
}
