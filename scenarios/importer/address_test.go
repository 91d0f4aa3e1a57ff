package importer_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"stickysim/policies/replay"
	"stickysim/scenarios"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// addressKeys are configurations that balance by something that is the same for all clients behind one address: the
// address itself, or a header in which a proxy in front writes it. The text is what goes into the product's frame.
var addressKeys = []struct{ product, text string }{
	{"nginx", "ip_hash;"},
	{"nginx", "hash $binary_remote_addr consistent;"},
	{"nginx", "hash $remote_addr;"},
	{"nginx", "hash $remote_addr consistent;"},
	{"nginx", "hash $http_x_forwarded_for consistent;"},
	{"nginx", "hash $proxy_add_x_forwarded_for;"},
	{"nginx", "hash $proxy_protocol_addr;"},
	{"nginx", "hash $realip_remote_addr;"},
	{"nginx", `hash "$remote_addr:$server_port";`},
	{"nginx", "hash $http_x_real_ip;"},
	{"nginx", "hash $http_cf_connecting_ip;"},
	{"nginx", "hash prefix-${remote_addr}-$scheme consistent;"},
	{"nginx", "sticky learn create=$remote_addr lookup=$remote_addr zone=z:1m;"},
	{"haproxy", "balance source"},
	{"haproxy", "balance hash src"},
	{"haproxy", "balance hash src,ipmask(32,64)"},
	{"haproxy", "balance hdr(X-Forwarded-For)"},
	{"haproxy", "balance hash req.hdr_ip(x-forwarded-for)"},
	{"haproxy", "balance hash req.hdr(x-forwarded-for,1)\n hash-type consistent"},
	{"haproxy", "balance roundrobin\n stick-table type ip size 10k\n stick on src"},
	{"haproxy", "balance roundrobin\n stick-table type ip size 10k\n stick on hdr_ip(X-Forwarded-For)"},
	{"haproxy", "balance roundrobin\n stick-table type string len 64 size 10k\n stick on req.hdr(X-Forwarded-For)"},
	{"caddy", "ip_hash"},
	{"caddy", "client_ip_hash"},
	{"caddy", "header X-Forwarded-For"},
	{"caddy", "header X-Real-IP"},
	{"envoy", "RING_HASH|connection_properties: {source_ip: true}"},
	{"envoy", "RING_HASH|header: {header_name: x-forwarded-for}"},
	{"envoy", "MAGLEV|connection_properties: {source_ip: true}"},
	{"envoy", "MAGLEV|header: {header_name: X-Real-IP}"},
	{"kubernetes", "nginx.ingress.kubernetes.io/upstream-hash-by|$binary_remote_addr"},
	{"kubernetes", "nginx.ingress.kubernetes.io/upstream-hash-by|$remote_addr"},
	{"kubernetes", "nginx.ingress.kubernetes.io/upstream-hash-by|$http_x_forwarded_for"},
	{"kubernetes", "nginx.org/lb-method|hash $remote_addr consistent"},
	{"kubernetes", "nginx.org/lb-method|hash $http_x_forwarded_for"},
}

// framed puts the text of a key into a configuration of four servers.
func framed(product, text string) string {
	var servers strings.Builder
	each := func(format string) string {
		servers.Reset()
		for i := 1; i <= 4; i++ {
			fmt.Fprintf(&servers, format, i)
		}
		return servers.String()
	}
	first, second, _ := strings.Cut(text, "|")
	switch product {
	case "nginx":
		return "http {\n upstream u {\n " + text + "\n" + each(" server 10.0.0.%d:80;\n") + "}\n server { location / { proxy_pass http://u; } }\n}\n"
	case "haproxy":
		return "defaults\n mode http\nbackend b\n " + text + "\n" + each(" server s%[1]d 10.0.0.%[1]d:80\n")
	case "caddy":
		return "example.com {\n reverse_proxy " + each("10.0.0.%d:80 ") + "{\n lb_policy " + text + "\n }\n}\n"
	case "envoy":
		return `static_resources:
  listeners:
  - filter_chains:
    - filters:
      - typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          route_config: {virtual_hosts: [{name: v, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: c, hash_policy: [{` + second + `}]}}]}]}
  clusters:
  - name: c
    lb_policy: ` + first + "\n    load_assignment:\n      endpoints:\n      - lb_endpoints:\n" +
			each("        - endpoint: {address: {socket_address: {address: 10.0.0.%d, port_value: 80}}}\n")
	}
	return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i, annotations: {` + first + `: "` + second + `"}}
