package lighttpd

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim/lazy"
)

// known are the reasons in the table of harmless names.
var known = lazy.Value(func() map[string]string { return source.Reasons(harmless) })

// lost are the settings that matter, or may matter, and are not carried over.
var lost = map[string]string{
	"fastcgi.server": otherPools, "scgi.server": otherPools, "ajp13.server": otherPools, "wstunnel.server": otherPools, "sockproxy.server": otherPools,
	"fastcgi.balance": otherPools, "scgi.balance": otherPools, "ajp13.balance": otherPools, "wstunnel.balance": otherPools, "sockproxy.balance": otherPools,
	"server.max-connections":           "the limit on connections is assumed not to be reached",
	"server.max-fds":                   "the limit on connections is assumed not to be reached",
	"evasive.max-conns-per-ip":         "requests beyond the limit never reach a server",
	"server.kbytes-per-second":         "answers take the time that the server and the network take",
	"connection.kbytes-per-second":     "answers take the time that the server and the network take",
	"server.max-read-idle":             "clients send and read at once",
	"server.max-write-idle":            "clients send and read at once",
	"server.stream-request-body":       "how long slow clients hold a server",
	"server.stream-response-body":      "how long slow clients hold a server",
	"server.graceful-restart-bg":       "what becomes of connections when the server is restarted",
	"server.feature-flags":             "flags of features are not read",
	"magnet.attract-physical-path-to":  "a program, which may choose where requests go",
	"magnet.attract-raw-url-to":        "a program, which may choose where requests go",
	"magnet.attract-response-start-to": "a program, which may change answers",
}

const otherPools = "only proxy.server is read; servers of other modules are balanced alike"

// byTable remarks on a setting that needs no more than that, or that no list has.
func (t *translation) byTable(x *statement) {
	switch {
	case x.key == "proxy.header" && x.value != nil && slices.ContainsFunc(x.value.Items, func(o *tree.Node) bool { return o.Key == "upgrade" && o.Value() == "enable" }):
		t.NotCarried(x, "proxy.header upgrade: %s", source.KeptOpen)
	case lost[x.key] != "":
		t.NotCarried(x, "%s: %s", x.key, lost[x.key])
	case known()[x.key] != "":
		t.Harmless(x, "%s: %s", x.key, known()[x.key])
	case strings.HasPrefix(x.key, "var."):
		t.Harmless(x, "%s: a variable; where it is used a remark says so", source.Short(x.key))
	default:
		t.NotCarried(x, "%s: not understood", source.Short(x.key))
	}
}

// lostOfServers are the settings of a server that matter, or may matter, and are not carried over.
var lostOfServers = map[string]string{
	"write-timeout":     "requests are sent at once",
	"idle-timeout":      "processes that lighttpd starts",
	"max-procs":         "processes that lighttpd starts; each is a server of its own",
	"min-procs":         "processes that lighttpd starts; each is a server of its own",
	"max-load-per-proc": "processes that lighttpd starts; each is a server of its own",
	"bin-path":          "processes that lighttpd starts",
	"upgrade":           source.KeptOpen,
}

// harmlessOfServers are the settings of a server that have no influence.
var harmlessOfServers = func() map[string]bool {
	names := map[string]bool{}
	for name := range strings.FieldsSeq(`allow-x-send-file bin-copy-environment bin-environment broken-scriptfilename check-local docroot
		fix-root-scriptname kill-signal listen-backlog mode strip-request-uri tcp-fin-propagate x-sendfile
		x-sendfile-docroot`) {
		names[name] = true
	}
	return names
}()
