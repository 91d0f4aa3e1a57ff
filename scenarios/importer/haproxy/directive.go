package haproxy

import (
	"strings"

	"stickysim/policies/haproxy"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/sim"
)

// handlers are the directives that need more than a remark.
var handlers map[string]func(im *translation, p *proxy, l *line) error

func init() {
	handlers = map[string]func(im *translation, p *proxy, l *line) error{
		"balance": (*translation).balance, "hash-type": (*translation).hashType, "hash-balance-factor": (*translation).balanceFactor,
		"hash-key": (*translation).hashKey, "hash-preserve-affinity": (*translation).preserveAffinity,
		"cookie": (*translation).cookie, "stick-table": (*translation).stickTable, "stick": (*translation).stickRule,
		"option": (*translation).option, "no": (*translation).option, "retries": (*translation).retries, "retry-on": (*translation).retryOn, "timeout": (*translation).timeout,
		"mode": (*translation).mode, "http-request": (*translation).httpRequest, "tcp-request": (*translation).httpRequest,
		"bind": (*translation).bind, "server": (*translation).server, "server-template": (*translation).server, "default-server": (*translation).defaultServer,
	}
}

// directive reads a line of a proxy.
func (im *translation) directive(p *proxy, l *line) error {
	name := l.arg(0)
	if handle, ok := handlers[name]; ok {
		return handle(im, p, l)
	}
	if why, ok := lost[name]; ok {
		im.NotCarried(l, "%s: %s", name, why)
		return nil
	}
	if why, ok := harmless[name]; ok {
		im.Harmless(l, "%s: %s", name, why)
		return nil
	}
	im.NotCarried(l, "%s: not known", source.Short(name))
	return nil
}

// lost are the directives that matter and are not carried over.
var lost = map[string]string{
	"appsession":                  "HAProxy itself has removed it in 1.6; stick-table with stick store-response is its successor",
	"use-server":                  "requests that are sent to a server by a rule; the policy balances all",
	"force-persist":               "persistence that holds on to servers that are down",
	"ignore-persist":              "requests without persistence",
	"dispatch":                    "one fixed destination, without balancing",
	"fullconn":                    "dynamic limits between minconn and maxconn",
	"maxconn":                     "the limit on client connections is assumed not to be reached",
	"rate-limit":                  "the limit on the rate of new sessions",
	"max-keep-alive-queue":        "requests that leave their connection for another server",
	"dynamic-cookie-key":          "the values of dynamic cookies; the names of servers stand for them",
	"max-session-srv-conns":       "connections kept per client",
	"load-server-state-from-file": "state kept from a run before; every server starts as the file says",
	"external-check":              "checks by a program",
	"persist":                     "RDP cookies; balance rdp-cookie is understood",
	"guid":                        "hash-key guid",
	"filter":                      "filters may change or delay requests",
	"compression":                 "work that HAProxy takes off the servers",
}

// harmless are the directives without influence on routing, load or sessions.
var harmless = harmlessWords(map[string]string{
	"logging": `log log-format log-format-sd log-tag log-steps error-log-format unique-id-format unique-id-header
		capture declare stats email-alert monitor monitor-uri monitor-net`,
	"which requests get here is part of the workload": `acl use_backend default_backend block reqallow reqiallow
		reqdeny reqideny reqtarpit reqitarpit reqpass reqipass http-after-response redirect enabled disabled tcp-check
		http-check description id bind-process backlog clitimeout srvtimeout contimeout grace`,
	"it changes the text of requests or answers only": `http-response http-error errorfile errorfiles errorloc errorloc302
		errorloc303 reqadd reqdel reqidel reqirep reqrep reqsetbe reqisetbe rspadd rspdel rspidel rspdeny rspideny rspirep
		rsprep http-send-name-header tcp-response quic-initial`,
	"connections to servers": `source http-reuse usesrc server-state-file-name use-fcgi-app srvtcpka-cnt srvtcpka-idle
		srvtcpka-intvl clitcpka-cnt clitcpka-idle clitcpka-intvl`,
})

