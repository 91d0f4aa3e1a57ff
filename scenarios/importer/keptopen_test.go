package importer_test

import (
	"strings"
	"testing"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// WebSockets keep clients where they are, so what lets them through matters; what does not, does not.
func TestConnectionsThatStayOpenMatter(t *testing.T) {
	nginx := func(header string) string {
		return "http {\n upstream u { server 10.0.0.1; server 10.0.0.2; }\n server { location / { proxy_pass http://u;\n" + header + "\n} }\n}\n"
	}
	apache := func(first, second string) string {
		return "<Proxy balancer://b>\nBalancerMember " + first + "\nBalancerMember " + second + "\n</Proxy>\nProxyPass / balancer://b/\n"
	}
	lighttpd := func(header string) string {
		return "proxy.server = (\"\" => ((\"host\" => \"10.0.0.1\"), (\"host\" => \"10.0.0.2\")))\n" + header + "\n"
	}
	apisix := func(route string) string {
		return "routes:\n- {id: 1, uri: /, upstream_id: 1" + route + "}\nupstreams:\n- {id: 1, type: roundrobin, nodes: {\"10.0.0.1:80\": 1, \"10.0.0.2:80\": 1}}\n#END\n"
	}
	httpProxy := func(route string) string {
		return "{apiVersion: projectcontour.io/v1, kind: HTTPProxy, metadata: {name: p}, spec: {routes: [{services: [{name: shop, port: 80}]" + route + "}]}}\n"
	}
	envoy := func(manager string) string {
		return strings.Replace(framed("envoy", "ROUND_ROBIN|"), "          route_config:", "          "+manager+"\n          route_config:", 1)
	}
	for _, c := range []struct {
		product, text string
		matters       bool
	}{
		{"nginx", nginx("proxy_set_header Upgrade $http_upgrade;"), true},
		{"nginx", nginx("proxy_set_header upgrade websocket;"), true},
		{"nginx", nginx("proxy_set_header Upgrade \"\";"), false},
		{"nginx", nginx("proxy_set_header Host $host;"), false},
		{"apache", apache("http://10.0.0.1 upgrade=websocket", "http://10.0.0.2"), true},
		{"apache", apache("WS://10.0.0.1", "WS://10.0.0.2"), true},
		{"apache", apache("http://10.0.0.1", "http://10.0.0.2"), false},
		{"lighttpd", lighttpd(`proxy.header = ("upgrade" => "enable")`), true},
		{"lighttpd", lighttpd(`proxy.header = ("upgrade" => "disable")`), false},
		{"apisix", apisix(", enable_websocket: true"), true},
		{"apisix", apisix(", enable_websocket: false"), false},
		{"kubernetes", httpProxy(", enableWebsockets: true"), true},
		{"kubernetes", framed("kubernetes", "nginx.org/websocket-services|shop"), true},
		{"envoy", envoy("upgrade_configs: [{upgrade_type: websocket}]"), true},
		{"envoy", envoy("stat_prefix: h"), false},
	} {
		cfg, err := importer.Import(importer.File("conf", []byte(c.text)), c.product, "conf")
		if err != nil {
			t.Errorf("%s: %v\n%s", c.product, err, c.text)
			continue
		}
		found := 0
		for _, r := range cfg.In(ir.NotCarried) {
			if strings.Contains(r.Text, source.KeptOpen) {
				found++
			}
		}
		if found != map[bool]int{true: 1}[c.matters] {
			t.Errorf("%s: %d remarks on connections that stay open, want them: %v\n%s\n%v", c.product, found, c.matters, c.text, cfg.Remarks)
		}
	}
}