spec: {ingressClassName: nginx, rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}]}}]}
---
{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {app: a}, ports: [{port: 80}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: 4, selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: x}]}}}}
`
}

func importFramed(t *testing.T, product, text string) (*ir.Config, *ir.Pool) {
	t.Helper()
	c, err := importer.Import(importer.File("conf", []byte(framed(product, text))), product, "conf")
	if err != nil {
		t.Fatal(err)
	}
	return c, &c.Pools[0]
}

// shareOfHottest runs the scenario of a pool with other clients, and returns the largest share of requests of a server.
func shareOfHottest(t *testing.T, c *ir.Config, p *ir.Pool, clients string) float64 {
	t.Helper()
	top := 0.0
	metrics := metricsOf(t, c, p, "duration=20s", "warmup=5s", "health=oracle", "workload=[{name: all, requests: geometric(mean=10), think: exp(1s), service: 1ms, "+clients+"}]")
	for _, m := range metrics {
		if strings.HasPrefix(m.ID.String(), "server.requests.share{") {
			top = max(top, m.Value)
		}
	}
	return top
}

// A company behind one address meets one server, whatever the spelling of the key; the clients of many addresses do not.
func TestAddressKeysHoldTheAddress(t *testing.T) {
	t.Parallel()
	for _, k := range addressKeys {
		t.Run(k.product+" "+k.text, func(t *testing.T) {
			t.Parallel()
			c, p := importFramed(t, k.product, k.text)
			if top := shareOfHottest(t, c, p, "sessions: poisson(10/s), addresses: 1"); top < 0.999 {
				t.Errorf("the hottest server gets %.2f of the requests from one address, want all; policy %s %+v", top, p.Policy, p.Params)
			}
			if top := shareOfHottest(t, c, p, "sessions: poisson(10/s)"); top > 0.75 {
				t.Errorf("the hottest server gets %.2f of the requests from many addresses", top)
			}
		})
	}
}

// A file of keys for route and a run agree on the server of every address, IPv6 and IPv4-mapped ones too.
func TestAddressKeysAgreeWithRoute(t *testing.T) {
	for _, k := range addressKeys {
		_, p := importFramed(t, k.product, k.text)
		servers := make([]replay.Server, 4)
		for i := range servers {
			name := fmt.Sprintf("10.0.0.%d:80", i+1)
			servers[i] = replay.Server{Info: sim.ServerInfo{Name: name, Addr: name, Weight: 1}}
		}
		inRun, inRoute := replay.New(p.Params, servers, 1), replay.New(p.Params, servers, 1)
		for i := range 200 {
			text := fmt.Sprintf("203.0.%d.%d", i, i%7)
			if i%3 == 1 {
				text = fmt.Sprintf("2001:db8::%x:%x", i*i, i)
			}
			a := netip.MustParseAddr(text)
			if i%6 == 0 && p.Key.Kind == "address" {
				text = "::ffff:" + text
			}
			key, err := replay.KeyOf(p.Key.Kind, text)
			if err != nil {
				t.Fatal(err)
			}
			of := inRun.Request(replay.Key{Addr: sim.AddrFrom(a), Hash: uint64(i), Text: []byte("deadbeef")})
			if by := inRoute.Request(key); of.Server != by.Server {
				t.Fatalf("%s %s: %s goes to %d in a run and to %d in route", k.product, k.text, text, of.Server, by.Server)
			}
		}
	}
}

// metricsOf runs the scenario of a pool once, from an empty start, with other values of some of its fields.
func metricsOf(t *testing.T, c *ir.Config, p *ir.Pool, fields ...string) []sim.Metric {
	t.Helper()
	yaml, err := importer.ToScenario(c, p)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := scenarios.Parse("imported", yaml)
	for _, set := range append([]string{"replications=1", "start=empty"}, fields...) {
		if err != nil {
			t.Fatal(err)
		}
		path, value, _ := strings.Cut(set, "=")
		spec, err = spec.Set(path, value)
	}
	b := scenarios.Build(spec, nil)
	if err := b.Problems.Err(); err != nil {
		t.Fatal(err)
	}
	return sim.Run(b.Study.Variants[0].Model, 1, 0, sim.Options{}).Metrics
}
