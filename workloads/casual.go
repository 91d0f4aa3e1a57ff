package workloads

import "stickysim/sim"

var _ = Register(casual)

// casual browses a little: 7.5 requests [claimed: 5 to 10], 17 s apart, so that a visit lasts 127 s, the median
// reported for e-commerce [verified: Contentsquare 2024, quartiles 75, 127 and 210 s].
func casual() Class {
	p := browsing(sim.Population{Name: "casual"})
	p.Requests = negbin(7.5, 1)
	p.Think = lognormal(17, 1.2)
	p.Demand = lognormal(serviceMean, serviceCV)
	p.Groups = sharedAddresses()
	return Class{
		Name: "casual", Also: []string{"visitor", "browsing", "anonymous"}, Summary: "a visitor who looks at a few pages", Share: 0.70, Place: 1, Defaults: p,
		Sources: append([]Source{
			{"requests", Claimed, "5 to 10 requests; the spread, cv 1, is assumed"},
			{"think", Verified, "17 s make visits of 127 s, the median reported for e-commerce (Contentsquare 2024: quartiles 75, 127, 210 s); cv 1.2 is assumed"},
			serviceSource,
			addressSource,
		}, browsingSources...),
	}
}
