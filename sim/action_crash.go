package sim

// Crash ends servers without warning; they lose what they hold, and are repaired after Action.Repair. Where the process
// died, its host refuses connections and probes at once, and the connections of requests in flight break. Where the host is
// gone (Action.Host), all of them meet silence, until a timeout or, for requests in flight, the repair ends it.
//
// Servers that are stopped, to be replaced or restarted, or because the fleet shrinks, are processes. A preempted host stops
// its processes before it goes.
var Crash = registerAction(&ActionKind{
	Name: "crash", Also: []string{"kill", "failure", "outage", "fault", "die", "oom", "OOMKilled", "reboot", "node-failure", "down"}, Doc: "servers die and lose what they hold",
	Params: []ActionParam{
		{Key: "of", Doc: "what dies. process: its host refuses connections and probes at once. host: nothing answers, until a timeout. Default: process", Words: []string{"process", "host"},
			Choice: func(a *Action, i int) { a.Host = i == 1 }},
		lasting("repair", "outage duration; servers return with no session state. Default: never repaired (with each: repaired immediately)"),
	},
	Default: Action{Servers: 1},
	Each:    true,
	newServers: func(m *Model, a *Action, _, hit float64) float64 {
		if a.Repair == nil && m.Autoscaler != nil {
			return hit // which the autoscaler replaces
		}
		return 0
	},
	hit: func(r *run, a *Action, s ServerID, over Time) { r.crash(s, a, over) },
})
