package kubernetes

import (
	"errors"

	"stickysim/policies"
	"stickysim/policies/internal/idle"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

var _ = policies.Register("kubernetes/client-ip", ClientIP{Timeout: 10800 * sim.Second}, policies.Doc{
	Summary: "Service sessionAffinity ClientIP: an address keeps its endpoint until it is silent for the timeout",
	Detail: "The first endpoint is random; each new connection starts the timeout anew. An endpoint that goes takes its " +
		"entries with it. The address is the one the node sees: behind a NAT, or with externalTrafficPolicy Cluster, many clients share one.",
	Source: virtualIPs + "; kubernetes/kubernetes pkg/proxy/iptables",
	Key:    policies.KeyAddress,
	Claims: policies.Claims{Uniform: true, Sticky: true},
})

// ClientIP is a Service with session affinity.
type ClientIP struct {
	Timeout sim.Time `yaml:"timeout" doc:"sessionAffinityConfig.clientIP.timeoutSeconds: 1s to 24h since the last connection"`
}

// Validate checks the timeout.
func (c ClientIP) Validate() error {
	if c.Timeout < sim.Second || c.Timeout > 24*sim.Hour {
		return errors.New("timeout: must be between 1s and 24h")
	}
	return nil
}

// New makes an instance.
func (c ClientIP) New(env sim.Env) sim.Balancer {
	return &clientIP{table: idle.NewTable(c.Timeout, env.Clients, env.OwnAddr)}
}

type clientIP struct {
	connections
	table idle.Table
}

// Prepare implements [sim.Preparer].
func (p *clientIP) Prepare(c sim.ClientID, soon *prefetch.Batch) { p.table.Prepare(c, soon) }

// Reads implements [sim.Reader].
func (p *clientIP) Reads() sim.Needs { return sim.NeedsAddr | sim.NeedsDraw }

// Pick implements [sim.Balancer]. kube-proxy learns of failures only when the endpoint is taken out, so a connection
// that is tried again goes to the same one.
func (p *clientIP) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	e, fresh := p.table.Touch(q.Client, idle.Key(&q.Addr), v.Now)
	switch {
	case e.Server == sim.NoServer:
	case !fresh:
		q.Why = sim.TableExpired
	case v.Status[e.Server] != sim.Up:
		q.Why = sim.ServerUnusable
	default:
		return e.Server
	}
	e.Server = v.Eligible[q.Draw.IntN(len(v.Eligible))]
	return e.Server
}
