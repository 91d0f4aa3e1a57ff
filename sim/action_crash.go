package sim

// Crash ends servers without warning; they lose what they hold, and are repaired after Action.Repair.
var Crash = registerAction(&ActionKind{
	Name: "crash", Also: []string{"kill", "failure", "outage", "fault", "die", "oom", "OOMKilled", "reboot", "node-failure", "down"}, Doc: "servers die and lose what they hold",
	Params:  []ActionParam{lasting("repair", "outage duration; servers return with no session state. Default: never repaired (with each: repaired immediately)")},
	Default: Action{Servers: 1},
	Each:    true,
	newServers: func(m *Model, a *Action, _, hit float64) float64 {
		if a.Repair == nil && m.Autoscaler != nil {
			return hit // which the autoscaler replaces
		}
		return 0
	},
	hit: func(r *run, a *Action, s ServerID, over Time) { r.crash(s, a.Name, over) },
})
