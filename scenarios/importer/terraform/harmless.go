package terraform

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim/lazy"
)

// harmless are the paths, of a block's type and labels and what is in it, that have no influence on routing, load, sessions and time.
var harmless = []source.Harmless{
	{Why: "its values are used where they are referred to", Names: []string{"provider", "data", "locals", "variable", "output", "terraform", "moved", "import", "removed", "check"}},
	{Why: "about Terraform", Names: []string{
		"resource * * provider", "resource * * lifecycle", "resource * * depends_on", "resource * * timeouts", "resource * * provisioner", "resource * * connection",
		"module * source", "module * version", "module * providers", "module * depends_on", "module * context", "module * create",
	}},
	{Why: "a name or label", Names: []string{
		"resource * * name", "resource * * name_prefix", "resource * * tags", "resource * * labels", "resource * * description", "resource * * project",
		"resource * * region", "module * name", "module * tags", "module * target_tags", "module * project", "module * target_groups * name_prefix",
		"module * target_groups * name", "module * target_groups * tags", "module * backends * description", "module * backends * groups description",
		"resource azurerm_application_gateway * backend_http_settings name", "resource * * resource_group_name", "resource * * location",
	}},
	{Why: "where the load balancer and its servers are in the network", Names: []string{
		"resource * * vpc_id", "resource * * subnets", "resource * * security_groups", "resource * * availability_zones", "resource * * internal",
		"resource * * ip_address_type", "resource aws_lb_target_group * target_type", "resource aws_alb_target_group * target_type",
		"module * vpc_id", "module * subnets", "module * security_group_ids", "module * subnet_ids", "module * internal", "module * ip_address_type",
		"module * security_group_ingress_rules", "module * security_group_egress_rules", "module * target_groups * target_type", "module * firewall_networks",
		"module * route53_records", "module * target_group_target_type", "module * additional_target_group_attachments * target_group_key",
		"module * additional_target_group_attachments * target_type",
	}},
	{Why: "how servers are reached", Names: []string{
		"resource aws_lb_target_group * port", "resource aws_alb_target_group * port", "resource aws_lb_target_group * protocol_version",
		"resource aws_alb_target_group * protocol_version", "resource aws_lb_target_group * proxy_protocol_v2", "resource * * listener",
		"module * target_groups * port", "module * target_groups * protocol_version", "module * target_group_port", "module * additional_target_group_attachments * port",
		"resource google_compute_backend_service * protocol", "resource google_compute_backend_service * port_name",
		"resource google_compute_region_backend_service * protocol", "resource google_compute_region_backend_service * port_name",
		"module * backends * protocol", "module * backends * port", "module * backends * port_name", "module * backends * health_check port", "module * backends * health_check host",
		"module * http2_enabled",
		"resource azurerm_application_gateway * backend_http_settings pick_host_name_from_backend_address", "resource azurerm_application_gateway * backend_http_settings trusted_root_certificate_names",
		"resource azurerm_application_gateway * backend_http_settings port", "resource azurerm_application_gateway * backend_http_settings protocol",
		"resource azurerm_application_gateway * backend_http_settings path", "resource azurerm_application_gateway * backend_http_settings host_name",
		"resource aws_lb_target_group_attachment * port", "resource aws_alb_target_group_attachment * port",
	}},
	{Why: "where the gateway listens, and which requests come to a backend setting", Names: []string{
		"resource azurerm_application_gateway * frontend_ip_configuration", "resource azurerm_application_gateway * frontend_port", "resource azurerm_application_gateway * gateway_ip_configuration",
		"resource azurerm_application_gateway * http_listener", "resource azurerm_application_gateway * ssl_certificate", "resource azurerm_application_gateway * ssl_policy",
		"resource azurerm_application_gateway * redirect_configuration", "resource azurerm_application_gateway * identity", "resource azurerm_application_gateway * zones",
		"resource azurerm_application_gateway * enable_http2", "resource azurerm_application_gateway * http2_enabled", "resource azurerm_application_gateway * request_routing_rule name", "resource azurerm_application_gateway * request_routing_rule rule_type",
		"resource azurerm_application_gateway * request_routing_rule http_listener_name", "resource azurerm_application_gateway * request_routing_rule priority", "resource azurerm_application_gateway * request_routing_rule url_path_map_name",
		"resource azurerm_application_gateway * url_path_map name", "resource azurerm_application_gateway * url_path_map path_rule name", "resource azurerm_application_gateway * url_path_map path_rule paths",
		"resource azurerm_application_gateway * backend_address_pool name", "resource azurerm_application_gateway * probe name",
	}},
	{Why: "what a probe asks", Names: []string{
		"resource azurerm_application_gateway * probe host", "resource azurerm_application_gateway * probe path", "resource azurerm_application_gateway * probe protocol", "resource azurerm_application_gateway * probe port",
		"resource azurerm_application_gateway * probe match", "resource azurerm_application_gateway * probe pick_host_name_from_backend_http_settings",
	}},
	{Why: "encrypts connections", Names: []string{"module * ssl", "module * private_key", "module * certificate"}},
	{Why: "what a probe asks", Names: []string{
		"resource * * health_check path", "resource * * health_check port", "resource * * health_check protocol", "resource * * health_check matcher",
		"resource * * health_check target", "module * target_groups * health_check path", "module * target_groups * health_check port",
		"module * target_groups * health_check protocol", "module * target_groups * health_check matcher", "module * health_check_path",
		"module * health_check_matcher", "module * backends * health_check request_path", "module * backends * health_check logging",
	}},
	{Why: "logs and protection against deletion", Names: []string{
		"module * enable_deletion_protection", "module * deletion_protection_enabled", "module * access_logs", "module * connection_logs",
		"module * health_check_logs", "module * access_logs_enabled", "module * alb_access_logs_s3_bucket_force_destroy", "resource * * access_logs",
		"resource * * enable_deletion_protection", "module * backends * log_config", "resource * * log_config",
	}},
	{Why: "which requests come to a pool; here all of the scenario do", Names: []string{
		"module * url_map", "module * create_url_map", "resource google_compute_url_map * host_rule", "module * http_enabled",
		"module * authentication_type", "module * unauthenticated_priority", "module * unauthenticated_paths", "module * unauthenticated_listener_arns",
		"module * target_group_arn", "module * default_target_group_enabled", "resource aws_lb_listener_rule * priority", "resource aws_lb_listener_rule * condition",
		"resource aws_lb_listener_rule * listener_arn", "resource aws_lb_listener * load_balancer_arn", "resource aws_lb_listener * port",
		"resource aws_lb_listener * protocol", "resource aws_lb_listener * ssl_policy", "resource aws_lb_listener * certificate_arn",
		"resource aws_lb_listener * default_action order", "resource aws_lb_listener_rule * action order", "resource aws_lb_listener * alpn_policy", "resource aws_lb_listener * mutual_authentication",
	}},
	{Why: "changes requests, not their routing", Names: []string{"module * backends * custom_request_headers", "module * backends * custom_response_headers"}},
	{Why: "how a load balancer is reached, and what it logs", Names: []string{
		"resource aws_lb * access_logs", "resource aws_lb * connection_logs", "resource aws_lb * customer_owned_ipv4_pool",
		"resource aws_lb * desync_mitigation_mode", "resource aws_lb * drop_invalid_header_fields",
		"resource aws_lb * enable_deletion_protection", "resource aws_lb * enable_http2",
		"resource aws_lb * enable_tls_version_and_cipher_suite_headers", "resource aws_lb * enable_xff_client_port",
		"resource aws_lb * enable_waf_fail_open", "resource aws_lb * enforce_security_group_inbound_rules_on_private_link_traffic",
		"resource aws_lb * internal", "resource aws_lb * ip_address_type", "resource aws_lb * ipam_pools",
		"resource aws_lb * load_balancer_type", "resource aws_lb * minimum_load_balancer_capacity", "resource aws_lb * name",
		"resource aws_lb * name_prefix", "resource aws_lb * preserve_host_header", "resource aws_lb * security_groups",
		"resource aws_lb * subnet_mapping", "resource aws_lb * subnets", "resource aws_lb * tags", "resource aws_lb * timeouts",
		"resource aws_lb * xff_header_processing_mode", "resource aws_alb * access_logs", "resource aws_alb * connection_logs",
		"resource aws_alb * customer_owned_ipv4_pool", "resource aws_alb * desync_mitigation_mode",
		"resource aws_alb * drop_invalid_header_fields", "resource aws_alb * enable_deletion_protection", "resource aws_alb * enable_http2",
		"resource aws_alb * enable_tls_version_and_cipher_suite_headers", "resource aws_alb * enable_xff_client_port",
		"resource aws_alb * enable_waf_fail_open", "resource aws_alb * enforce_security_group_inbound_rules_on_private_link_traffic",
		"resource aws_alb * internal", "resource aws_alb * ip_address_type", "resource aws_alb * ipam_pools",
		"resource aws_alb * load_balancer_type", "resource aws_alb * minimum_load_balancer_capacity", "resource aws_alb * name",
		"resource aws_alb * name_prefix", "resource aws_alb * preserve_host_header", "resource aws_alb * security_groups",
		"resource aws_alb * subnet_mapping", "resource aws_alb * subnets", "resource aws_alb * tags", "resource aws_alb * timeouts",
		"resource aws_alb * xff_header_processing_mode",
	}},
	{Why: "the values that are planned tell what comes of it", Names: []string{
		"plan configuration", "plan resource_changes", "plan resource_drift", "plan variables", "plan prior_state", "plan relevant_attributes",
		"plan planned_values outputs", "plan values outputs", "plan output_changes", "plan proposed_unknown", "plan deferred_changes",
	}},
	{Why: "about the plan and its resources, not what they do", Names: []string{
		"plan format_version", "plan terraform_version", "plan timestamp", "plan errored", "plan applyable", "plan complete", "plan checks",
		"** resources address", "** resources mode", "** resources type", "** resources name", "** resources index", "** resources provider_name",
		"** resources schema_version", "** resources identity_schema_version", "** resources identity", "** resources sensitive_values",
		"** resources depends_on", "** resources tainted", "** child_modules address",
	}},
	{Why: "what Terraform and the provider call a resource", Names: []string{
		"resource * * id", "resource * * arn", "resource * * arn_suffix", "resource * * self_link", "resource * * tags_all", "resource * * dns_name",
		"resource * * zone_id", "resource * * load_balancer_arns", "resource * * generated_id", "resource * * fingerprint", "resource * * creation_timestamp",
	}},
	{Why: "about Lambda functions", Names: []string{"resource aws_lb_target_group * lambda_multi_value_headers_enabled", "module * target_groups * lambda_multi_value_headers_enabled"}},
}

