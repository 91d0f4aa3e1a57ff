package workloads

import (
	"stickysim/sim"
	"stickysim/sim/dist"
)

var _ = Register(websocket)

// websocket holds one connection for half an hour on average, at most two [verified: API Gateway], and sends a message
// every 5 s. After a break clients come back within 30 s, spread evenly.
func websocket() Class {
	p := retrying(sim.Population{Name: "websocket", Loop: sim.Connection, Cookies: 1})
	p.Life = capped{cap: 7200, of: must(dist.NewLognormal(1800, 2))}
	p.Think = exp(5)
	p.Demand = lognormal(0.002, serviceCV)
	p.Handshake = lognormal(serviceMean, serviceCV)
	p.Reconnect = uniform(0, 30)
	p.Stateful = true
	p.State = 50e3
	p.IdleTimeout = 600 * sim.Second
	p.OnLoss = sim.Relogin
	p.Login = lognormal(serviceMean, serviceCV)
	return Class{
		Name: "websocket", Also: []string{"websockets", "ws", "socket.io", "signalr", "long-lived", "sse", "chat", "mqtt"}, Summary: "a long-lived connection with a message every few seconds", Defaults: p,
		Sources: []Source{
			{"life", Verified, "API Gateway ends connections after 2 h; lognormal, mean 30 min and cv 2 before that are assumed"},
			{"think", Assumption, "messages as a Poisson stream of 0.2/s"},
			{"service", Assumption, "2 ms a message"},
			{"handshake", Assumption, "as much as an ordinary request"},
			{"reconnect", Assumption, "uniform over 30 s, so that reconnects do not come at once"},
			{"state.size", Claimed, "50 kB; 10 to 200 kB are named"},
			{"state.idle_timeout", Verified, "API Gateway's idle limit, 10 min"},
			retrySource,
		},
	}
}
