package envoy

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

const host = "load_assignment: {endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}}]}]}"

// in wraps fields of a part of a cluster, %s, which are in flow style.
func in(part string) string {
	return "clusters:\n- name: a\n  lb_policy: RING_HASH\n  " + part + "\n"
}

// managed wraps fields of a connection manager, %s.
func managed(fields string) string {
	return "static_resources:\n  listeners:\n  - filter_chains:\n    - filters:\n      - typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, " + fields + "}\n" +
		"  clusters:\n  - {name: a, lb_policy: RING_HASH, " + host + "}\n"
}

// routed wraps fields of a route's action, %s.
func routed(fields string) string {
	return managed("route_config: {virtual_hosts: [{routes: [{match: {prefix: /}, route: {cluster: a, " + fields + "}}]}]}")
}

// listed wraps fields of a policy, %s.
func listed(policy, fields string) string {
	return in("load_balancing_policy: {policies: [{typed_extension_config: {typed_config: {'@type': type.googleapis.com/envoy.x.v3." + policy + ", " + fields + "}}}]}")
}

// session wraps the state of a stateful session, %s.
func session(fields string) string {
	return managed("http_filters: [{name: s, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.stateful_session.v3.StatefulSession, " + fields + "}}]")
}

// messages are files that hold a message, %s.
var messages = map[string]string{
	"Cluster":                                          "clusters:\n- name: a\n  connect_timeout: 1s\n  %s\n",
	"Cluster.EdsClusterConfig":                         in("eds_cluster_config: {%s}"),
	"Cluster.SlowStartConfig":                          "clusters: [{name: a, lb_policy: ROUND_ROBIN, round_robin_lb_config: {slow_start_config: {%s}}}]",
	"Cluster.RoundRobinLbConfig":                       "clusters: [{name: a, lb_policy: ROUND_ROBIN, round_robin_lb_config: {%s}}]",
	"Cluster.LeastRequestLbConfig":                     "clusters: [{name: a, lb_policy: LEAST_REQUEST, least_request_lb_config: {%s}}]",
	"Cluster.RingHashLbConfig":                         in("ring_hash_lb_config: {%s}"),
	"Cluster.MaglevLbConfig":                           "clusters: [{name: a, lb_policy: MAGLEV, maglev_lb_config: {%s}}]",
	"Cluster.CommonLbConfig":                           in("common_lb_config: {%s}"),
	"Cluster.CommonLbConfig.ConsistentHashingLbConfig": in("common_lb_config: {consistent_hashing_lb_config: {%s}}"),
	"OutlierDetection":                                 in("outlier_detection: {%s}"),
	"CircuitBreakers":                                  in("circuit_breakers: {%s}"),
	"CircuitBreakers.Thresholds":                       in("circuit_breakers: {thresholds: [{%s}]}"),
	"ClusterLoadAssignment":                            in("load_assignment: {%s}"),
	"ClusterLoadAssignment.Policy":                     in("load_assignment: {policy: {%s}}"),
	"LocalityLbEndpoints":                              in("load_assignment: {endpoints: [{%s}]}"),
	"LbEndpoint":                                       in("load_assignment: {endpoints: [{lb_endpoints: [{%s}]}]}"),
	"Endpoint":                                         in("load_assignment: {endpoints: [{lb_endpoints: [{endpoint: {%s}}]}]}"),
	"Endpoint.HealthCheckConfig":                       in("load_assignment: {endpoints: [{lb_endpoints: [{endpoint: {health_check_config: {%s}}}]}]}"),
	"HealthCheck":                                      in("health_checks: [{%s}]"),
	"RouteConfiguration":                               managed("route_config: {%s}"),
	"VirtualHost":                                      managed("route_config: {virtual_hosts: [{%s}]}"),
	"Route":                                            managed("route_config: {virtual_hosts: [{routes: [{%s}]}]}"),
	"RouteAction":                                      routed("%s"),
	"RouteAction.HashPolicy":                           routed("hash_policy: [{%s}]"),
	"RouteAction.HashPolicy.Header":                    routed("hash_policy: [{header: {%s}}]"),
	"RouteAction.HashPolicy.Cookie":                    routed("hash_policy: [{cookie: {%s}}]"),
	"RetryPolicy":                                      routed("retry_policy: {retry_on: reset, %s}"),
	"WeightedCluster":                                  managed("route_config: {virtual_hosts: [{routes: [{route: {weighted_clusters: {%s}}}]}]}"),
	"HttpConnectionManager":                            managed("%s"),
	"TcpProxy":                                         "static_resources: {listeners: [{filter_chains: [{filters: [{typed_config: {%s}}]}]}], clusters: [{name: a, lb_policy: RANDOM}]}",
	"Listener":                                         "static_resources: {listeners: [{%s}], clusters: [{name: a, lb_policy: RANDOM}]}",
	"FilterChain":                                      "static_resources: {listeners: [{filter_chains: [{%s}]}], clusters: [{name: a, lb_policy: RANDOM}]}",
	"Bootstrap":                                        "x-clusters: [{name: a, lb_policy: RANDOM}]\n%s\n",
	"RingHash":                                         listed("RingHash", "%s"),
	"Maglev":                                           listed("Maglev", "%s"),
	"LeastRequest":                                     listed("LeastRequest", "%s"),
	"RoundRobin":                                       listed("RoundRobin", "%s"),
	"Random":                                           listed("Random", "%s"),
	"ConsistentHashingLbConfig":                        listed("Maglev", "consistent_hashing_lb_config: {%s}"),
	"StatefulSession":                                  session("%s"),
	"CookieBasedSessionState":                          session("session_state: {typed_config: {%s}}"),
	"Cookie":                                           session("session_state: {typed_config: {cookie: {%s}}}"),
	"HeaderBasedSessionState":                          session("session_state: {typed_config: {%s}}"),
	"DiscoveryResponse":                                "x-clusters: [{name: a, lb_policy: RANDOM}]\n%s\n",
}

