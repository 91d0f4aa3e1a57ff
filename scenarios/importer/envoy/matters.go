package envoy

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
)

// matters are fields that decide where requests go, when, or how many, and that a scenario does not have: by the field, or by what it
// is in and the field.
var matters = map[string]string{
	"slow_start_config":                                     "new hosts get their full share at once; write it as servers.slow_start of the scenario",
	"locality_lb_config":                                    "hosts of all localities are one set",
	"locality_weighted_lb_config":                           "hosts of all localities are one set",
	"zone_aware_lb_config":                                  "hosts of all zones are one set",
	"lb_subset_config":                                      "subsets are not modelled: all hosts are one set",
	"metadata_match":                                        "subsets are not modelled: all hosts are one set",
	"hedge_policy":                                          "hedged requests are not modelled",
	"weighted_clusters":                                     "the split between clusters is not modelled; each is a pool of its own",
	"request_mirror_policies":                               "copies of requests put load on a pool that is not modelled",
	"cluster_header":                                        "a header names the cluster; here all requests come to the chosen pool",
	"cluster_specifier_plugin":                              "an extension chooses the cluster",
	"inline_cluster_specifier_plugin":                       "an extension chooses the cluster",
	"cluster_specifier_plugins":                             "an extension chooses the cluster",
	"enable_full_scan":                                      "choice_count hosts are drawn",
	"selection_method":                                      "choice_count hosts are drawn",
	"rate_limits":                                           "requests that a rate limit refuses are not modelled",
	"include_vh_rate_limits":                                "requests that a rate limit refuses are not modelled",
	"max_stream_duration":                                   "requests and connections are not ended by their age",
	"max_connection_duration":                               "connections are not ended by their age",
	"max_downstream_connection_duration":                    "connections are not ended by their age",
	"idle_timeout":                                          "connections and requests are not ended because nothing is sent",
	"downstream_idle_timeout":                               "connections are not ended because nothing is sent",
	"upstream_idle_timeout":                                 "connections are not ended because nothing is sent",
	"stream_idle_timeout":                                   "connections and requests are not ended because nothing is sent",
	"per_try_idle_timeout":                                  "attempts are not ended because nothing is sent",
	"flush_timeout":                                         "slow clients are not modelled",
	"stream_flush_timeout":                                  "slow clients are not modelled",
	"request_timeout":                                       "slow uploads are not modelled",
	"request_headers_timeout":                               "slow clients are not modelled",
	"drain_timeout":                                         "Envoy itself does not drain here",
	"delayed_close_timeout":                                 "connections close at once",
	"max_grpc_timeout":                                      "deadlines that requests carry are not modelled",
	"grpc_timeout_offset":                                   "deadlines that requests carry are not modelled",
	"internal_redirect_policy":                              "redirects within Envoy are not modelled",
	"internal_redirect_action":                              "redirects within Envoy are not modelled",
	"max_internal_redirects":                                "redirects within Envoy are not modelled",
	"retry_back_off":                                        "a retry follows at once",
	"rate_limited_retry_back_off":                           "a retry follows at once",
	"retry_priority":                                        "retries go to the same hosts as first attempts",
	"retry_options_predicates":                              "retries are sent like first attempts",
	"retriable_status_codes":                                "servers never answer with such a code",
	"retriable_headers":                                     "servers never answer with such a header",
	"retriable_request_headers":                             "all requests are alike",
	"retry_policy_typed_config":                             "a retry policy of an extension is not known",
	"max_connect_attempts":                                  "a connection is tried once",
	"backoff_options":                                       "a connection is tried once",
	"tunneling_config":                                      "tunnels are not modelled",
	"upgrade_configs":                                       source.KeptOpen,
	"on_demand":                                             "clusters that are fetched when asked for are not in the file",
	"dynamic_resources":                                     "what a control plane sends is not in the file",
	"scoped_routes":                                         "routes by scope are not modelled",
	"layered_runtime":                                       "values of the runtime can override settings; those in the file are used",
	"overload_manager":                                      "requests that an overloaded Envoy refuses are not modelled",
	"bootstrap_extensions":                                  "what an extension does is not known",
	"config_discovery":                                      "what the filter does is not in the file",
	"typed_per_filter_config":                               "settings of filters for single routes are not modelled",
	"original_ip_detection_extensions":                      "whose address the extension finds is not known",
	"internal_address_config":                               "requests from inside and outside are treated alike",
	"filter_action":                                         "what the filter does is not known",
	"leds_cluster_locality_config":                          "hosts that are fetched one by one are not in the file",
	"load_balancer_endpoints":                               "a list of hosts that cannot stand in a file",
	"overprovisioning_factor":                               "priority 1 is used when priority 0 has no host left; Envoy shifts load before",
	"weighted_priority_health":                              "priority 1 is used when priority 0 has no host left; Envoy shifts load before",
	"drop_overloads":                                        "requests that Envoy drops on purpose are not modelled",
	"endpoint_stale_after":                                  "hosts do not become stale",
	"named_endpoints":                                       "hosts are taken from endpoints",
	"proximity":                                             "hosts of all localities are one set",
	"disable_active_health_check":                           "all hosts are probed alike",
	"ignore_new_hosts_until_first_hc":                       "new hosts take part at once",
	"close_connections_on_host_set_change":                  "connections stay open when hosts change",
	"close_connections_on_host_health_failure":              "connections stay open when a probe fails",
	"ignore_health_on_host_removal":                         "hosts that are removed are gone at once",
	"health_checks initial_jitter":                          "probes come at even intervals",
	"health_checks interval_jitter":                         "probes come at even intervals",
	"health_checks interval_jitter_percent":                 "probes come at even intervals",
	"health_checks unhealthy_edge_interval":                 "the first probe after a change comes at the same interval",
	"health_checks healthy_edge_interval":                   "the first probe after a change comes at the same interval",
	"outlier_detection success_rate_minimum_hosts":          successRate,
	"outlier_detection success_rate_request_volume":         successRate,
	"outlier_detection success_rate_stdev_factor":           successRate,
	"outlier_detection enforcing_local_origin_success_rate": successRate,
	"outlier_detection failure_percentage_threshold":        percentage,
	"outlier_detection enforcing_failure_percentage":        percentage,
	"outlier_detection enforcing_failure_percentage_local_origin":   percentage,
	"outlier_detection failure_percentage_minimum_hosts":            percentage,
	"outlier_detection failure_percentage_request_volume":           percentage,
	"outlier_detection split_external_local_origin_errors":          origins,
	"outlier_detection consecutive_local_origin_failure":            origins,
	"outlier_detection enforcing_consecutive_local_origin_failure":  origins,
	"outlier_detection max_ejection_time_jitter":                    "ejections end without jitter",
	"outlier_detection successful_active_health_check_uneject_host": "a successful probe does not end an ejection",
	"outlier_detection monitors":                                    "what an extension does is not known",
	"http1_safe_max_connection_duration":                            "connections are not ended by their age",
	"max_downstream_connection_duration_jitter_percentage":          "connections are not ended by their age",
	"fcds_config":      "what a control plane sends is not in the file",
	"clusters filters": "what the filters of a cluster do is not known",
	"cluster filters":  "what the filters of a cluster do is not known",
	"consistent_hashing_lb_config hash_policy": "what the routes hash is used",
	"typed_config settings":                    "limits and hash tags of Redis commands are not modelled",
	"route priority":                           "requests have priority DEFAULT",
	"header regex_rewrite":                     "the whole header is hashed",
	"hash_policy filter_state":                 "is set by filters, which are not modelled",
	"weighted_clusters use_hash_policy":        "the split between clusters is not modelled",
}

