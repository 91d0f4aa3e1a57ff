package accesslog

import "bytes"

// dialect says what the keys of a self-describing log mean.
type dialect struct {
	name  string
	ends  bool // the time is the end of the request
	split func(b []byte, found func(path, value []byte, quoted bool)) bool
	keys  []key
}

// key is one key, those of nested objects joined with dots. Of several with the same meaning, the first with a value counts.
type key struct {
	path string
	kind kind
}

var traefikJSON = &dialect{"traefik_json", false, members, []key{
	{"StartUTC", kindTime}, {"ClientHost", kindAddress}, {"ClientUsername", kindUser}, {"RequestMethod", kindMethod}, {"RequestPath", kindURI},
	{"DownstreamStatus", kindStatus}, {"Duration", kindNanos}, {"OriginDuration", kindUpstreamNanos},
	{"request_User-Agent", kindAgent}, {"request_Referer", kindReferer}, {"request_X-Forwarded-For", kindForwarded},
}}

// caddyJSON: https://caddyserver.com/docs/caddyfile/directives/log. client_ip, since 2.7, knows trusted proxies; remote_addr,
// before 2.5, has a port.
var caddyJSON = &dialect{"caddy", true, members, []key{
	{"ts", kindTime}, {"request.client_ip", kindAddress}, {"request.remote_ip", kindAddress}, {"request.remote_addr", kindAddress},
	{"user_id", kindUser}, {"request.method", kindMethod}, {"request.uri", kindURI}, {"status", kindStatus}, {"duration", kindSeconds},
	{"request.headers.User-Agent", kindAgent}, {"request.headers.Referer", kindReferer}, {"request.headers.X-Forwarded-For", kindForwarded},
}}

var envoyJSON = &dialect{"envoy_json", false, members, []key{
	{"start_time", kindTime}, {"downstream_remote_address", kindAddress}, {"x_forwarded_for", kindForwarded}, {"method", kindMethod},
	{"path", kindURI}, {"response_code", kindStatus}, {"duration", kindMillis}, {"upstream_service_time", kindUpstreamMillis}, {"user_agent", kindAgent},
}}

var gcpJSON = &dialect{"gcp", false, members, []key{
	{"timestamp", kindTime}, {"httpRequest.remoteIp", kindAddress}, {"httpRequest.requestMethod", kindMethod}, {"httpRequest.requestUrl", kindURI},
	{"httpRequest.status", kindStatus}, {"httpRequest.latency", kindSeconds}, {"httpRequest.userAgent", kindAgent}, {"httpRequest.referer", kindReferer},
}}

var cloudflareJSON = &dialect{"cloudflare", false, members, []key{
	{"EdgeStartTimestamp", kindTime}, {"ClientIP", kindAddress}, {"ClientRequestMethod", kindMethod}, {"ClientRequestURI", kindURI},
	{"EdgeResponseStatus", kindStatus}, {"OriginResponseTime", kindUpstreamNanos}, {"ClientRequestUserAgent", kindAgent}, {"ClientRequestReferer", kindReferer},
}}

// anyJSON has the names of nginx's variables, and those that people give them.
var anyJSON = &dialect{"json", true, members, []key{
	{"msec", kindTime}, {"time_iso8601", kindTime}, {"time_local", kindTime}, {"time", kindTime}, {"timestamp", kindTime}, {"@timestamp", kindTime}, {"ts", kindTime},
	{"remote_addr", kindAddress}, {"remote_ip", kindAddress}, {"client_ip", kindAddress}, {"clientip", kindAddress}, {"client", kindAddress},
	{"remote_user", kindUser}, {"user", kindUser}, {"request", kindRequest}, {"request_method", kindMethod}, {"method", kindMethod},
	{"request_uri", kindURI}, {"uri", kindURI}, {"url", kindURI}, {"path", kindURI}, {"status", kindStatus},
	{"request_time", kindSeconds}, {"upstream_response_time", kindUpstream}, {"duration_ms", kindMillis},
	{"http_user_agent", kindAgent}, {"user_agent", kindAgent}, {"agent", kindAgent}, {"http_referer", kindReferer}, {"referer", kindReferer},
	{"http_x_forwarded_for", kindForwarded}, {"x_forwarded_for", kindForwarded},
}}

// ltsv: http://ltsv.org.
var ltsv = &dialect{"ltsv", true, labels, []key{
	{"time", kindTime}, {"host", kindAddress}, {"remote_addr", kindAddress}, {"forwardedfor", kindForwarded}, {"user", kindUser}, {"req", kindRequest},
	{"method", kindMethod}, {"uri", kindURI}, {"status", kindStatus}, {"reqtime", kindSeconds}, {"request_time", kindSeconds},
	{"reqtime_microsec", kindMicros}, {"apptime", kindUpstream}, {"ua", kindAgent}, {"referer", kindReferer},
}}