// harmlessTypes are the types of resources that have no influence on routing, load, sessions and time.
var harmlessTypes = typesOf(`aws_vpc aws_subnet aws_security_group aws_security_group_rule aws_vpc_security_group_ingress_rule
	aws_vpc_security_group_egress_rule aws_internet_gateway aws_route_table aws_route aws_route_table_association aws_eip aws_nat_gateway
	aws_instance aws_launch_template aws_iam_role aws_iam_policy aws_iam_role_policy aws_iam_role_policy_attachment aws_iam_instance_profile
	aws_s3_bucket aws_s3_bucket_policy aws_cloudwatch_log_group aws_cloudwatch_metric_alarm aws_route53_record aws_route53_zone
	aws_acm_certificate aws_acm_certificate_validation aws_ecs_cluster aws_ecs_task_definition aws_ecr_repository aws_cognito_user_pool
	aws_cognito_user_pool_client aws_cognito_user_pool_domain aws_lb_listener_certificate aws_lambda_function aws_lambda_permission
	null_resource random_string random_id random_pet random_password local_file tls_private_key tls_self_signed_cert terraform_data
	google_compute_network google_compute_subnetwork google_compute_firewall google_compute_instance_template google_compute_instance
	google_compute_global_address google_compute_address google_compute_ssl_certificate google_compute_managed_ssl_certificate
	google_compute_backend_bucket google_storage_bucket google_storage_bucket_object google_storage_object_acl google_project_service
	azurerm_resource_group azurerm_virtual_network azurerm_subnet azurerm_public_ip azurerm_network_security_group azurerm_service_plan
	azurerm_app_service_plan cloudflare_record cloudflare_dns_record`)

