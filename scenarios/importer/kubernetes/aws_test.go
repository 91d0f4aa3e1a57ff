package kubernetes

import (
	"strings"
	"testing"

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
