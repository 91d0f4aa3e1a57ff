package sim

import "stickysim/sim/rng"

// ScaleTo brings the fleet to Action.Servers servers; those that leave drain for at most Action.Deadline.
var ScaleTo = registerAction(&ActionKind{
	Name: "scale", Also: []string{"resize", "replicas", "scale-out", "scale-in", "scale-up", "scale-down"}, Doc: "the fleet is brought to another size",
	Params: []ActionParam{
		{Key: "to", Doc: "number of servers", Required: true, Count: func(a *Action) *int { return &a.Servers }},
		deadline("drain", "how long servers that leave drain"),
	},
	Default:    Action{Deadline: 5 * Minute},
	newServers: func(_ *Model, _ *Action, peak, _ float64) float64 { return peak },
	fleetSize:  func(a *Action) int { return a.Servers },
	lasts:      untilEmpty,
	once:       func(r *run, a *Action, _ rng.Key) { r.scaleTo(a.Servers, a.Deadline) },
})

// scaleTo brings the fleet to n servers, or the deployment in progress to that size: new ones are ordered, or the newest
// drain for at most the given time.
func (r *run) scaleTo(n int, drain Time) {
	plan := drainPlan{deadline: drain, untilEmpty: true, cause: LostScaleIn}
	if r.deploy.active {
		r.resizeDeployment(&r.deploy, n, plan)
		return
	}
	have := r.servers.size()
	for ; have < n; have++ {
		if _, ok := r.order(); !ok {
			return
		}
	}
	for s := len(r.servers) - 1; s >= 0 && have > n; s-- {
		if r.servers[s].inService() {
			r.drain(ServerID(s), plan)
			have--
		}
	}
}
