package kubernetes

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stickysim/policies"
	"stickysim/policies/aws"
	"stickysim/policies/envoy"
	"stickysim/policies/ingressnginx"
	"stickysim/policies/kubernetes"
	_ "stickysim/policies/nginx"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
	"stickysim/sim/hpa"
)

const configs = "../../../testdata/configs/kubernetes"

func importFile(t *testing.T, name string) *ir.Config {
	t.Helper()
	c, err := importer.Import(os.DirFS(configs), "kubernetes", name)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range c.Pools {
		if v, ok := p.Params.(policies.Validator); ok && v.Validate() != nil {
			t.Errorf("%s: pool %s: %v", name, p.Name, v.Validate())
		}
	}
	for _, r := range c.Remarks {
		if r.File != name || r.Line == 0 || r.Text == "" {
			t.Errorf("%s: a remark has no place: %+v", name, r)
		}
	}
	return c
}

func importText(t *testing.T, text string) *ir.Config {
	t.Helper()
	c, err := importer.Import(fstest.MapFS{"f": {Data: []byte(text)}}, "kubernetes", "f")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func remarked(c *ir.Config, level ir.Drawer, text string) bool {
	for _, r := range c.Remarks {
		if r.Drawer == level && strings.Contains(r.Text, text) {
			return true
		}
	}
	return false
}

// only returns the one pool of a file.
func only(t *testing.T, c *ir.Config) ir.Pool {
	t.Helper()
	if len(c.Pools) != 1 {
		t.Fatalf("%d pools, want 1: %+v", len(c.Pools), c.Pools)
	}
	return c.Pools[0]
}

func TestRealIngresses(t *testing.T) {
	p := only(t, importFile(t, "kubernetes__ingress-nginx__docs__examples__affinity__cookie__ingress.yaml"))
	if p.Name != "http-svc" || p.CookieName != "route" || p.Params != (ingressnginx.Cookie{Mode: "balanced", TTL: 172800 * sim.Second, Backend: "default-http-svc"}) {
		t.Errorf("affinity example: %+v", p)
	}
	c := importFile(t, "traefik__traefik__pkg__provider__kubernetes__ingress-nginx__fixtures__ingresses__ingress-with-sticky.yml")
	p = only(t, c)
	if p.CookieName != "foobar" || p.Params.(ingressnginx.Cookie).TTL != 42*sim.Second || !remarked(c, ir.Assumed, "session-cookie-samesite") {
		t.Errorf("all cookie annotations: %+v", p)
	}
	c = importFile(t, "nginxinc__kubernetes-ingress__examples__ingress-resources__session-persistence__cafe-ingress-with-session-persistence.yaml")
	if len(c.Pools) != 2 || c.Pools[0].Name != "tea-svc" || c.Pools[1].Name != "coffee-svc" {
		t.Fatalf("cafe: %+v", c.Pools)
	}
	for i, hours := range []sim.Time{2, 1} {
		if p := c.Pools[i]; p.Policy != "nginx/sticky_cookie" || p.CookieName != "srv_id" || p.IdleTimeout != hours*sim.Hour || p.Params == nil {
			t.Errorf("cafe: %+v", p)
		}
	}
	c = importFile(t, "HariSekhon__Kubernetes-configs__ingress.yaml") // its affinity annotations are comments
	for _, p := range c.Pools {
		if p.Policy != "ingress-nginx/round-robin" || p.CookieName != "" {
			t.Errorf("commented out affinity: %+v", p)
		}
	}
	for _, r := range c.Remarks {
		if strings.Contains(r.Text, "affinity") || strings.Contains(r.Text, "canary") {
			t.Errorf("commented out affinity: remark %+v", r)
		}
	}
}

func TestRealServices(t *testing.T) {
	for file, line := range map[string]int{"prometheus-operator__kube-prometheus__manifests__alertmanager-service.yaml": 1, "prometheus-operator__kube-prometheus__manifests__prometheus-service.yaml": 1} {
		c := importFile(t, file)
		if p := only(t, c); p.Params != (kubernetes.ClientIP{Timeout: 3 * sim.Hour}) || p.Line != line || !remarked(c, ir.Assumed, "3h") {
			t.Errorf("%s: %+v", file, p)
		}
	}
	for _, kind := range []string{"http", "https"} {
		c := importFile(t, "digitalocean__digitalocean-cloud-controller-manager__docs__controllers__services__examples__"+kind+"-with-sticky-sessions.yml")
		if p := only(t, c); p.Name != kind+"-lb" || p.Policy != "cookie" || p.CookieName != "example" || p.IdleTimeout != sim.Minute || p.Replicas != 2 {
			t.Errorf("DigitalOcean %s: %+v", kind, p)
		}
	}
	c := importFile(t, "Kong__kubernetes-ingress-controller__examples__kong-upstream-policy-ingress.yaml")
	if p := only(t, c); p.Name != "httpbin-deployment" || p.Policy != "kong/consistent-hashing" || p.CookieName != "session-id" || p.Replicas != 1 ||
		p.Health == nil || *p.Health != (sim.Health{Interval: 5 * sim.Second, Down: 10 * sim.Second, Timeout: sim.Second, Fall: 5, Rise: 5}) {
		t.Errorf("Kong: %+v %+v", p, p.Health)
	}
	c = importFile(t, "envoyproxy__gateway__test__e2e__testdata__load_balancing_consistent_hash_cookie.yaml")
	p := only(t, c)
	if m, ok := p.Params.(envoy.Maglev); !ok || p.Name != "web-backend" || p.CookieName != "Lb-Test-Cookie" || m.HashKey != (envoy.HashKey{Policy: "cookie", TTL: sim.Minute}) {
		t.Errorf("Envoy Gateway: %+v", p)
	}
}

func TestRealHelmValues(t *testing.T) {
	const file = "rstudio__helm__examples__connect__ingress__rstudio-connect-"
	p := only(t, importFile(t, file+"nginx-ingress.yaml"))
	if c := p.Params.(ingressnginx.Cookie); c.Mode != "persistent" || p.CookieName != "posit-connect" {
		t.Errorf("nginx: %+v", p)
	}
	p = only(t, importFile(t, file+"alb-ingress.yaml"))
	if p.Params != (aws.LBCookie{Duration: 24 * sim.Hour, Algorithm: "round_robin"}) || p.CookieName != "AWSALB" {
		t.Errorf("alb: %+v", p)
	}
	p = only(t, importFile(t, file+"traefik-ingress.yaml"))
	if p.Policy != "traefik/sticky_cookie" || p.CookieName != "posit-connect" {
		t.Errorf("traefik: %+v", p)
	}
}

func TestRealAutoscalers(t *testing.T) {
	for file, want := range map[string]sim.Autoscaler{
		"stefanprodan__podinfo__kustomize__hpa.yaml":                                              {Min: 2, Max: 4, Target: 0.99},
		"stefanprodan__podinfo__deploy__webapp__frontend__hpa.yaml":                               {Min: 1, Max: 4, Target: 0.99},
		"HariSekhon__Kubernetes-configs__horizontal-pod-autoscaler.yaml":                          {Min: 3, Max: 5, Target: 0.7},
		"HariSekhon__Kubernetes-configs__circleci__base__circleci-runner-hpa.yaml":                {Min: 1, Max: 5, Target: 0.9},
		"HariSekhon__Kubernetes-configs__selenium-grid__base__selenium-grid-node-chrome-hpa.yaml": {Min: 1, Max: 20, Target: 0.3},
	} {
		want.Period, want.Tolerance, want.Stabilize = 15*sim.Second, 0.1, 300*sim.Second
		if p := only(t, importFile(t, file)); *p.Scaling != want {
			t.Errorf("%s: %+v, want %+v", file, *p.Scaling, want)
		}
	}
}

const app = `
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: web, namespace: shop}
  spec: {selector: {app: web}, sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 600}}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: shop}
  spec:
    replicas: 4
    strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
    template:
      metadata: {labels: {app: web, tier: front}}
      spec:
        terminationGracePeriodSeconds: 60
        containers:
        - {name: c, image: x, readinessProbe: {periodSeconds: 5, failureThreshold: 2}, lifecycle: {preStop: {exec: {command: [sleep, "10"]}}}}
- apiVersion: autoscaling/v2
  kind: HorizontalPodAutoscaler
  metadata: {name: web, namespace: shop}
  spec:
    scaleTargetRef: {kind: Deployment, name: web}
    minReplicas: 3
    maxReplicas: 12
    metrics:
    - {type: Resource, resource: {name: memory, target: {averageUtilization: 80}}}
    - {type: Resource, resource: {name: cpu, target: {averageUtilization: 60}}}
    behavior: {scaleDown: {stabilizationWindowSeconds: 60, policies: [{type: Percent}]}, scaleUp: {selectPolicy: Min, tolerance: 50m, policies: [{type: Pods, value: 2, periodSeconds: 60}, {type: Percent, value: 10, periodSeconds: 30}]}}
`

func TestServiceWithWorkload(t *testing.T) {
	c := importText(t, app)
	p := only(t, c)
	if p.Params != (kubernetes.ClientIP{Timeout: 10 * sim.Minute}) || p.Replicas != 4 || p.Drain != sim.Minute || p.Balancers.Scope != "node" {
		t.Errorf("%+v", p)
	}
	if *p.Health != (sim.Health{Interval: 5 * sim.Second, Timeout: sim.Second, Fall: 2, Rise: 1}) {
		t.Errorf("health %+v", *p.Health)
	}
	twentieth := 0.05
	want := sim.Autoscaler{Min: 3, Max: 12, Target: 0.6, Period: 15 * sim.Second, Tolerance: 0.1, Stabilize: sim.Minute, Drain: sim.Minute, Behavior: &hpa.Behavior{
		ScaleUp: hpa.Rules{Select: hpa.MinChange, Tolerance: &twentieth,
			Policies: []hpa.Policy{{Type: hpa.Pods, Value: 2, Period: time.Minute}, {Type: hpa.Percent, Value: 10, Period: 30 * time.Second}}},
		ScaleDown: hpa.Rules{Stabilization: time.Minute, Policies: hpa.DefaultScaleDown().Policies},
	}}
	if !reflect.DeepEqual(*p.Scaling, want) {
		t.Errorf("scaling %+v, behavior %+v", *p.Scaling, *p.Scaling.Behavior)
	}
	if want := (ir.Rollout{Strategy: "rolling", Surge: "1", Unavailable: "0", Drain: 10 * sim.Second, Grace: 50 * sim.Second}); *p.Rollout != want {
		t.Errorf("rollout %+v, want %+v", *p.Rollout, want)
	}
	for _, text := range []string{"memory is not modelled", "scaleDown.policies"} {
		if !remarked(c, ir.NotCarried, text) {
			t.Errorf("no remark on %q", text)
		}
	}
	if !remarked(c, ir.Translated, "max_surge 1, max_unavailable 0") || !remarked(c, ir.Translated, "preStop: serves on for 10s") || !remarked(c, ir.Harmless, "image") {
		t.Error("remarks are missing")
	}
}

func ingressWith(annotations string) string {
	return "kind: Ingress\nmetadata:\n  name: i\n  annotations:\n" + annotations +
		"spec: {defaultBackend: {service: {name: web}}}\n"
}

func TestIngressAnnotations(t *testing.T) {
	const nginx = "    nginx.ingress.kubernetes.io/"
	for text, want := range map[string]policies.Config{
		nginx + "upstream-hash-by: $http_x_user\n": ingressnginx.HashBy{Key: "text", SubsetSize: 3},
		nginx + "upstream-hash-by: ${binary_remote_addr}\n" + nginx + "upstream-hash-by-subset: 'true'\n" + nginx + "upstream-hash-by-subset-size: '2'\n": ingressnginx.HashBy{Key: "binary_remote_addr", Subset: true, SubsetSize: 2},
		nginx + "load-balance: ewma\n": ingressnginx.RoundRobin{},
		nginx + "affinity: cookie\n" + nginx + "upstream-hash-by: $request_uri\n" + nginx + "session-cookie-change-on-failure: 'true'\n":                        ingressnginx.Cookie{Mode: "balanced", ChangeOnFailure: true, Backend: "default-web"},
		"    alb.ingress.kubernetes.io/target-group-attributes: stickiness.enabled=true,stickiness.type=app_cookie,stickiness.app_cookie.duration_seconds=60\n": aws.AppCookie{Duration: sim.Minute, Algorithm: "round_robin"},
		"    alb.ingress.kubernetes.io/target-group-attributes: load_balancing.algorithm.type=least_outstanding_requests\n":                                     aws.ALBLeastOutstanding{},
	} {
		c := importText(t, ingressWith(text))
		if p := only(t, c); p.Params != want {
			t.Errorf("%s: %s %+v, want %+v", text, p.Policy, p.Params, want)
		}
	}
	c := importText(t, ingressWith(nginx+"canary: 'true'\n"+nginx+"load-balance: ewma\n"+nginx+"session-foo: x\n"))
	for _, text := range []string{"canary", "ewma", "session-foo"} {
		if !remarked(c, ir.NotCarried, text) {
			t.Errorf("no warning of %s", text)
		}
	}
	p := only(t, importText(t, ingressWith("    nginx.org/lb-method: hash $cookie_sid consistent\n")))
	if p.Policy != "nginx/hash" || p.Key != (ir.KeySource{Kind: "cookie", Name: "sid", Text: "$cookie_sid"}) {
		t.Errorf("lb-method: %+v", p)
	}
}

func TestGatewaySessionPersistence(t *testing.T) {
	c := importText(t, `
kind: HTTPRoute
metadata: {name: r}
spec:
  rules:
  - backendRefs: [{name: web}]
    sessionPersistence: {sessionName: sid, absoluteTimeout: 1h, cookieConfig: {lifetimeType: Permanent}}
`)
	p := only(t, c)
	if s := p.Params.(envoy.StatefulSession); s.TTL != sim.Hour || p.CookieName != "sid" || p.Policy != "envoy/stateful-session" {
		t.Errorf("%+v", p)
	}
}

func TestServicesWithoutBalancing(t *testing.T) {
	c := importText(t, "kind: Service\nmetadata: {name: a}\nspec: {clusterIP: None}\n---\nkind: Service\nmetadata: {name: b}\nspec: {sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 999999}}}\n")
	if p := only(t, c); p.Name != "b" || p.Params.(kubernetes.ClientIP).Timeout != 3*sim.Hour {
		t.Errorf("%+v", p)
	}
	if !remarked(c, ir.NotCarried, "headless") || !remarked(c, ir.NotCarried, "between 1s and 24h") {
		t.Errorf("remarks %v", c.Remarks)
	}
}

func TestHostileText(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "not kubernetes": "a: 1", "template": "kind: {{ .Values.kind }}", "deep": strings.Repeat("[", 100000),
		"twice": "kind: a\nkind: b", "binary": "\x00\x01\xff",
	} {
		_, err := importer.Import(fstest.MapFS{"f.yaml": {Data: []byte(text)}}, "kubernetes", "f.yaml")
		if err == nil || !strings.HasPrefix(err.Error(), "f.yaml") || len(err.Error()) > 300 {
			t.Errorf("%s: error %v", name, err)
		}
	}
	many := strings.Repeat("---\nkind: Service\nmetadata: {name: s}\nspec: {selector: {a: b}}\n---\nkind: Deployment\nmetadata: {name: d}\n", 2000)
	if _, err := importer.Import(fstest.MapFS{"f": {Data: []byte(many)}}, "kubernetes", "f"); err != nil {
		t.Errorf("many objects: %v", err)
	}
}

