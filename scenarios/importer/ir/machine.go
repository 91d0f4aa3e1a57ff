package ir

import "stickysim/sim"

// Machine is what the file says about the computer a server is, or the part of one that it gets. Zero fields are not said.
type Machine struct {
	Cores int     // requests processed at a time
	Speed float64 // work per second and core

	// From an order to ready it takes between StartupLeast and StartupMost.
	StartupLeast, StartupMost sim.Time

	SlowStart sim.SlowStart // of a new server's weight; From 0 = the share that products have by default
}

// Rollout is how planned changes take servers away.
type Rollout struct {
	Strategy string // as scenario files call it: "rolling", "in_place", "blue_green"

	// Surge and Unavailable are numbers or shares, as scenario files write them: "1", "25%". Surge is of rolling deployments,
	// Unavailable of all but blue-green ones.
	Surge, Unavailable string

	MinReady sim.Time // how long a new server must have been ready before the next step counts on it
	Drain    sim.Time // how long a server that leaves serves on; 0 = not at all
	Grace    sim.Time // how long requests in flight may continue after that
	Evict    int      // servers that may leave at a time when machines are emptied; 0 = not said
}
