package workloads

import "stickysim/sim"

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
	return retrying(p)
}

var browsingSources = []Source{
	{"state.size", Claimed, "50 kB; 10 to 200 kB are named"},
	{"state.idle_timeout", Verified, "Tomcat's default session timeout, 30 min"},
	{"on_loss", Assumption, "a login costs one more request's work, and the user continues"},
	retrySource,
}

// sharedAddresses is how many clients of the open Internet stand behind one address. Most NATs are small (verified:
// Casado & Freedman, NSDI 2007); carrier-grade NAT has over 100 devices to an address, sometimes thousands of users
// (verified: Cloudflare 2025). The shares are assumed.
func sharedAddresses() []sim.Group {
	return []sim.Group{{Share: 0.90, Per: 1}, {Share: 0.08, Per: 3}, {Share: 0.019, Per: 100}, {Share: 0.001, Per: 300}}
}

var addressSource = Source{"addresses", Verified, "most NATs are small (Casado & Freedman, NSDI 2007), carriers put over 100 devices behind an address (Cloudflare 2025); the shares 90, 8, 1.9 and 0.1 % are assumed"}
