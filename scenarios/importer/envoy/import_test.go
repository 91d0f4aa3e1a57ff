package envoy

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	"stickysim/policies/envoy"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const configs = "../../../testdata/configs/envoy"

func importReal(t *testing.T, name string) *ir.Config {
	t.Helper()
	c, err := importer.Import(os.DirFS(configs), "envoy", name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func importText(t *testing.T, text string) *ir.Config {
	t.Helper()
	c, err := importer.Import(fstest.MapFS{"f": {Data: []byte(text)}}, "envoy", "f")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// remarked reports whether a remark of the level holds the text.
func remarked(c *ir.Config, level ir.Drawer, text string) bool {
	for _, r := range c.Remarks {
		if r.Drawer == level && strings.Contains(r.Text, text) {
			return true
		}
	}
	return false
}

func TestRealFiles(t *testing.T) {
	redis := importReal(t, "envoyproxy__examples__redis__envoy.yaml")
	if p := redis.Pools[0]; len(redis.Pools) != 1 || p.Name != "redis_cluster" || p.Policy != "envoy/maglev" ||
		len(p.Servers) != 1 || p.Servers[0].Info.Addr != "redis:6379" || p.Key.Kind != "argument" || p.Line != 20 {
		t.Errorf("redis: %+v", redis.Pools)
	}

	const kuma = "kumahq__kuma__pkg__plugins__policies__meshloadbalancingstrategy__plugin__v1alpha1__testdata__zone-proxy-"
	maglev := importReal(t, kuma+"maglev.clusters.golden.yaml").Pools
	if len(maglev) != 1 || maglev[0].Policy != "envoy/maglev" || maglev[0].Servers[0].Info.Addr != "192.168.0.1:9000" {
		t.Errorf("kuma maglev: %+v", maglev)
	}
	ring := importReal(t, kuma+"ring-hash.clusters.golden.yaml")
	if len(ring.Pools) != 1 || ring.Pools[0].Policy != "envoy/ring-hash" {
		t.Fatalf("kuma ring hash: %+v", ring.Pools)
	}
	if p := ring.Pools[0].Params.(envoy.RingHash); p.HashFunction != "murmur_hash_2" || p.MinimumRingSize != 100 || p.MaximumRingSize != 1000 {
		t.Errorf("kuma ring hash: %+v", p)
	}
	if !remarked(ring, ir.Assumed, "a header is assumed") {
		t.Error("a missing route must be remarked")
	}

	mesh := importReal(t, "kumahq__kuma__test__e2e_env__universal__envoyconfig__testdata__sidecars__meshloadbalancingstrategy__outbound-ringhash.demo-client.golden.json")
	found := false
	for _, p := range mesh.Pools {
		if p.Name != "kri_msvc_envoyconfig_kuma-3__test-server_80" {
			continue
		}
		found = true
		r, ok := p.Params.(envoy.RingHash)
		if !ok || r.MinimumRingSize != 100 || r.MaximumRingSize != 10000 || p.Key != (ir.KeySource{Kind: "header", Name: "x-header", Text: "header x-header"}) {
			t.Errorf("mesh: %s %+v key %+v", p.Policy, p.Params, p.Key)
		}
	}
	if !found {
		t.Error("mesh: the hashed cluster is missing")
	}
}

const full = `
static_resources:
  listeners:
  - filter_chains:
    - filters:
      - name: hcm
        typed_config:
          route_config:
            virtual_hosts:
            - routes:
              - match: {prefix: /}
                route:
                  cluster: web
                  hash_policy:
                  - cookie: {name: sid, ttl: 0s}
                  - header: {header_name: x}
                  retry_policy: {retry_on: connect-failure, num_retries: 2}
  clusters:
  - name: web
    lb_policy: RING_HASH
    common_lb_config:
      healthy_panic_threshold: {value: 25}
      consistent_hashing_lb_config: {use_hostname_for_hashing: true, hash_balance_factor: 150}
    outlier_detection: {consecutive_5xx: 3, interval: 5s, base_ejection_time: {seconds: 60}, max_ejection_percent: 50, success_rate_stdev_factor: 1900}
    health_checks: [{interval: 2s, timeout: 1s, unhealthy_threshold: 3, healthy_threshold: 2}]
    load_assignment:
      endpoints:
      - locality: {zone: a}
        lb_endpoints:
        - {endpoint: {hostname: one, address: {socket_address: {address: 10.0.0.1, port_value: 80}}}, load_balancing_weight: 3}
        - {endpoint: {address: {socket_address: {address: 10.0.0.2, port_value: 80}}}, health_status: DRAINING}
      - locality: {zone: b}
        priority: 1
        lb_endpoints: [{endpoint: {address: {socket_address: {address: "::1", port_value: 80}}}}]
`

func TestEverySetting(t *testing.T) {
	c := importText(t, full)
	p := c.Pools[0]
	r := p.Params.(envoy.RingHash)
	want := envoy.DefaultCluster()
	want.RetryOn, want.NumRetries, want.SelectionRetries = "connect-failure", 2, 0
	want.PanicThreshold, want.OutlierDetection, want.Consecutive5xx, want.Interval = 0.25, true, 3, 5*sim.Second
	want.BaseEjectionTime, want.MaxEjectionPercent = 60*sim.Second, 0.5
	if r.Cluster != want || !r.UseHostname || r.BalanceFactor != 150 || r.HashKey != (envoy.HashKey{Policy: "cookie"}) {
		t.Errorf("ring hash: %+v", r)
	}
	if p.CookieName != "sid" || p.Key.Kind != "cookie" {
		t.Errorf("pool: %+v", p)
	}
	if *p.Health != (sim.Health{FromEnd: true, Interval: 2 * sim.Second, Timeout: sim.Second, Fall: 3, Rise: 2}) {
		t.Errorf("health: %+v", *p.Health)
	}
	for i, want := range []ir.Server{
		{Info: sim.ServerInfo{Name: "one", Addr: "10.0.0.1:80", Weight: 3}, Place: ir.Place{Line: 30}},
		{Info: sim.ServerInfo{Name: "10.0.0.2:80", Addr: "10.0.0.2:80", Weight: 1}, Status: sim.Draining, Place: ir.Place{Line: 31}},
		{Info: sim.ServerInfo{Name: "[::1]:80", Addr: "[::1]:80", Weight: 1, Zone: 1, Backup: true}, Place: ir.Place{Line: 34}},
	} {
		got := p.Servers[i]
		got.Place = ir.Place{Line: got.Line}
		if got.Info.Name != want.Info.Name || got.Info.Addr != want.Info.Addr || got.Info.Weight != want.Info.Weight ||
			got.Info.Zone != want.Info.Zone || got.Info.Backup != want.Info.Backup || got.Status != want.Status || got.Line != want.Line {
			t.Errorf("server %d: %+v, want %+v", i, got, want)
		}
	}
	for _, text := range []string{"only the first of a route", "outlier_detection.success_rate_stdev_factor"} {
		if !remarked(c, ir.NotCarried, text) {
			t.Errorf("no remark on %q in %v", text, c.Remarks)
		}
	}
}

func TestPolicies(t *testing.T) {
	for text, want := range map[string]string{
		`{name: a, lb_policy: ROUND_ROBIN}`:          "envoy/round-robin",
		`{name: a, load_assignment: {}}`:             "envoy/round-robin",
		`{"name": "a", "lbPolicy": "LEAST_REQUEST"}`: "envoy/least-request",
		`{name: a, lb_policy: RANDOM}`:               "envoy/random",
		`{name: a, lb_policy: CLUSTER_PROVIDED}`:     "envoy/round-robin",
		`{name: a, load_balancing_policy: {policies: [{typed_extension_config: {name: envoy.load_balancing_policies.maglev, typed_config: {table_size: 101}}}]}}`: "envoy/maglev",
	} {
		c := importText(t, text)
		if got := c.Pools[0]; got.Policy != want || got.Params == nil {
			t.Errorf("%s: policy %s", text, got.Policy)
		}
		if m, ok := c.Pools[0].Params.(envoy.Maglev); ok && m.TableSize != 101 {
			t.Errorf("table size %d", m.TableSize)
		}
	}
	c := importText(t, `{name: a, lb_policy: MAGLEV, maglev_lb_config: {table_size: 100}}`)
	if !remarked(c, ir.NotCarried, "prime") || c.Pools[0].Params.(envoy.Maglev).TableSize != 65537 {
		t.Errorf("a table size Envoy refuses: %+v", c)
	}
}

func TestStatefulSession(t *testing.T) {
	c := importText(t, `
http_filters:
- name: envoy.filters.http.stateful_session
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.filters.http.stateful_session.v3.StatefulSession
    strict: true
    session_state:
      typed_config: {cookie: {name: host, path: /, ttl: 120s}}
clusters:
- {name: a, lb_policy: LEAST_REQUEST, common_lb_config: {override_host_status: {statuses: [HEALTHY, DRAINING]}}}
`)
	s := c.Pools[0].Params.(envoy.StatefulSession)
	if c.Pools[0].Policy != "envoy/stateful-session" || c.Pools[0].CookieName != "host" || s.TTL != 2*sim.Minute ||
		!s.Strict || !s.HonorDraining || s.LBPolicy != "least_request" {
		t.Errorf("%+v %+v", c.Pools[0], s)
	}
}

func TestHostileText(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		p := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+p+", ", 9) + "*" + p + "]\n"
	}
	for name, text := range map[string]string{
		"bomb": bomb, "deep": strings.Repeat("[", 5000), "nested": strings.Repeat("a: {", 300) + strings.Repeat("}", 300),
		"twice": "clusters: []\nclusters: []\n", "tab": "a:\n\t- b", "empty": "", "other": "kind: Service",
		"self": "a: &a [*a]", "large": strings.Repeat("# comment\n", 1<<20),
	} {
		_, err := importer.Import(fstest.MapFS{"f.yaml": {Data: []byte(text)}}, "envoy", "f.yaml")
		if err == nil || !strings.HasPrefix(err.Error(), "f.yaml") || len(err.Error()) > 300 {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := importer.Import(fstest.MapFS{}, "envoy", "none"); err == nil {
		t.Error("a missing file must be an error")
	}
}

func FuzzImport(f *testing.F) {
	f.Add(full)
	f.Add(`{name: a, lb_policy: MAGLEV, maglev_lb_config: {table_size: -1}, outlier_detection: {interval: -5s}}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := importer.Import(fstest.MapFS{"f": {Data: []byte(text)}}, "envoy", "f")
		if err != nil {
			return
		}
		for _, p := range c.Pools {
			if p.Params == nil || policies.Check(p.Params) != nil {
				t.Fatalf("pool %+v: %v", p, policies.Check(p.Params))
			}
			p.Params.New(sim.Env{Servers: 1})
		}
	})
}

// Limits of the default priority are carried, with Envoy's own where only some are given; "unlimited" is no limit.
func TestCircuitBreakers(t *testing.T) {
	for _, c := range []struct {
		text                           string
		connections, pending, requests int
		left                           string
	}{
		{"{thresholds: [{max_connections: 100, max_pending_requests: 0}]}", 100, 0, 1024, ""},
		{"{thresholds: [{priority: DEFAULT, max_requests: {value: 50}, max_retries: 3}, {priority: HIGH, max_requests: 9}]}", 1024, 1024, 50, "max_retries"},
		{"{thresholds: [{max_connections: 4294967295, max_pending_requests: 4294967295, max_requests: 4294967295}]}", 0, 1 << 30, 0, ""},
		{"{per_host_thresholds: [{max_connections: 5}]}", 0, 1024, 0, "per_host_thresholds"},
	} {
		p := importText(t, "static_resources: {clusters: [{name: web, lb_policy: LEAST_REQUEST, circuit_breakers: "+c.text+", load_assignment: {endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}}]}]}}]}")
		got := p.Pools[0].Params.(envoy.LeastRequest).Cluster
		if got.MaxConnections != c.connections || got.MaxPending != c.pending || got.MaxRequests != c.requests {
			t.Errorf("%s: %d connections, %d pending, %d requests", c.text, got.MaxConnections, got.MaxPending, got.MaxRequests)
		}
		if c.left != "" && !remarked(p, ir.NotCarried, c.left) {
			t.Errorf("%s: no remark on %s", c.text, c.left)
		}
	}
}
