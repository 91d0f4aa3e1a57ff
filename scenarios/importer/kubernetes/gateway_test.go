package kubernetes

import (
	"testing"

	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// traffic is a BackendTrafficPolicy for a route, with the route.
func trafficPolicy(spec string) string {
	return "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: BackendTrafficPolicy\nmetadata: {name: b}\nspec: {targetRefs: [{kind: HTTPRoute, name: r}], " + spec + "}\n" +
		"---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r}\nspec: {rules: [{backendRefs: [{name: web}]}]}\n"
}

func TestEnvoyGateway(t *testing.T) {
	hash := func(text string) string {
		return trafficPolicy("loadBalancer: {type: ConsistentHash, consistentHash: {" + text + "}}")
	}
	check(t, map[string]statement{
		"least request": {text: trafficPolicy("loadBalancer: {type: LeastRequest}"), want: "web: envoy/least-request {healthy_panic_threshold: 0}"},
		"round robin":   {text: trafficPolicy("loadBalancer: {type: RoundRobin}"), want: "web: envoy/round-robin {healthy_panic_threshold: 0}"},
		"random":        {text: trafficPolicy("loadBalancer: {type: Random}"), want: "web: envoy/random {healthy_panic_threshold: 0}"},
		"utilization":   {text: trafficPolicy("loadBalancer: {type: BackendUtilization}"), want: "web: envoy/least-request {healthy_panic_threshold: 0}", left: "BackendUtilization: not modelled"},
		"slow start":    {text: trafficPolicy("loadBalancer: {type: Random, slowStart: {window: 5s}}"), want: "web: envoy/random {healthy_panic_threshold: 0}"},
		"address":       {text: hash("type: SourceIP"), want: "web: envoy/maglev {hash_policy: source_ip, healthy_panic_threshold: 0} by address"},
		"header":        {text: hash("type: Header, header: {name: u}"), want: "web: envoy/maglev {header_name: u, healthy_panic_threshold: 0} by header u"},
		"two headers":   {text: hash("type: Headers, headers: [{name: u}, {name: v}]"), want: "web: envoy/maglev {header_name: u, healthy_panic_threshold: 0} by header u", left: "v: only the first"},
		"argument":      {text: hash("type: QueryParams, queryParams: [{name: q}]"), want: "web: envoy/maglev {healthy_panic_threshold: 0} by argument q"},
		"no prime":      {text: hash("type: SourceIP, tableSize: 1000"), want: "web: envoy/maglev {hash_policy: source_ip, healthy_panic_threshold: 0} by address", left: "tableSize"},
		"limits": {text: trafficPolicy("circuitBreaker: {maxConnections: 3, maxPendingRequests: 0, maxParallelRequests: 4294967295}"),
			want: "web: envoy/least-request {healthy_panic_threshold: 0, max_connections: 3, max_pending_requests: 0}"},
		"retries": {text: trafficPolicy("retry: {numRetries: 4, retryOn: {triggers: [connect-failure, reset]}, perRetry: {timeout: 250ms}}"),
			want: "web: envoy/least-request {healthy_panic_threshold: 0, retry_on: \"connect-failure reset\", num_retries: 4}"},
		"default retries": {text: trafficPolicy("retry: {}"), want: "web: envoy/least-request {healthy_panic_threshold: 0, retry_on: connect-failure, num_retries: 2}"},
		"passive": {text: trafficPolicy("healthCheck: {passive: {consecutiveGatewayErrors: 2, baseEjectionTime: 10m, alwaysEjectOneEndpoint: true}, panicThreshold: 20}"),
			want: "web: envoy/least-request {healthy_panic_threshold: 0.2, outlier_detection: true, consecutive_5xx: 2, interval: 3s, base_ejection_time: 10m, max_ejection_time: 10m, always_eject_one_host: true}"},
		"no target": {text: "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: BackendTrafficPolicy\nmetadata: {name: b}\nspec: {targetRefs: [{kind: HTTPRoute, name: r}]}\n", left: "nothing in these files leads to it"},
	})
}

func TestEnvoyGatewayChecks(t *testing.T) {
	p := only(t, importText(t, trafficPolicy("healthCheck: {active: {type: HTTP, interval: 7s, unhealthyThreshold: 2, http: {path: /}}}, timeout: {tcp: {connectTimeout: 4s}, http: {requestTimeout: 9s}}")))
	if want := (sim.Health{Interval: 7 * sim.Second, Timeout: sim.Second, Fall: 2, Rise: 1, FromEnd: true}); p.Health == nil || *p.Health != want {
		t.Errorf("health %+v", p.Health)
	}
	if p.Limits != (ir.Limits{Connect: 4 * sim.Second, Request: 9 * sim.Second}) {
		t.Errorf("limits %+v", p.Limits)
	}
	p = only(t, importText(t, file(t, "envoygw-unknown-fields.yaml")))
	if got := described(t, p); got != "web: envoy/maglev {table_size: 1021, hash_policy: cookie, cookie_ttl: 1m, outlier_detection: true, consecutive_5xx: 3, interval: 3s} by cookie c" {
		t.Error(got)
	}
	p = only(t, importText(t, file(t, "eg7561.yaml")))
	if got := described(t, p); got != "echo: envoy/maglev {header_name: x-user-id, healthy_panic_threshold: 0} by header x-user-id" || p.Replicas != 3 {
		t.Errorf("%s, %d replicas", got, p.Replicas)
	}
}

// Rules that treat a Service differently have a pool each; those that treat it alike share one.
func TestRulesOfRoutes(t *testing.T) {
	check(t, map[string]statement{
		"two rules": {text: file(t, "gw-two-rules.yaml"), want: "web: envoy/least-request {healthy_panic_threshold: 0}\n" +
			"shop/web: envoy/stateful-session {ttl: 1h, lb_policy: least_request, healthy_panic_threshold: 0} by cookie s"},
		"alike": {text: "kind: HTTPRoute\nmetadata: {name: r}\nspec: {rules: [{matches: [{path: {value: /a}}], backendRefs: [{name: web}]}, {backendRefs: [{name: web}]}, {timeouts: {request: 2s}, backendRefs: [{name: web}]}]}\n",
			want: "web: envoy/least-request {healthy_panic_threshold: 0}\nr/web: envoy/least-request {healthy_panic_threshold: 0}"},
		"same values": {text: "kind: HTTPRoute\nmetadata: {name: r}\nspec: {rules: [{timeouts: {request: 2s}, backendRefs: [{name: web}]}, {timeouts: {backendRequest: 2s}, backendRefs: [{name: web}]}]}\n",
			want: "web: envoy/least-request {healthy_panic_threshold: 0}\nr/web: envoy/least-request {healthy_panic_threshold: 0}"},
		"session over policy": {text: trafficPolicy("loadBalancer: {type: Random}") + "---\nkind: BackendLBPolicy\nmetadata: {name: l}\nspec: {targetRefs: [{kind: Service, name: web}], sessionPersistence: {sessionName: h, type: Header}}\n",
			want: "web: envoy/stateful-session {session: header, lb_policy: random, healthy_panic_threshold: 0} by header h"},
		"policy of a rule": {text: trafficPolicy("loadBalancer: {type: Random}") + "---\nkind: BackendTrafficPolicy\nmetadata: {name: c}\nspec: {targetRefs: [{kind: HTTPRoute, name: r, sectionName: special}], loadBalancer: {type: RoundRobin}}\n---\nkind: HTTPRoute\nmetadata: {name: r}\nspec: {rules: [{name: special, backendRefs: [{name: api}]}]}\n",
			want: "web: envoy/random {healthy_panic_threshold: 0}\napi: envoy/round-robin {healthy_panic_threshold: 0}"},
	})
}
