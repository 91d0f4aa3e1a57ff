package workloads

import (
	"stickysim/sim"
	"stickysim/sim/dist"
)

var _ = Register(shopper)

// shopper thinks as TPC-W's emulated browsers do: exponential, drawn again above 70 s [verified: emulator source, where
// the mean is 7 s; 10 s here, for sessions of about 12 min].
func shopper() Class {
	p := browsing(sim.Population{Name: "shopper"})
	shop(&p)
	p.Groups = sharedAddresses()
	return Class{
		Name: "shopper", Also: []string{"customer", "shop", "ecommerce", "cart", "buyer", "logged-in"}, Summary: "a customer who searches, compares and buys", Share: 0.20, Place: 2, Defaults: p,
		Sources: append(append([]Source{addressSource}, shopperSources...), browsingSources...),
	}
}

// shop sets what makes a browser a shopper's.
func shop(p *sim.Population) {
	p.Requests = negbin(75, 0.5)
	p.Think = must(dist.NewTruncExp(10, 70))
	p.Demand = lognormal(1.5*serviceMean, serviceCV)
}

var shopperSources = []Source{
	{"requests", Claimed, "50 to 100 requests; the spread, cv 0.5, is assumed"},
	{"think", Verified, "TPC-W: exponential, at most 70 s (emulator source; mean 7 s there, 10 s here)"},
	{"service", Assumption, "1.5 times an ordinary request: carts and searches cost more; mean 50 ms and cv 1.5 of that are assumed, too"},
}
