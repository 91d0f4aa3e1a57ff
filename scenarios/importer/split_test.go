package importer_test

import (
	"math"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
)

// twoServices are web with 4 pods and next with 2.
const twoServices = `
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: next}
spec: {selector: {app: next}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 4, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: next}
spec: {replicas: 2, selector: {matchLabels: {app: next}}, template: {metadata: {labels: {app: next}}, spec: {containers: [{name: c, image: i}]}}}
`

// In a run of a split route, services get the shares of the requests that their weights say, whatever the affinity inside them. Bands
// are four standard errors or more: of 50,000 requests where each is drawn, and of 5,000 sessions of random length where a session stays
// on its side, as behind OpenShift's router. Where requests take turns, chance has no part in it.
func TestSharesOfSplits(t *testing.T) {
	for _, x := range []struct {
		name, text string
		next, band float64 // share of the pods of next, and what it may be off
	}{
		{"Contour", `
apiVersion: projectcontour.io/v1
kind: HTTPProxy
metadata: {name: shop}
spec: {routes: [{loadBalancerPolicy: {strategy: Cookie}, services: [{name: web, port: 80, weight: 30}, {name: next, port: 80, weight: 10}, {name: x, port: 80, mirror: true, weight: 50}]}]}`, 0.25, 0.01},
		{"Contour, none", `
apiVersion: projectcontour.io/v1
kind: HTTPProxy
metadata: {name: shop}
spec: {routes: [{services: [{name: web, port: 80}, {name: next, port: 80}]}]}`, 0.5, 0.01},
		{"VirtualServer", `
apiVersion: k8s.nginx.org/v1
kind: VirtualServer
metadata: {name: shop}
spec:
  upstreams: [{name: a, service: web, port: 80, sessionCookie: {enable: true, name: s}}, {name: b, service: next, port: 80, sessionCookie: {enable: true, name: s}}]
  routes: [{path: /, splits: [{weight: 90, action: {pass: a}}, {weight: 10, action: {pass: b}}]}]`, 0.1, 0.01},
		{"ApisixRoute", `
apiVersion: apisix.apache.org/v2
kind: ApisixRoute
metadata: {name: shop}
spec: {http: [{name: a, backends: [{serviceName: web, servicePort: 80, weight: 7}, {serviceName: next, servicePort: 80, weight: 3}]}]}`, 0.3, 0.002},
		{"OpenShift", `
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: shop}
spec: {to: {kind: Service, name: web, weight: 60}, alternateBackends: [{kind: Service, name: next, weight: 40}]}`, 0.4, 0.03},
		{"OpenShift, no cookie", `
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: shop, annotations: {haproxy.router.openshift.io/disable_cookies: 'true'}}
spec: {to: {kind: Service, name: web, weight: 60}, alternateBackends: [{kind: Service, name: next, weight: 40}]}`, 0.4, 0.002},
		{"OpenShift, 0", `
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: shop}
spec: {to: {kind: Service, name: web, weight: 60}, alternateBackends: [{kind: Service, name: next, weight: 0}]}`, 0, 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			shareOfNext(t, strings.TrimPrefix(x.text, "\n")+twoServices, x.next, x.band)
		})
	}
	t.Run("APISIX", func(t *testing.T) {
		t.Parallel()
		shareOfNext(t, `upstreams:
- {id: 2, name: next, type: chash, key: remote_addr, nodes: {"next:1": 1, "next:2": 1}}
routes:
- {id: 1, name: shop, uri: /*, upstream: {name: web, type: chash, key: remote_addr, nodes: {"web:1": 1, "web:2": 1}}, plugins: {traffic-split: {rules: [{weighted_upstreams: [{upstream_id: 2, weight: 1}, {weight: 4}]}]}}}
#END
`, 0.2, 0.002)
	})
}

// shareOfNext runs the scenario of the pool shop, and compares the share of requests that servers called next have.
func shareOfNext(t *testing.T, text string, want, band float64) {
	t.Helper()
	c, err := importer.Import(importer.File("file.yaml", []byte(text)), "", "file.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := importer.Choose(c, "shop")
	if err != nil {
		t.Fatal(err)
	}
	all, next := 0.0, 0.0
	metrics := metricsOf(t, c, p, "duration=250s", "warmup=0s",
		"workload=[{name: all, sessions: poisson(20/s), requests: geometric(mean=10), think: exp(1s), service: 1ms}]")
	for _, m := range metrics {
		if id := m.ID.String(); strings.HasPrefix(id, "server.requests.share{server=") {
			all += m.Value
			if strings.Contains(id, "next") {
				next += m.Value
			}
		}
	}
	if math.Abs(all-1) > 1e-9 || math.Abs(next-want) > band {
		t.Errorf("next has %.4f of %.4f, want %.4f ± %.4f", next, all, want, band)
	}
}
