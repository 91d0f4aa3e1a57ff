package workloads

import "stickysim/sim"

var _ = Register(custom)

// custom is the class without assumptions.
func custom() Class {
	return Class{
		Name:     "custom",
		Summary:  "nothing assumed: every field is up to the scenario, but that clients keep cookies and send GETs",
		Defaults: sim.Population{Name: "custom", Cookies: 1, Idempotent: 1},
	}
}
