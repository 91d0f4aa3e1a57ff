package sim

// Drain takes servers out of rotation; they leave when empty, after Action.Deadline at the latest.
var Drain = registerAction(&ActionKind{
	Name: "drain", Also: []string{"maintenance", "cordon", "evict", "remove", "decommission", "deregister"}, Doc: "servers get no new sessions and leave",
	Params:     []ActionParam{deadline("deadline", "when they leave with whatever they still hold"), replacement},
	Default:    Action{Servers: 1, Deadline: 5 * Minute},
	newServers: replaced,
	lasts:      untilEmpty,
	removes:    true,
	hit: func(r *run, a *Action, s ServerID, _ Time) {
		r.drain(s, drainPlan{deadline: a.Deadline, untilEmpty: true, cause: LostDrainCut, replace: a.Replace})
	},
})

// untilEmpty is how long servers take to leave that do so when they are empty.
func untilEmpty(_ *Model, a *Action) (least, most Time) { return 0, a.Deadline }

// replaced is how many servers come for those that leave: ordered by the action, or by the autoscaler.
func replaced(m *Model, a *Action, _, hit float64) float64 {
	if a.Replace || m.Autoscaler != nil {
		return hit
	}
	return 0
}
