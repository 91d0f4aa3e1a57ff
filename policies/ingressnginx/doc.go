// Package ingressnginx holds the balancing of ingress-nginx, the Kubernetes community's NGINX ingress controller,
// which chooses endpoints in Lua. Only ready endpoints are known to it; requests that fail are tried three times
// (proxy-next-upstream-tries), each time through the same policy.
//
// Floor 4.
package ingressnginx

import (
	"stickysim/policies/internal/openresty"
	"stickysim/sim"
)

const luaSource = "kubernetes/ingress-nginx rootfs/etc/nginx/lua/balancer"

// tries is how often a request is sent in all.
const tries = 3

// retries gives a policy ingress-nginx's own retries.
type retries struct{}

// Retry implements [sim.Retrier].
func (retries) Retry(q *sim.Request, _ sim.ServerID, o sim.Outcome, _ *sim.View) (again bool, after sim.Time) {
	return openresty.Again(q, o, tries), 0
}
