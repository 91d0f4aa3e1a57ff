package importer_test

import (
	"strings"
	"testing"

	"stickysim/scenarios/importer"
)

// Whose address a pool goes by is what the listener, server or block says that its requests come through, not what others say.
func TestWhoseAddressIsOfTheWayThere(t *testing.T) {
	manager := func(hops, cluster string) string {
		return `  - filter_chains:
    - filters:
      - typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          use_remote_address: true` + hops + `
          route_config: {virtual_hosts: [{routes: [{match: {prefix: "/"}, route: {cluster: ` + cluster + `, hash_policy: [{connection_properties: {source_ip: true}}]}}]}]}
`
	}
	cluster := func(name string) string {
		return "  - {name: " + name + ", type: STATIC, lb_policy: MAGLEV, load_assignment: {cluster_name: " + name + ", endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}}]}]}}\n"
	}
	for product, text := range map[string]string{
		"envoy": "static_resources:\n  listeners:\n" + manager("\n          xff_num_trusted_hops: 1", "a") + manager("", "b") + "  clusters:\n" + cluster("a") + cluster("b"),
		"caddy": "{\n servers :80 {\n  trusted_proxies static private_ranges\n }\n}\nhttp://a {\n reverse_proxy x y {\n  lb_policy client_ip_hash\n }\n}\nb {\n reverse_proxy x y {\n  lb_policy client_ip_hash\n }\n}\n",
		"nginx": "upstream a { ip_hash; server x; }\nupstream b { ip_hash; server x; }\nserver { set_real_ip_from 10.0.0.0/8; location / { proxy_pass http://a; } }\nserver { location / { proxy_pass http://b; } }\n",
		"haproxy": "frontend f\n bind :80 accept-proxy\n default_backend a\nfrontend g\n bind :81\n default_backend b\n" +
			"backend a\n balance source\n server x x:80\nbackend b\n balance source\n server x x:80\n",
	} {
		c, err := importer.Import(importer.File("f", []byte(text)), product, "f")
		if err != nil {
			t.Fatalf("%s: %v", product, err)
		}
		for _, p := range c.Pools {
			if want := strings.HasSuffix(p.Name, "a"); (p.Sees != nil) != want {
				t.Errorf("%s: pool %s sees %+v", product, p.Name, p.Sees)
			}
		}
		if len(c.Pools) != 2 {
			t.Errorf("%s: %d pools", product, len(c.Pools))
		}
	}
}
