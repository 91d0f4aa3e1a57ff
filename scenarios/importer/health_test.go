package importer_test

import (
	"regexp"
	"testing"

	"stickysim/scenarios/importer"
)

// unchecked are configurations that say nothing of health checks, and what their product then does: it never probes, or has
// checks of its own.
var unchecked = map[string][]struct{ config, health string }{
	"nginx":    {{"upstream app { server 10.0.0.1; server 10.0.0.2; }\nserver { location / { proxy_pass http://app; } }", "none"}},
	"haproxy":  {{"backend app\n balance roundrobin\n server s1 10.0.0.1:80\n server s2 10.0.0.2:80\n", "none"}},
	"caddy":    {{":80 {\n\treverse_proxy 10.0.0.1:80 10.0.0.2:80\n}\n", "none"}},
	"traefik":  {{"http:\n  services:\n    app:\n      loadBalancer:\n        servers: [{url: \"http://10.0.0.1/\"}, {url: \"http://10.0.0.2/\"}]\n", "none"}},
	"apache":   {{"<Proxy balancer://app>\n BalancerMember http://10.0.0.1\n BalancerMember http://10.0.0.2\n</Proxy>\nProxyPass / balancer://app/\n", "none"}},
	"lighttpd": {{"server.modules = (\"mod_proxy\")\nproxy.server = (\"\" => ((\"host\" => \"10.0.0.1\", \"port\" => 80), (\"host\" => \"10.0.0.2\", \"port\" => 80)))\n", "none"}},
	"envoy": {{"static_resources:\n  clusters:\n  - name: app\n    load_assignment:\n      endpoints:\n      - lb_endpoints:\n" +
		"        - {endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}}\n" +
		"        - {endpoint: {address: {socket_address: {address: 10.0.0.2, port_value: 80}}}}\n", "none"}},
	"kubernetes": {{"apiVersion: v1\nkind: Service\nmetadata: {name: app}\nspec: {selector: {app: app}, ports: [{port: 80}]}\n",
		"{interval: 1s, connect_timeout: 40s, timeout: 3650d, fall: 1, rise: 1}"}},
	"yarp":           {{"{\"ReverseProxy\": {\"Clusters\": {\"app\": {\"Destinations\": {\"a\": {\"Address\": \"http://10.0.0.1/\"}}}}}}", "none"}},
	"cloudformation": {{"Resources: {W: {Type: AWS::ElasticLoadBalancingV2::TargetGroup}}", "{interval: 30s, timeout: 5s, fall: 2, rise: 5}"}},
	"apisix":         {{"upstreams:\n- id: 1\n  type: roundrobin\n  nodes: {\"10.0.0.1:80\": 1, \"10.0.0.2:80\": 1}\n#END\n", "none"}},
	"kong":           {{"_format_version: \"3.0\"\nupstreams:\n- name: a\n  targets: [{target: \"10.0.0.1:80\"}, {target: \"10.0.0.2:80\"}]\n", "none"}},
	"terraform": {
		{"resource \"aws_lb_target_group\" \"app\" {\n  port = 80\n  protocol = \"HTTP\"\n}\n", "{interval: 30s, timeout: 5s, fall: 2, rise: 5}"},
		{"resource \"google_compute_backend_service\" \"app\" {\n  name = \"app\"\n}\n", "{interval: 5s, timeout: 5s, fall: 2, rise: 2}"},
	},
}

// Where a configuration says nothing of health checks, the scenario has those of the product, and no probe where it has none.
func TestHealthChecksAreTheProducts(t *testing.T) {
	health := regexp.MustCompile(`(?m)^health: (none|\{.*\})`)
	for _, product := range importer.Products() {
		if len(unchecked[product]) == 0 {
			t.Errorf("%s: no configuration without health checks", product)
		}
		for _, c := range unchecked[product] {
			config, err := importer.Import(importer.File("config", []byte(c.config)), product, "config")
			if err != nil || len(config.Pools) == 0 {
				t.Errorf("%s: %v, %d pools", product, err, len(config.Pools))
				continue
			}
			yaml, err := importer.ToScenario(config, &config.Pools[0])
			if err != nil {
				t.Errorf("%s: %v", product, err)
				continue
			}
			if got := health.FindSubmatch(yaml); got == nil || string(got[1]) != c.health {
				t.Errorf("%s: health %q, want %q", product, got, c.health)
			}
		}
	}
}
