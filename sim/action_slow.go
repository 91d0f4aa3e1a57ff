package sim

// Slow makes servers work at Action.Factor of their speed for Action.Repair.
var Slow = registerAction(&ActionKind{
	Name: "slow", Also: []string{"gray-failure", "degraded", "brownout", "throttle", "noisy-neighbour"}, Doc: "servers work at another speed",
	Params:  []ActionParam{speedFactor, lasting("for", "how long it lasts. Default: until the end of the run")},
	Default: Action{Servers: 1},
	Each:    true,
	hit:     (*run).slowFor,
})

func (r *run) slowFor(a *Action, s ServerID, over Time) {
	sv := r.servers[s]
	sv.slow(a.Factor)
	r.adjustSpeed(s)
	r.log("server slowed", s, a.Name, int64(sv.sessions))
	r.plan(scheduled{do: (*run).recoverSpeed, server: s, n: sv.startUps, factor: a.Factor}, over)
}

// recoverSpeed ends a slowdown; a restart has ended it already.
func (r *run) recoverSpeed(x scheduled) {
	sv := r.servers[x.server]
	if sv.life == gone || sv.startUps != x.n {
		return
	}
	sv.unslow(x.factor)
	r.adjustSpeed(x.server)
	r.log("server recovered", x.server, "", 0)
}
