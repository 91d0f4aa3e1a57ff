package kubernetes

import (
	"testing"

	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// virtualServer is a VirtualServer with one upstream.
func virtualServer(upstream string) string {
	return "apiVersion: k8s.nginx.org/v1\nkind: VirtualServer\nmetadata: {name: v}\nspec: {host: a.example, upstreams: [{name: u, service: web, port: 80, " + upstream + "}], routes: [{path: /, action: {pass: u}}]}\n"
}

func TestVirtualServer(t *testing.T) {
	check(t, map[string]statement{
		"own method": {text: virtualServer(""), want: "web: nginx/random {two: true}"},
		"in turn":    {text: virtualServer("lb-method: round_robin"), want: "web: nginx/round_robin"},
		"least":      {text: virtualServer("lb-method: least_conn"), want: "web: nginx/least_conn"},
		"address":    {text: virtualServer("lb-method: ip_hash"), want: "web: nginx/ip_hash by address"},
		"hash":       {text: virtualServer("lb-method: hash $cookie_sid consistent"), want: "web: nginx/hash {consistent: true} by cookie sid"},
		"time":       {text: virtualServer("lb-method: least_time header"), want: "web: nginx/random {two: true}", left: "least_time"},
		"cookie":     {text: virtualServer("sessionCookie: {enable: true, name: srv_id, path: /, expires: 1h}"), want: "web: nginx/sticky_cookie {expires: 1h, balance: \"random two\"} by cookie srv_id"},
		"cookie, least": {text: virtualServer("lb-method: least_conn, sessionCookie: {enable: true, name: srv_id, expires: max}"),
			want: "web: nginx/sticky_cookie {balance: least_conn} by cookie srv_id"},
		"no cookie": {text: virtualServer("sessionCookie: {enable: false, name: srv_id}"), want: "web: nginx/random {two: true}"},
		"retries": {text: virtualServer("next-upstream: 'error http_503 http_500', next-upstream-tries: 3, next-upstream-timeout: 4s"),
			want: "web: nginx/random {two: true, next_upstream_on: \"error http_503\", next_upstream_tries: 3, next_upstream_timeout: 4s}"},
		"no retries":  {text: virtualServer("next-upstream: 'off'"), want: "web: nginx/random {two: true, next_upstream: false}"},
		"split":       {text: virtualServer("") + "---\napiVersion: k8s.nginx.org/v1\nkind: VirtualServer\nmetadata: {name: w}\nspec: {routes: [{splits: [{weight: 1, action: {pass: u}}]}]}\n", want: "web: nginx/random {two: true}", left: "splits"},
		"queue":       {text: virtualServer("queue: {size: 10}"), want: "web: nginx/random {two: true}", left: "queue"},
		"transport":   {text: virtualServer("") + "---\napiVersion: k8s.nginx.org/v1\nkind: TransportServer\nmetadata: {name: w}\n", want: "web: nginx/random {two: true}", left: "TransportServer w"},
		"annotations": {text: ingressWith("    nginx.org/lb-method: round_robin\n    nginx.org/proxy-next-upstream-tries: '2'\n"), want: "web: nginx/round_robin {next_upstream_tries: 2}"},
	})
	p := only(t, importText(t, virtualServer("max-fails: 3, fail-timeout: 20s, max-conns: 32, connect-timeout: 3s, read-timeout: 9s, healthCheck: {enable: true, path: /, interval: 20s, fails: 5}")+pods("2")))
	if p.Limits != (ir.Limits{Connect: 3 * sim.Second, Attempt: 9 * sim.Second}) || len(p.Servers) != 2 || p.Servers[0].Info.Limit != 32 || p.Servers[0].Info.Options["max_fails"] != "3" || p.Servers[0].Info.Options["fail_timeout"] != "20s" {
		t.Errorf("%+v", p)
	}
	if p.Health == nil || *p.Health != (sim.Health{Interval: 20 * sim.Second, Timeout: sim.Minute, Fall: 5, Rise: 1}) {
		t.Errorf("health %+v", p.Health)
	}
}

func TestKong(t *testing.T) {
	kong := func(policy, annotations string) string {
		return "kind: Ingress\nmetadata: {name: i}\nspec: {ingressClassName: kong, defaultBackend: {service: {name: web}}}\n" +
			"---\napiVersion: v1\nkind: Service\nmetadata: {name: web, annotations: {konghq.com/upstream-policy: u" + annotations + "}}\n" +
			"---\napiVersion: configuration.konghq.com/v1beta1\nkind: KongUpstreamPolicy\nmetadata: {name: u}\nspec: {" + policy + "}\n"
	}
	check(t, map[string]statement{
		"in turn":  {text: kong("algorithm: round-robin", ""), want: "web: round-robin"},
		"least":    {text: kong("algorithm: least-connections", ""), want: "web: least-connections"},
		"header":   {text: kong("algorithm: consistent-hashing, hashOn: {header: X-User}", ""), want: "web: kong/consistent-hashing {hash_on: header, hash_on_header: X-User} by header X-User"},
		"fallback": {text: kong("algorithm: consistent-hashing, hashOn: {cookie: c, cookiePath: /}, hashOnFallback: {input: ip}", ""), want: "web: kong/consistent-hashing {hash_on: cookie} by cookie c"},
		"other":    {text: kong("algorithm: consistent-hashing, hashOn: {queryArg: u}, hashOnFallback: {input: ip}, slots: 20000, healthchecks: {threshold: 10}", ", konghq.com/retries: '1'"), want: "web: kong/consistent-hashing {hash_on: query_arg, hash_fallback: ip, slots: 20000, threshold: 10, retries: 1} by argument u"},
		"odd":      {text: kong("algorithm: consistent-hashing, hashOn: {input: color}", ""), want: "web: kong/consistent-hashing {hash_on: \"none\"}", left: "hashOn"},
		"sticky":   {text: kong("algorithm: sticky-sessions, hashOn: {input: none}, stickySessions: {cookie: id, cookiePath: /}", ""), want: "web: cookie by cookie id"},
		"latency":  {text: kong("algorithm: latency", ""), want: "web: round-robin", left: "latency"},
		"override": {text: kong("algorithm: round-robin", ", konghq.com/override: o"), want: "web: round-robin", left: "KongIngress"},
	})
	p := only(t, importText(t, kong("", ", konghq.com/connect-timeout: '2000', konghq.com/read-timeout: '7000', konghq.com/retries: '1'")))
	if p.Redispatch != 1 || p.Limits != (ir.Limits{Connect: 2 * sim.Second, Attempt: 7 * sim.Second}) {
		t.Errorf("%+v", p)
	}
}

func TestIngressRetries(t *testing.T) {
	const nginx = "    nginx.ingress.kubernetes.io/"
	for text, want := range map[string]ir.Pool{
		nginx + "load-balance: round_robin\n":                                               {Redispatch: 2, Limits: ir.Limits{Connect: 5 * sim.Second, Attempt: sim.Minute}},
		nginx + "proxy-connect-timeout: '2'\n" + nginx + "proxy-read-timeout: '90'\n":       {Redispatch: 2, Limits: ir.Limits{Connect: 2 * sim.Second, Attempt: 90 * sim.Second}},
		nginx + "proxy-next-upstream: 'off'\n":                                              {Limits: ir.Limits{Connect: 5 * sim.Second, Attempt: sim.Minute}},
		nginx + "proxy-next-upstream: error\n" + nginx + "proxy-next-upstream-tries: '5'\n": {Redispatch: 4, Limits: ir.Limits{Connect: 5 * sim.Second, Attempt: sim.Minute}},
	} {
		if p := only(t, importText(t, ingressWith(text))); p.Redispatch != want.Redispatch || p.Limits != want.Limits {
			t.Errorf("%s: redispatch %d, limits %+v", text, p.Redispatch, p.Limits)
		}
	}
}
