package haproxy

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/sim/lazy"
)

// lost are the names that matter, or may matter, and are not carried over.
var lost = byName(map[string]string{
	"HAProxy itself has removed it in 1.6; stick-table with stick store-response is its successor": "appsession",
	"requests that are sent to a server by a rule; the policy balances all":                        "use-server",
	"persistence that holds on to servers that are down":                                           "force-persist",
	"requests without persistence":                                                                 "ignore-persist",
	"one fixed destination, without balancing":                                                     "dispatch",
	"dynamic limits between minconn and maxconn":                                                   "fullconn",
	"the limit on client connections is assumed not to be reached":                                 "maxconn global/maxconn global/maxsslconn global/ulimit-n global/fd-hard-limit bind/maxconn",
	"the limit on the rate of new sessions":                                                        "rate-limit global/maxconnrate global/maxsessrate global/maxsslrate",
	"requests that leave their connection for another server":                                      "max-keep-alive-queue",
	"connections kept per client":                                                                  "max-session-srv-conns",
	"state kept from a run before; every server starts as the file says":                           "load-server-state-from-file global/server-state-base global/server-state-file",
	"checks by a program":                                                                          "external-check",
	"RDP cookies; balance rdp-cookie is understood":                                                "persist",
	"filters may change or delay requests":                                                         "filter",
	"work that HAProxy takes off the servers":                                                      "compression",
	"the section is out of use":                                                                    "disabled be-unpublished",
	"connections that a reload ends":                                                               "grace global/grace global/hard-stop-after",
	"requests bound to a server that is down are balanced":                                         "option/persist",
	"a client's next request on the same connection is balanced anew":                              "option/prefer-last-server",
	"requests go to servers, not to where the client wanted":                                       "option/transparent option/http_proxy",
	"requests whose client has gone away stay in the queue":                                        "option/abortonclose",
	"how long slow clients hold a server":                                                          "option/http-buffer-request",
	"health checks are equally spaced":                                                             "global/spread-checks global/max-spread-checks",
	"environment variables are not known":                                                          "global/setenv global/presetenv global/resetenv global/unsetenv",
	"programs may choose where requests go":                                                        "global/lua-load global/lua-load-per-thread",
	"a program, which may choose where requests go":                                                "action/send-spoe-group action/ot-group",
	"allocations that fail on purpose":                                                             "global/tune.fail-alloc",
	"answers from HAProxy's own cache never reach a server":                                        "action/cache-use",
	"requests that do not go to a server":                                                          "action/set-dst action/set-dst-port action/do-resolve action/attach-srv",
	"queues are first come, first served":                                                          "action/set-priority-class action/set-priority-offset",
	"time limits that hold for some requests":                                                      "action/set-timeout",
	"retries that hold for some requests":                                                          "action/set-retries action/disable-l7-retry action/send-retry",
	"requests that are held up":                                                                    "action/pause action/inspect-delay action/wait-for-body action/wait-for-handshake",
	"answers take the time that the server and the network take":                                   "action/set-bandwidth-limit",
})

// byName turns lists of names by why into reasons by name. In a list, option/persist is the word persist of an option line.
func byName(lists map[string]string) map[string]string {
	why := map[string]string{}
	for reason, names := range lists {
		for _, name := range strings.Fields(names) {
			why[strings.Replace(name, "/", " ", 1)] = reason
		}
	}
	return why
}

// byTable remarks on a word of a line that needs no more than that, or that no list has. what is "" for the first word of a line,
// otherwise what the word stands behind.
func (im *translation) byTable(l *line, what, word string) {
	name, shown := word, source.Short(word)
	if what != "" {
		name, shown = what+" "+word, source.Short(l.arg(0)+" "+word)
	}
	switch {
	case lost[name] != "":
		im.NotCarried(l, "%s: %s", shown, lost[name])
	case known()[name] != "":
		im.Harmless(l, "%s: %s", shown, known()[name])
	default:
		im.NotCarried(l, "%s: not understood", shown)
	}
}

// httpResponse reads rules about answers.
func (im *translation) httpResponse(_ *proxy, l *line) error {
	action := l.arg(1)
	if l.arg(0) == "tcp-response" && action == "content" {
		action = l.arg(2)
	}
	if action, _, _ = strings.Cut(action, "("); strings.HasPrefix(action, "lua.") {
		im.NotCarried(l, "%s: a program, which may change answers", source.Short(action))
	} else {
		im.byTable(l, "action", action)
	}
	return nil
}

// bindFlags are the words of bind lines that no value follows.
var bindFlags = lazy.Value(func() map[string]bool {
	flags := map[string]bool{}
	for word := range strings.FieldsSeq(`accept-proxy accept-netscaler-cip allow-0rtt defer-accept expose-fd force-sslv3 force-tlsv10 force-tlsv11
		force-tlsv12 force-tlsv13 generate-certificates no-alpn no-ca-names no-sslv3 no-strict-sni no-tls-tickets no-tlsv10
		no-tlsv11 no-tlsv12 no-tlsv13 prefer-client-ciphers quic-force-retry ssl sslv3 strict-sni tfo tls-tickets tlsv10
		tlsv11 tlsv12 tlsv13 transparent v4v6 v6only`) {
		flags[word] = true
	}
	return flags
})
