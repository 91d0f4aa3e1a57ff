package azure

import (
	"stickysim/policies"
	"stickysim/policies/internal/cloud"
	"stickysim/sim"
)

var _ = policies.Register("azure/app-gateway-cookie", AppGatewayCookie{}, policies.Doc{
	Summary: "Application Gateway cookie-based affinity (ApplicationGatewayAffinity), round robin otherwise",
	Detail: "A session cookie. With connection draining, a deregistering server still gets the requests of its own clients; " +
		"an unhealthy one does not.",
	Source: "Microsoft, Application Gateway HTTP settings: cookie-based affinity, connection draining",
	Key:    policies.KeyCookie,
	Claims: policies.Claims{Uniform: true, Sticky: true},
})

// AppGatewayCookie is the backend setting cookie-based affinity.
type AppGatewayCookie struct{}

// New makes an instance.
func (AppGatewayCookie) New(env sim.Env) sim.Balancer {
	return &cloud.Affinity{Balancer: cloud.RoundRobin.New(env), KeepDraining: true}
}