func FuzzImport(f *testing.F) {
	f.Add(app)
	f.Add(ingressWith("    nginx.ingress.kubernetes.io/affinity: cookie\n    nginx.org/lb-method: random\n"))
	f.Add("ingress: {enabled: true, annotations: {konghq.com/x: y}}\nservice: {sessionAffinity: ClientIP}")
	f.Add("kind: Service\nmetadata: {name: a, annotations: {service.beta.kubernetes.io/aws-load-balancer-type: nlb}}")
	for _, text := range []string{
		rule("trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: u, ttl: 0s}}}, portLevelSettings: [{port: {number: 90}}]}, subsets: [{name: v1, labels: {v: one}}]"),
		ingressRoute("{name: web, sticky: {cookie: {name: id}}}"), httpProxy("loadBalancerPolicy: {strategy: Cookie}"),
		trafficPolicy("healthCheck: {passive: {consecutiveGatewayErrors: 2}}"), openshift("", ", tls: {termination: passthrough}"),
		virtualServer("max-fails: 3, sessionCookie: {enable: true, name: s}"), google("sessionAffinity: {affinityType: CLIENT_IP}"), apisixFile("loadbalancer: {type: chash}"),
		servicesOf("{name: web, weight: 3}, {name: web, weight: 1}, {name: next}"), splitsOf("{weight: 80, action: {pass: a}}, {weight: 20, action: {pass: b}}"),
		openshiftTo("name: web, weight: 0", "{kind: Service, name: next, weight: 7}", ""),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := importer.Import(fstest.MapFS{"f": {Data: []byte(text)}}, "kubernetes", "f")
		if err != nil {
			return
		}
		for _, p := range c.Pools {
			if v, ok := p.Params.(policies.Validator); ok && v.Validate() != nil {
				t.Fatalf("pool %+v: %v", p, v.Validate())
			}
		}
	})
}

