package scenarios

import (
	"math"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/dist"
)

// retrying is what clients do when a request is not answered: the fields of `clients`, for all, and of a population.
var retrying = object[sim.Population]{
	at("timeout", "how long a client waits for an answer", word(seconds(), "never", nil), func(p *sim.Population) *dist.Dist { return &p.Timeout }),
	at("retries", "further attempts after a failed one", integer(0, 100), func(p *sim.Population) *int { return &p.Retries }),
	at("backoff", "time before a retry", seconds(), func(p *sim.Population) *dist.Dist { return &p.Backoff }),
	at("retry_budget", "retries per request that are allowed in the long run", word(share(0, 100), "unlimited", 0), func(p *sim.Population) *float64 { return &p.RetryBudget }),
	at("abandon", "what becomes of a request at its server when the client's timeout ends: the server still processes it (false); it leaves the queue, and a client whose service has begun waits on (true); or it leaves the queue, and the server breaks off its service (always)",
		word(mapped(truth(), sim.Finish, sim.LeaveQueue), "always", sim.BreakOff), func(p *sim.Population) *sim.Abandon { return &p.Abandon }),
}

var addressGroup = object[sim.Group]{
	needed(at("share", "share of the clients", share(0, 1), func(g *sim.Group) *float64 { return &g.Share })),
	needed(at("per", "clients behind one address", integer(1, maxUsers), func(g *sim.Group) *int { return &g.Per })),
}

var sessionState = object[sim.Population]{
	at("size", "bytes at the start of a session", size(), func(p *sim.Population) *float64 { return &p.State }),
	at("growth", "additional bytes per request that changes it", size(), func(p *sim.Population) *float64 { return &p.Growth }),
	{key: "changes", doc: "share of requests that change it; default: all", schema: share(0, 1).schema, read: func(d *decoder, n *tree.Node, p *sim.Population) {
		if v, ok := share(0, 1).read(d, n); ok {
			p.Unchanged = 1 - v
		}
	}},
	at("leak", "share of sessions whose state stays in memory until the server restarts", share(0, 1), func(p *sim.Population) *float64 { return &p.Leak }),
	at("idle_timeout", "time without a request after which it is dropped", word(span(1), "never", 0), func(p *sim.Population) *sim.Time { return &p.IdleTimeout }),
}

// behaviour is everything about a population except the origin of its clients.
var behaviour = append(object[sim.Population]{
	at("loop", "how requests follow each other: a think time after the last answer (closed), after the last request (open), or as messages on one connection, such as a WebSocket, server-sent events or a long poll, which is one request in flight until it ends (connection). Of a replay: what the client sent after an answer, as long after that answer, and nothing before the first answer of its session (causal, the default); one request at a time, with the recorded pauses (closed); or at the recorded times, answered or not (open)",
		choice([]string{"closed", "open", "connection", "causal"}, sim.ClosedLoop, sim.OpenLoop, sim.Connection, sim.Causal), func(p *sim.Population) *sim.Loop { return &p.Loop }),
	at("requests", "requests per session, the first included", word(distribution(dist.Count), "unlimited", nil), func(p *sim.Population) *dist.Dist { return &p.Requests }),
	at("life", "time after which a session sends no more requests", word(seconds(), "unlimited", nil), func(p *sim.Population) *dist.Dist { return &p.Life }),
	at("think", "time between requests", seconds(), func(p *sim.Population) *dist.Dist { return &p.Think }),
	at("service", "server time per request at speed 1", seconds(), func(p *sim.Population) *dist.Dist { return &p.Demand }),
	at("handshake", "server time to open a connection", seconds(), func(p *sim.Population) *dist.Dist { return &p.Handshake }),
	reconnection(),
	at("idempotent", "share of requests that do no harm when they are sent twice (GET, not POST): those that balancers and browsers send again when a server dies while it works on them. In a replay the methods of the log say it, and this counts for unknown ones",
		share(0, 1), func(p *sim.Population) *float64 { return &p.Idempotent }),
	addresses(),
	throughField(),
	at("address_change", "time between changes of a client's address", word(seconds(), "never", nil), func(p *sim.Population) *dist.Dist { return &p.AddressChange }),
	at("cookies", "share of clients that keep cookies", share(0, 1), func(p *sim.Population) *float64 { return &p.Cookies }),
	at("browser_restart", "time between restarts of a client's browser, which drop cookies without a lifetime; with_session: whenever a session ends that was not lost",
		word(seconds(), "with_session", nil), func(p *sim.Population) *dist.Dist { return &p.BrowserRestart }),
	at("cookie_loss", "probability, per request, that the client has lost its cookie", share(0, 1), func(p *sim.Population) *float64 { return &p.CookieLoss }),
	forgedCookies(),
	at("keys", "number of affinity keys, as in a header, that the clients share; own: one each, random: a new one for every request",
		word(word(integer(1, maxUsers), "own", 0), "random", -1), func(p *sim.Population) *int { return &p.Keys }),
	sessionStateField(),
	at("on_loss", "what a client does when its session is lost: log in and continue (relogin), log in and start over (restart), or leave",
		choice([]string{"relogin", "restart", "leave"}, sim.Relogin, sim.Restart, sim.Leave), func(p *sim.Population) *sim.OnLoss { return &p.OnLoss }),
	at("login", "additional server time of a login after a loss", seconds(), func(p *sim.Population) *dist.Dist { return &p.Login }),
}, retrying...)

