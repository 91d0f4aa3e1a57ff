package envoy

import (
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies/envoy"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const (
	cds = `{"versionInfo": "1", "typeUrl": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "resources": [
  {"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "web", "type": "EDS", "lbPolicy": "RING_HASH",
   "edsClusterConfig": {"serviceName": "web-hosts", "edsConfig": {"ads": {}}},
   "outlierDetection": {"consecutive5xx": 7, "consecutiveGatewayFailure": 3, "enforcingConsecutiveGatewayFailure": 100, "enforcingSuccessRate": 0}},
  {"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "canary", "type": "EDS", "lbPolicy": "RANDOM"}]}`
	rds = `
resources:
- "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
  name: main
  virtual_hosts:
  - name: all
    domains: ["*"]
    retry_policy: {retry_on: "reset", num_retries: 3, retry_host_predicate: [{name: envoy.retry_host_predicates.previous_hosts}]}
    routes:
    - match: {prefix: /}
      route:
        hash_policy: [{cookie: {name: sid, ttl: 3600s}}]
        weighted_clusters: {clusters: [{name: web, weight: 90}, {name: canary, weight: 10}]}
`
	eds = `
resources:
- "@type": type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
  cluster_name: web-hosts
  endpoints:
  - lb_endpoints:
    - {endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}, load_balancing_weight: 2}
    - {endpoint: {address: {socket_address: {address: 10.0.0.2, port_value: 80}}}, health_status: UNHEALTHY}
- "@type": type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
  cluster_name: other
  endpoints: []
`
)

// Clusters, routes and hosts in files of their own are one configuration.
func TestSeveralFiles(t *testing.T) {
	fsys := fstest.MapFS{"cds.json": {Data: []byte(cds)}, "rds.yaml": {Data: []byte(rds)}, "eds.yaml": {Data: []byte(eds)}}
	c, err := importer.Import(fsys, "", "cds.json", "rds.yaml", "eds.yaml")
	if err != nil || len(c.Pools) != 2 {
		t.Fatalf("%v, %v", c, err)
	}
	p := c.Pools[0]
	r, _ := p.Params.(envoy.RingHash)
	if len(p.Servers) != 2 || p.Servers[0].File != "eds.yaml" || p.Servers[0].Info.Weight != 2 || p.Servers[1].Status != sim.Down {
		t.Errorf("servers: %+v", p.Servers)
	}
	if p.CookieName != "sid" || r.HashKey != (envoy.HashKey{Policy: "cookie", TTL: sim.Hour}) || r.RetryOn != "reset" || r.NumRetries != 3 ||
		r.SelectionRetries != 1 || !r.OutlierDetection || r.Consecutive5xx != 3 {
		t.Errorf("pool: %+v", p)
	}
	for _, text := range []string{"weighted_clusters: the split", "hosts of cluster other"} {
		if !remarked(c, ir.NotCarried, text) {
			t.Errorf("no remark on %q: %v", text, c.In(ir.NotCarried))
		}
	}
	if remarked(c, ir.NotCarried, "not understood") || remarked(c, ir.NotCarried, "success rate") {
		t.Errorf("remarks: %v", c.In(ir.NotCarried))
	}
}

// A dump has the clusters of its bootstrap a second time, and may have later ones beside them.
func TestConfigDump(t *testing.T) {
	c := importText(t, `{"configs": [
  {"@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump", "last_updated": "2026-01-01T00:00:00Z", "bootstrap":
    {"node": {"id": "x"}, "admin": {"address": {}}, "static_resources": {"clusters": [{"name": "web", "type": "STATIC", "lb_policy": "MAGLEV"}]}}},
  {"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump", "version_info": "3",
   "static_clusters": [{"cluster": {"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "web", "type": "STATIC", "lb_policy": "MAGLEV"}, "last_updated": "x"}],
   "dynamic_active_clusters": [{"version_info": "3", "cluster": {"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "api", "type": "EDS"}}]},
  {"@type": "type.googleapis.com/envoy.admin.v3.EndpointsConfigDump", "dynamic_endpoint_configs": [{"endpoint_config":
    {"@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment", "cluster_name": "api", "endpoints": [
      {"lb_endpoints": [{"endpoint": {"address": {"socket_address": {"address": "10.0.0.1", "port_value": 80}}}, "health_status": "HEALTHY"}]}]}}]}]}`)
	if len(c.Pools) != 2 || c.Pools[0].Policy != "envoy/maglev" || c.Pools[1].Name != "api" || len(c.Pools[1].Servers) != 1 {
		t.Fatalf("pools: %+v", c.Pools)
	}
	for _, r := range c.In(ir.NotCarried) {
		t.Errorf("%s", r)
	}
}

// The type of a policy's configuration decides, whatever it is called; a policy of localities leaves the host to another.
func TestListedPolicies(t *testing.T) {
	ring := `{typed_extension_config: {name: mine, typed_config: {"@type": type.googleapis.com/envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash, minimum_ring_size: 7}}}`
	for text, want := range map[string]string{
		ring: "envoy/ring-hash",
		`{typed_extension_config: {name: envoy.load_balancing_policies.wrr_locality, typed_config: {endpoint_picking_policy: {policies: [` + ring + `]}}}}`:                                    "envoy/ring-hash",
		`{typed_extension_config: {name: x, typed_config: {"@type": type.googleapis.com/xds.type.v3.TypedStruct, type_url: type.googleapis.com/a.v3.LeastRequest, value: {choice_count: 5}}}}`: "envoy/least-request",
		`{typed_extension_config: {name: envoy.load_balancing_policies.peak_ewma}}`:                                                                                                            "envoy/round-robin",
	} {
		c := importText(t, "{name: a, load_balancing_policy: {policies: ["+text+", "+ring+"]}}")
		p := c.Pools[0]
		if p.Policy != want {
			t.Errorf("%s: %s", text, p.Policy)
		}
		if r, ok := p.Params.(envoy.RingHash); ok && r.MinimumRingSize != 7 {
			t.Errorf("%s: %+v", text, r)
		}
		if strings.Contains(text, "peak_ewma") != remarked(c, ir.NotCarried, "there is no such policy here") {
			t.Errorf("%s: %v", text, c.Remarks)
		}
	}
}
