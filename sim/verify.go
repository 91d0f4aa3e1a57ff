package sim

import "math"

// verify checks the run's books. Every run is checked, release builds too; a difference is a bug in the engine and
// panics with the invariant's name:
//
//	requests   sent = answered + failed + in flight, per population
//	sessions   started = finished + lost + active, per population
//	little     the area under the number in each server = the sum of the stays there, exactly
//	work       work done by each server = demand of what departed + of what was broken off + of what is in service
//	in-flight  what balancers believe to be in flight is what is in flight, open connections included
//	lines      a client waits for its connection to open as long as one request is under way to open it
//	homes      sessions and connections each server is said to hold = clients that live, and are connected, there
//	memory     bytes in each server's memory = those of the sessions that live there, their copies, and what is left over
//	clock      no event lies before the one that made it (checked as events are handled)
func (r *run) verify() {
	r.takeSample()
	r.countActive(0)
	inFlight := make([]int64, len(r.pops))
	sent := make([]int64, len(r.balancers)*len(r.servers))
	stays := make([]int64, len(r.servers))
	undone := make([]float64, len(r.servers))
	for i := range r.requests {
		rq := &r.requests[i]
		if rq.phase == free || rq.phase == done {
			continue
		}
		if rq.flags&orphan == 0 {
			inFlight[rq.pop]++
		}
		if rq.server == NoServer || rq.phase == backingOff || rq.phase == fresh || rq.phase == parked {
			continue
		}
		if rq.flags&(message|abandoned) == 0 && (rq.phase != failing || rq.failure != redispatching) {
			sent[int(rq.balancer)*len(r.servers)+int(rq.server)]++
		}
		sv := r.servers[rq.server]
		switch rq.phase {
		case serving:
			stays[rq.server] += int64(r.end - rq.enter)
			undone[rq.server] += float64(rq.demand) - r.received(rq, sv)
		case queued:
			stays[rq.server] += int64(r.end - rq.enter)
			undone[rq.server] += float64(rq.demand)
		}
	}
	r.countLines(sent)
	r.verifyPopulations(inFlight)
	r.verifyHomes()
	r.verifyLines()
	r.place.audit()
	for i := range r.servers {
		r.verifyServer(r.servers[i], stays[i], undone[i])
	}
	for i := range r.balancers {
		for s := range r.servers {
			if got, want := int64(r.balancers[i].view.InFlight[s]), sent[i*len(r.servers)+s]; got != want {
				violated("in-flight", "balancer %d counts %d requests in flight at %s, there are %d", i, got, r.servers[s].info.Name, want)
			}
		}
	}
}

// verifyLines compares the connections that clients wait for with the requests that open them.
func (r *run) verifyLines() {
	openings := make([]int, len(r.lines))
	for i := range r.requests {
		if rq := &r.requests[i]; rq.phase != free && rq.phase != done && rq.flags&(opening|orphan) == opening {
			openings[rq.client]++
		}
	}
	for i, n := range openings {
		if waits := r.lines[i].state == lineOpening; n > 1 || waits != (n == 1) {
			violated("lines", "client %d has %d requests under way that open a connection; it waits for one: %t", i, n, waits)
		}
	}
}

// countLines adds the open connections to the attempts in flight, by balancer and server.
func (r *run) countLines(inFlight []int64) {
	for i := range r.lines {
		if ln := &r.lines[i]; ln.state == lineOpen && ln.balancer != uncounted {
			inFlight[int(ln.balancer)*len(r.servers)+int(r.clients[i].home)]++
		}
	}
}

func (r *run) verifyPopulations(inFlight []int64) {
	active := make([]int64, len(r.pops))
	for i := range r.clients {
		if c := &r.clients[i]; c.flags&inSession != 0 {
			active[c.pop]++
		}
	}
	total := int64(0)
	for i := range r.pops {
		p := r.pops[i]
		st := &p.stats
		if st.allSent != st.allGood()+st.allFailed+inFlight[i] {
			violated("requests", "population %s sent %d, %d answered, %d failed, %d in flight", p.Name, st.allSent, st.allGood(), st.allFailed, inFlight[i])
		}
		if st.allStarted != st.allFinished+st.allLost+active[i] {
			violated("sessions", "population %s started %d, %d finished, %d lost, %d active", p.Name, st.allStarted, st.allFinished, st.allLost, active[i])
		}
		total += active[i]
	}
	if total != r.active {
		violated("sessions", "%d active sessions counted, %d found", r.active, total)
	}
}

func (r *run) verifyServer(sv *server, stays int64, undone float64) {
	if got, want := sv.area.inSystem, sv.stays+stays; got != want {
		violated("little", "server %s: area %d, stays %d", sv.info.Name, got, want)
	}
	done := float64(sv.area.busy) + sv.area.offSpeed
	want := float64(sv.taken) - undone
	// Departures, breaks and changes of speed fall on whole nanoseconds: each may be off by one, on as many cores as work.
	slack := 2*float64(sv.accepted+sv.respeeds+2)*float64(sv.spec.Cores)*max(sv.fastest, 1) + 1e-9*want
	if math.Abs(done-want) > slack {
		violated("work", "server %s did %.0f ns of work for %.0f ns of demand", sv.info.Name, done, want)
	}
}

// received is the work a request in service has got so far.
func (r *run) received(rq *request, sv *server) float64 {
	if sv.discipline == PS {
		sv.ps.advance(r.end, sv.ratePS())
		return float64(rq.demand) - max(rq.finish-sv.ps.virtual, 0)
	}
	return float64(r.worked(rq, sv))
}

func (r *run) verifyHomes() {
	homes := make([]int32, len(r.servers))
	open := make([]int32, len(r.servers))
	for i := range r.clients {
		c := &r.clients[i]
		if c.home != NoServer && c.flags&homeDown == 0 {
			homes[c.home]++
		}
		if r.lines != nil && r.lines[i].state == lineOpen {
			open[c.home]++
		}
	}
	for i := range r.servers {
		known := int32(0)
		for b := range r.balancers {
			known += r.balancers[b].view.Sessions[i]
		}
		if got := r.servers[i].connections; got != open[i] {
			violated("homes", "server %s holds %d connections, %d are open", r.servers[i].info.Name, got, open[i])
		}
		if got := r.servers[i].sessions; got != homes[i] || known != got {
			violated("homes", "server %s holds %d sessions, %d live there, balancers know of %d", r.servers[i].info.Name, got, homes[i], known)
		}
	}
}
