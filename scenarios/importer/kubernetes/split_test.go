package kubernetes

import (
	"fmt"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

// servicesOf is an HTTPProxy whose only route has these services.
func servicesOf(services string) string {
	return "apiVersion: projectcontour.io/v1\nkind: HTTPProxy\nmetadata: {name: x}\nspec: {routes: [{services: [" + services + "]}]}\n"
}

// Contour's weights are relative, a service without one has 0 beside one that has, and none at all are even shares.
func TestContourSplits(t *testing.T) {
	const of = "envoy/round-robin {healthy_panic_threshold: 0}"
	two := func(web, next string) string {
		return "web: " + of + "\nnext: " + of + "\nx: weighted {groups: [\"web=" + web + "\", \"next=" + next + "\"], sticky: \"none\", failover: false, inside: {envoy/round-robin: {healthy_panic_threshold: 0}}}"
	}
	cookie := "envoy/ring-hash {hash_policy: cookie, healthy_panic_threshold: 0}"
	check(t, map[string]statement{
		"weights":      {text: servicesOf("{name: web, weight: 3}, {name: next, weight: 1}"), want: two("3", "1")},
		"none":         {text: servicesOf("{name: web}, {name: next}"), want: two("1", "1")},
		"all 0":        {text: servicesOf("{name: web, weight: 0}, {name: next, weight: 0}"), want: two("1", "1")},
		"0":            {text: servicesOf("{name: web, weight: 100}, {name: next, weight: 0}"), want: two("100", "0")},
		"one of them":  {text: servicesOf("{name: web, weight: 100}, {name: next}"), want: two("100", "0")},
		"alone":        {text: servicesOf("{name: web, weight: 0}"), want: "web: " + of},
		"again":        {text: servicesOf("{name: web, weight: 60}, {name: next, weight: 10}, {name: web, weight: 30}"), want: two("90", "10")},
		"one, twice":   {text: servicesOf("{name: web, weight: 60}, {name: web, weight: 40}"), want: "web: " + of},
		"mirror":       {text: servicesOf("{name: web, weight: 1}, {name: copy, weight: 50, mirror: true}"), want: "web: " + of, left: "copies of requests"},
		"two, mirror":  {text: servicesOf("{name: web, weight: 1}, {name: copy, weight: 50, mirror: true}, {name: next, weight: 1}"), want: two("1", "1"), left: "copies of requests"},
		"other routes": {text: strings.Replace(servicesOf("{name: web, weight: 9}, {name: next, weight: 1}"), "]}]}", "]}, {services: [{name: web}]}]}", 1), want: two("9", "1")},
		"two routes":   {text: strings.Replace(servicesOf("{name: web, weight: 9}, {name: next, weight: 1}"), "]}]}", "]}, {conditions: [{prefix: /b}], services: [{name: web, weight: 9}, {name: next, weight: 1}]}]}", 1), want: two("9", "1")},
		"connections":  {text: strings.NewReplacer("routes: [", "tcpproxy: ", "}]}]}", "}]}}").Replace(servicesOf("{name: web, weight: 9}, {name: next, weight: 1}")), want: two("9", "1")},
		"cookie": {text: strings.Replace(servicesOf("{name: web, weight: 9}, {name: next, weight: 1}"), "{services", "{loadBalancerPolicy: {strategy: Cookie}, services", 1),
			want: "web: " + cookie + " by cookie X-Contour-Session-Affinity\nnext: " + cookie + " by cookie X-Contour-Session-Affinity\n" +
				"x: weighted {groups: [\"web=9\", \"next=1\"], sticky: \"none\", failover: false, inside: {envoy/ring-hash: {hash_policy: cookie, healthy_panic_threshold: 0}}} by cookie X-Contour-Session-Affinity"},
	})
	for text, says := range map[string]string{
		"{name: web}, {name: next}":            "services: none has a weight above 0",
		"{name: web, weight: 1}, {name: next}": "service next: no weight beside services that have one",
	} {
		if c := importText(t, servicesOf(text)); !remarked(c, ir.Assumed, says) {
			t.Errorf("%s: %v", text, c.In(ir.Assumed))
		}
	}
	refused(t, "HTTPProxy x: weight: must be a whole number from 0 to 1000000, got ", map[string]string{
		"-1": servicesOf("{name: web, weight: -1}, {name: next}"), "half": servicesOf("{name: web}, {name: next, weight: half}"), "1.5": servicesOf("{name: web, weight: 1.5}"),
		"2000000": servicesOf("{name: web, weight: 2000000}, {name: next, weight: 1}"),
	})
}

// refused checks that files are refused at their fourth line, with a text and what the file says.
func refused(t *testing.T, says string, texts map[string]string) {
	t.Helper()
	for got, text := range texts {
		if _, err := importer.Import(importer.File("f.yaml", []byte(text)), "", "f.yaml"); err == nil || !strings.HasPrefix(err.Error(), "f.yaml:4:") || !strings.HasSuffix(err.Error(), says+got) {
			t.Errorf("%s: %v", got, err)
		}
	}
}

// splitsOf is a VirtualServer with these splits on its route.
func splitsOf(splits string) string {
	return "apiVersion: k8s.nginx.org/v1\nkind: VirtualServer\nmetadata: {name: v}\n" +
		"spec: {host: a.example, upstreams: [{name: a, service: web, port: 80}, {name: b, service: next, port: 80}], routes: [{path: /, splits: [" + splits + "]}]}\n"
}

// Splits of a VirtualServer are percentages of the requests, whatever the clients and their cookies.
func TestVirtualServerSplits(t *testing.T) {
	const pools = "web: nginx/random {two: true}\nnext: nginx/random {two: true}"
	two := func(web, next string) string {
		return pools + "\nv: weighted {groups: [\"web=" + web + "\", \"next=" + next + "\"], sticky: \"none\", failover: false, inside: {nginx/random: {two: true}}}"
	}
	const b20 = ", {weight: 20, action: {proxy: {upstream: b, rewritePath: /x}}}"
	cookies := func(other string) string {
		text := strings.Replace(splitsOf("{weight: 80, action: {pass: a}}"+b20), "service: web,", "service: web, sessionCookie: {enable: true, name: srv},", 1)
		return strings.Replace(text, "service: next,", "service: next, sessionCookie: {enable: true, name: "+other+"},", 1)
	}
	sticky := "web: nginx/sticky_cookie {balance: \"random two\"} by cookie srv\nnext: nginx/sticky_cookie {balance: \"random two\"} by cookie SRV\n" +
		"v: weighted {groups: [\"web=80\", \"next=20\"], sticky: \"none\", failover: false, inside: {nginx/sticky_cookie: {balance: \"random two\"}}} by cookie srv"
	check(t, map[string]statement{
		"weights":       {text: splitsOf("{weight: 80, action: {pass: a}}" + b20), want: two("80", "20")},
		"0":             {text: splitsOf("{weight: 100, action: {pass: a}}, {weight: 0, action: {pass: b}}"), want: two("100", "0")},
		"none":          {text: splitsOf("{weight: 100, action: {pass: a}}, {action: {pass: b}}"), want: two("100", "0")},
		"again":         {text: splitsOf("{weight: 50, action: {pass: a}}, {weight: 30, action: {pass: a}}" + b20), want: two("80", "20")},
		"in matches":    {text: strings.NewReplacer("splits: [", "action: {pass: a}, matches: [{conditions: [{cookie: c, value: x}], splits: [", "]}]}\n", "]}]}]}\n").Replace(splitsOf("{weight: 80, action: {pass: a}}" + b20)), want: two("80", "20")},
		"alone":         {text: splitsOf("{weight: 100, action: {pass: a}}"), want: pools, left: "splits: must be two or more whose weights are 100 in all, got 1 with 100"},
		"90 in all":     {text: splitsOf("{weight: 70, action: {pass: a}}" + b20), want: pools, left: "got 2 with 90"},
		"nothing":       {text: splitsOf("{action: {pass: a}}, {weight: 0, action: {pass: b}}"), want: pools, left: "got 2 with 0"},
		"by itself":     {text: splitsOf("{weight: 80, action: {return: {body: no}}}" + b20), want: pools, left: "not all of its parts are pools of these files"},
		"unknown":       {text: splitsOf("{weight: 80, action: {pass: c}}" + b20), want: pools, left: "not all of its parts are pools of these files"},
		"one cookie":    {text: cookies("srv"), want: strings.ReplaceAll(sticky, "SRV", "srv")},
		"other cookies": {text: cookies("own"), want: strings.ReplaceAll(sticky, "SRV", "own"), left: "next: its cookie own is another than srv of web"},
		"of a route": {text: strings.NewReplacer("kind: VirtualServer", "kind: VirtualServerRoute", "routes:", "subroutes:").Replace(splitsOf("{weight: 80, action: {pass: a}}" + b20)),
			want: two("80", "20")},
	})
	refused(t, "VirtualServer v: weight: must be a whole number from 0 to 100, got ", map[string]string{
		"-20": splitsOf("{weight: -20, action: {pass: a}}" + b20), "most": splitsOf("{weight: most, action: {pass: a}}" + b20), "101": splitsOf("{weight: 101, action: {pass: a}}" + b20),
	})
}

// openshiftTo is a Route to these Services, of which web has 4 pods and next has 2.
func openshiftTo(to, others, more string) string {
	return "apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: r}\nspec: {to: {kind: Service, " + to + "}, alternateBackends: [" + others + "]" + more + "}\n" +
		podsWith("web", 4, 1) + podsWith("next", 2, 1)
}

// podsWith are a Service and its Deployment of so many pods with so many cores.
func podsWith(name string, replicas, cores int) string {
	return fmt.Sprintf("---\napiVersion: v1\nkind: Service\nmetadata: {name: %[1]s}\nspec: {selector: {a: %[1]s}, ports: [{port: 80}]}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %[1]s}\n"+
		"spec: {replicas: %[2]d, template: {metadata: {labels: {a: %[1]s}}, spec: {containers: [{name: c, resources: {limits: {cpu: %[3]d}}}]}}}\n", name, replicas, cores)
}

// The pods of all Services of a Route are servers of one backend, whose weights give each Service its share.
func TestOpenShiftSplits(t *testing.T) {
	const cookie = "haproxy/cookie {redispatch: -1, indirect: true, nocache: true} by cookie route"
	random := strings.Replace(cookie, "-1, ", "-1, balance: random, ", 1)
	for name, x := range map[string]struct{ text, pools, weights, left, assumed string }{
		"weights":       {openshiftTo("name: web, weight: 90", "{kind: Service, name: next, weight: 10}", ""), "r: " + cookie, "256 256 256 256 56 56", "", "each pod keeps its weight"},
		"none":          {openshiftTo("name: web", "{kind: Service, name: next}", ""), "r: " + cookie, "128 128 128 128 256 256", "", "service next: no weight, OpenShift's 100; its 2 pods have weight 256 each, in all 50.0 %"},
		"one of them":   {openshiftTo("name: web, weight: 20", "{kind: Service, name: next}", ""), "r: " + cookie, "25 25 25 25 256 256", "", "service next: no weight"},
		"0":             {openshiftTo("name: web, weight: 7", "{kind: Service, name: next, weight: 0}", ""), "r: " + random, "1 1 1 1 0 0", "", ""},
		"0 first":       {openshiftTo("name: web, weight: 0", "{kind: Service, name: next, weight: 7}", ""), "r: " + random, "0 0 0 0 1 1", "", ""},
		"all 0":         {openshiftTo("name: web, weight: 0", "{kind: Service, name: next, weight: 0}", ""), "r: " + cookie, "128 128 128 128 256 256", "weight 0: no Service of the Route has more", ""},
		"too little":    {openshiftTo("name: web, weight: 1", "{kind: Service, name: next, weight: 256}", ""), "r: " + cookie, "1 1 1 1 256 256", "", ""},
		"alone":         {openshiftTo("name: web, weight: 0", "", ""), "web: " + random + "\nnext: kubernetes/random", "", "weight 0: no Service of the Route has more", ""},
		"again":         {openshiftTo("name: web, weight: 1", "{kind: Service, name: next, weight: 1}, {kind: Service, name: web, weight: 3}", ""), "r: " + cookie, "170 170 256 256 256 256", "service web: listed again", ""},
		"elsewhere":     {openshiftTo("name: web, weight: 1", "{kind: Service, name: x, weight: 1}", ""), "r: " + cookie + "\nnext: kubernetes/random", "192 192 192 192 256 256 256", "", "service x: its pods are not in these files; three"},
		"passed, turns": {openshiftTo("name: web, weight: 1", "{kind: Service, name: next, weight: 1}", ", tls: {termination: passthrough}"), "r: haproxy/roundrobin {redispatch: -1}", "128 128 128 128 256 256", "", ""},
		"passed, 0":     {openshiftTo("name: web, weight: 1", "{kind: Service, name: next, weight: 0}", ", tls: {termination: passthrough}"), "r: haproxy/source {redispatch: -1, hash_type: consistent} by address", "1 1 1 1", "", ""},
		"other kind":    {openshiftTo("name: web, weight: 1", "{kind: Pod, name: next, weight: 0}", ""), "web: " + random + "\nnext: kubernetes/random", "", "Pod next: only Services are read", ""},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, map[string]statement{"pools": {x.text, x.pools, x.left}})
			c := importText(t, x.text)
			var weights []string
			for _, s := range c.Pools[0].Servers {
				weights = append(weights, fmt.Sprint(s.Info.Weight))
			}
			if got := strings.Join(weights, " "); got != x.weights {
				t.Errorf("weights %s, want %s", got, x.weights)
			}
			if x.assumed != "" && !remarked(c, ir.Assumed, x.assumed) {
				t.Errorf("assumed: %v", c.In(ir.Assumed))
			}
			if yaml, err := importer.ToScenario(c, &c.Pools[0]); err != nil || strings.Contains(string(yaml), "one entry that stands for") {
				t.Errorf("%v\n%s", err, yaml)
			}
		})
	}
	refused(t, "Route r: weight: must be a whole number from 0 to 256, got ", map[string]string{
		"-1": openshiftTo("name: web, weight: -1", "{kind: Service, name: next}", ""), "half": openshiftTo("name: web", "{kind: Service, name: next, weight: half}", ""),
		"257": openshiftTo("name: web", "{kind: Service, name: next, weight: 257}", ""),
	})
	scaled := openshiftTo("name: web, weight: 1", "{kind: Service, name: next, weight: 1}", "") +
		"---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec: {scaleTargetRef: {kind: Deployment, name: web}, minReplicas: 4, maxReplicas: 9, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}]}\n"
	if c := importText(t, scaled); c.Pools[0].Scaling != nil || !remarked(c, ir.NotCarried, "web: its autoscaler is not that of all Services") {
		t.Errorf("%+v, %v", c.Pools[0].Scaling, c.In(ir.NotCarried))
	}
}

