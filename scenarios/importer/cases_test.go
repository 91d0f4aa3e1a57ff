package importer_test

import (
	"os"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// imported is what a case becomes.
func imported(t *testing.T, file string) *ir.Config {
	t.Helper()
	c, err := importer.Import(os.DirFS(cases), "", file)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// has reports whether a remark in a drawer at a line holds a text.
func has(c *ir.Config, d ir.Drawer, line int, text string) bool {
	for _, r := range c.In(d) {
		if r.Line == line && strings.Contains(r.Text, text) {
			return true
		}
	}
	return false
}

// The limits of a pass hold for every upstream that a variable in it may name.
func TestLimitsOfPassesWithVariables(t *testing.T) {
	c := imported(t, "nginx-var-tries.conf")
	if p := c.Pools[0]; p.Name != "sync" || p.Redispatch != 0 || !has(c, ir.Translated, 5, "proxy_next_upstream_tries 1") {
		t.Errorf("pool %s: %d further attempts, want none; remarks %v", p.Name, p.Redispatch, c.Remarks)
	}
}

// A route that no server has cannot bind, which the pool's remarks say.
func TestRoutesThatNoServerHas(t *testing.T) {
	c := imported(t, "nginx-jvm-route.conf")
	if c.Pools[0].Policy != "nginx/round_robin" || !has(c, ir.NotCarried, 2, "jvm_route") {
		t.Errorf("policy %s, remarks %v", c.Pools[0].Policy, c.Remarks)
	}
}

// A server that is down keeps its place.
func TestServersThatAreDownStay(t *testing.T) {
	if p := imported(t, "nginx-down-ip.conf").Pools[0]; len(p.Servers) != 4 || p.Servers[1].Status != sim.Down {
		t.Errorf("servers %+v", p.Servers)
	}
}

// With trusted_proxies the key is the client that X-Forwarded-For names, without them whoever connects.
func TestTrustedProxiesOfCaddy(t *testing.T) {
	if p := imported(t, "caddy.json").Pools[0]; p.Sees == nil || len(p.Sees.Trusted) != 1 || p.Policy != "caddy/client_ip_hash" {
		t.Errorf("JSON: %+v", p)
	}
	if p := imported(t, "caddy5469-trust.Caddyfile").Pools[0]; p.Sees == nil || len(p.Sees.Trusted) != 6 || p.Key.Kind != "address" {
		t.Errorf("with trusted_proxies: %+v", p)
	}
	c := imported(t, "caddy5469-no-trust.Caddyfile")
	if p := c.Pools[0]; p.Sees != nil || !has(c, ir.Assumed, 2, "all clients behind one proxy or CDN address are then one") {
		t.Errorf("without: %+v, remarks %v", p, c.Remarks)
	}
}

// Without health checks in the file there are none.
func TestNoHealthChecksAreInvented(t *testing.T) {
	if p := imported(t, "no-health.Caddyfile").Pools[0]; p.Health != nil {
		t.Errorf("health %+v", p.Health)
	}
}

// Without a name the pool is taken that the file sends requests to where no rule sends them elsewhere.
func TestDesignatedPools(t *testing.T) {
	for _, x := range []struct{ name, text, want string }{
		{"Caddyfile", ":80 {\n handle /x/* {\n reverse_proxy a b\n }\n handle {\n reverse_proxy c\n }\n}\n", ":80"},
		{"Caddyfile", "a.example {\n reverse_proxy a b\n}\n:80 {\n reverse_proxy c\n}\n", ":80"},
		{"Caddyfile", "a.example {\n reverse_proxy a b\n}\nb.example {\n reverse_proxy c\n}\n", ""},
		{"httpd.conf", "<Proxy balancer://a>\nBalancerMember http://10.0.0.1\n</Proxy>\n<Proxy balancer://b>\nBalancerMember http://10.0.0.2\n</Proxy>\n" +
			"ProxyPass /x balancer://a\nProxyPass / balancer://b\n", "b"},
		{"lighttpd.conf", "proxy.server = ( \"/x\" => (( \"host\" => \"10.0.0.1\" )), \"\" => (( \"host\" => \"10.0.0.2\" )) )\n", "proxy.server"},
		{"haproxy.cfg", "backend a\n server a1 10.0.0.1:80\n server a2 10.0.0.2:80\nbackend b\n server b1 10.0.0.3:80\nfrontend f\n default_backend b\n", "b"},
		{"haproxy.cfg", "backend a\n server a1 10.0.0.1:80\n server a2 10.0.0.2:80\nlisten stats\n stats enable\nlisten b\n server b1 10.0.0.3:80\n", "b"},
		{"nginx.conf", "upstream a { server 10.0.0.1; server 10.0.0.2; }\nupstream b { server 10.0.0.3; }\n" +
			"server { location /x { proxy_pass http://a; } location / { proxy_pass http://b; } }", "b"},
		{"nginx.conf", "upstream a { server 10.0.0.1; server 10.0.0.2; }\nupstream b { server 10.0.0.3; }\n" +
			"server { listen 80; location / { proxy_pass http://a; } }\nserver { listen 80 default_server; location / { proxy_pass http://b; } }", "b"},
		{"nginx.conf", "upstream a { server 10.0.0.1; }\nupstream b { server 10.0.0.2; server 10.0.0.3; }\nmap $http_x $to { default a; y b; }\n" +
			"server { location / { proxy_pass http://$to; } }", "a"},
	} {
		c, err := importer.Import(importer.File(x.name, []byte(x.text)), "", x.name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range c.Pools {
			if p.Default != (p.Name == x.want) {
				t.Errorf("%s: pool %s is designated: %v; want %s in\n%s", x.name, p.Name, p.Default, x.want, x.text)
			}
		}
	}
}

func TestDefaultBackend(t *testing.T) {
	p, err := importer.Choose(imported(t, "meshblu.cfg"), "")
	if err != nil || p.Name != "web" {
		t.Errorf("pool %+v, %v; want web, the default_backend of the first frontend", p, err)
	}
}

// lighttpd's extforward says whose address balance sticky sees.
func TestTrustedProxiesOfLighttpd(t *testing.T) {
	p := imported(t, "lighttpd.conf").Pools[0]
	if p.Sees == nil || len(p.Sees.Trusted) != 1 || p.Balancers.Count != 4 || p.Policy != "lighttpd/sticky" {
		t.Errorf("%+v", p)
	}
}
