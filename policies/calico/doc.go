// Package calico holds what Calico's eBPF dataplane does with connections to a Service instead of kube-proxy. Each node
// balances for itself: an instance is a node. A connection that fails is the client's to repeat.
//
// Floor 4.
package calico

import (
	"errors"

	"stickysim/policies"
	"stickysim/policies/internal/idle"
	"stickysim/sim"
)

var _ = policies.Register("calico/ebpf", EBPF{}, policies.Doc{
	Summary: "a random backend per connection (Calico's eBPF dataplane)",
	Detail: "With session affinity a client keeps its backend for client_ip_timeout from its first connection on: later ones do not " +
		"prolong it, other than kube-proxy's. At connect time the client's address is not known yet, and all pods of a node share one " +
		"backend. That a backend that terminates loses its clients at once is assumed. Maglev for connections from outside, in newer " +
		"versions, is not modelled.",
	Source: "projectcalico/calico felix/bpf-gpl/nat_lookup.h, connect.h",
	Claims: policies.Claims{Uniform: true},
})

// EBPF is a Service under bpfEnabled.
type EBPF struct {
	Timeout     sim.Time `yaml:"client_ip_timeout" doc:"sessionAffinity ClientIP: timeoutSeconds since the first connection, 1s to 24h; 0 = no session affinity"`
	ConnectTime bool     `yaml:"connect_time" doc:"bpfConnectTimeLoadBalancing: the clients are pods of the node, which share one backend under session affinity"`
}

// Validate checks the timeout.
func (c EBPF) Validate() error {
	if c.Timeout != 0 && (c.Timeout < sim.Second || c.Timeout > 24*sim.Hour) {
		return errors.New("client_ip_timeout: must be 0, or between 1s and 24h")
	}
	return nil
}

// Identifies implements [policies.Identifier].
func (c EBPF) Identifies() policies.Key {
	if c.Timeout > 0 {
		return policies.KeyAddress
	}
	return policies.KeyNone
}

// New makes an instance.
func (c EBPF) New(env sim.Env) sim.Balancer {
	p := &ebpf{EBPF: c}
	if c.Timeout > 0 {
		p.table = idle.NewTable(c.Timeout, env.Clients, env.OwnAddr && !c.ConnectTime)
		p.table.Fixed = true
	}
	return p
}

type ebpf struct {
	EBPF
	table idle.Table
}

// Retry implements [sim.Retrier].
func (*ebpf) Retry(*sim.Request, sim.ServerID, sim.Outcome, *sim.View) (bool, sim.Time) {
	return false, 0
}

// Reads implements [sim.Reader].
func (p *ebpf) Reads() sim.Needs { return sim.NeedsAddr | sim.NeedsDraw }

// Pick implements [sim.Balancer].
func (p *ebpf) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		q.Why = sim.NotSticky
		return sim.NoServer
	}
	s := v.Eligible[q.Draw.IntN(len(v.Eligible))]
	if p.Timeout == 0 {
		q.Why = sim.NotSticky
		return s
	}
	client := idle.Key(&q.Addr)
	if p.ConnectTime {
		client = 0
	}
	e, fresh := p.table.Touch(q.Client, client, v.Now)
	switch {
	case e.Server == sim.NoServer:
	case !fresh:
		q.Why = sim.TableExpired
	case v.Status[e.Server] != sim.Up || v.Weight[e.Server] == 0:
		q.Why = sim.ServerUnusable
	default:
		return e.Server
	}
	e.Server = s
	return s
}
