package apache

import (
	"math"
	"strconv"
	"strings"

	policy "stickysim/policies/apache"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

func on(value string) bool { return strings.EqualFold(value, "on") }

// given is a parameter as a line gives it.
type given struct {
	at    *directive
	value string
}

// replaces notes that a line gives a parameter of the balancer another value than an earlier line, which then has no effect.
func (b *balancer) replaces(t *translation, d *directive, key, value string) {
	if was, ok := b.given[key]; ok && was.value != value {
		t.NotCarried(was.at, "%s=%s: without effect, since line %d sets %s, too", key, source.Short(was.value), d.Line, key)
	}
	if b.given == nil {
		b.given = map[string]given{}
	}
	b.given[key] = given{d, value}
}

// switches are the parameters of balancers that are on or off.
var switches = map[string]bool{"nofailover": true, "scolonpathdelim": true, "forcerecovery": true}

// set takes a parameter of the balancer.
func (b *balancer) set(t *translation, d *directive, key, value string) (ir.Drawer, string, error) {
	if switches[key] && !on(value) && !strings.EqualFold(value, "off") {
		return 0, "", d.Errorf("%s: must be On or Off, got %q", key, source.Short(value))
	}
	b.replaces(t, d, key, value)
	switch key {
	case "stickysession":
		if value == "" {
			return 0, "", d.Errorf("stickysession: needs the name of a cookie")
		}
		b.bound, b.stickyAt = true, d.Place
		b.sticky.Name, b.sticky.Path, _ = strings.Cut(value, "|")
	case "lbmethod":
		b.methodAt = d.Place
		switch value {
		case "byrequests", "bybusyness":
			b.method = value
		case "bytraffic":
			b.method = value
			return ir.Assumed, ": bytes are not simulated; every request counts as the same traffic", nil
		case "heartbeat":
			return ir.NotCarried, ": servers do not report their load; byrequests is used", nil
		default:
			return 0, "", d.Errorf("lbmethod: %q is not byrequests, bytraffic, bybusyness or heartbeat", source.Short(value))
		}
	case "nofailover":
		b.sticky.NoFailover = on(value)
	case "scolonpathdelim":
		b.sticky.Semicolon = on(value)
	case "stickysessionsep":
		if value != "." {
			return ir.NotCarried, ": routes begin at the first '.' only", nil
		}
	case "forcerecovery":
		if !on(value) {
			return ir.NotCarried, ": all members in error are tried again at once", nil
		}
	case "maxattempts":
		return ir.NotCarried, ": a request tries as many further members as there are", nil
	case "failonstatus", "failontimeout":
		return ir.NotCarried, ": only connect errors put a member into error", nil
	case "timeout":
		return ir.NotCarried, ": how long a request waits while no member can take it", nil
	case "nonce", "growth":
		return ir.Harmless, ": does not choose among members", nil
	default:
		return ir.NotCarried, ": not understood", nil
	}
	return ir.Translated, "", nil
}

// set takes a parameter of the member.
func (m *member) set(t *translation, b *balancer, d *directive, key, value string) (ir.Drawer, string, error) {
	switch key {
	case "loadfactor":
		x, err := strconv.ParseFloat(value, 64)
		if err != nil || !(x >= 1 && x <= 100) {
			return 0, "", d.Errorf("loadfactor: must be a number between 1 and 100, got %q", source.Short(value))
		}
		m.factor = math.Round(x*100) / 100
	case "retry":
		if _, ok := policy.Seconds(value); !ok {
			return 0, "", d.Errorf("retry: %q is not a time in seconds", source.Short(value))
		}
		m.options[key] = value
	case "route", "redirect", "lbset":
		m.options[key] = value
	case "status":
		if i := strings.IndexFunc(strings.ToUpper(value), func(c rune) bool { return !strings.ContainsRune("+-DSIHENCR", c) }); i >= 0 {
			return 0, "", d.Errorf("status: %q has letters that are none of D, S, I, H, E, N, C, R", source.Short(value))
		}
		m.options[key] = value
		m.state(value)
		if i := strings.IndexAny(strings.ToUpper(value), "IECR"); i >= 0 {
			return ir.NotCarried, ": of its letters only D, S, N and H are modelled", nil
		}
	case "timeout", "connectiontimeout":
		limit, ok := policy.Seconds(value)
		if !ok || limit == 0 {
			return 0, "", d.Errorf("%s: %q is not a time in seconds", key, source.Short(value))
		}
		if key == "timeout" {
			m.timeout = limit
		} else {
			m.connect = limit
		}
	case "hcmethod", "hcinterval", "hcpasses", "hcfails":
		return b.check(d, key, value)
	case "hctemplate":
		settings, ok := t.templates[value]
		if !ok {
			return ir.NotCarried, ": no ProxyHCTemplate of that name is before it", nil
		}
		for _, s := range settings {
			name, text, _ := strings.Cut(s, "=")
			if level, why, err := m.set(t, b, d, strings.ToLower(name), text); err != nil || level == ir.NotCarried {
				return level, why, err
			}
		}
	case "max", "acquire":
		return ir.NotCarried, ": the limit on the connections of each process is assumed not to be reached", nil
	case "upgrade":
		return ir.NotCarried, ": " + source.KeptOpen, nil
	case "ping":
		return ir.NotCarried, ": probes on connections; here failed requests alone tell that a member is gone", nil
	case "disablereuse", "enablereuse", "flushpackets", "flushwait", "iobuffersize",
		"responsefieldsize", "keepalive", "min", "smax", "ttl", "secret", "hcuri",
		"hcexpr", "mapping", "addressttl":
		return ir.Harmless, ": does not choose among members", nil
	default:
		return ir.NotCarried, ": not understood", nil
	}
	return ir.Translated, "", nil
}

// state translates the letters that have a status of their own.
func (m *member) state(value string) {
	plus := true
	for _, c := range strings.ToUpper(value) {
		switch c {
		case '+', '-':
			plus = c == '+'
		case 'D', 'S':
			if plus {
				m.status = sim.Down
			}
		case 'N':
			if plus && m.status == sim.Up {
				m.status = sim.Draining
			}
		case 'H':
			m.standby = plus
		}
	}
}

// check reads the settings of mod_proxy_hcheck.
func (b *balancer) check(d *directive, key, value string) (ir.Drawer, string, error) {
	if b.health == nil {
		b.health = &sim.Health{Interval: 30 * sim.Second, Timeout: 30 * sim.Second, Fall: 1, Rise: 1}
	}
	n, err := strconv.Atoi(value)
	switch key {
	case "hcmethod":
		if b.checks = !strings.EqualFold(value, "none"); !b.checks {
			return ir.Translated, ": no health checks", nil
		}
	case "hcinterval":
		span, ok := policy.Seconds(value)
		if !ok || span == 0 {
			return 0, "", d.Errorf("hcinterval: %q is not a time in seconds", source.Short(value))
		}
		b.health.Interval = span
	case "hcpasses", "hcfails":
		if err != nil || n < 1 || n > 1000 {
			return 0, "", d.Errorf("%s: %q is not a whole number between 1 and 1000", key, source.Short(value))
		}
		if key == "hcfails" {
			b.health.Fall = n
		} else {
			b.health.Rise = n
		}
	}
	return ir.Translated, ": health check of all members", nil
}