// labels calls found for every "label:value" of a line, which are separated by tabs.
func labels(b []byte, found func(path, value []byte, quoted bool)) bool {
	n := 0
	for len(b) > 0 {
		one, rest, _ := bytes.Cut(b, []byte("\t"))
		label, value, ok := bytes.Cut(one, []byte(":"))
		if !ok {
			return false
		}
		found(label, bytes.Trim(value, "[]"), false) // of the time
		b = rest
		n++
	}
	return n > 1
}

func (d *dialect) named() parser {
	p := &keyed{dialect: d, index: map[string]int{}}
	for _, k := range d.keys {
		p.add(k.path, k.kind, k.kind.slot())
	}
	return p
}

// keyed reads the lines of a dialect. Text in front of a JSON object, such as the name of a container, is skipped.
type keyed struct {
	*dialect
	index map[string]int
	vars  []variable
	named slot

	values  [][]byte // of the line, by variable
	scratch [][]byte
	unread  []byte
}

func (p *keyed) add(path string, k kind, s slot) {
	p.index[path] = len(p.vars)
	p.vars = append(p.vars, variable{name: path, kind: k, slot: s})
	p.values, p.scratch = append(p.values, nil), append(p.scratch, nil)
}

func (p *keyed) name() string    { return p.dialect.name }
func (p *keyed) stampsEnd() bool { return p.ends }

func (p *keyed) durations() (total, behind string) {
	for _, v := range p.vars {
		switch v.kind {
		case kindSeconds, kindMillis, kindMicros, kindNanos:
			if total == "" {
				total = v.name
			}
		case kindUpstream, kindUpstreamMillis, kindUpstreamNanos:
			behind = v.name
		}
	}
	return total, behind
}

// slot finds any key, be it one that this program knows or not.
func (p *keyed) slot(f Field) (slot, bool) {
	for _, v := range p.vars {
		if v.slot != slotNone && v.kind.String() == string(f) {
			return v.slot, true
		}
	}
	for _, standard := range []Field{Address, UserAgent, User, Referer, Forwarded} {
		if f == standard || f.extra() > 0 {
			return slotNone, false
		}
	}
	s := slotNamed + p.named
	p.named++
	p.add(string(f), kindNamed, s)
	return s, true
}

func (p *keyed) parse(b []byte, l *line) fault {
	l.total, l.upstream, l.uri, l.method, l.status, l.unterminated, l.plain, l.unread = -1, -1, nil, MethodOther, 0, false, false, nil
	l.text = [slots][]byte{}
	clear(p.values)
	p.unread = nil
	open := 0
	if p.name() != ltsv.name {
		if open = bytes.IndexByte(b, '{'); open < 0 {
			return fault{BadJSON, kindSkip, 0}
		}
	}
	if !p.split(b[open:], p.keep) {
		return fault{BadJSON, kindSkip, int32(open)}
	}
	if !p.isRequest() {
		return fault{reason: reasonOther}
	}
	for i := len(p.vars) - 1; i >= 0; i-- {
		v := &p.vars[i]
		if p.values[i] == nil || empty(p.values[i]) {
			continue
		}
		if reason := l.take(v, p.values[i]); reason != reasonNone {
			return fault{reason, v.kind, int32(open)}
		}
	}
	if l.text[slotAddress] == nil {
		l.text[slotAddress] = []byte("-")
	}
	if l.total < 0 && l.upstream < 0 {
		l.unread = p.unread
	}
	return fault{}
}

// keep stores a value of the line.
func (p *keyed) keep(path, value []byte, quoted bool) {
	i, ok := p.index[string(path)]
	switch {
	case !ok:
		if p.unread == nil && !quoted && isDuration(path) && len(value) > 0 && isDigit(value[0]) {
			p.unread = bytes.Clone(path)
		}
	case p.values[i] != nil:
	case quoted && bytes.IndexByte(value, '\\') >= 0:
		p.scratch[i] = unquoted(p.scratch[i][:0], value)
		p.values[i] = p.scratch[i]
	default:
		p.values[i] = value
	}
}

// isDuration tells keys that sound like a duration.
func isDuration(path []byte) bool {
	for _, part := range []string{"duration", "latency", "elapsed", "took", "response_time", "responseTime"} {
		if bytes.Contains(path, []byte(part)) {
			return true
		}
	}
	return false
}

// isRequest reports whether a line says when, to whom or for what, and what was answered.
func (p *keyed) isRequest() bool {
	var when, what, answered bool
	for i, v := range p.vars {
		if p.values[i] == nil {
			continue
		}
		switch v.kind {
		case kindTime:
			when = true
		case kindStatus:
			answered = true
		case kindAddress, kindRequest, kindMethod, kindURI:
			what = true
		}
	}
	return when && what && answered
}
