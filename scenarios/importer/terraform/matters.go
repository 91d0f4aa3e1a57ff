package terraform

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
)

// arguments are the paths of arguments of resources; # stands between the keys of a path.
func arguments(types, names string) (paths []string) {
	for t := range strings.FieldsSeq(types) {
		for a := range strings.FieldsSeq(names) {
			paths = append(paths, "resource "+t+" * "+strings.ReplaceAll(a, "#", " "))
		}
	}
	return paths
}

const (
	awsBalancers   = "aws_lb aws_alb"
	awsListeners   = "aws_lb_listener aws_alb_listener aws_lb_listener_rule aws_alb_listener_rule"
	googleServices = "google_compute_backend_service google_compute_region_backend_service"
	googleManagers = "google_compute_instance_group_manager google_compute_region_instance_group_manager"
	noAutoscaler   = "the scenario has no autoscaler; add one, for example autoscaler: {target_tracking: {…}}"
	comesAndGoes   = "instances that leave and come by themselves are not modelled; add them to the timeline"
)

// argumentsThatMatter are arguments of resources that decide where requests go, when, or how many servers there are, and that a
// scenario does not have.
func argumentsThatMatter() []source.Matters {
	return []source.Matters{
		{Why: "no zone is taken out of service", Names: arguments(awsBalancers, "enable_zonal_shift")},
		{Why: "clients do not prefer the load balancer of their zone", Names: arguments(awsBalancers, "dns_record_client_routing_policy")},
		{Why: "ports for connections to targets do not run out", Names: arguments(awsBalancers, "secondary_ips_auto_assigned_per_subnet")},
		{Why: "open connections without requests do not end after a time", Names: arguments(awsListeners, "tcp_idle_timeout_seconds")},

		{Why: "tasks are replaced in turn; blue and green are a canary in the timeline", Names: arguments("aws_ecs_service", "deployment_controller deployment_configuration alarms deployment_circuit_breaker sigint_rollback")},
		{Why: "a task that fails its checks is not replaced", Names: arguments("aws_ecs_service", "health_check_grace_period_seconds")},
		{Why: "servers do not call each other through proxies", Names: arguments("aws_ecs_service", "service_connect_configuration vpc_lattice_configurations")},
		{Why: "tasks do not move between zones", Names: arguments("aws_ecs_service", "availability_zone_rebalancing")},

		{Why: noAutoscaler, Names: arguments("aws_autoscaling_group", "max_size default_cooldown default_instance_warmup termination_policies protect_from_scale_in suspended_processes")},
		{Why: "an instance that fails its checks is not replaced; write it in the timeline", Names: arguments("aws_autoscaling_group", "health_check_grace_period health_check_type")},
		{Why: comesAndGoes, Names: arguments("aws_autoscaling_group", "capacity_rebalance max_instance_lifetime instance_maintenance_policy instance_refresh")},
		{Why: "instances are not kept warm", Names: arguments("aws_autoscaling_group", "warm_pool")},
		{Why: "instances start and stop without waiting for hooks", Names: arguments("aws_autoscaling_group", "initial_lifecycle_hook")},
		{Why: "instances of several types count as alike, and none is taken away; write cores per group of servers", Names: arguments("aws_autoscaling_group", "mixed_instances_policy")},
		{Why: "only target_group_arns are followed", Names: arguments("aws_autoscaling_group", "traffic_source load_balancers")},

		{Why: "requests that are refused, or that wait for a login, are not modelled", Names: arguments(googleServices, "security_settings")},
		{Why: "servers report no load of their own", Names: arguments(googleServices, "custom_metrics")},
		{Why: "pods and instances have no zones here, so that none take over for others", Names: arguments(googleServices, "service_lb_policy network_pass_through_lb_traffic_policy")},
		{Why: "each load balancer reaches all servers", Names: arguments(googleServices, "subsetting")},
		{Why: "cookies last whole seconds", Names: arguments(googleServices, "consistent_hash#http_cookie#ttl#nanos strong_session_affinity_cookie#ttl#nanos")},
		{Why: "open connections do not end by their age", Names: arguments(googleServices, "max_stream_duration")},
		{Why: "clients that name their server are not modelled", Names: arguments(googleServices, "dynamic_forwarding ha_policy")},
		{Why: "the part of the requests that another load balancer gets meanwhile is not modelled", Names: arguments(googleServices, "external_managed_migration_state external_managed_migration_testing_percentage")},
		{Why: "requests go to every instance, whatever their share of failures is", Names: arguments("google_compute_target_pool", "backup_pool failover_ratio")},
		{Why: "an instance that fails its checks is not replaced; write it in the timeline", Names: arguments(googleManagers, "auto_healing_policies instance_lifecycle_policy")},
		{Why: "instances of several versions count as alike; a canary in the timeline is one", Names: arguments(googleManagers, "version target_size_policy")},
		{Why: "instances are not kept stopped or suspended", Names: arguments(googleManagers, "standby_policy target_suspended_size target_stopped_size")},
		{Why: "only backend services are followed", Names: arguments(googleManagers, "target_pools")},
		{Why: "instances are replaced in turn, with all that they hold", Names: arguments(googleManagers, "update_policy#minimal_action update_policy#most_disruptive_allowed_action update_policy#type update_policy#replacement_method update_policy#instance_redistribution_type")},
	}
}

