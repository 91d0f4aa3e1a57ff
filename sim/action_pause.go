package sim

// Pause pauses servers for Action.Repair; nothing is lost. A crash ends it.
var Pause = registerAction(&ActionKind{
	Name: "pause", Also: []string{"freeze", "stall", "stop-the-world", "hiccup", "live-migration"}, Doc: "servers pause and resume; nothing is lost",
	Params:  []ActionParam{required(lasting("for", "how long it lasts"))},
	Default: Action{Servers: 1},
	Each:    true,
	hit:     (*run).pauseFor,
})

func (r *run) pauseFor(a *Action, s ServerID, over Time) {
	sv := r.servers[s]
	if !sv.serving() {
		return
	}
	sv.pause()
	r.log("server paused", s, a.Name, int64(sv.sessions))
	r.adjustSpeed(s)
	r.healthChanged(s)
	r.plan(scheduled{do: (*run).resume, server: s, era: sv.incarnation}, over)
}

func (r *run) resume(x scheduled) {
	sv := r.servers[x.server]
	if !sv.still(x.era) {
		return
	}
	r.log("server resumed", x.server, "", int64(sv.sessions))
	r.endPause(x.server)
}

// endPause ends one of a server's pauses.
func (r *run) endPause(s ServerID) {
	r.servers[s].unpause(r.now)
	r.adjustSpeed(s)
	r.healthChanged(s)
}