// held are fields that hold other messages, whose fields are tried one by one.
var held = map[string]bool{
	"load_assignment": true, "health_checks": true, "circuit_breakers": true, "common_lb_config": true, "load_balancing_policy": true, "thresholds": true,
	"endpoints": true, "policy": true, "lb_endpoints": true, "virtual_hosts": true, "routes": true, "route": true, "retry_policy": true, "hash_policy": true,
	"route_config": true, "http_filters": true, "filter_chains": true, "filters": true, "static_resources": true, "default_filter_chain": true,
	"resources": true, "common_http_protocol_options": true, "cluster_manager": true, "consistent_hashing_lb_config": true, "override_host_status": true,
	"health_check_config": true, "retry_host_predicate": true,
}

// Every field of the real API is in a drawer: none is not understood.
func TestEveryFieldOfTheAPI(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile("testdata/schemas/api-v3.txt")
	if err != nil {
		t.Fatal(err)
	}
	fields := 0
	for line := range strings.Lines(string(list)) {
		message, names, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if strings.HasPrefix(line, "#") || !ok {
			continue
		}
		text := messages[message]
		if text == "" {
			t.Errorf("%s: no file holds it", message)
			continue
		}
		before, _, _ := strings.Cut(text, "%s")
		at := strings.Count(before, "\n") + 2
		indent := "              "
		if before == "" || strings.HasSuffix(before, "\n") || strings.HasSuffix(before, "\n  ") { // a file in block style
			indent = before[strings.LastIndexByte(before, '\n')+1:]
		}
		for name := range strings.FieldsSeq(names) {
			if held[name] {
				continue
			}
			fields++
			c, err := importer.Import(fstest.MapFS{"f": {Data: []byte(fmt.Sprintf(text, "\n"+indent+name+": 1"))}}, "envoy", "f")
			if err != nil {
				if !strings.Contains(err.Error(), name+": given twice") { // the file has it already
					t.Errorf("%s.%s: %v", message, name, err)
				}
				continue
			}
			for _, r := range c.In(ir.NotCarried) {
				if strings.Contains(r.Text, "not understood") && r.Line == at {
					t.Errorf("%s.%s: %s", message, name, r.Text)
				}
			}
		}
	}
	if fields < 450 {
		t.Errorf("only %d fields", fields)
	}
}
