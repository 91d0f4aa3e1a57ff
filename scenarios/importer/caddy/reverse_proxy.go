package caddy

import (
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
)

// reverseProxy translates the directive.
func (t *translation) reverseProxy(d *directive, at position) error {
	h := newHandler(d.Place, at.name)
	h.site, h.rest = at.site, at.rest
	for i, a := range d.args {
		if i == 0 && (a.text == "*" || strings.HasPrefix(a.text, "/") || strings.HasPrefix(a.text, "@")) {
			h.name = strings.TrimSpace(at.name + " " + a.text)
			h.rest = at.rest && a.text == "*"
			continue
		}
		if err := t.to(h, a); err != nil {
			return err
		}
	}
	t.replaced(d.block)
	for i := range d.block {
		if err := t.setting(h, &d.block[i]); err != nil {
			return err
		}
	}
	return t.pool(h)
}

// single are the settings of which the last one in a block counts.
var single = map[string]bool{
	"lb_retries": true, "lb_try_duration": true, "lb_try_interval": true, "fail_duration": true, "max_fails": true, "unhealthy_request_count": true,
	"health_uri": true, "health_path": true, "health_interval": true, "health_timeout": true, "health_fails": true, "health_passes": true,
}

// replaced remarks on settings that a later line of the block gives again.
func (t *translation) replaced(block []directive) {
	last := map[string]*directive{}
	for i := range block {
		d := &block[i]
		if was := last[d.name]; was != nil && single[d.name] {
			t.NotCarried(was, "%s: without effect, since line %d gives it again", was, d.Line)
		}
		last[d.name] = d
	}
}

// maxUpstreams bounds the upstreams of one reverse_proxy. A range of ports can name thousands.
const maxUpstreams = 10_000

// to adds the upstreams that one address names; a range of ports names several.
func (t *translation) to(h *handler, a token) error {
	dials, err := dialsOf(a)
	if err != nil {
		return err
	}
	for _, dial := range dials {
		if len(h.upstreams) == maxUpstreams {
			return a.Errorf("more than %d upstreams", maxUpstreams)
		}
		h.upstreams = append(h.upstreams, upstream{Place: a.Place, dial: dial})
	}
	if strings.Contains(a.text, "{") {
		t.NotCarried(a, "%s: the address is known only at run time; the text is used as written", source.Short(a.text))
	}
	return nil
}

// dialsOf follows parseUpstreamDialAddress of Caddy's reverseproxy: schemes give the port, otherwise it is 80.
func dialsOf(a token) ([]string, error) {
	addr, port := a.text, "80"
	if strings.HasPrefix(addr, "unix/") || strings.HasPrefix(addr, "{") {
		return []string{addr}, nil
	}
	if scheme, rest, ok := strings.Cut(addr, "://"); ok {
		switch scheme {
		case "http", "h2c":
		case "https":
			port = "443"
		default:
			return nil, a.Errorf("upstream %s: scheme %q is not http, https or h2c", source.Short(addr), source.Short(scheme))
		}
		addr, _, _ = strings.Cut(rest, "/")
	}
	i := strings.LastIndexByte(addr, ':')
	if i < 0 || strings.HasSuffix(addr, "]") {
		return []string{addr + ":" + port}, nil
	}
	host, ports := addr[:i], addr[i+1:]
	first, last, ranged := strings.Cut(ports, "-")
	if !ranged {
		return []string{addr}, nil
	}
	from, err1 := strconv.ParseUint(first, 10, 16)
	to, err2 := strconv.ParseUint(last, 10, 16)
	if err1 != nil || err2 != nil || to < from || to-from >= maxUpstreams {
		return nil, a.Errorf("upstream %s: %q is not a range of ports such as 8001-8004", source.Short(a.text), source.Short(ports))
	}
	var list []string
	for n := from; n <= to; n++ {
		list = append(list, host+":"+strconv.FormatUint(n, 10))
	}
	return list, nil
}

// setting translates a line of the block.
func (t *translation) setting(h *handler, d *directive) error {
	s := setting{translation: t, directive: d}
	switch d.name {
	case "to":
		for _, a := range d.args {
			if err := t.to(h, a); err != nil {
				return err
			}
		}
		return s.done()
	case "lb_policy":
		return t.lbPolicy(&h.policy, d)
	case "lb_retries":
		return s.number(&h.proxy.Retries)
	case "lb_try_duration":
		return s.duration(&h.proxy.TryDuration)
	case "lb_try_interval":
		return s.duration(&h.proxy.TryInterval)
	case "fail_duration":
		return s.duration(&h.proxy.FailDuration)
	case "max_fails":
		return s.number(&h.proxy.MaxFails)
	case "unhealthy_request_count":
		return s.number(&h.limit)
	case "unhealthy_status":
		h.proxy.UnhealthyStatus = append(h.proxy.UnhealthyStatus, d.texts()...)
		return s.done()
	case "health_uri", "health_path":
		h.active = true
		return s.done()
	case "health_interval":
		return s.duration(&h.health.Interval)
	case "health_timeout":
		return s.duration(&h.health.Timeout)
	case "health_fails":
		return s.number(&h.health.Fall)
	case "health_passes":
		return s.number(&h.health.Rise)
	}
	if d.name == "transport" {
		return t.transportBlock(h, d)
	}
	h.active = h.active || d.name == "health_port"
	t.byTable(d, "reverse_proxy")
	return nil
}

// transportBlock reads the time limits of connections to upstreams.
func (t *translation) transportBlock(h *handler, d *directive) error {
	if len(d.args) == 0 || len(d.block) == 0 {
		t.Harmless(d, "%s: connections to upstreams", d)
	}
	for i := range d.block {
		x := &d.block[i]
		s := setting{translation: t, directive: x}
		var err error
		switch {
		case x.name == "dial_timeout":
			err = s.duration(&h.limits.Connect)
		case x.name == "response_header_timeout":
			err = s.duration(&h.limits.Attempt)
		case len(d.args) > 0 && d.args[0].text == "fastcgi" && fastCGI[x.name]:
			t.Harmless(x, "%s: the protocol to upstreams", x)
		default:
			t.byTable(x, "transport")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fastCGI are the settings of the transport fastcgi that choose no upstream.
var fastCGI = set("root split env resolve_root_symlink capture_stderr")