const (
	successRate = "ejection by success rate is not modelled"
	percentage  = "ejection by percentage of failures is not modelled"
	origins     = "failures to connect and failures of servers are counted together"
)

// remarkMatters remarks on the fields below n that matter, unless there is a remark on them. in is the field around n.
func (im *translation) remarkMatters(n *tree.Node, in string) {
	for _, x := range n.Children() {
		key := x.Key
		if key == "" {
			key = in
		}
		why := matters[in+" "+x.Key]
		if why == "" {
			why = matters[x.Key]
		}
		if why != "" && !im.Mentioned(x) {
			im.NotCarried(x, "%s.%s: %s", source.Short(in), x.Key, why)
		} else {
			im.remarkMatters(x, key)
		}
	}
}

// networkFilters are the filters of connections that are harmless, by the type of their configuration or their name.
var networkFilters = map[string]bool{"RBAC": true, "rbac": true, "SniCluster": true, "sni_cluster": true, "DirectResponse": true, "EchoConfig": true}

// filters are the HTTP filters that are known: those with a reason matter.
var filters = map[string]string{
	"router": "", "cors": "", "csrf": "", "grpc_web": "", "grpc_stats": "", "grpc_http1_bridge": "", "grpc_http1_reverse_bridge": "",
	"grpc_json_transcoder": "", "header_mutation": "", "header_to_metadata": "", "json_to_metadata": "", "set_metadata": "", "set_filter_state": "",
	"ip_tagging": "", "tap": "", "health_check": "", "alpn": "", "istio_stats": "", "basic_auth": "", "jwt_authn": "", "rbac": "", "geoip": "",
	"upstream_codec":       "",
	"fault":                "faults that it injects are not modelled",
	"local_ratelimit":      "requests that a rate limit refuses are not modelled",
	"ratelimit":            "requests that a rate limit refuses are not modelled",
	"rate_limit_quota":     "requests that a rate limit refuses are not modelled",
	"bandwidth_limit":      "limits of bandwidth are not modelled",
	"admission_control":    "requests that it refuses are not modelled",
	"adaptive_concurrency": "requests that it refuses are not modelled",
	"cache":                "answers from a cache of Envoy are not modelled",
	"ext_authz":            "the time and the failures of the other service are not modelled",
	"ext_proc":             "the time and the failures of the other service are not modelled",
	"oauth2":               "the time and the failures of the other service are not modelled",
	"buffer":               "requests are passed on as they come",
	"compressor":           "the time it takes is not modelled",
	"decompressor":         "the time it takes is not modelled",
	"lua":                  "what the script does is not known",
	"wasm":                 "what the program does is not known",
	"golang":               "what the program does is not known",
	"on_demand":            "clusters that are fetched when asked for are not in the file",
}

// filter remarks on an HTTP filter.
func (im *translation) filter(n *tree.Node) {
	name := n.Get("name").Value()
	kind := name[strings.LastIndexByte(name, '.')+1:]
	// The type of its configuration decides: type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors.
	if _, path, ok := strings.Cut(n.Get("typed_config", "@type").Value(), ".filters.http."); ok {
		kind, _, _ = strings.Cut(path, ".")
	}
	switch why, ok := filters[kind]; {
	case !ok:
		im.NotCarried(n, "HTTP filter %s: not understood", source.Short(name))
	case why != "":
		im.NotCarried(n, "HTTP filter %s: %s", source.Short(name), why)
	default:
		im.Harmless(n, "HTTP filter %s: no influence on the choice of a host", source.Short(name))
	}
}
