package workloads

import (
	"stickysim/sim"
	"stickysim/sim/dist"
)

// browsing is what people with a browser have in common: the next request follows the answer to the last, the cookie
// is kept, and the application keeps 50 kB for the session until 30 min after its last use.
func browsing(p sim.Population) sim.Population {
	p.Loop = sim.ClosedLoop
	p.Cookies = 1
	p.Stateful = true
	p.State = 50e3
	p.IdleTimeout = 1800 * sim.Second
	p.OnLoss = sim.Relogin
	p.Login = lognormal(serviceMean, serviceCV)
	return patience(p)
}

var browsingSources = []Source{
	{"state.size", Claimed, "50 kB; 10 to 200 kB are named"},
	{"state.idle_timeout", Verified, "Tomcat's default session timeout, 30 min"},
	{"on_loss", Assumption, "a login costs one more request's work, and the user goes on"},
	patienceSource,
}

// sharedAddresses is how many clients of the open Internet stand behind one address. Most NATs are small (verified:
// Casado & Freedman, NSDI 2007); carrier-grade NAT has over 100 devices to an address, sometimes thousands of users
// (verified: Cloudflare 2025). The shares are assumed.
func sharedAddresses() []sim.Group {
	return []sim.Group{{Share: 0.90, Per: 1}, {Share: 0.08, Per: 3}, {Share: 0.019, Per: 100}, {Share: 0.001, Per: 300}}
}

var addressSource = Source{"addresses", Verified, "most NATs are small (Casado & Freedman, NSDI 2007), carriers put over 100 devices behind an address (Cloudflare 2025); the shares 90, 8, 1.9 and 0.1 % are assumed"}

// casual browses a little: 7.5 requests [claimed: 5 to 10], 17 s apart, so that a visit lasts 127 s, the median
// reported for e-commerce [verified: Contentsquare 2024, quartiles 75, 127 and 210 s].
func casual() Class {
	p := browsing(sim.Population{Name: "casual"})
	p.Requests = negbin(7.5, 1)
	p.Think = lognormal(17, 1.2)
	p.Demand = lognormal(serviceMean, serviceCV)
	p.Groups = sharedAddresses()
	return Class{
		Name: "casual", Summary: "a visitor who looks at a few pages", Share: 0.70, Defaults: p,
		Sources: append([]Source{
			{"requests", Claimed, "5 to 10 requests; the spread, cv 1, is assumed"},
			{"think", Verified, "17 s make visits of 127 s, the median reported for e-commerce (Contentsquare 2024: quartiles 75, 127, 210 s); cv 1.2 is assumed"},
			serviceSource,
			addressSource,
		}, browsingSources...),
	}
}

// shopper thinks as TPC-W's emulated browsers do: exponential, drawn again above 70 s [verified: emulator source, where
// the mean is 7 s; 10 s here, for sessions of about 12 min].
func shopper() Class {
	p := browsing(sim.Population{Name: "shopper"})
	shop(&p)
	p.Groups = sharedAddresses()
	return Class{
		Name: "shopper", Summary: "a customer who searches, compares and buys", Share: 0.20, Defaults: p,
		Sources: append(append([]Source{addressSource}, shopperSources...), browsingSources...),
	}
}

var shopperSources = []Source{
	{"requests", Claimed, "50 to 100 requests; the spread, cv 0.5, is assumed"},
	{"think", Verified, "TPC-W: exponential, at most 70 s (emulator source; mean 7 s there, 10 s here)"},
	{"service", Assumption, "1.5 times an ordinary request: carts and searches cost more; mean 50 ms and cv 1.5 of that are assumed, too"},
}

// shop sets what makes a browser a shopper's.
func shop(p *sim.Population) {
	p.Requests = negbin(75, 0.5)
	p.Think = must(dist.NewTruncExp(10, 70))
	p.Demand = lognormal(1.5*serviceMean, serviceCV)
}

// power works with the application for two hours: 600 requests [claimed: 500 and more], 12 s apart.
func power() Class {
	p := browsing(sim.Population{Name: "power"})
	p.Requests = negbin(600, 0.7)
	p.Think = lognormal(12, 1.5)
	p.Demand = lognormal(serviceMean, serviceCV)
	return Class{
		Name: "power", Summary: "a user of a business application, at it for hours", Share: 0.07, Defaults: p,
		Sources: append([]Source{
			{"requests", Claimed, "500 and more requests; mean 600 and cv 0.7 are assumed"},
			{"think", Assumption, "12 s with cv 1.5 make two hours"},
			serviceSource,
		}, browsingSources...),
	}
}
