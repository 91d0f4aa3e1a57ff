// Package kubernetes holds what kube-proxy does with connections to a Service. Each node balances for itself: an
// instance is a node, and affinity is forgotten when a client's connections reach another one. Endpoints that
// terminate get no new connections, sticky or not. A connection that fails is the client's to repeat.
//
// Floor 4.
package kubernetes

import "stickysim/sim"

const virtualIPs = "kubernetes/website docs/reference/networking/virtual-ips.md"

// connections is a balancer of connections, which cannot take a failed one elsewhere.
type connections struct{}

// Retry implements [sim.Retrier].
func (connections) Retry(*sim.Request, sim.ServerID, sim.Outcome, *sim.View) (bool, sim.Time) {
	return false, 0
}
