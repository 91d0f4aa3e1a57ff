package sim

// startGC plans the first garbage collection of a server that has begun to serve. GC.Every is the running time between the
// end of one pause and the beginning of the next.
func (r *run) startGC(s ServerID) {
	if r.servers[s].spec.GC != nil {
		r.planGC(s, 0)
	}
}

func (r *run) planGC(s ServerID, n uint32) {
	sv := r.servers[s]
	k := r.key.Stream("gc").At(uint64(s)).At(uint64(sv.incarnation)).At(uint64(n))
	after := FromSeconds(sv.spec.GC.Every.Sample(k.At(0)))
	r.plan(scheduled{do: (*run).collectGarbage, server: s, era: sv.incarnation, n: n}, r.now+max(after, 1))
}

// collectGarbage pauses a server, the longer the more session state it holds; nothing is lost. Balancers notice only pauses
// longer than the timeout of a probe.
func (r *run) collectGarbage(x scheduled) {
	sv := r.servers[x.server]
	if !sv.still(x.era) {
		return
	}
	gc := sv.spec.GC
	sv.freeDue(r.now)
	k := r.key.Stream("gc").At(uint64(x.server)).At(uint64(x.era)).At(uint64(x.n))
	span := FromSeconds(gc.Pause.Sample(k.At(1)) + gc.PerBytes*float64(sv.memory))
	sv.pause()
	r.adjustSpeed(x.server)
	r.fleet.collected(span)
	if span > r.m.Health.Timeout {
		r.healthChanged(x.server)
	}
	r.plan(scheduled{do: (*run).garbageCollected, server: x.server, era: x.era, n: x.n}, r.now+span)
}

// garbageCollected resumes the server, and plans the next pause.
func (r *run) garbageCollected(x scheduled) {
	if !r.servers[x.server].still(x.era) {
		return
	}
	r.endPause(x.server)
	r.planGC(x.server, x.n+1)
}
