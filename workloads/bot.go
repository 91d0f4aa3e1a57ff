package workloads

import "stickysim/sim"

var _ = Register(bot)

// bot crawls or scrapes: 1,150 requests [assumed] at 1/s, which makes bots 20 % of all requests in [Mix]; of web traffic
// 47 to 53 % is automated [verified: Imperva 2023 and 2026], but much of it is blocked further up. A bot does not wait for
// an answer before the next request (open loop).
func bot() Class {
	p := retrying(sim.Population{Name: "bot", Loop: sim.OpenLoop})
	p.Idempotent = 1
	p.Requests = negbin(1150, 2)
	p.Think = exp(1)
	p.Demand = lognormal(serviceMean, serviceCV)
	return Class{
		Name: "bot", Also: []string{"crawler", "scraper", "robot", "spider", "healthcheck-client"}, Summary: "a crawler or scraper without a cookie jar", Share: 0.02, Place: 5, Defaults: p,
		Sources: []Source{
			{"requests", Assumption, "1,150 with cv 2 make 20 % of all requests; 47 to 53 % of web traffic is automated (verified: Imperva 2023, 2026), much of it blocked further up"},
			{"think", Assumption, "Poisson, 1/s"},
			serviceSource,
			{"cookies", Assumption, "kept by none"},
			{"state", Assumption, "none is kept for a client that has no cookie"},
			retrySource,
		},
	}
}
