//go:build unix

package importer_test

import (
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"stickysim/scenarios/importer"
	"stickysim/testdata/cputime"
)

// many writes n lines of a format with one number.
func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// shape is a configuration that grows with n.
type shape struct {
	product, what string
	text          func(n int) string
}

// took is the CPU time that the import of a configuration takes.
func (x shape) took(t *testing.T, n int) time.Duration {
	t.Helper()
	data := []byte(x.text(n))
	name := "file"
	if x.product == "traefik" { // which tells its formats by the name
		name = x.what
	}
	return cputime.Of(func() {
		if _, err := importer.Import(importer.File(name, data), x.product, name); err != nil {
			t.Fatalf("%s, %s: %v", x.product, x.what, err)
		}
	})
}

// large are configurations that grow with n, each in another way.
var large = []shape{
	{"nginx", "servers", func(n int) string { return "upstream u {\n" + many(n, "server s%d;\n") + "}" }},
	{"nginx", "upstreams", func(n int) string {
		return many(n, "upstream u%d { ip_hash; server a; server b; }\n") + "server {\n" + many(n, "location /%[1]d { proxy_pass http://u%[1]d; }\n") + "}"
	}},
	{"nginx", "upstreams that a table names", func(n int) string {
		return many(n, "upstream u%d { server a; }\n") + "map $arg_x $u {\n" + many(n, "%[1]d u%[1]d;\n") + "}\nserver { location / { proxy_pass http://$u; } }"
	}},
	{"nginx", "variables", func(n int) string {
		return "server {\n" + many(n, "set $a%d b;\n") + "}\nupstream u { hash $a1; server a; }"
	}},
	{"nginx", "servers with names", func(n int) string {
		return "upstream u { server a; }\n" + many(n, "server { server_name s%d; location / { proxy_pass http://u; } }\n")
	}},
	{"nginx", "passes to computed names", func(n int) string {
		return many(n/10, "upstream u%d { server a; }\n") + "server {\n" + many(10, "location /%d { proxy_pass http://$x; }\n") + "}"
	}},
	{"nginx", "trusted proxies", func(n int) string {
		return many(n, "set_real_ip_from 10.0.0.%d;\n") + "upstream u { server a; }\nserver {\n" + many(n, "location /%d { proxy_pass http://u; }\n") + "}"
	}},
	{"nginx", "unknown directives", func(n int) string { return many(n, "frobnicate%d;\n") }},
	{"terraform", "resources of a plan", func(n int) string {
		return `{"terraform_version": "1", "planned_values": {"root_module": {"resources": [` +
			many(n, `{"type": "aws_lb_target_group", "name": "g%[1]d", "values": {}}, {"address": "a%[1]d", "type": "aws_lb_target_group_attachment", "name": "a%[1]d", "values": {}}, `) +
			`{}]}}, "resource_changes": [` + many(n, `{"address": "a%[1]d", "change": {"after_unknown": {"target_group_arn": true}}}, `) + `{}],
			"configuration": {"root_module": {"resources": [` + many(n, `{"type": "aws_lb_target_group_attachment", "name": "a%[1]d", "expressions": {"target_group_arn": {"references": ["aws_lb_target_group.g%[1]d"]}}}, `) + `{}]}}}`
	}},
	{"haproxy", "servers", func(n int) string { return "backend b\n" + many(n, " server s%[1]d 10.0.0.1:%[1]d check\n") }},
	{"haproxy", "servers with a source", func(n int) string {
		return "backend b\n balance source\n hash-type consistent\n" + many(n, " server s%[1]d 10.0.0.1:80 source 10.0.0.2:%[1]d id 1%[1]d\n")
	}},
	{"haproxy", "backends", func(n int) string {
		return "frontend f\n" + many(n, " use_backend b%[1]d if { path /%[1]d }\n") + many(n, "backend b%d\n balance leastconn\n server a a:80\n")
	}},
	{"haproxy", "backends of frontends", func(n int) string {
		return many(n, "backend b%d\n server a a:80\n") + many(n, "frontend f%d\n default_backend none\n")
	}},
	{"haproxy", "frontends that compute names", func(n int) string {
		return many(n, "frontend f%[1]d\n bind :80 accept-proxy\n use_backend %%[path]\nbackend b%[1]d\n server a a:80\n")
	}},
	{"haproxy", "stick rules that look nothing up", func(n int) string {
		return "backend b\n stick-table type ip size 1k\n server a a:80\n" + many(n, " stick store-request src if { path /%d }\n")
	}},
	{"haproxy", "stick rules", func(n int) string {
		return "backend b\n stick-table type ip size 1k\n server a a:80\n" + many(n, " stick on src if { path /%d }\n")
	}},
	{"haproxy", "stick tables", func(n int) string {
		return many(n, "backend b%d\n stick-table type ip size 1k\n stick on src\n server a a:80\n")
	}},
	{"haproxy", "unknown words", func(n int) string { return "backend b\n" + many(n, " frobnicate%d\n") }},
	{"apache", "members", func(n int) string {
		return "<Proxy balancer://a>\n" + many(min(n, 9000), "BalancerMember http://10.0.0.1:%[1]d route=r%[1]d\n") + "</Proxy>\nProxyPass / balancer://a stickysession=A\n"
	}},
	{"apache", "balancers", func(n int) string {
		return many(n, "<Proxy balancer://a%[1]d>\nBalancerMember http://a route=r\n</Proxy>\nProxyPass /%[1]d balancer://a%[1]d/ stickysession=A%[1]d\nHeader add Set-Cookie \"A%[1]d=.%%{BALANCER_WORKER_ROUTE}e\"\n")
	}},
	{"apache", "workers", func(n int) string {
		return "worker.list=lb\nworker.lb.type=lb\n" + many(min(n, 9000), "worker.lb.balance_workers=w%[1]d\nworker.w%[1]d.reference=worker.t\nworker.w%[1]d.port=1\n")
	}},
	{"apache", "variables", func(n int) string { return many(n, "Define a%[1]d x\nServerName ${a%[1]d}\n") }},
	{"apache", "unknown directives", func(n int) string { return many(n, "Frobnicate%d on\n") }},
	{"caddy", "upstreams", func(n int) string { return "reverse_proxy {\n" + many(min(n, 9000), "to 10.0.0.1:%d\n") + "}" }},
	{"caddy", "sites", func(n int) string { return many(n, "s%d.example {\n reverse_proxy a b\n}\n") }},
	{"caddy", "snippets", func(n int) string {
		return many(n/100, "(x%d) {\n reverse_proxy a b\n}\n") + ":80 {\n" + many(min(n/100, 900), "import x%d\n") + "}"
	}},
	{"caddy", "sites of JSON", func(n int) string {
		return `{"apps": {"http": {"servers": {"s": {"routes": [` + many(n, `{"match": [{"host": ["h%d"]}], "handle": [{"handler": "reverse_proxy", "upstreams": [{"dial": "a:80"}]}]},`) + `{}]}}}}}`
	}},
	{"caddy", "unknown directives", func(n int) string { return ":80 {\n" + many(n, "frobnicate%d\n") + "}" }},
	{"lighttpd", "servers", func(n int) string {
		return "proxy.server = ( \"\" => (\n" + many(min(n, 9000), "( \"host\" => \"10.0.0.1\", \"port\" => 1%04d ),\n") + ") )"
	}},
	{"lighttpd", "pools", func(n int) string {
		return many(n, "$HTTP[\"host\"] == \"h%d\" {\n proxy.server = ( \"\" => (( \"host\" => \"a\" )) )\n}\n")
	}},
	{"traefik", "dynamic.toml", func(n int) string {
		return many(n, "[http.services.s%[1]d.loadBalancer]\n[[http.services.s%[1]d.loadBalancer.servers]]\nurl = \"http://h%[1]d\"\n")
	}},
	{"traefik", "docker-compose.yml", func(n int) string {
		return "services:\n  app:\n    image: x\n    labels:\n" + many(n, "      - \"traefik.http.services.s%d.loadbalancer.server.port=80\"\n")
	}},
	{"lighttpd", "unknown settings", func(n int) string { return many(n, "frob.nicate%d = 1\n") }},
}

// A configuration of twice the size takes at most three times the time, and one of four times the size nine times.
func TestLargeConfigurationsTakeTimeInProportion(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // took collects before it measures
	for _, x := range large {
		n := 500
		first := x.took(t, n)
		for ; first < 5*time.Millisecond && n < 2000; n *= 2 {
			first = x.took(t, 2*n)
		}
		fourth := x.took(t, 4*n)
		ratio := func() float64 { return float64(fourth) / float64(max(first, 2*time.Millisecond)) }
		for tries := 0; tries < 8 && ratio() > 9; tries++ { // other work on the processor counts, too
			fourth = min(fourth, x.took(t, 4*n))
		}
		if ratio := ratio(); ratio > 9 {
			t.Errorf("%s, %s: %d take %.1f times as long as %d", x.product, x.what, 4*n, ratio, n)
		}
	}
}
