package caddy

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim/lazy"
)

// under returns names with the block that they stand in: "global", "servers", "reverse_proxy", "transport". In JSON a block is a
// path of keys.
func under(block, names string) []string {
	list := strings.Fields(names)
	for i := range list {
		list[i] = block + " " + list[i]
	}
	return list
}

// Reasons that hold in several blocks.
const (
	reach   = "which requests get here is part of the workload"
	text    = "it changes the text of requests or answers only"
	logging = "logging, and pages about the server"
	certs   = "TLS and certificates"
	process = "how the process runs"
	probe   = "what a probe asks; a server that is up passes it"
	sockets = "connections of clients; each request is balanced for itself"
)

// harmless are the names that are known to have no influence: directives of Caddyfiles, and paths of keys of Caddy's JSON.
var harmless = []source.Harmless{
	{Names: strings.Fields(`abort acme_server basic_auth basicauth bind error file_server fs map metrics redir request_body respond
		root templates try_files uri vars invoke`), Why: reach},
	{Names: strings.Fields(`copy_response copy_response_headers encode header header_down header_up method push request_header
		rewrite`), Why: text},
	{Names: strings.Fields("log log_append log_name log_skip skip_log tracing"), Why: logging},
	{Names: []string{"tls"}, Why: certs},

	{Names: under("global", `acme_ca acme_ca_root acme_dns acme_eab auto_https cert_issuer cert_lifetime default_sni dns ech email
		fallback_sni key_type local_certs ocsp_interval ocsp_stapling on_demand_tls pki preferred_chains renew_interval
		renewal_window_ratio skip_install_trust storage storage_check storage_clean_interval tls_resolvers`), Why: certs},
	{Names: under("global", "admin events filesystem persist_config order"), Why: process},
	{Names: under("global", "debug log metrics"), Why: logging},
	{Names: under("global", "default_bind http_port https_port"), Why: reach},
	{Names: under("servers", `name protocols max_header_size enable_full_duplex expected_underscore_headers expected_dot_headers
		strict_sni_host keepalive_interval keepalive_idle keepalive_count packet_conn_wrappers 0rtt`), Why: sockets},
	{Names: under("servers", "log_credentials metrics trace"), Why: logging},
	{Names: under("servers", "trusted_proxies_strict"), Why: "which address of a header counts that holds several; clients are assumed to write none"},

	{Names: under("reverse_proxy", `header_up header_down headers method rewrite flush_interval request_buffers response_buffers
		stream_buffer_size buffer_requests buffer_responses max_buffer_size trusted_proxies replace_status copy_response
		copy_response_headers`), Why: text},
	{Names: under("reverse_proxy", "verbose_logs"), Why: logging},
	{Names: under("reverse_proxy", `health_port health_upstream health_status health_body health_method health_headers
		health_request_body health_follow_redirects`), Why: probe},
	{Names: under("reverse_proxy health_checks active", `port upstream headers method body follow_redirects max_size expect_status
		expect_body`), Why: probe},
	{Names: under("transport", `read_buffer write_buffer max_response_header proxy_protocol forward_proxy_url network_proxy
		dial_fallback_delay expect_continue_timeout resolvers tls tls_client_auth tls_insecure_skip_verify tls_curves
		tls_timeout tls_trusted_ca_certs tls_trust_pool tls_server_name tls_renegotiation tls_except_ports keepalive
		keepalive_interval keepalive_idle_conns keepalive_idle_conns_per_host versions compression local_address`), Why: "connections to upstreams"},
	{Names: under("reverse_proxy transport", `protocol read_buffer_size write_buffer_size max_response_header_size proxy_protocol
		forward_proxy_url network_proxy dial_fallback_delay expect_continue_timeout resolver tls keep_alive versions
		compression local_address root split_path env resolve_root_symlink capture_stderr resume_parent_redirect`), Why: "connections to upstreams"},

	{Names: []string{"** match", "** terminal", "** group", "** @id"}, Why: reach},
	{Names: under("apps http", "http_port https_port"), Why: reach},
	{Names: under("apps http servers *", "listen listen_protocols automatic_https allow_0rtt max_header_bytes strict_sni_host "+
		"enable_full_duplex expected_underscore_headers expected_dot_headers keepalive_interval keepalive_idle keepalive_count protocols packet_conn_wrappers"), Why: sockets},
	{Names: under("apps http servers *", "logs metrics"), Why: logging},
	{Names: under("apps http servers *", "trusted_proxies_strict"), Why: "which address of a header counts that holds several; clients are assumed to write none"},
	{Names: under("apps http servers *", "tls_connection_policies"), Why: certs},
	{Names: []string{"apps http metrics"}, Why: logging},
	{Names: []string{"apps tls", "apps pki", "storage"}, Why: certs},
	{Names: []string{"logging"}, Why: logging},
	{Names: []string{"admin", "apps events"}, Why: process},
}

var (
	known     = lazy.Value(func() map[string]string { return source.Reasons(harmless) })
	knownKeys = tree.NewKnown(harmless)
)

// lost are the names that matter, or may matter, and are not carried over, in the words of the table of harmless names.
var lost = map[string]string{
	"php_fastcgi":                      "a shortcut around reverse_proxy; write it out to have it imported",
	"forward_auth":                     "a shortcut around reverse_proxy; write it out to have it imported",
	"timeouts":                         "clients send and read at once",
	"servers timeouts":                 "clients send and read at once",
	"servers listener_wrappers":        "what proxies in front tell by the PROXY protocol; addresses are those of connections",
	"servers trusted_proxies_unix":     "proxies that connect through a Unix socket",
	"global shutdown_delay":            "what becomes of connections when the server stops",
	"global grace_period":              "what becomes of connections when the server stops",
	"reverse_proxy lb_retry_match":     "of requests that broke on an upstream only GETs are repeated; connect errors always are",
	"reverse_proxy unhealthy_latency":  "slow responses do not count as failures",
	"reverse_proxy dynamic":            "upstreams are known only at run time",
	"reverse_proxy stream_timeout":     "how long a stream lasts",
	"reverse_proxy stream_close_delay": "how long streams last when the configuration changes",
	"reverse_proxy handle_response":    "answers that other routes replace",
	"reverse_proxy circuit_breaker":    "a module that takes upstreams out of use",
	"reverse_proxy dynamic_upstreams":  "upstreams are known only at run time",
	"transport max_conns_per_host":     "the limit on connections to an upstream",
	"transport write_timeout":          "requests are sent at once",
	"transport read_timeout":           "how long an upstream may pause within its answer",
}

// byTable remarks on a directive in a block that needs no more than that, or that no list has. block is "" for a site.
func (t *translation) byTable(d *directive, block string) {
	name := d.name
	if block != "" {
		name = block + " " + name
	}
	switch {
	case lost[name] != "":
		t.NotCarried(d, "%s: %s", d, lost[name])
	case known()[name] != "":
		t.Harmless(d, "%s: %s", d, known()[name])
	default:
		t.NotCarried(d, "%s: not understood", d)
	}
	t.cover(d.block)
}