// Backends of an ApisixRoute take turns as often as their weights say, of which 100 is the controller's own.
func TestApisixRouteSplits(t *testing.T) {
	route := func(backends string) string {
		return "apiVersion: apisix.apache.org/v2\nkind: ApisixRoute\nmetadata: {name: r}\nspec: {http: [{name: a, match: {paths: [/]}, backends: [" + backends + "]}]}\n"
	}
	const each = "web: round-robin\nnext: round-robin"
	two := func(web, next string) string {
		return each + "\nr: weighted {groups: [\"web=" + web + "\", \"next=" + next + "\"], sticky: \"none\", turns: true, failover: false}"
	}
	const a, b = "{serviceName: web, servicePort: 80", "{serviceName: next, servicePort: 80"
	check(t, map[string]statement{
		"weights":     {text: route(a + ", weight: 9}, " + b + ", weight: 1}"), want: two("9", "1")},
		"none":        {text: route(a + "}, " + b + ", weight: 20}"), want: two("100", "20")},
		"0":           {text: route(a + ", weight: 0}, " + b + ", weight: 1}"), want: two("0", "1")},
		"all 0":       {text: route(a + ", weight: 0}, " + b + ", weight: 0}"), want: two("1", "1")},
		"again":       {text: route(a + ", weight: 4}, " + b + ", weight: 1}, " + a + ", weight: 5}"), want: two("9", "1")},
		"alone":       {text: route(a + ", weight: 0}"), want: "web: round-robin"},
		"no Service":  {text: route(a + ", weight: 1}, {weight: 1}, " + b + ", weight: 1}"), want: each, left: "not all of its parts are pools of these files"},
		"an upstream": {text: strings.Replace(route(a+", weight: 1}"), "backends", "upstreams: [{name: u, weight: 5}], backends", 1), want: "web: round-robin", left: "not all of its parts are pools of these files"},
	})
	refused(t, "ApisixRoute r: weight: must be a whole number from 0 to 1000000, got ", map[string]string{
		"-1": route(a + ", weight: -1}, " + b + "}"), "much": route(a + "}, " + b + ", weight: much}"),
	})
}