// A word for the type of a metric or of its target that Kubernetes does not know is named; what is meant shows by the other fields.
func TestTypesOfMetrics(t *testing.T) {
	for metric, said := range map[string]string{
		"{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}":  "",
		"{type: Resource, resource: {name: cpu, target: {type: Utilisation, averageUtilization: 60}}}":  "type Utilisation: must be Utilization, Value or AverageValue",
		"{type: Resources, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}": "type Resources: Kubernetes refuses it beside the field resource",
		"{type: Pods, resource: {name: cpu, target: {averageUtilization: 60}}}":                         "type Pods: Kubernetes refuses it beside the field resource",
		"{type: Pod, pods: {metric: {name: x}, target: {type: AverageValue, averageValue: 10}}}":        "type Pod: Kubernetes refuses it beside the field pods",
	} {
		c := importText(t, pods("2")+"---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 9, metrics: ["+metric+"]}\n")
		named := false
		for _, r := range c.In(ir.NotCarried) {
			named = named || strings.Contains(r.Text, " type ") && (said == "" || strings.Contains(r.Text, said))
		}
		if named != (said != "") {
			t.Errorf("%s: %v", metric, c.In(ir.NotCarried))
		}
	}
}

// Of objects with the same name the last one counts, as where kubectl applies a file.
func TestObjectsGivenAgain(t *testing.T) {
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {a: b}, ports: [{port: 80}]"
	c := importText(t, service+", sessionAffinity: ClientIP}\n---\n"+service+"}\n---\n"+strings.Replace(service, "name: web", "name: web, namespace: n", 1)+"}\n")
	if len(c.Pools) != 2 || c.Pools[0].Policy != "kubernetes/random" {
		t.Fatalf("%+v", c.Pools)
	}
	var said []string
	for _, r := range c.In(ir.NotCarried) {
		said = append(said, r.Text)
	}
	if len(said) != 1 || !strings.HasPrefix(said[0], "Service web: given again in ") {
		t.Errorf("%q", said)
	}
}

// What does not tell clients apart, or is not known, is no key.
func TestKeysThatAreNone(t *testing.T) {
	for key, want := range map[string]string{
		"$request_urii": "what of a request it stands for is unknown", "same": "is unknown", "a-b": "the key is the same for every request",
		"$request_id": "nothing sticks", "$request_uri": "", "$http_x_user": "", "$remote_addr": "", "$cookie_id$arg_x": "",
	} {
		c := importText(t, ingressWith("    nginx.ingress.kubernetes.io/upstream-hash-by: '"+key+"'\n"))
		said := false
		for _, r := range c.In(ir.NotCarried) {
			said = said || want != "" && strings.Contains(r.Text, want)
		}
		if said != (want != "") || want == "" && len(c.In(ir.NotCarried)) > 0 {
			t.Errorf("%s: %v", key, c.In(ir.NotCarried))
		}
	}
}
