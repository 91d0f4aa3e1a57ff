package cilium

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("cilium/random", Random{}, policies.Doc{
	Summary: "a random backend per connection, the default of Cilium's kube-proxy replacement",
	Detail: "With session affinity, a source keeps its backend until it has opened no connection for client_ip_timeout. The source is an " +
		"address, or at the socket level the client's network namespace: all connections of one pod are one client, whatever " +
		"address they have. Affinity belongs to one port of the Service.",
	Source: docs + ", bpf/bpf_sock.c",
	Claims: policies.Claims{Uniform: true},
})

// Random is a Service with loadBalancer.algorithm random, or any Service that pods of the cluster reach at the socket level.
type Random struct {
	Affinity `yaml:",inline"`
	Socket   bool `yaml:"socket_level" doc:"socketLB: clients are pods of the cluster, identified by network namespace; each client of the model is one"`
}

// Identifies implements [policies.Identifier].
func (c Random) Identifies() policies.Key {
	if c.Socket && c.Timeout > 0 {
		return policies.KeyHash
	}
	return c.Affinity.Identifies()
}

// New makes an instance.
func (c Random) New(env sim.Env) sim.Balancer {
	p := newService(random{}, c.Affinity, c.Socket, env)
	return &p
}

type random struct{}

func (random) choose(q *sim.Request, v *sim.View) sim.ServerID {
	return v.Eligible[q.Draw.IntN(len(v.Eligible))]
}
