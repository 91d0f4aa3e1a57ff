package kong

import (
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
)

// harmless are the paths that have no influence on routing, load, sessions and time.
var harmless = []source.Harmless{
	{Why: "about the file", Names: []string{"_format_version", "_transform", "_info", "_workspace", "_konnect", "_comment", "_ignore"}},
	{Why: "a name or label", Names: []string{
		"services id", "services name", "services tags", "services created_at", "services updated_at", "** routes id", "** routes created_at", "** routes updated_at", "** routes name", "** routes tags",
		"upstreams id", "upstreams tags", "upstreams created_at", "upstreams updated_at", "** targets id", "** targets tags", "** targets created_at", "** targets updated_at",
	}},
	{Why: "which requests come to a pool; here all of the scenario do", Names: []string{
		"** routes paths", "** routes hosts", "** routes methods", "** routes headers", "** routes protocols", "** routes snis", "** routes sources",
		"** routes destinations", "** routes regex_priority", "** routes priority", "** routes expression", "** routes path_handling",
		"** routes https_redirect_status_code", "** routes service", "services enabled",
	}},
	{Why: "changes requests, not their routing", Names: []string{"** routes strip_path", "** routes preserve_host", "upstreams host_header", "services path"}},
	{Why: "how servers are reached", Names: []string{
		"services protocol", "services port", "services client_certificate", "services tls_verify", "services tls_verify_depth", "services ca_certificates",
		"upstreams client_certificate",
	}},
	{Why: "a service of one server, without an upstream", Names: []string{"services host", "services url"}},
	{Why: "slow uploads are not modelled, and clients send at once", Names: []string{"services write_timeout", "** routes request_buffering", "** routes response_buffering"}},
	{Why: "what a probe asks, and what counts as an answer", Names: []string{
		"** healthchecks active type", "** healthchecks active concurrency", "** healthchecks active http_path", "** healthchecks active https_sni",
		"** healthchecks active https_verify_certificate", "** healthchecks active headers", "** healthchecks active healthy http_statuses",
		"** healthchecks active unhealthy http_statuses", "** healthchecks active unhealthy http_failures", "** healthchecks active unhealthy tcp_failures",
		"** healthchecks active unhealthy timeouts", "** healthchecks passive type", "** healthchecks passive healthy",
		"** healthchecks passive unhealthy http_statuses",
	}},
	{Why: "the look and scope of the cookie", Names: []string{"upstreams hash_on_cookie_path", "upstreams sticky_sessions_cookie_path"}},
	{Why: "only the chosen key is hashed", Names: []string{
		"upstreams hash_on_header", "upstreams hash_on_cookie", "upstreams hash_on_query_arg", "upstreams hash_on_uri_capture", "upstreams hash_fallback",
		"upstreams hash_fallback_header", "upstreams hash_fallback_query_arg", "upstreams hash_fallback_uri_capture",
	}},
	{Why: "encrypts connections", Names: []string{"certificates", "ca_certificates", "snis"}},
	{Why: "who may call", Names: []string{"consumers", "consumer_groups", "vaults", "keys", "key_sets", "rbac_roles"}},
}

// matters are fields that decide where requests go, or how many, and that a scenario does not have.
var matters = map[string]string{
	"plugins":      "what they do to requests is not modelled",
	"use_srv_name": "targets are not resolved",
}

// remarkMatters remarks on the fields below n that matter.
func (im *translation) remarkMatters(n *tree.Node) {
	for _, x := range n.Children() {
		if why := matters[x.Key]; why != "" && !im.Mentioned(x) {
			im.NotCarried(x, "%s: %s", x.Key, why)
		} else {
			im.remarkMatters(x)
		}
	}
}
