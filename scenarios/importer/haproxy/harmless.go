package haproxy

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/sim/lazy"
)

// under returns names with what they stand behind: words of a global section, of an option line, of bind and server lines, and
// the actions of rules.
func under(what, names string) []string {
	list := strings.Fields(names)
	for i := range list {
		list[i] = what + " " + list[i]
	}
	return list
}

// harmless are the names that are known to have no influence.
func harmless() []source.Harmless {
	return []source.Harmless{
		{
			Names: strings.Fields(`log log-format log-format-sd log-tag log-steps error-log-format unique-id-format unique-id-header
				capture declare stats email-alert monitor monitor-uri monitor-net description id guid`),
			Why: "logging, and pages about the proxy",
		},
		{
			Names: strings.Fields(`acl use_backend block reqallow reqiallow reqdeny reqideny reqtarpit reqitarpit
				reqpass reqipass redirect enabled bind-process backlog clitimeout force-be-switch crt quic-initial`),
			Why: "which requests get here is part of the workload",
		},
		{
			Names: strings.Fields(`http-response http-after-response http-error errorfile errorfiles errorloc errorloc302
				errorloc303 reqadd reqdel reqidel reqirep reqrep reqsetbe reqisetbe rspadd rspdel rspidel rspdeny rspideny
				rspirep rsprep http-send-name-header tcp-response`),
			Why: "it changes the text of requests or answers only",
		},
		{
			Names: strings.Fields(`source http-reuse usesrc server-state-file-name use-fcgi-app srvtcpka-cnt srvtcpka-idle
				srvtcpka-intvl clitcpka-cnt clitcpka-idle clitcpka-intvl`),
			Why: "connections to servers and clients",
		},
		{Names: strings.Fields("tcp-check http-check"), Why: "what a health check asks for; a server that is up passes it"},
		{Names: strings.Fields("filter-sequence"), Why: "the order of filters, each of which is named"},

		{
			Names: under("option", `httpchk tcp-check ssl-hello-chk smtpchk ldap-check mysql-check pgsql-check redis-check spop-check
				lb-agent-chk external-check`),
			Why: "what a health check asks for; a server that is up passes it",
		},
		{
			Names: under("option", `contstats dontlog-normal dontlognull http-ignore-probes httplog httpslog log-health-checks
				log-separate-errors logasap socket-stats tcplog`),
			Why: "logging",
		},
		{
			Names: under("option", `clitcpka srvtcpka tcpka http-keep-alive http-server-close httpclose forceclose http-tunnel
				http-pretend-keepalive http-no-delay idle-close-on-response independent-streams independant-streams nolinger
				splice-auto splice-request splice-response tcp-smart-accept tcp-smart-connect use-small-buffers`),
			Why: "connections to servers and clients; each request is balanced for itself",
		},
		{
			Names: under("option", `accept-invalid-http-request accept-invalid-http-response
				accept-unsafe-violations-in-http-request accept-unsafe-violations-in-http-response checkcache
				h1-case-adjust-bogus-client h1-case-adjust-bogus-server http-drop-request-trailers http-drop-response-trailers
				http-restrict-req-hdr-names http-use-htx http-use-proxy-header originalto forwarded disable-h2-upgrade`),
			Why: "it changes the text of requests or answers only",
		},

		{Names: under("global", globalNames), Why: "a setting of the process"},
		{
			Names: under("bind", `ssl backlog defer-accept ecdhe ech expose-fd generate-certificates guid-prefix id idle-ping interface
				ktls label level mode mss name namespace nbconn nice no-alpn no-ca-names no-strict-sni npn alpn
				prefer-client-ciphers proto quic-cc-algo quic-force-retry quic-socket severity-output shards process thread
				strict-sni tcp-md5sig tcp-ss tcp-ut tfo tls-ticket-keys transparent uid user gid group v4v6 v6only verify
				allow-0rtt ca-file ca-ignore-err ca-sign-file ca-sign-pass ca-verify-file cc ciphers ciphersuites client-sigalgs
				crl-file crt crt-ignore-err crt-list curves default-crt force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12
				force-tlsv13 no-sslv3 no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13 sigalgs ssl-max-ver ssl-min-ver
				tls-tickets tlsv10 tlsv11 tlsv12 tlsv13 sslv3`),
			Why: "where clients connect, not which server they get",
		},
		{Names: under("server", serverFlags+" "+serverOptions), Why: "connections to the server, and what a check asks for"},
		{
			Names: under("action", `accept allow auth deny dgram-drop close redirect reject return silent-drop strict-mode tarpit
				track-sc0 track-sc1 track-sc2 track-sc sc-add-gpc sc-inc-gpc sc-inc-gpc0 sc-inc-gpc1 sc-set-gpt sc-set-gpt0
				use-service switch-mode add-acl del-acl del-map set-map block`),
			Why: "which requests get here is part of the workload",
		},
		{
			Names: under("action", `add-header add-headers-bin cache-store del-header del-headers-bin do-log early-hint
				normalize-uri replace-header replace-path replace-pathq replace-uri replace-value set-header set-headers-bin
				set-log-level set-method set-path set-pathq set-query set-status set-uri capture`),
			Why: "it changes the text of requests only; keys are those after this change",
		},
		{
			Names: under("action", `set-bc-mark set-bc-tos set-fc-mark set-fc-tos set-mark set-nice set-src-port set-tos set-var
				set-var-fmt unset-var`),
			Why: "it chooses no server",
		},
	}
}

// known are the reasons in the table of harmless names.
var known = lazy.Value(func() map[string]string { return source.Reasons(harmless()) })