func harmlessWords(lists map[string]string) map[string]string {
	words := map[string]string{}
	for why, list := range lists {
		for _, w := range strings.Fields(list) {
			words[w] = why
		}
	}
	return words
}

// bind reads a line that says where clients connect.
func (im *translation) bind(p *proxy, l *line) error {
	for i := range l.words {
		if l.arg(i) == "accept-proxy" {
			im.forwards(p)
			im.Translated(l, "bind accept-proxy: the source address is the one that the PROXY protocol tells (clients: {seen_as: forwarded})")
			return nil
		}
	}
	im.Harmless(l, "bind: which requests get here is part of the workload")
	return nil
}

// forwards notes that the source address is the one that proxies in front tell: for the pool, or, as a frontend may lead to
// any of them, for all.
func (im *translation) forwards(p *proxy) {
	if p.kind == "frontend" || p.kind == "defaults" {
		im.forwarded = true
	} else {
		p.forwarded = true
	}
}

func (im *translation) retries(p *proxy, l *line) error {
	n, ok, err := l.number(1, 0, 100)
	if ok {
		p.options.Retries = n
		im.Translated(l, "retries %d", n)
	}
	return err
}

// retryOn reads the failures after which a request is tried again. Servers of a scenario give no answer but 200 and 503.
func (im *translation) retryOn(p *proxy, l *line) error {
	var known, never []string
	for _, w := range l.words[1:] {
		switch word := w.text; word {
		case "none", "conn-failure", "empty-response", "response-timeout", "503", "all-retryable-errors":
			known = append(known, word)
		default:
			never = append(never, source.Short(word))
		}
	}
	p.options.RetryOn = strings.Join(known, " ")
	if len(never) > 0 {
		im.Assumed(l, "retry-on: servers never answer with %s", strings.Join(never, ", "))
	} else {
		im.Translated(l, "retry-on: after these failures a request is tried again")
	}
	return nil
}

func (im *translation) mode(p *proxy, l *line) error {
	switch p.mode = l.arg(1); p.mode {
	case "http":
		im.Translated(l, "mode http: every request is balanced")
	case "tcp", "log", "spop":
		im.Assumed(l, "mode %s: connections are balanced; each request of the scenario is a connection", p.mode)
	default:
		return l.errorf(1, "mode: must be http or tcp, got %q", source.Short(l.arg(1)))
	}
	return nil
}

func (im *translation) timeout(p *proxy, l *line) error {
	t, ok, err := l.span(2, sim.Millisecond)
	if !ok || err != nil {
		return err
	}
	switch name := l.arg(1); name {
	case "connect":
		p.connect = t
		p.options.RetryDelay = min(t, sim.Second)
		im.Translated(l, "timeout connect: how long a connection to a host that is gone takes to fail; pause of %v before a retry on the same server", p.options.RetryDelay)
	case "check":
		p.checkRead = t
		im.Translated(l, "timeout check: time a health check has")
	case "queue":
		p.limits.Queue = t
		im.Translated(l, "timeout queue: how long a request waits for a full server")
	case "server":
		p.limits.Attempt = t
		im.Translated(l, "timeout server: how long a server has for its answer")
	case "client", "http-keep-alive":
		im.Assumed(l, "timeout %s: clients keep their connection while their session lasts", name)
	case "http-request", "client-hs":
		im.Assumed(l, "timeout %s: clients send their requests at once", name)
	case "tunnel", "server-fin", "client-fin", "tarpit":
		im.Assumed(l, "timeout %s: connections are assumed to stay within it", name)
	default:
		im.NotCarried(l, "timeout %s: not known", source.Short(name))
	}
	return nil
}

