package kubernetes

import (
	"testing"

	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// httpProxy is an HTTPProxy with these policies on its route.
func httpProxy(policies string) string {
	return "apiVersion: projectcontour.io/v1\nkind: HTTPProxy\nmetadata: {name: x}\nspec: {routes: [{services: [{name: web, port: 80}], " + policies + "}]}\n"
}

func TestContour(t *testing.T) {
	hash := func(text string) string {
		return httpProxy("loadBalancerPolicy: {strategy: RequestHash, requestHashPolicies: [" + text + "]}")
	}
	check(t, map[string]statement{
		"default":      {text: httpProxy(""), want: "web: envoy/round-robin {healthy_panic_threshold: 0}"},
		"unknown":      {text: httpProxy("loadBalancerPolicy: {strategy: Best}"), want: "web: envoy/round-robin {healthy_panic_threshold: 0}", left: "strategy Best"},
		"random":       {text: httpProxy("loadBalancerPolicy: {strategy: Random}"), want: "web: envoy/random {healthy_panic_threshold: 0}"},
		"least":        {text: httpProxy("loadBalancerPolicy: {strategy: WeightedLeastRequest}"), want: "web: envoy/least-request {healthy_panic_threshold: 0}"},
		"cookie":       {text: file(t, "contour-httpproxy.yaml"), want: "web: envoy/ring-hash {hash_policy: cookie, healthy_panic_threshold: 0} by cookie X-Contour-Session-Affinity"},
		"header":       {text: hash("{headerHashOptions: {headerName: u}, terminal: true}"), want: "web: envoy/ring-hash {header_name: u, healthy_panic_threshold: 0} by header u"},
		"address":      {text: hash("{hashSourceIP: true}"), want: "web: envoy/ring-hash {hash_policy: source_ip, healthy_panic_threshold: 0} by address"},
		"argument":     {text: hash("{queryParameterHashOptions: {parameterName: q}}"), want: "web: envoy/ring-hash {healthy_panic_threshold: 0} by argument q"},
		"two":          {text: hash("{hashSourceIP: true}, {headerHashOptions: {headerName: u}}"), want: "web: envoy/ring-hash {hash_policy: source_ip, healthy_panic_threshold: 0} by address", left: "Envoy combines them"},
		"both":         {text: hash("{hashSourceIP: true, headerHashOptions: {headerName: u}}"), want: "web: envoy/round-robin {healthy_panic_threshold: 0}", left: "does not say one thing"},
		"retries":      {text: httpProxy("retryPolicy: {count: 3, perTryTimeout: 1s, retryOn: [reset]}"), want: "web: envoy/round-robin {healthy_panic_threshold: 0, retry_on: reset, num_retries: 3}"},
		"one retry":    {text: httpProxy("retryPolicy: {count: 0}"), want: "web: envoy/round-robin {healthy_panic_threshold: 0, retry_on: \"5xx\"}"},
		"no retries":   {text: httpProxy("retryPolicy: {count: -1}"), want: "web: envoy/round-robin {healthy_panic_threshold: 0}"},
		"annotations":  {text: httpProxy("") + "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, annotations: {projectcontour.io/max-connections: '7'}}\n", want: "web: envoy/round-robin {healthy_panic_threshold: 0, max_connections: 7}"},
		"mirror":       {text: "apiVersion: projectcontour.io/v1\nkind: HTTPProxy\nmetadata: {name: x}\nspec: {routes: [{services: [{name: web}, {name: copy, mirror: true}]}]}\n", want: "web: envoy/round-robin {healthy_panic_threshold: 0}", left: "copies of requests"},
		"several ways": {text: "apiVersion: projectcontour.io/v1\nkind: HTTPProxy\nmetadata: {name: x}\nspec: {routes: [{services: [{name: web}]}, {services: [{name: web}]}, {services: [{name: web}], loadBalancerPolicy: {strategy: Random}}], tcpproxy: {services: [{name: db}]}}\n", want: "web: envoy/round-robin {healthy_panic_threshold: 0}\nx/web: envoy/random {healthy_panic_threshold: 0}\ndb: envoy/round-robin {healthy_panic_threshold: 0}"},
	})
	p := only(t, importText(t, httpProxy("timeoutPolicy: {response: infinity}, healthCheckPolicy: {path: /, intervalSeconds: 5}, retryPolicy: {count: 1, perTryTimeout: 150ms}")))
	if p.Limits != (ir.Limits{Connect: 2 * sim.Second, Attempt: 150 * sim.Millisecond}) || p.Health == nil || *p.Health != (sim.Health{Interval: 5 * sim.Second, Timeout: 2 * sim.Second, Fall: 3, Rise: 2, FromEnd: true}) {
		t.Errorf("%+v, %+v", p.Limits, p.Health)
	}
}
