package sim

import "stickysim/sim/rng"

// scheduled is a change of the world that is planned: a timeline action, the end of one, a step of a drain, and so on.
// What its fields mean is up to do.
type scheduled struct {
	do       func(*run, scheduled)
	key      rng.Key // of the client, whose slot another client may use by then
	factor   float64
	action   int32 // index into Model.Timeline
	server   ServerID
	balancer int32
	client   ClientID
	n        uint32 // of a recurrence or a step
	next     int32  // free list
	era      uint16 // incarnation of the server it was planned for
}

// plan schedules a change. One at or after the end of the run is dropped.
func (r *run) plan(x scheduled, at Time) {
	if at >= r.end {
		return
	}
	i := r.freeAct
	if i >= 0 {
		r.freeAct = r.acts[i].next
		r.acts[i] = x
	} else {
		i = int32(len(r.acts))
		r.acts = append(r.acts, x)
	}
	r.push(at, evAction, uint32(i))
}

// actionTurn carries out a planned change.
func (r *run) actionTurn(i int32) {
	x := r.acts[i]
	r.acts[i].next = r.freeAct
	r.freeAct = i
	x.do(r, x)
}
