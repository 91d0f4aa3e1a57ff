package sim

// A recording may not say how long its requests waited (Trace.ServiceOnly). Its clients then pause as long after an answer as they
// would after the answer that a rehearsal gives, which is the run without the timeline and the autoscaler, and in which they
// keep their recorded times as far as answers permit. What happens to the fleet so delays them, as it does other clients. A
// run in which nothing happens is its own rehearsal.

// Rehearses reports whether recorded clients pause as in a rehearsal. One that is replayed faster or slower has its recorded answers:
// it does not meet the load of the recording.
func (p *Population) Rehearses() bool {
	return p.Trace != nil && p.Trace.ServiceOnly && p.Loop != OpenLoop && (p.Trace.Origin.Speed == 1 || p.Trace.Origin.Speed == 0)
}

// eventful reports whether anything happens to the fleet.
func (m *Model) eventful() bool { return len(m.Timeline) > 0 || m.Autoscaler != nil }

// rehearse makes the clients of recordings without waits keep their recorded times, or pause as in a rehearsal.
func (r *run) rehearse() {
	var quiet *run
	for i := range r.pops {
		p := &r.pops[i]
		if !p.Rehearses() {
			continue
		}
		if !r.m.eventful() {
			p.playback.keepTimes()
			continue
		}
		if quiet == nil {
			quiet = r.rehearsal()
		}
		p.playback.pauseAfter(quiet.pops[i].playback.answers)
	}
}

// rehearsal is the run without the timeline and the autoscaler, which notes its answers.
func (r *run) rehearsal() *run {
	m := *r.m
	m.Timeline, m.Autoscaler = nil, nil
	quiet := newRun(&m, r.seed, r.rep, Options{Stop: r.o.Stop})
	for i := range quiet.pops {
		if p := &quiet.pops[i]; p.Rehearses() {
			p.playback.noteAnswers(p.Trace)
		}
	}
	quiet.simulate()
	return quiet
}
