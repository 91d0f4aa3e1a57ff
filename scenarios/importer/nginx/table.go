package nginx

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim/lazy"
)

// known are the reasons in the table of harmless names.
var known = lazy.Value(func() map[string]string { return source.Reasons(harmless) })

// lost are the directives outside of upstreams that matter, or may matter, and are not carried over, by why.
var lost = byName(map[string]string{
	"requests beyond the limit never reach a server":               "limit_req limit_conn limit_zone",
	"answers take the time that the server and the network take":   "limit_rate limit_rate_after proxy_limit_rate fastcgi_limit_rate scgi_limit_rate uwsgi_limit_rate proxy_download_rate proxy_upload_rate",
	"answers from the cache never reach a server":                  "proxy_cache fastcgi_cache uwsgi_cache scgi_cache",
	"answers that are stored never reach a server again":           "proxy_store fastcgi_store scgi_store uwsgi_store",
	"mirrored requests add load to servers":                        "mirror",
	"each request makes another one":                               "auth_request",
	"answers can make further requests":                            "ssi add_before_body add_after_body",
	"a request becomes several ones":                               "slice",
	"a program, which may choose where requests go":                "js_content js_access js_header_filter js_body_filter js_filter js_preread js_periodic perl",
	"a program computes this variable":                             "js_set perl_set",
	"values that change while the server runs":                     "keyval keyval_zone",
	"servers can be changed while the server runs":                 "api upstream_conf",
	"tables that nodes share; each node has its own":               "zone_sync",
	"the limit on connections is assumed not to be reached":        "worker_connections worker_rlimit_nofile",
	"connections that a reload ends":                               "worker_shutdown_timeout",
	"clients send and read at once":                                "client_body_timeout client_header_timeout send_timeout preread_timeout proxy_protocol_timeout",
	"how long slow clients hold a server, and what is tried again": "proxy_request_buffering fastcgi_request_buffering scgi_request_buffering uwsgi_request_buffering proxy_buffering fastcgi_buffering scgi_buffering uwsgi_buffering proxy_request_dynamic",
	"what becomes of requests whose client has gone away":          "proxy_ignore_client_abort fastcgi_ignore_client_abort scgi_ignore_client_abort uwsgi_ignore_client_abort",
	"which servers requests may be passed to":                      "proxy_allow_upstream tunnel_allow_upstream",
	"CONNECT requests go to the host that they name":               "tunnel_pass",
	"connections go to another server block":                       "pass",
	"datagrams: how many belong together":                          "proxy_requests proxy_responses proxy_session_drop",
	"active health checks are a setting of the scenario: health":   "health_check health_check_timeout check check_http_send check_http_expect_alive check_keepalive_requests",
	"an obsolete spelling of sticky":                               "sticky_cookie_insert",
	"sticky sessions of Tengine":                                   "session_sticky_header",
	"servers see another source address, as hashes behind them would": `proxy_bind fastcgi_bind uwsgi_bind scgi_bind grpc_bind
		memcached_bind tunnel_bind proxy_bind_dynamic fastcgi_bind_dynamic uwsgi_bind_dynamic scgi_bind_dynamic grpc_bind_dynamic
		memcached_bind_dynamic tunnel_bind_dynamic`,
})

func byName(lists map[string]string) map[string]string {
	why := map[string]string{}
	for reason, names := range lists {
		for _, name := range strings.Fields(names) {
			why[name] = reason
		}
	}
	return why
}

// holders are the blocks that hold directives, and say nothing themselves.
var holders = map[string]bool{"http": true, "stream": true, "events": true, "server": true, "location": true, "if": true, "limit_except": true}

// apart are the blocks that have nothing to do with balancing, with all in them.
var apart = map[string]string{
	"mail": "mail is not balanced", "mgmt": "reports to NGINX", "acme_issuer": "certificates", "oidc_provider": "who may send requests",
	"otel_exporter": "logging",
}

// byTable remarks on a directive outside of upstreams that needs no more than that, or that no list has.
func (t *translation) byTable(d *directive) {
	switch {
	case d.open && holders[d.name]:
		if len(d.block) == 0 {
			t.remark(ir.Harmless, d, "an empty block")
		}
	case apart[d.name] != "":
		t.remark(ir.Harmless, d, "%s", apart[d.name])
		t.cover(d.block)
		d.block = nil
	case d.name == "error_page" && len(d.args) > 0 && strings.HasPrefix(d.args[len(d.args)-1], "@"):
		t.remark(ir.NotCarried, d, "requests that fail go on to another location")
	case d.name == "proxy_set_header" && len(d.args) == 2 && strings.EqualFold(d.args[0], "Upgrade") && d.args[1] != "":
		t.remark(ir.NotCarried, d, source.KeptOpen)
	case lost[d.name] != "":
		t.remark(ir.NotCarried, d, "%s", lost[d.name])
	case strings.HasPrefix(d.name, "balancer_by_lua"):
		t.remark(ir.NotCarried, d, "a program chooses the server")
	case strings.Contains(d.name, "_by_lua"):
		t.remark(ir.NotCarried, d, "a program, which may choose where requests go")
	case known()[d.name] != "":
		t.remark(ir.Harmless, d, "%s", known()[d.name])
	default:
		t.remark(ir.NotCarried, d, "not understood")
	}
}

// cover notes that the remark on a block covers what is in it.
func (t *translation) cover(block []directive) {
	for i := range block {
		t.Cover(&block[i])
		t.cover(block[i].block)
	}
}
