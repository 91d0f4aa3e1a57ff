package kubernetes

import (
	"testing"

	"stickysim/policies"
	"stickysim/policies/haproxy"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// openshift is a Route with these annotations.
func openshift(annotations, spec string) string {
	return "apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: r, annotations: {" + annotations + "}}\nspec: {to: {kind: Service, name: web}" + spec + "}\n"
}

// pods are a Service and its Deployment of n pods.
func pods(n string) string {
	return "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {a: b}, ports: [{port: 80}]}\n" +
		"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: " + n + ", template: {metadata: {labels: {a: b}}}}\n"
}

func TestOpenShiftRoute(t *testing.T) {
	const a = "haproxy.router.openshift.io/"
	const cookie = "indirect: true, nocache: true}"
	check(t, map[string]statement{
		"default":       {text: openshift("", ""), want: "web: haproxy/cookie {redispatch: -1, balance: random, " + cookie + " by cookie route"},
		"named cookie":  {text: openshift("router.openshift.io/cookie_name: id", ""), want: "web: haproxy/cookie {redispatch: -1, balance: random, " + cookie + " by cookie id"},
		"no cookie":     {text: openshift(a+"disable_cookies: 'true', "+a+"balance: leastconn", ""), want: "web: haproxy/leastconn {redispatch: -1}"},
		"balance":       {text: openshift(a+"balance: roundrobin", ""), want: "web: haproxy/cookie {redispatch: -1, " + cookie + " by cookie route"},
		"passthrough":   {text: openshift("", ", tls: {termination: passthrough}"), want: "web: haproxy/source {redispatch: -1, hash_type: consistent} by address"},
		"through, turn": {text: openshift(a+"balance: roundrobin", ", tls: {termination: passthrough}"), want: "web: haproxy/roundrobin {redispatch: -1}"},
		"unknown":       {text: openshift(a+"balance: uri, "+a+"disable_cookies: 'true'", ""), want: "web: haproxy/random {redispatch: -1}", left: "balance uri"},
		"rate":          {text: openshift(a+"rate-limit-connections: 'true', "+a+"disable_cookies: 'true'", ""), want: "web: haproxy/random {redispatch: -1}", left: "refused"},
	})
	p := only(t, importText(t, openshift(a+"timeout: 5s, "+a+"pod-concurrent-connections: '7', router.openshift.io/haproxy.health.check.interval: 3000", "")+pods("2")))
	if p.Limits != (ir.Limits{Connect: 5 * sim.Second, Attempt: 5 * sim.Second, Queue: 5 * sim.Second}) || len(p.Servers) != 2 || p.Servers[1].Info.Limit != 7 || p.Servers[0].Info.Cookie == p.Servers[1].Info.Cookie {
		t.Errorf("%+v", p)
	}
	if p.Health == nil || *p.Health != (sim.Health{Interval: 3 * sim.Second, Timeout: 5 * sim.Second, Fall: 3, Rise: 2, FromEnd: true}) {
		t.Errorf("health %+v", p.Health)
	}
}

func TestHAProxyControllers(t *testing.T) {
	const ingress, tech = "    haproxy-ingress.github.io/", "    haproxy.org/"
	const cookie = "indirect: true, nocache: true}"
	check(t, map[string]statement{
		"own algorithm": {text: ingressWith(ingress + "maxconn-server: '5'\n"), want: "web: haproxy/random {redispatch: -1}"},
		"affinity":      {text: ingressWith(ingress + "affinity: cookie\n" + ingress + "balance-algorithm: leastconn\n"), want: "web: haproxy/cookie {redispatch: -1, balance: leastconn, " + cookie + " by cookie INGRESSCOOKIE"},
		"cookie's name": {text: ingressWith(ingress + "affinity: cookie\n" + ingress + "session-cookie-name: id\n" + ingress + "session-cookie-strategy: rewrite\n"), want: "web: haproxy/cookie {redispatch: -1, balance: \"random(2)\", " + cookie + " by cookie id", left: "session-cookie-strategy"},
		"header":        {text: ingressWith(ingress + "balance-algorithm: hdr(X-User)\n"), want: "web: haproxy/hdr {redispatch: -1, name: X-User} by header X-User"},
		"blue green":    {text: ingressWith(ingress + "blue-green-deploy: group=blue=1\n"), want: "web: haproxy/random {redispatch: -1}", left: "blue-green-deploy"},
		"tech":          {text: ingressWith(tech + "load-balance: source\n"), want: "web: haproxy/source by address"},
		"tech cookie":   {text: ingressWith(tech + "cookie-persistence: srv\n"), want: "web: haproxy/cookie {" + cookie + " by cookie srv"},
		"tech on Service": {text: ingressWith(tech+"check: 'false'\n") + "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, annotations: {haproxy.org/load-balance: leastconn}}\n",
			want: "web: haproxy/leastconn"},
		"no algorithm": {text: ingressWith(tech + "load-balance: best\n"), want: "web: haproxy/roundrobin", left: "unknown algorithm"},
	})
	p := only(t, importText(t, ingressWith(ingress+"affinity: cookie\n"+ingress+"timeout-server: 2s\n"+ingress+"health-check-interval: 1s\n"+ingress+"health-check-fall-count: '4'\n")))
	if p.Limits.Attempt != 2*sim.Second || p.Health == nil || p.Health.Interval != sim.Second || p.Health.Fall != 4 {
		t.Errorf("%+v, %+v", p.Limits, p.Health)
	}
	if c := p.Params.(haproxy.Cookie); policies.Check(c) != nil || c.Balance != "random(2)" {
		t.Errorf("%+v", c)
	}
}
