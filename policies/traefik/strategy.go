package traefik

import "stickysim/sim"

// strategy is how Traefik chooses a server for a request without a valid cookie.
type strategy interface {
	Pick(q *sim.Request, v *sim.View) sim.ServerID
	Rebuild(v *sim.View)
	Reads() sim.Needs
}

func newStrategy(name string, env sim.Env) strategy {
	switch name {
	case "p2c":
		return p2c{}
	case "hrw":
		return &hrw{}
	default:
		return newWRR(env)
	}
}