// fieldsThatMatter are arguments at any depth that decide where requests go, when, or how many, and that a scenario does not have.
var fieldsThatMatter = map[string]string{
	"weighted_forward": "splits between target groups are not modelled", "load_balancing_cross_zone_enabled": "targets of all zones are one set",
	"cross_zone_load_balancing_enabled": "targets of all zones are one set", "cross_zone_load_balancing": "targets of all zones are one set",
	"enable_cross_zone_load_balancing": "targets of all zones are one set", "target_group_health": "all targets are used only when none is healthy",
	"target_health_state": "open connections stay when a probe fails", "target_failover": "flows of a Gateway Load Balancer are not modelled",
	"preserve_client_ip": "servers do not look at addresses", "connection_termination": "open connections end when a server has drained",
	"idle_timeout": "the time limit of the load balancer is not part of the scenario", "client_keep_alive": "connections are not ended by their age",
	"timeout_sec": "the time limit of the load balancer is not part of the scenario", "request_timeout": "the time limit of the load balancer is not part of the scenario",
	"listeners": "which requests come to a pool is not modelled, nor are splits between target groups", "groups": "capacities of backends and their balancing modes are not modelled",
	"backend": "capacities of backends and their balancing modes are not modelled", "enable_cdn": "answers from a CDN are not modelled",
	"cdn_policy": "answers from a CDN are not modelled", "security_policy": "requests that a firewall refuses are not modelled",
	"edge_security_policy": "requests that a firewall refuses are not modelled", "compression_mode": "the time it takes is not modelled",
	"iap_config": "the time and the failures of a login are not modelled", "iap": "the time and the failures of a login are not modelled",
	"circuit_breakers": "not modelled for Google Cloud", "locality_lb_policies": "not modelled for Google Cloud", "failover_policy": "not modelled for Google Cloud",
	"connection_tracking_policy": "not modelled for Google Cloud", "health_checks": "the check is a resource of its own; the defaults are used",
	"health_check_timeout": "the module's health check is not read", "health_check_interval": "the module's health check is not read",
	"health_check_healthy_threshold": "the module's health check is not read", "health_check_unhealthy_threshold": "the module's health check is not read",
	"count": "one resource is read, however often it is made", "for_each": "one resource is read, however often it is made",
	"availability_zone": "targets of all zones are one set",
}

