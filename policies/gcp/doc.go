// Package gcp holds the session affinities of Google Cloud's load balancers. The application load balancers run
// Envoy, so hashing and strong cookies are Envoy's here too (package envoy); the network load balancers' hash is not
// published, and a Maglev table, which is Google's own design, stands for it. Affinity to a backend whose balancing
// mode says it is full is not modelled.
//
// Floor 5.
package gcp

import (
	"stickysim/policies/envoy"
	"stickysim/sim"
)

const backendServices = "Google Cloud, backend services overview: session affinity"

// fortnight is the longest cookie Google Cloud allows.
const fortnight = 14 * 24 * sim.Hour

// cluster is Envoy's without panic mode: Google documents none.
func cluster() envoy.Cluster {
	c := envoy.DefaultCluster()
	c.PanicThreshold = 0
	return c
}

// maglev hashes a key over the healthy backends.
func maglev(key envoy.HashKey, env sim.Env) sim.Balancer {
	return envoy.Maglev{TableSize: 65537, HashKey: key, Cluster: cluster()}.New(env)
}
