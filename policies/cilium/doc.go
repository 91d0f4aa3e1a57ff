// Package cilium holds what Cilium's kube-proxy replacement does with connections to a Service. Each node balances for itself:
// an instance is a node. Backends that terminate get no new connections, sticky or not (assumed of affinity). A connection
// that fails is the client's to repeat.
//
// Floor 4.
package cilium

import (
	"errors"

	"stickysim/policies"
	"stickysim/policies/internal/idle"
	"stickysim/sim"
)

const docs = "cilium/cilium Documentation/network/kubernetes/kubeproxy-free.rst; bpf/lib/lb.h"

// Affinity is sessionAffinity of the Service.
type Affinity struct {
	Timeout sim.Time `yaml:"client_ip_timeout" doc:"sessionAffinity ClientIP: timeoutSeconds since the last connection, 1s to 24h; 0 = no session affinity"`
}

// Validate checks the timeout.
func (c Affinity) Validate() error {
	if c.Timeout != 0 && (c.Timeout < sim.Second || c.Timeout > 24*sim.Hour) {
		return errors.New("client_ip_timeout: must be 0, or between 1s and 24h")
	}
	return nil
}

// Identifies implements [policies.Identifier].
func (c Affinity) Identifies() policies.Key {
	if c.Timeout > 0 {
		return policies.KeyAddress
	}
	return policies.KeyNone
}

// selection chooses the backend of a new connection; there is at least one.
type selection interface {
	choose(q *sim.Request, v *sim.View) sim.ServerID
}

// service is a Service on one node.
type service struct {
	selection
	affinity  bool
	namespace bool // the source is the client's network namespace
	table     idle.Table
}

func newService(s selection, c Affinity, namespace bool, env sim.Env) service {
	p := service{selection: s, affinity: c.Timeout > 0, namespace: namespace}
	if p.affinity {
		p.table = idle.NewTable(c.Timeout, env.Clients, namespace && env.OwnHash || !namespace && env.OwnAddr)
	}
	return p
}

// Retry implements [sim.Retrier].
func (*service) Retry(*sim.Request, sim.ServerID, sim.Outcome, *sim.View) (bool, sim.Time) {
	return false, 0
}

// Pick implements [sim.Balancer].
func (p *service) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		q.Why = sim.NotSticky
		return sim.NoServer
	}
	if !p.affinity {
		q.Why = sim.NotSticky
		return p.choose(q, v)
	}
	from := idle.Key(&q.Addr)
	if p.namespace {
		from = q.Hash
	}
	e, fresh := p.table.Touch(q.Client, from, v.Now)
	switch {
	case e.Server == sim.NoServer:
	case !fresh:
		q.Why = sim.TableExpired
	case v.Status[e.Server] != sim.Up || v.Weight[e.Server] == 0:
		q.Why = sim.ServerUnusable
	default:
		return e.Server
	}
	e.Server = p.choose(q, v)
	return e.Server
}