var reconnectDelay = object[sim.Population]{
	at("delay", "time before the first try after a break", seconds(), func(p *sim.Population) *dist.Dist { return &p.Reconnect }),
	at("growth", "factor by which the delay grows with each failed try", number(1, 100), func(p *sim.Population) *float64 { return &p.ReconnectGrowth }),
	at("cap", "longest delay", word(span(1), "none", 0), func(p *sim.Population) *sim.Time { return &p.ReconnectCap }),
}

// reconnection is a distribution, or a mapping where delays grow.
func reconnection() field[sim.Population] {
	delay := seconds()
	return field[sim.Population]{
		key: "reconnect", doc: "time before each try to open a broken connection again, until one succeeds; as {delay, growth, cap} it grows with each failed try. Without it, a client tries once, and then with each message",
		schema: either("object", byClass(reconnectDelay), delay.schema),
		held:   func(p *sim.Population) any { return delay.written(p.Reconnect) },
		read: func(d *decoder, n *tree.Node, p *sim.Population) {
			if n.Kind == tree.Map {
				reconnectDelay.read(d, n, p)
				return
			}
			if v, ok := delay.read(d, n); ok {
				p.Reconnect, p.ReconnectGrowth, p.ReconnectCap = v, 0, 0
			}
		},
	}
}

// addresses is a number, or groups of clients by how many share an address.
func addresses() field[sim.Population] {
	number := word(integer(1, maxUsers), "own", 0)
	groups := list(addressGroup.kind(sim.Group{}), 1, 20)
	return field[sim.Population]{
		key: "addresses", doc: "number of source addresses that the clients share (own: one each), or groups of clients [{share, per}]",
		schema: either("array", groups.schema, number.schema),
		held: func(p *sim.Population) any {
			if p.Groups != nil {
				return "groups"
			}
			return number.written(p.Addresses)
		},
		read: func(d *decoder, n *tree.Node, p *sim.Population) {
			if n.Kind != tree.List {
				if v, ok := number.read(d, n); ok {
					p.Addresses, p.Groups = v, nil
				}
				return
			}
			v, ok := groups.read(d, n)
			if !ok {
				return
			}
			sum := 0.0
			for _, g := range v {
				sum += g.Share
			}
			if math.Abs(sum-1) > 1e-6 {
				d.fail(n, "out-of-range", "shares must sum to 100%, got "+dist.Count.Format(math.Round(sum*1e8)/1e6)+"%", "")
				return
			}
			p.Groups, p.Addresses = v, 0
		},
	}
}

// forger is a client with a forged cookie.
type forger struct {
	share float64
	kind  sim.Forgery
}

var forgery = object[forger]{
	needed(at("share", "share of the clients", share(0, 1), func(f *forger) *float64 { return &f.share })),
	at("kind", "a value that no balancer has issued (made_up), or the first cookie issued to a client of the population (replayed)",
		choice([]string{"made_up", "replayed"}, sim.MadeUp, sim.Replayed), func(f *forger) *sim.Forgery { return &f.kind }),
}

// forgedCookies is {share, kind}, or none.
func forgedCookies() field[sim.Population] {
	k := word(forgery.kind(forger{}), "none", forger{})
	return field[sim.Population]{
		key: "forged_cookies", doc: "clients that send a forged cookie, or none", schema: k.schema,
		read: func(d *decoder, n *tree.Node, p *sim.Population) {
			if f, ok := k.read(d, n); ok {
				p.Forgers, p.Forgery = f.share, f.kind
			}
		},
	}
}

// sessionStateField is a mapping, or none.
func sessionStateField() field[sim.Population] {
	return field[sim.Population]{
		key: "state", doc: "state that the application keeps per session, or none",
		schema: either("object", byClass(sessionState), made(schema{"enum": []string{"none"}})),
		read: func(d *decoder, n *tree.Node, p *sim.Population) {
			if n.Kind == tree.Scalar && n.Text == "none" {
				p.Stateful, p.State, p.Growth = false, 0, 0
				return
			}
			p.Stateful = true
			sessionState.read(d, n, p)
		},
	}
}
