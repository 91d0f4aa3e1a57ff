package sim

// Preempt takes servers away Action.Deadline after a notice.
var Preempt = registerAction(&ActionKind{
	Name: "preempt", Also: []string{"spot", "preemption", "preemptible", "reclaim", "interruption"}, Doc: "servers are taken away after a notice",
	Params:     []ActionParam{deadline("notice", "between notice and loss"), replacement},
	Default:    Action{Servers: 1, Deadline: 2 * Minute, Replace: true},
	newServers: replaced,
	lasts:      func(_ *Model, a *Action) (least, most Time) { return a.Deadline, a.Deadline },
	removes:    true,
	hit:        func(r *run, a *Action, s ServerID, _ Time) { r.preempt(s, a) },
})

// preempt gives a server notice: it drains if its balancers drain, and is gone when the notice is over.
func (r *run) preempt(s ServerID, a *Action) {
	sv := r.servers[s]
	if sv.life != running {
		return
	}
	r.log("preemption notice", s, a.Name, int64(sv.sessions))
	if a.Replace {
		r.orderFor(s) // at the notice: the replacement may be ready in time
	}
	r.drain(s, drainPlan{deadline: max(a.Deadline, 1), cause: LostPreemption})
}
