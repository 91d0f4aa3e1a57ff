package workloads

import "stickysim/sim"

var _ = Register(power)

// power works with the application for two hours: 600 requests [claimed: 500 and more], 12 s apart.
func power() Class {
	p := browsing(sim.Population{Name: "power"})
	p.Requests = negbin(600, 0.7)
	p.Think = lognormal(12, 1.5)
	p.Demand = lognormal(serviceMean, serviceCV)
	return Class{
		Name: "power", Also: []string{"employee", "back-office", "business"}, Summary: "a user of a business application, at it for hours", Share: 0.07, Place: 3, Defaults: p,
		Sources: append([]Source{
			{"requests", Claimed, "500 and more requests; mean 600 and cv 0.7 are assumed"},
			{"think", Assumption, "12 s with cv 1.5 make two hours"},
			serviceSource,
		}, browsingSources...),
	}
}