func argumentsWithout() []source.Harmless {
	return []source.Harmless{
		{Why: "enabled says whether an origin gets requests", Names: arguments("cloudflare_load_balancer_pool", "origins#disabled_at")},
		{Why: "what a listener writes into headers", Names: arguments(awsListeners, "routing_http_request_x_amzn_mtls_clientcert_header_name routing_http_response_server_enabled routing_http_response_strict_transport_security_header_value")},
		{Why: "changes requests, not their routing", Names: arguments("aws_lb_listener_rule aws_alb_listener_rule", "transform")},
		{Why: "logs", Names: arguments(awsBalancers, "health_check_logs")},
		{Why: "what runs in a task, and where", Names: arguments("aws_ecs_service", "capacity_provider_strategy cluster launch_type network_configuration ordered_placement_strategy placement_constraints platform_version "+
			"propagate_tags scheduling_strategy service_registries task_definition triggers volume_configuration iam_role enable_ecs_managed_tags enable_execute_command "+
			"load_balancer#container_name load_balancer#container_port load_balancer#advanced_configuration")},
		{Why: "about Terraform", Names: arguments("aws_ecs_service", "force_delete force_new_deployment wait_for_steady_state")},
		{Why: "about Terraform", Names: arguments("aws_autoscaling_group", "force_delete force_delete_warm_pool ignore_failed_scaling_activities wait_for_capacity_timeout min_elb_capacity wait_for_elb_capacity")},
		{Why: "what runs on an instance, and where", Names: arguments("aws_autoscaling_group", "availability_zone_distribution context desired_capacity_type launch_configuration launch_template placement_group "+
			"service_linked_role_arn vpc_zone_identifier tag metrics_granularity enabled_metrics")},
		{Why: "how servers are reached", Names: arguments(googleServices, "ip_address_selection_policy load_balancing_scheme tls_settings network subnetwork connection_tracking_policy#connection_persistence_on_unhealthy_backends")},
		{Why: "changes requests, not their routing", Names: arguments(googleServices, "custom_request_headers custom_response_headers")},
		{Why: "about Terraform", Names: arguments("azurerm_lb_rule azurerm_lb_probe azurerm_lb_backend_address_pool azurerm_lb_backend_address_pool_address", "loadbalancer_id timeouts")},
		{Why: "where the load balancer is, and what it costs", Names: arguments("azurerm_lb", "sku sku_tier edge_zone frontend_ip_configuration timeouts")},
		{Why: "which connections come to a rule; here all of the scenario do", Names: arguments("azurerm_lb_rule", "protocol frontend_port frontend_ip_configuration_name")},
		{Why: "how servers are reached", Names: append(arguments("azurerm_lb_rule", "backend_port enable_floating_ip floating_ip_enabled disable_outbound_snat enable_tcp_reset tcp_reset_enabled"),
			arguments("azurerm_lb_backend_address_pool_address azurerm_lb_backend_address_pool", "virtual_network_id synchronous_mode")...)},
		{Why: "what a probe asks", Names: arguments("azurerm_lb_probe", "port protocol request_path")},
		{Why: "about Terraform", Names: arguments(googleServices+" "+googleManagers+" google_compute_target_pool google_compute_health_check google_compute_region_health_check", "deletion_policy params")},
		{Why: "the look and scope of the cookie", Names: arguments(googleServices, "consistent_hash#http_cookie#path strong_session_affinity_cookie#path")},
		{Why: "a name or label", Names: arguments(googleServices, "backend#description")},
		{Why: "what runs on an instance, and where", Names: arguments(googleManagers, "base_instance_name zone named_port all_instances_config stateful_disk stateful_internal_ip stateful_external_ip resource_policies "+
			"distribution_policy_zones distribution_policy_target_shape instance_flexibility_policy list_managed_instances_results wait_for_instances wait_for_instances_status")},
		{Why: "what a probe asks", Names: arguments("google_compute_health_check google_compute_region_health_check", "http_health_check https_health_check http2_health_check tcp_health_check ssl_health_check grpc_health_check "+
			"grpc_tls_health_check source_regions log_config")},
	}
}
