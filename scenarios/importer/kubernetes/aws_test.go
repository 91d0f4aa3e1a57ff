package kubernetes

import (
	"slices"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

func TestIdleTimeoutOfIngress(t *testing.T) {
	const text = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  annotations:
    alb.ingress.kubernetes.io/load-balancer-attributes: ATTRIBUTES
spec:
  ingressClassName: alb
  rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}]}}]
`
	for attributes, want := range map[string]sim.Time{"idle_timeout.timeout_seconds=600": 600 * sim.Second, "access_logs.s3.enabled=true": 60 * sim.Second} {
		c := importText(t, strings.Replace(text, "ATTRIBUTES", attributes, 1))
		if p := c.Pools[0]; p.Limits.Attempt != want || p.Limits.Connect != 10*sim.Second {
			t.Errorf("%s: policy %s, limits %+v", attributes, p.Policy, p.Limits)
		}
	}
}

// An action divides requests between Services, and cookie AWSALBTG keeps a client with one of them.
func TestActionOfIngress(t *testing.T) {
	const text = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  annotations:
    alb.ingress.kubernetes.io/target-type: ip
    alb.ingress.kubernetes.io/target-group-attributes: stickiness.enabled=true,stickiness.lb_cookie.duration_seconds=600
    alb.ingress.kubernetes.io/actions.split: '{"Type":"forward","ForwardConfig":{"TargetGroups":[{"ServiceName":"blue","ServicePort":"80","Weight":8},{"ServiceName":"green","Weight":2}],"TargetGroupStickinessConfig":{"Enabled":true,"DurationSeconds":200}},"invented":1}'
spec:
  ingressClassName: alb
  rules: [{http: {paths: [{path: /, backend: {service: {name: split, port: {name: use-annotation}}}}]}}]
`
	c := importText(t, text)
	if len(c.Pools) != 3 {
		t.Fatalf("pools %+v", c.Pools)
	}
	p := c.Pools[2]
	w, _ := p.Params.(policies.Weighted)
	if p.Name != "shop" || !slices.Equal(w.Groups, []string{"blue=8", "green=2"}) || w.Lifetime != 200*sim.Second || !w.Sliding || w.Inside.Name != "aws-alb/lb-cookie" || len(p.Servers) != 6 {
		t.Errorf("%+v", p)
	}
	if left := c.In(ir.NotCarried); len(left) != 1 || !strings.Contains(left[0].Text, "invented: not understood") {
		t.Errorf("not carried over: %v", left)
	}
}

// Rules of the Gateway API divide requests anew each time; what keeps a client inside a Service stays.
func TestWeightedBackends(t *testing.T) {
	const route = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: shop}\nspec: {rules: [{backendRefs: [{name: stable, port: 80, weight: 9}, {name: next, port: 80}]," +
		" sessionPersistence: {sessionName: s}}]}\n"
	c := importText(t, route)
	if len(c.Pools) != 3 {
		t.Fatalf("pools %+v", c.Pools)
	}
	w, _ := c.Pools[2].Params.(policies.Weighted)
	if !slices.Equal(w.Groups, []string{"stable=9", "next=1"}) || w.Sticky != "none" || w.Inside.Name != "envoy/stateful-session" || c.Pools[2].CookieName != "s" {
		t.Errorf("%+v", c.Pools[2])
	}
}
