package azure

import (
	"stickysim/policies"
	"stickysim/policies/internal/cloud"
	"stickysim/sim"
)

var _ = policies.Register("azure/arr-affinity", ARRAffinity{Balance: "least_outstanding_requests"}, policies.Doc{
	Summary: "App Service session affinity (ARRAffinity): a session cookie that names the instance",
	Detail:  "Set when a client is new to an instance. An instance that scales in leaves its clients to the others.",
	Source:  "Microsoft, App Service: general settings, ARR affinity; siteConfig.loadBalancing LeastRequests",
	Key:     policies.KeyCookie,
	Claims:  policies.Claims{Uniform: true, Sticky: true},
})

// ARRAffinity is App Service's clientAffinityEnabled, its default.
type ARRAffinity struct {
	Balance string `yaml:"balance" check:"oneof=least_outstanding_requests|round_robin|weighted_random" doc:"loadBalancing of the site, for clients without an instance"`
}

// New makes an instance.
func (c ARRAffinity) New(env sim.Env) sim.Balancer {
	return &cloud.Affinity{Balancer: cloud.Algorithm(c.Balance).New(env)}
}
