package importer_test

import (
	"reflect"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

// Whose address a balancer sees is what its configuration says of trusted proxies.
func TestWhoIsTrusted(t *testing.T) {
	caddy := func(options string) string {
		return "{\n\tdebug\n" + options + "\n}\n:80 {\n\treverse_proxy a:80 b:80 {\n\t\tlb_policy client_ip_hash\n\t}\n}\n"
	}
	haproxy := func(frontend, backend string) string {
		return "frontend f\n mode http\n" + frontend + "\n default_backend b\nbackend b\n mode http\n balance source\n" + backend + "\n server s1 10.0.0.1:80\n server s2 10.0.0.2:80\n"
	}
	nginx := func(text string) string {
		return "http {\n" + text + "\n upstream u { ip_hash; server 10.0.0.1; server 10.0.0.2; }\n server { location / { proxy_pass http://u; } }\n}\n"
	}
	envoy := func(manager string) string {
		text := framed("envoy", "RING_HASH|connection_properties: {source_ip: true}")
		return strings.Replace(text, "          route_config:", "          "+manager+"\n          route_config:", 1)
	}
	all := &ir.Sees{}
	for _, c := range []struct {
		product, text string
		want          *ir.Sees
	}{
		{"nginx", nginx(""), nil},
		{"nginx", nginx("real_ip_header X-Forwarded-For;"), nil},
		{"nginx", nginx("set_real_ip_from 10.0.0.0/8; set_real_ip_from 192.0.2.1; real_ip_header X-Forwarded-For;"), &ir.Sees{Trusted: []string{"10.0.0.0/8", "192.0.2.1"}}},
		{"nginx", nginx("set_real_ip_from proxy.internal;"), all},
		{"haproxy", haproxy("", ""), nil},
		{"haproxy", haproxy(" bind :80 accept-proxy", ""), all},
		{"haproxy", haproxy(" bind :80\n tcp-request connection expect-proxy layer4", ""), all},
		{"haproxy", haproxy("", " http-request set-src hdr(X-Forwarded-For)"), all},
		{"haproxy", haproxy(" http-request set-src hdr(X-Forwarded-For)", ""), all},
		{"caddy", caddy(""), nil},
		{"caddy", caddy("\tservers {\n\t\ttrusted_proxies static 192.0.2.0/24\n\t}"), &ir.Sees{Trusted: []string{"192.0.2.0/24"}}},
		{"caddy", caddy("\tservers {\n\t\ttrusted_proxies cloudflare\n\t}"), all},
		{"caddy", `{"apps": {"http": {"servers": {"s": {"trusted_proxies": {"source": "static", "ranges": ["10.0.0.0/8"]}, "routes": [{"handle": [{"handler": "reverse_proxy", "upstreams": [{"dial": "a:80"}, {"dial": "b:80"}], "load_balancing": {"selection_policy": {"policy": "client_ip_hash"}}}]}]}}}}}`,
			&ir.Sees{Trusted: []string{"10.0.0.0/8"}}},
		{"envoy", envoy("stat_prefix: h"), all},
		{"envoy", envoy("use_remote_address: true"), nil},
		{"envoy", envoy("use_remote_address: true\n          xff_num_trusted_hops: 1"), all},
		{"traefik", "entryPoints:\n  web:\n    forwardedHeaders: {trustedIPs: [10.0.0.0/8]}\nhttp: {services: {s: {loadBalancer: {strategy: hrw, servers: [{url: http://a}, {url: http://b}]}}}}\n", nil},
		{"traefik", "entryPoints:\n  web:\n    proxyProtocol: {trustedIPs: [10.0.0.0/8]}\nhttp: {services: {s: {loadBalancer: {strategy: hrw, servers: [{url: http://a}, {url: http://b}]}}}}\n", &ir.Sees{Trusted: []string{"10.0.0.0/8"}}},
		{"kubernetes", framed("kubernetes", "nginx.ingress.kubernetes.io/upstream-hash-by|$remote_addr"), nil},
		{"kubernetes", framed("kubernetes", "nginx.ingress.kubernetes.io/upstream-hash-by|$remote_addr") + "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {use-forwarded-headers: \"true\"}}\n", all},
	} {
		cfg, err := importer.Import(importer.File("conf", []byte(c.text)), c.product, "conf")
		if err != nil {
			t.Errorf("%s: %v\n%s", c.product, err, c.text)
			continue
		}
		p := &cfg.Pools[0]
		if !reflect.DeepEqual(p.Sees, c.want) && !(p.Sees != nil && c.want != nil && len(p.Sees.Trusted)+len(c.want.Trusted) == 0) {
			t.Errorf("%s: sees %+v, want %+v\n%s", c.product, p.Sees, c.want, c.text)
		}
		yaml, err := importer.ToScenario(cfg, p)
		if err != nil {
			t.Errorf("%s: %v\n%s", c.product, err, c.text)
		}
		if said := strings.Contains(string(yaml), "seen_as: forwarded"); said != (c.want != nil) {
			t.Errorf("%s: the scenario says seen_as: forwarded: %v\n%s", c.product, said, yaml)
		}
	}
}
