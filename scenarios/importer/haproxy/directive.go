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
		"cookie": (*translation).cookie, "dynamic-cookie-key": (*translation).dynamicCookieKey, "stick-table": (*translation).stickTable, "stick": (*translation).stickRule,
		"option": (*translation).option, "no": (*translation).option, "retries": (*translation).retries, "retry-on": (*translation).retryOn, "timeout": (*translation).timeout,
		"mode": (*translation).mode, "http-request": (*translation).httpRequest, "tcp-request": (*translation).httpRequest,
		"http-response": (*translation).httpResponse, "http-after-response": (*translation).httpResponse, "tcp-response": (*translation).httpResponse,
		"default_backend": (*translation).defaultBackend, "use_backend": (*translation).useBackend, "bind": (*translation).bind, "server": (*translation).server, "server-template": (*translation).server, "default-server": (*translation).defaultServer,
	}
}

// directive reads a line of a proxy.
func (im *translation) directive(p *proxy, l *line) error {
	if err := p.allows(l); err != nil {
		return err
	}
	if im.ignores(p, l) {
		return nil
	}
	im.replaces(p, l)
	if handle, ok := handlers[l.arg(0)]; ok {
		return handle(im, p, l)
	}
	im.byTable(l, "", l.arg(0))
	return nil
}

// bind reads a line that says where clients connect.
func (im *translation) bind(p *proxy, l *line) error {
	proxied := false
	for i := 2; i < len(l.words); i++ {
		switch word := l.arg(i); {
		case word == "accept-proxy" || word == "accept-netscaler-cip":
			proxied = true
		case known()["bind "+word] != "":
			if !bindFlags()[word] {
				i++
			}
		default:
			im.byTable(l, "bind", word)
		}
	}
	if proxied {
		p.forwarded = true
		im.Translated(l, "bind: the source address is the one that the PROXY protocol tells (clients: {seen_as: forwarded})")
	} else {
		im.Harmless(l, "bind: which requests get here is part of the workload")
	}
	return nil
}

// defaultBackend notes where requests go that no rule sends elsewhere.
func (im *translation) defaultBackend(p *proxy, l *line) error {
	if p.defaultBackend = l.arg(1); p.defaultBackend == "" {
		return l.errorf(1, "default_backend needs a name")
	}
	im.ways = append(im.ways, l)
	im.Translated(l, "default_backend %s: where requests go that no rule sends elsewhere", source.Short(p.defaultBackend))
	return nil
}

// useBackend notes where a rule sends requests.
func (im *translation) useBackend(p *proxy, l *line) error {
	p.backends = append(p.backends, l.arg(1))
	im.ways = append(im.ways, l)
	im.byTable(l, "", l.arg(0))
	return nil
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
	case "tunnel":
		im.NotCarried(l, "timeout tunnel: idle connections are not closed after it; where clients keep some open (WebSockets), add population websocket")
	case "server-fin", "client-fin", "tarpit":
		im.Assumed(l, "timeout %s: connections are assumed to stay within it", name)
	default:
		im.NotCarried(l, "timeout %s: not understood", source.Short(name))
	}
	return nil
}

// httpRequest reads rules about requests.
func (im *translation) httpRequest(p *proxy, l *line) error {
	p.inspects(l)
	action := l.arg(1)
	if l.arg(0) == "tcp-request" {
		if action = l.arg(2); l.arg(1) == "inspect-delay" {
			action = l.arg(1)
		}
	}
	name, _, _ := strings.Cut(action, "(")
	switch {
	case name == "set-src" && len(l.words) > 2:
		p.setSrc = strings.TrimSuffix(l.text(2), " ")
		p.forwarded = true
		im.Translated(l, "set-src %s: the source address is what the scenario calls the client's address (clients: {seen_as: forwarded})", source.Short(p.setSrc))
	case name == "expect-proxy" || name == "expect-netscaler-cip":
		p.forwarded = true
		im.Translated(l, "%s: the source address is the one that the PROXY protocol tells (clients: {seen_as: forwarded})", name)
	case strings.HasPrefix(name, "lua."):
		im.NotCarried(l, "%s: a program, which may choose where requests go", source.Short(name))
	default:
		im.byTable(l, "action", name)
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
	im.chooses(l, "balance %s: policy haproxy/%s", source.Short(l.text(1)), b.Name)
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
