package workloads

import "stickysim/sim"

// Programs do not wait for an answer before they send the next request (open loop), and identify themselves in every
// request, so that they need no session state.

// api is another program using the application: 3,000 requests [claimed: thousands] at 3/s.
func api() Class {
	p := patience(sim.Population{Name: "api", Loop: sim.OpenLoop, Cookies: 0.2})
	p.Requests = negbin(3000, 1)
	p.Think = exp(1.0 / 3)
	p.Demand = lognormal(0.4*serviceMean, serviceCV)
	return Class{
		Name: "api", Summary: "another program calling the API, whether or not it is answered", Share: 0.01, Defaults: p,
		Sources: []Source{
			{"requests", Claimed, "thousands of requests; mean 3,000 and cv 1 are assumed"},
			{"think", Assumption, "Poisson, 3/s"},
			{"service", Assumption, "0.4 times an ordinary request: nothing to render"},
			{"cookies", Assumption, "80 % of HTTP libraries in use ignore cookies"},
			{"state", Assumption, "none: every call carries its credentials"},
			patienceSource,
		},
	}
}

// bot crawls or scrapes: 1,150 requests [assumed] at 1/s, which makes bots 20 % of all requests in [Mix]; of web traffic
// 47 to 53 % is automated [verified: Imperva 2023 and 2026], but much of it is blocked further up.
func bot() Class {
	p := patience(sim.Population{Name: "bot", Loop: sim.OpenLoop})
	p.Requests = negbin(1150, 2)
	p.Think = exp(1)
	p.Demand = lognormal(serviceMean, serviceCV)
	return Class{
		Name: "bot", Summary: "a crawler or scraper without a cookie jar", Share: 0.02, Defaults: p,
		Sources: []Source{
			{"requests", Assumption, "1,150 with cv 2 make 20 % of all requests; 47 to 53 % of web traffic is automated (verified: Imperva 2023, 2026), much of it blocked further up"},
			{"think", Assumption, "Poisson, 1/s"},
			serviceSource,
			{"cookies", Assumption, "kept by none"},
			{"state", Assumption, "none is kept for a client that has no cookie"},
			patienceSource,
		},
	}
}
