package envoy

import "stickysim/scenarios/importer/internal/source"

// harmless are the fields of Envoy's API that have no influence on routing, load, sessions and time.
var harmless = []source.Harmless{
	{Why: "encrypts connections; its cost belongs to the service times", Names: []string{
		"** transport_socket", "** transport_socket_matches", "** transport_socket_matcher", "** require_tls", "** secrets",
		"** transport_socket_connect_timeout", "** static_secrets", "** dynamic_active_secrets", "** type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret", "** dynamic_warming_secrets",
	}},
	{Why: "how requests are put on connections, which does not change their routing", Names: []string{
		"** upstream_http_protocol_options", "** http_protocol_options", "** http2_protocol_options", "** http3_protocol_options",
		"** protocol_selection", "** typed_extension_protocol_options", "** max_requests_per_connection", "** preconnect_policy",
		"** per_connection_buffer_limit_bytes", "** upstream_connection_options", "** upstream_bind_config",
		"** connection_pool_per_downstream_connection", "** upstream_config", "** codec_type", "** socket_address protocol",
		"** socket_address resolver_name", "** socket_address ipv4_compat", "** socket_address network_namespace_filepath",
		"** common_http_protocol_options idle_timeout", "** common_http_protocol_options max_headers_count",
		"** common_http_protocol_options max_response_headers_kb", "** common_http_protocol_options headers_with_underscores_action",
		"** early_data_policy", "** pipe mode",
	}},
	{Why: "how names are resolved; the scenario has the hosts that are listed", Names: []string{
		"** dns_refresh_rate", "** dns_jitter", "** dns_failure_refresh_rate", "** respect_dns_ttl", "** dns_lookup_family", "** dns_resolvers",
		"** use_tcp_for_dns_lookups", "** dns_resolution_config", "** typed_dns_resolver_config",
	}},
	{Why: "how resources are fetched", Names: []string{
		"** eds_cluster_config", "** cleanup_interval", "** wait_for_warm_on_init", "** common_lb_config update_merge_window", "** config_source", "** rds",
		"** version_info", "** last_updated", "** client_status", "** nonce", "** type_url", "** control_plane", "** system_version_info",
		"** canary", "** removed_resources", "** vhds", "** validate_clusters", "** error_state", "** resource_errors",
		"** resources version", "** resources ttl", "** resources cache_control", "** resources aliases", "** resources resource_name",
		"** xds_delegate_extension", "** xds_config_tracker_extension", "** config_sources", "** default_config_source", "node", "** bootstrap node",
		"node_context_params", "grpc_async_client_manager_config",
	}},
	{Why: "logs, statistics and traces", Names: []string{
		"** alt_stat_name", "** stat_prefix", "** track_timeout_budgets", "** track_cluster_stats", "** lrs_server", "** lrs_report_endpoint_metrics",
		"** access_log", "** access_log_flush_interval", "** flush_access_log_on_new_request", "** access_log_options",
		"** flush_access_log_on_connected", "** tracing", "** decorator", "** virtual_clusters", "** generate_request_id",
		"** preserve_external_request_id", "** always_set_request_id_in_response", "** request_id_extension", "** proxy_status_config",
		"stats_sinks", "stats_config", "stats_flush_interval", "stats_flush_on_admin", "stats_eviction_interval", "stats_server_version_override",
		"deferred_stat_options", "enable_dispatcher_stats", "application_log_config", "perf_tracing_file_path", "** admin", "watchdog", "watchdogs",
		"flags_path", "** bootstrap stats_sinks", "** bootstrap stats_config", "** bootstrap stats_flush_interval", "cluster_manager outlier_detection",
		"cluster_manager load_stats_config",
	}},
	{Why: "what a probe asks, and where it is noted", Names: []string{
		"** health_checks http_health_check", "** health_checks tcp_health_check", "** health_checks grpc_health_check",
		"** health_checks custom_health_check", "** health_checks alt_port", "** health_checks reuse_connection", "** health_checks tls_options",
		"** health_checks event_log_path", "** health_checks event_logger", "** health_checks event_service",
		"** health_checks always_log_health_check_failures", "** health_checks always_log_health_check_success",
		"** health_checks transport_socket_match_criteria", "** health_check_config port_value", "** health_check_config hostname",
		"** health_check_config address", "hds_config",
	}},
	{Why: "holds for pools without traffic", Names: []string{"** health_checks no_traffic_interval", "** health_checks no_traffic_healthy_interval"}},
	{Why: "a name or label", Names: []string{
		"** virtual_hosts name", "** routes name", "** route_config name", "** route_config @type", "** listeners name", "** listener name",
		"** listener @type", "** filters name", "** filter_chains name", "** typed_config @type", "** resources name", "** resources @type",
		"** configs @type", "** typed_extension_config name", "** metadata", "** bootstrap @type", "** clusters name", "** traffic_direction",
		"** dynamic_listeners name", "** endpoint_config @type", "** lb_endpoints endpoint_name",
		"** type.googleapis.com/envoy.config.listener.v3.Listener * name", "** type.googleapis.com/envoy.config.route.v3.RouteConfiguration * name",
	}},
	{Why: "which requests come to a pool; here all of the scenario do", Names: []string{
		"** virtual_hosts domains", "** virtual_hosts matcher", "** filter_chain_matcher", "** routes match", "** filter_chain_match", "** ignore_port_in_host_matching", "** vhost_header",
		"** ignore_path_parameters_in_path_matching", "** strip_matching_host_port", "** strip_any_host_port", "** strip_trailing_host_dot",
		"** path_normalization_options", "** path_with_escaped_slashes_action", "** normalize_path", "** merge_slashes",
	}},
	{Why: "answered by Envoy itself, without a server", Names: []string{"** redirect", "** direct_response", "** non_forwarding_action"}},
	{Why: "changes requests and responses, not their routing", Names: []string{
		"** request_headers_to_add", "** request_headers_to_remove", "** response_headers_to_add", "** response_headers_to_remove",
		"** prefix_rewrite", "** regex_rewrite", "** path_rewrite", "** path_rewrite_policy", "** host_rewrite_literal", "** host_rewrite_header",
		"** host_rewrite_path_regex", "** host_rewrite", "** auto_host_rewrite", "** append_x_forwarded_host", "** append_x_forwarded_port", "** cors",
		"** internal_only_headers", "** most_specific_header_mutations_wins", "** include_request_attempt_count",
		"** include_attempt_count_in_response", "** include_is_timeout_retry_header", "** add_user_agent", "** server_name",
		"** server_header_transformation", "** scheme_header_transformation", "** via", "** early_header_mutation_extensions",
		"** forward_client_cert_details", "** set_current_client_cert_details", "** forward_client_cert_matcher", "** skip_xff_append",
		"** proxy_100_continue", "** represent_ipv4_remote_address_as_ipv4_mapped_ipv6", "** local_reply_config", "** append_local_overload",
		"** add_proxy_protocol_connection_state", "** forward_proto_config", "** cluster_not_found_response_code", "** proxy_protocol_tlvs",
		"** hash_policy cookie path", "** hash_policy cookie attributes", "** session_state typed_config cookie path",
		"** session_state typed_config cookie attributes", "inline_headers", "header_prefix",
	}},
	{Why: "refuses requests that are malformed or too large", Names: []string{
		"** max_request_headers_kb", "** stream_error_on_invalid_http_message", "** typed_header_validation_config", "** per_request_buffer_limit_bytes",
		"** request_body_buffer_limit", "** max_direct_response_body_size_bytes",
	}},
	{Why: "how Envoy listens", Names: []string{
		"** listeners address", "** listener address", "** type.googleapis.com/envoy.config.listener.v3.Listener * address", "** listeners additional_addresses", "** listener_filters", "** listener_filters_timeout",
		"** continue_on_listener_filters_timeout", "** socket_options", "** transparent", "** freebind", "** tcp_fast_open_queue_length",
		"** connection_balance_config", "** reuse_port", "** enable_reuse_port", "** tcp_backlog_size", "** bind_to_port", "** enable_mptcp",
		"** max_connections_to_accept_per_socket_event", "** use_original_dst", "** udp_listener_config", "** api_listener", "** internal_listener",
		"** deprecated_v1", "** drain_type", "** tcp_keepalive", "** use_proxy_proto", "** upstream_connect_mode", "** max_early_data_bytes",
		"default_socket_interface", "listener_manager", "** bypass_overload_manager", "** ignore_global_conn_limit",
	}},
	{Why: "a further address of the same server", Names: []string{"** endpoint additional_addresses"}},
	{Why: "work of the Envoy process beside requests", Names: []string{
		"fatal_actions", "certificate_provider_instances", "default_regex_engine", "memory_allocator_manager", "cluster_manager local_cluster_name",
		"cluster_manager upstream_bind_config", "cluster_manager enable_deferred_cluster_creation",
	}},
}