func typesOf(words string) func() map[string]bool {
	return lazy.Value(func() map[string]bool {
		m := map[string]bool{}
		for word := range strings.FieldsSeq(words) {
			m[word] = true
		}
		return m
	})
}

// account gives every part of the blocks a remark.
func (im *translation) account() {
	for _, b := range im.blocks {
		switch {
		case b.kind == "resource" && len(b.labels) == 2 && harmlessTypes()[b.labels[0]]:
			im.Harmless(b.n, "%s: no influence on the choice of a server", source.Short(b.n.Key))
		case b.kind == "module" && !im.used(b.n):
			im.NotCarried(b.n, "%s: what the module makes is not in the file", source.Short(b.n.Key))
		case b.kind == "resource" && len(b.labels) == 2 && matters[b.labels[0]] != "" && !b.n.Remarked():
			im.NotCarried(b.n, "%s: %s", source.Short(b.n.Key), matters[b.labels[0]])
		}
		if b.kind == "resource" || b.kind == "module" {
			im.remarkFields(b.n)
		}
		under := []string{b.kind}
		if b.kind == "resource" || b.kind == "module" {
			under = append(under, b.labels...)
		}
		b.n.Account(im.Input, known(), b.n.Key, under...)
		b.n.Cover(true)
	}
	im.whole.Account(im.Input, known(), "", "plan")
}

// used reports whether a pool is made of n or of something in it.
func (im *translation) used(n *tree.Node) bool {
	for _, p := range im.Pools {
		if p.Place == n.Place {
			return true
		}
	}
	for _, x := range n.Children() {
		if im.used(x) {
			return true
		}
	}
	return false
}

// remarkFields remarks on the arguments below n that matter.
func (im *translation) remarkFields(n *tree.Node) {
	for _, x := range n.Children() {
		switch why := fieldsThatMatter[x.Key]; {
		case x.Kind == tree.Null && why != "" && !x.Remarked():
			im.Harmless(x, "%s: not set", x.Key)
		case why != "" && !im.Mentioned(x):
			im.NotCarried(x, "%s: %s", x.Key, why)
		default:
			im.remarkFields(x)
		}
	}
}
