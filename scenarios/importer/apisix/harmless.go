package apisix

import "stickysim/scenarios/importer/internal/source"

// harmless are the paths that have no influence on routing, load, sessions and time.
var harmless = []source.Harmless{
	{Why: "a name or label", Names: []string{
		"** upstreams desc", "** upstreams labels", "** upstreams create_time", "** upstreams update_time", "** upstreams id", "** upstreams name",
		"** upstream desc", "** upstream labels", "** upstream id", "** nodes metadata", "routes id", "routes name", "routes desc", "routes labels",
		"services id", "services name", "services desc", "services labels", "stream_routes id", "stream_routes name", "stream_routes desc", "stream_routes labels",
		"** upstream create_time", "** upstream update_time", "routes create_time", "routes update_time", "services create_time", "services update_time",
		"stream_routes create_time", "stream_routes update_time",
	}},
	{Why: "which requests come to a pool; here all of the scenario do", Names: []string{
		"routes uri", "routes uris", "routes host", "routes hosts", "routes methods", "routes priority", "routes vars", "routes remote_addr",
		"routes remote_addrs", "services hosts", "stream_routes server_addr", "stream_routes server_port", "stream_routes sni", "stream_routes remote_addr",
	}},
	{Why: "how servers are reached", Names: []string{
		"** upstreams scheme", "** upstreams pass_host", "** upstreams upstream_host", "** upstreams keepalive_pool", "** upstreams tls",
		"** upstream scheme", "** upstream pass_host", "** upstream upstream_host", "** upstream keepalive_pool", "** upstream tls",
	}},
	{Why: "slow uploads are not modelled, and clients send at once", Names: []string{"** timeout send"}},
	{Why: "what a probe asks", Names: []string{
		"** active type", "** active http_path", "** active http_method", "** active http_req_body", "** active host", "** active port", "** active https_verify_certificate", "** active req_headers",
		"** active concurrency", "** active healthy http_statuses", "** active unhealthy http_statuses",
	}},
	{Why: "encrypts connections", Names: []string{"ssls"}},
	{Why: "the order of plugins, and which requests they are for", Names: []string{"** traffic-split _meta"}},
	{Why: "who may call", Names: []string{"consumers", "consumer_groups", "secrets"}},
}
