package importer_test

import (
	"strings"
	"testing"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

// A setting that a later line gives again has no effect, in any product, and is said to have none; where both lines are in different blocks,
// both have their place.
func TestSettingsThatAreGivenAgain(t *testing.T) {
	for _, c := range []struct {
		file, text string
		said       string // of line 2; empty: nothing
	}{
		{"Caddyfile", "reverse_proxy 10.0.0.1 10.0.0.2 {\n lb_retries 2\n lb_retries 3\n}\n", "lb_retries 2: without effect, since line 3"},
		{"Caddyfile", "reverse_proxy 10.0.0.1 {\n lb_retries 2\n}\nreverse_proxy /a 10.0.0.2 {\n lb_retries 3\n}\n", ""},
		{"lighttpd.conf", "proxy.server = (\"\" => ((\"host\" => \"10.0.0.1\")))\nproxy.balance = \"sticky\"\nproxy.balance = \"hash\"\n", "proxy.balance: set again in this block, at line 3"},
		{"lighttpd.conf", "proxy.server = (\"\" => ((\"host\" => \"10.0.0.1\")))\nproxy.balance = \"sticky\"\n$HTTP[\"host\"] == \"a\" {\n proxy.balance = \"hash\"\n}\n", ""},
		{"docker-compose.yml", "services: {web: {image: x, labels: [\ntraefik.http.services.w.loadbalancer.sticky.cookie.name=a,\ntraefik.http.services.w.loadbalancer.sticky.cookie.name=b]}}\n", "sticky.cookie.name=a: without effect, since line 3"},
		{"haproxy.cfg", "backend b\n retries 2\n retries 3\n server a 10.0.0.1:80\n", "retries 2: without effect, since line 3"},
		{"httpd.conf", "<Proxy balancer://a>\nProxySet stickysession=A\nProxySet stickysession=B\nBalancerMember http://10.0.0.1\n</Proxy>\nProxyPass / balancer://a/\n", "stickysession=A: without effect, since line 3"},
		{"nginx.conf", "upstream u { server 10.0.0.1; }\nproxy_read_timeout 2s;\nproxy_read_timeout 3s;\nserver { location / { proxy_pass http://u; } }\n", "given again in this block, at line 3"},
	} {
		config, err := importer.Import(importer.File(c.file, []byte(c.text)), "", c.file)
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		said := false
		for _, r := range config.In(ir.NotCarried) {
			said = said || r.Line == 2 && (c.said == "" || strings.Contains(r.Text, c.said))
		}
		if said != (c.said != "") {
			t.Errorf("%s: line 2: %v; want %q", c.file, config.In(ir.NotCarried), c.said)
		}
	}
}

// Envoy refuses a weight of 0.
func TestWeightsOfZero(t *testing.T) {
	text := "static_resources: {clusters: [{name: c, load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [\n" +
		"{endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}, load_balancing_weight: 0}]}]}}]}\n"
	config, err := importer.Import(importer.File("envoy.yaml", []byte(text)), "envoy", "envoy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range config.In(ir.NotCarried) {
		if strings.Contains(r.Text, "load_balancing_weight 0: Envoy refuses") && config.Pools[0].Servers[0].Info.Weight == 1 {
			return
		}
	}
	t.Errorf("%+v, %v", config.Pools[0].Servers, config.Remarks)
}
