package kubernetes

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"stickysim/scenarios/importer/ir"
)

const ofWeb = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: default%s}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}
---
`

// Words that no controller knows, settings without effect because of others, and levels that go before: the file says one thing, and
// the pool is what the controller makes of it.
func TestWhatHasAnEffect(t *testing.T) {
	web := fmt.Sprintf(ofWeb, "")
	nginx := func(annotations string) string {
		return web + "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, annotations: {" + annotations + "}}\nspec: {ingressClassName: nginx, rules: [{http: {paths: [{backend: {service: {name: web}}}]}}]}\n"
	}
	alb := func(service, ingress string) string {
		return fmt.Sprintf(ofWeb, ", annotations: {"+service+"}") + "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: default, annotations: {" + ingress + "}}\nspec: {ingressClassName: alb, rules: [{http: {paths: [{backend: {service: {name: web}}}]}}]}\n"
	}
	route := func(rule string) string {
		return web + "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r}\nspec: {rules: [{" + rule + "}]}\n"
	}
	persistent := func(text string) string {
		return route("backendRefs: [{name: web}], sessionPersistence: {" + text + "}")
	}
	mesh := func(balancer string) string {
		return web + "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: web}\nspec: {host: web, trafficPolicy: {loadBalancer: {" + balancer + "}}}\n"
	}
	const prefix, target = "nginx.ingress.kubernetes.io/", "alb.ingress.kubernetes.io/target-"
	const stateful, envoyed = "web: envoy/stateful-session {lb_policy: least_request, healthy_panic_threshold: 0} by ", "retry_on: connect-failure, num_retries: 2, max_pending_requests: 1073741824}"
	check(t, map[string]statement{
		"the same namespace":  {text: route("backendRefs: [{name: web, namespace: default}]"), want: "web: envoy/least-request {healthy_panic_threshold: 0}"},
		"no weight":           {text: route("backendRefs: [{name: web, weight: 0}]"), want: "web: envoy/least-request {healthy_panic_threshold: 0}", left: "the only backend gets no requests"},
		"type of persistence": {text: persistent("sessionName: s, type: cookie"), want: stateful + "cookie s", left: "type: must be Cookie or Header, got cookie"},
		"lifetime in capitals": {text: persistent("sessionName: s, absoluteTimeout: 1h, cookieConfig: {lifetimeType: permanent}"), want: stateful + "cookie s",
			left: "lifetimeType: must be Session or Permanent, got permanent"},
		"permanent without a time": {text: persistent("sessionName: s, cookieConfig: {lifetimeType: Permanent}"), want: stateful + "cookie s", left: "needs absoluteTimeout"},
		"policy of another Service": {text: route("backendRefs: [{name: web}]") + "---\napiVersion: gateway.networking.k8s.io/v1alpha2\nkind: BackendLBPolicy\nmetadata: {name: p}\nspec: {targetRefs: [{kind: Service, name: wbe}], sessionPersistence: {sessionName: s}}\n",
			want: "web: envoy/least-request {healthy_panic_threshold: 0}", left: "no route in these files leads to a Service"},
		"policy of another group": {text: route("backendRefs: [{name: web}]") + "---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: BackendTrafficPolicy\nmetadata: {name: p}\nspec: {targetRefs: [{group: gateway.networking, kind: HTTPRoute, name: r}], loadBalancer: {type: Random}}\n",
			want: "web: envoy/least-request {healthy_panic_threshold: 0}", left: "nothing in these files leads to it"},
		"affinity in small letters": {text: "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {sessionAffinity: clientIP}\n", want: "web: kubernetes/random", left: "must be ClientIP or None, got clientIP"},
		"misspelt mode":             {text: nginx(prefix + "affinity: cookie, " + prefix + "affinity-mode: presistent"), want: "web: ingress-nginx/cookie {backend: default-web} by cookie INGRESSCOOKIE", left: "balanced or persistent, got presistent"},
		"no switch":                 {text: nginx(prefix + "affinity: cookie, " + prefix + `session-cookie-change-on-failure: "yes"`), want: "web: ingress-nginx/cookie {backend: default-web} by cookie INGRESSCOOKIE", left: "must be true or false, got yes"},
		"behind a cookie":           {text: nginx(prefix + "affinity: cookie, " + prefix + "upstream-hash-by: $request_uri, " + prefix + "load-balance: ewma"), want: "web: ingress-nginx/cookie {backend: default-web} by cookie INGRESSCOOKIE"},
		"name of no cookie":         {text: nginx(prefix + "session-cookie-name: x"), want: "web: ingress-nginx/round-robin"},
		"group of the Service":      {text: alb(target+"group-attributes: stickiness.enabled=true, "+target+"type: ip", target+"group-attributes: load_balancing.algorithm.type=weighted_random"), want: "web: aws-alb/lb-cookie by cookie AWSALB"},
		"targets are nodes":         {text: alb("", target+"group-attributes: stickiness.enabled=true"), want: "web: aws-alb/lb-cookie by cookie AWSALB", left: "a session keeps a node"},
		"two keys":                  {text: mesh("consistentHash: {httpHeaderName: x, useSourceIp: yes}"), want: "web: envoy/ring-hash {header_name: x, healthy_panic_threshold: 0, " + envoyed + " by header x", left: "useSourceIp: httpHeaderName is beside it"},
		"address in YAML 1.1":       {text: mesh("consistentHash: {useSourceIp: on}"), want: "web: envoy/ring-hash {hash_policy: source_ip, healthy_panic_threshold: 0, " + envoyed + " by address"},
		"simple and a hash":         {text: mesh("simple: RANDOM, consistentHash: {useSourceIp: true}"), want: "web: envoy/ring-hash {hash_policy: source_ip, healthy_panic_threshold: 0, " + envoyed + " by address", left: "Istio refuses both together"},
		"cookie of connections": {text: web + "apiVersion: projectcontour.io/v1\nkind: HTTPProxy\nmetadata: {name: h}\nspec: {tcpproxy: {loadBalancerPolicy: {strategy: Cookie}, services: [{name: web}]}}\n",
			want: "web: envoy/round-robin {healthy_panic_threshold: 0}", left: "Contour ignores it for tcpproxy"},
		"replaced at once": {text: strings.Replace(web, "  replicas: 4\n", "  replicas: 4\n  strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}\n", 1), want: "web: kubernetes/random", left: "the API refuses it beside Recreate"},
		"another kind":     {text: web + strings.Replace(scaler[4:], "kind: Deployment", "kind: deployment", 1), want: "web: kubernetes/random\nHorizontalPodAutoscaler/web: kubernetes/random", left: "there is no deployment web in these files, but Deployment web"},
		"two autoscalers":  {text: web + scaler[4:] + strings.Replace(scaler, "metadata: {name: web}", "metadata: {name: more}", 1), want: "web: kubernetes/random", left: "two of them work against each other"},
	})
}

// Numbers of probes that the API does not take are said, and its defaults are used.
func TestNumbersOfProbes(t *testing.T) {
	c := importText(t, deployment("readinessProbe: {periodSeconds: 5s, failureThreshold: 0, timeoutSeconds: -1, successThreshold: x}", "", ""))
	var left []string
	for _, r := range c.In(ir.NotCarried) {
		left = append(left, r.Text)
	}
	slices.Sort(left)
	want := []string{"periodSeconds: must be a number of seconds, got 5s; 10s is used", "successThreshold: must be a whole number from 1, got x; 1 is used", "timeoutSeconds: must be a number of seconds, got -1; 1s is used"}
	if !slices.Equal(left, want) {
		t.Errorf("%q, want %q", left, want)
	}
	if h := only(t, c).Health; h == nil || h.Fall != 3 || h.Rise != 1 {
		t.Errorf("%+v", h)
	}
}

// A subset has pods of its own; what the rule says of all of them is its default.
func TestSubsetsWithoutPods(t *testing.T) {
	c := importText(t, fmt.Sprintf(ofWeb, "")+`apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web}
spec:
  host: web
  trafficPolicy: {loadBalancer: {simple: RANDOM}}
  subsets: [{name: v1, labels: {version: v1}, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web}
spec: {hosts: [web], http: [{route: [{destination: {host: web, subset: v1}}]}]}
`)
	for _, r := range c.Remarks {
		if strings.Contains(r.Text, "not understood") || strings.Contains(r.Text, "service web/v1") {
			t.Errorf("%s", r)
		}
	}
	if !remarked(c, ir.NotCarried, "routes lead to subsets alone") {
		t.Errorf("%v", c.In(ir.NotCarried))
	}
}