// What a split lacks is said: weights that are not given, machines and retries of one group that stand for all.
func TestWhatSplitsSay(t *testing.T) {
	pools := podsWith("web", 4, 2) + podsWith("next", 2, 1)
	apisix := "apiVersion: apisix.apache.org/v2\nkind: ApisixRoute\nmetadata: {name: r}\nspec: {http: [{name: a, backends: [{serviceName: web, servicePort: 80}, {serviceName: next, servicePort: 80, weight: 1}]}]}\n"
	route := "apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: r}\nspec: {to: {kind: Service, name: web}, alternateBackends: [{kind: Service, name: next, odd: 1}]}\n"
	for _, x := range []struct {
		text, says string
		drawer     ir.Drawer
	}{
		{splitsOf("{weight: 100, action: {pass: a}}, {action: {pass: b}}"), "splits: no weight, which the controller reads as 0", ir.Assumed},
		{apisix, "weight: not given, the controller's 100", ir.Assumed},
		{apisix, "turns are spread evenly here", ir.Assumed},
		{apisix + pools, "next: a request goes to 1 further servers of it; here to 3, as of web", ir.NotCarried},
		{servicesOf("{name: web, weight: 1}, {name: next, weight: 1}") + pools, "next: what its servers can do differs from those of web", ir.NotCarried},
		{servicesOf("{name: web, weight: 1}, {name: next, weight: 1, odd: 1}") + pools, "services.1.odd: not understood", ir.NotCarried},
		{route + pools, "next: what its pods can do, their probes, or how they leave or are replaced differs from those of web", ir.NotCarried},
		{route + pools, "alternateBackends.0.odd: not understood", ir.NotCarried},
	} {
		if c := importText(t, x.text); !remarked(c, x.drawer, x.says) {
			t.Errorf("%s\n%v", x.says, c.In(x.drawer))
		}
	}
}
