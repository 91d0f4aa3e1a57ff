package gcp

import (
	"stickysim/policies"
	"stickysim/policies/envoy"
	"stickysim/sim"
)

var _ = policies.Register("gcp/header-field", HeaderField{LocalityLBPolicy: "MAGLEV", MinimumRingSize: 1024}, policies.Doc{
	Summary: "HEADER_FIELD affinity: a hash of a request header over the healthy backends",
	Source:  backendServices + "; localityLbPolicy, consistentHash",
	Key:     policies.KeyHash,
	Claims:  policies.Claims{Uniform: true, Sticky: true, Minimal: true, LeaveMoves: 0.02},
})

// HeaderField is the affinity by header.
type HeaderField struct {
	Header           string `yaml:"http_header_name" doc:"name of the header; X-Forwarded-For and the like hold the client's address, others a value that every client has for itself"`
	LocalityLBPolicy string `yaml:"locality_lb_policy" check:"oneof=MAGLEV|RING_HASH" doc:"consistent hashing used"`
	MinimumRingSize  int    `yaml:"minimum_ring_size" check:"min=1,max=8388608" doc:"points on the ring, for RING_HASH"`
}

// New makes an instance.
func (c HeaderField) New(env sim.Env) sim.Balancer {
	key := envoy.HashKey{Policy: "header", Header: c.Header}
	if c.LocalityLBPolicy == "MAGLEV" {
		return maglev(key, env)
	}
	return envoy.RingHash{
		MinimumRingSize: c.MinimumRingSize, MaximumRingSize: 8388608, HashFunction: "xx_hash",
		HashKey: key, Cluster: cluster(),
	}.New(env)
}