// httpRequest reads rules about requests.
func (im *translation) httpRequest(p *proxy, l *line) error {
	action := l.arg(1)
	if l.arg(0) == "tcp-request" {
		action = l.arg(2)
	}
	switch {
	case action == "set-src" && len(l.words) > 2:
		p.setSrc = strings.TrimSuffix(l.text(2), " ")
		im.forwards(p)
		im.Translated(l, "set-src %s: the source address is what the scenario calls the client's address (clients: {seen_as: forwarded})", source.Short(p.setSrc))
	case action == "expect-proxy":
		im.forwards(p)
		im.Translated(l, "expect-proxy: the source address is the one that the PROXY protocol tells (clients: {seen_as: forwarded})")
	case strings.HasPrefix(action, "set-priority-"):
		im.NotCarried(l, "%s: queues are first come, first served", action)
	case strings.HasPrefix(action, "set-dst"):
		im.NotCarried(l, "%s: requests that do not go to a server", action)
	case strings.HasPrefix(action, "set-uri"), strings.HasPrefix(action, "set-path"), strings.HasPrefix(action, "replace-"),
		strings.HasPrefix(action, "set-header"), strings.HasPrefix(action, "add-header"), strings.HasPrefix(action, "del-header"),
		strings.HasPrefix(action, "set-query"):
		im.Harmless(l, "%s %s: keys are those after this change", l.arg(0), action)
	default:
		im.Harmless(l, "%s %s: which requests get here is part of the workload", l.arg(0), source.Short(action))
	}
	return nil
}

func (im *translation) balance(p *proxy, l *line) error {
	b, err := haproxy.ParseBalance(l.text(1))
	if err != nil {
		return l.errorf(1, "balance: %v", err)
	}
	p.balance, p.algorithm = l, b
	for _, word := range b.Lost {
		im.NotCarried(l, "balance %s %s: the key is hashed as it is", b.Name, word)
	}
	im.Translated(l, "balance %s: policy haproxy/%s", source.Short(l.text(1)), b.Name)
	return nil
}

func (im *translation) hashType(p *proxy, l *line) error {
	method, function, modifier := l.arg(1), l.arg(2), l.arg(3)
	if method == "avalanche" { // HAProxy 1.4
		method, modifier = "map-based", "avalanche"
	}
	h := haproxy.Hashing{HashType: method, Function: function, Avalanche: modifier == "avalanche", BalanceFactor: p.hashing.BalanceFactor}
	if err := h.Validate(); err != nil {
		return l.errorf(1, "hash-type: %v", err)
	}
	if modifier != "" && modifier != "avalanche" {
		return l.errorf(3, "hash-type: the modifier must be avalanche, got %q", source.Short(modifier))
	}
	p.hashing = h
	im.Translated(l, "hash-type %s", l.text(1))
	return nil
}

func (im *translation) balanceFactor(p *proxy, l *line) error {
	n, ok, err := l.number(1, 0, 65535)
	if err != nil || !ok {
		return err
	}
	if n != 0 && n <= 100 {
		return l.errorf(1, "hash-balance-factor: must be above 100, or 0 for no bound, got %d", n)
	}
	p.hashing.BalanceFactor = n
	im.Translated(l, "hash-balance-factor %d: bound on the load of a server", n)
	return nil
}

func (im *translation) hashKey(_ *proxy, l *line) error {
	if l.arg(1) == "id" {
		im.Translated(l, "hash-key id: servers have their places on the ring by number")
	} else {
		im.NotCarried(l, "hash-key %s: servers have their places on the ring by number", source.Short(l.arg(1)))
	}
	return nil
}

func (im *translation) preserveAffinity(_ *proxy, l *line) error {
	if l.arg(1) == "always" {
		im.Translated(l, "hash-preserve-affinity always: requests wait for their server when it is full")
	} else {
		im.NotCarried(l, "hash-preserve-affinity %s: requests wait for their server when it is full", source.Short(l.arg(1)))
	}
	return nil
}
