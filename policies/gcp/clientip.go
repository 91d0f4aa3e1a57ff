package gcp

import (
	"errors"

	"stickysim/policies"
	"stickysim/policies/envoy"
	"stickysim/sim"
)

var _ = policies.Register("gcp/client-ip", ClientIP{Tuple: 2}, policies.Doc{
	Summary: "CLIENT_IP affinity: a hash of the client's address over the healthy backends",
	Detail: "Tuples of 1 (CLIENT_IP_NO_DESTINATION), 2 (CLIENT_IP) and 3 (CLIENT_IP_PROTO) tell clients of one service apart " +
		"by address alone. The 5-tuple (CLIENT_IP_PORT_PROTO, or NONE) has the client's port in it: a new backend per connection.",
	Source: backendServices,
	Key:    policies.KeyAddress,
	Claims: policies.Claims{Sticky: true, Minimal: true, LeaveMoves: 0.02},
})

// ClientIP is the affinity by address.
type ClientIP struct {
	Tuple int `yaml:"tuple" check:"min=1,max=5" doc:"fields hashed: 1, 2, 3 or 5"`
}

// Identifies implements [policies.Identifier].
func (c ClientIP) Identifies() policies.Key {
	if c.Tuple == 5 {
		return policies.KeyNone
	}
	return policies.KeyAddress
}

// Validate checks the tuple.
func (c ClientIP) Validate() error {
	if c.Tuple == 4 {
		return errors.New("tuple: must be 1, 2, 3 or 5")
	}
	return nil
}

// New makes an instance.
func (c ClientIP) New(env sim.Env) sim.Balancer {
	if c.Tuple == 5 {
		return envoy.Random{Cluster: cluster()}.New(env)
	}
	return maglev(envoy.HashKey{Policy: "source_ip"}, env)
}
