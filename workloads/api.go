package workloads

import "stickysim/sim"

var _ = Register(api)

// api is another program using the application: 3,000 requests [claimed: thousands] at 3/s. It does not wait for an answer
// before the next request (open loop), and needs no session state because every request carries its credentials.
func api() Class {
	p := retrying(sim.Population{Name: "api", Loop: sim.OpenLoop, Cookies: 0.2})
	p.Requests = negbin(3000, 1)
	p.Think = exp(1.0 / 3)
	p.Demand = lognormal(0.4*serviceMean, serviceCV)
	return Class{
		Name: "api", Also: []string{"client", "service-to-service", "machine", "rest", "grpc", "m2m"}, Summary: "another program calling the API, whether or not it is answered", Share: 0.01, Place: 4, Defaults: p,
		Sources: []Source{
			{"requests", Claimed, "thousands of requests; mean 3,000 and cv 1 are assumed"},
			{"think", Assumption, "Poisson, 3/s"},
			{"service", Assumption, "0.4 times an ordinary request: nothing to render"},
			{"cookies", Assumption, "80 % of HTTP libraries in use ignore cookies"},
			{"state", Assumption, "none: every call carries its credentials"},
			retrySource,
		},
	}
}
