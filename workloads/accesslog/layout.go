package accesslog

import (
	"bytes"
	"math"
)

// kind is what a variable of a format means to a replay.
type kind uint8

const (
	kindSkip    kind = iota // skipped
	kindNamed               // skipped, unless it identifies clients
	kindAddress             // the text kinds: kept in slots
	kindHost                // the virtual host
	kindIP                  // an address, and no name in its place
	kindUser
	kindAgent
	kindReferer
	kindForwarded
	kindForwardedOnly   // the same, of addresses alone
	kindForwardedClient // the same, whose first address is the client's
	kindIdent           // the user by RFC 1413: one word
	kindTime
	kindRequest // method, target and protocol
	kindMethod
	kindURI
	kindQuery // continues the target
	kindStatus
	kindBytes
	kindPort
	kindSeconds // durations of the whole request
	kindMillis
	kindMicros
	kindNanos
	kindExactSeconds // as nginx writes them, with three decimals
	kindUpstream     // seconds the server behind took
	kindUpstreamMillis
	kindUpstreamNanos
	kinds
)

var kindNames = [kinds]string{
	kindAddress: "address", kindIP: "address", kindHost: "host", kindUser: "user", kindAgent: "user-agent", kindReferer: "referer", kindForwarded: "x-forwarded-for",
	kindTime: "time", kindRequest: "request", kindMethod: "method", kindURI: "target", kindQuery: "query", kindStatus: "status",
	kindBytes: "bytes", kindPort: "port", kindSeconds: "request time", kindMillis: "request time", kindMicros: "request time",
	kindNanos: "request time", kindExactSeconds: "request time", kindIdent: "identity",
	kindForwardedOnly: "x-forwarded-for", kindForwardedClient: "x-forwarded-for",
	kindUpstream: "upstream time", kindUpstreamMillis: "upstream time", kindUpstreamNanos: "upstream time",
}

func (k kind) String() string { return kindNames[k] }

// slot is where the text of a kind goes.
func (k kind) slot() slot {
	switch k {
	case kindAddress, kindIP:
		return slotAddress
	case kindUser:
		return slotUser
	case kindAgent:
		return slotAgent
	case kindReferer:
		return slotReferer
	case kindForwarded, kindForwardedOnly, kindForwardedClient:
		return slotForwarded
	case kindIdent:
		return slotIdent
	}
	return slotNone
}

// variable is one variable of a format and the literal text around it.
type variable struct {
	name   string // as the format writes it
	kind   kind
	slot   slot
	before string // literal text in front
	until  string // literal text that ends it: the next variable's before, or the tail; "" means a space or the line's end
}

// layout is a compiled format string.
type layout struct {
	title           string
	vars            []variable
	optional        int     // variables from here on may be missing together, as in a log that is now common, now combined
	ends            bool    // the time is the end of the request
	came            int     // which field behind the end is the time at which it came; 0 = none
	total, upstream string  // what the log calls its durations; "" = it has none
	tail            bool    // what follows the last variable is unknown, and not just uninteresting
	plain           *layout // reads lines that end where those of the product go on; nil = there are none
	extras          []slot
	named           slot // next slot to hand out
}

func (p *layout) name() string                      { return p.title }
func (p *layout) stampsEnd() bool                   { return p.ends }
func (p *layout) durations() (total, behind string) { return p.total, p.upstream }

// nameDurations calls the durations as the format string does.
func (p *layout) nameDurations() {
	for _, v := range p.vars {
		switch v.kind {
		case kindSeconds, kindMillis, kindMicros:
			p.total = v.name
		case kindUpstream:
			p.upstream = v.name
		}
	}
}

func (p *layout) parse(b []byte, l *line) fault {
	f := p.read(b, l)
	if f.reason == reasonNone || p.plain == nil {
		return f
	}
	f = p.plain.read(b, l)
	l.plain = true
	for s := slotNamed; s < slotNamed+p.named; s++ {
		l.text[s] = nil
	}
	return f
}

func (p *layout) read(b []byte, l *line) fault {
	l.total, l.upstream, l.uri, l.method, l.status, l.unterminated, l.plain, l.unread = -1, -1, nil, MethodOther, 0, false, false, nil
	l.text[slotForwarded], l.text[slotIdent] = nil, nil
	pos := 0
	for i := range p.vars {
		v := &p.vars[i]
		if !hasPrefix(b[pos:], v.before) {
			if i >= p.optional {
				p.clear(l, i)
				break
			}
			return mismatch(b, pos, v)
		}
		pos += len(v.before)
		for v.kind == kindMillis && pos < len(b) && b[pos] == ' ' {
			pos++
		}
		end := v.end(b, pos)
		if end < 0 {
			if end = p.openEnd(b, pos, i, l); end < 0 {
				return fault{Short, v.kind, int32(pos)}
			}
		}
		if reason := l.take(v, b[pos:end]); reason != reasonNone {
			return fault{reason, v.kind, int32(pos)}
		}
		pos = end
	}
	if p.tail {
		l.unread = bytes.TrimLeft(bytes.TrimPrefix(b[pos:], []byte(`"`)), " ")
	}
	if len(p.extras) > 0 {
		p.takeExtras(b[pos:], l)
	}
	if p.came > 0 {
		l.cameAt(behind(b[pos:], p.came))
	}
	return fault{}
}

// cameAt takes the time at which a request came, which is so long before that of the line. A request that no server answered has no
// duration and stands at the time it came; one that is open for too long for a duration ends with the server's answer.
func (l *line) cameAt(field []byte) {
	at, ok := instant(field)
	switch took := (l.at - at) / 1000; {
	case !ok || took < 0:
	case l.upstream < 0:
		l.at = at
	case took > math.MaxInt32:
		l.at = at + 1000*int64(l.upstream)
	default:
		l.total = int32(took)
	}
}

// behind is the nth field of the text behind the end of a format; nil where there are fewer.
func behind(b []byte, n int) (field []byte) {
	b = bytes.TrimPrefix(b, []byte(`"`)) // the quote that closed the last variable
	for ; n > 0; n-- {
		if field, b = nextField(b); len(field) == 0 && len(b) == 0 {
			return nil
		}
	}
	return field
}

// nextField cuts off a field, quoted or not.
func nextField(b []byte) (field, rest []byte) {
	b = bytes.TrimLeft(b, " \t")
	quote := variable{until: ""}
	start := 0
	if len(b) > 0 && b[0] == '"' {
		quote.until, start = `"`, 1
	}
	end := quote.end(b, start)
	if end < 0 {
		end = len(b)
	}
	return b[start:end], b[min(end+start, len(b)):]
}

// mismatch tells a line that is cut off from one that says something else.
func mismatch(b []byte, pos int, v *variable) fault {
	if len(b)-pos < len(v.before) && hasPrefix([]byte(v.before), string(b[pos:])) {
		return fault{Short, v.kind, int32(len(b))}
	}
	return fault{Mismatch, v.kind, int32(pos)}
}

// openEnd ends a variable whose closing text is missing: the one before an optional rest ends like a last one, and a
// last quoted one at the end of the line, noted as unterminated.
func (p *layout) openEnd(b []byte, pos, i int, l *line) int {
	switch {
	case i+1 == p.optional:
		if end := bytes.IndexByte(b[pos:], ' '); end >= 0 {
			return pos + end
		}
		return len(b)
	case i+1 == len(p.vars):
		l.unterminated = true
		return len(b)
	}
	return -1
}

// end finds where a variable that starts at pos ends, or -1. A quote that ends a field is not one that is escaped with a
// backslash (Apache; nginx writes \x22), and must be followed by the rest of the literal text, which forgives logs that do
// not escape at all.
func (v *variable) end(b []byte, pos int) int {
	if v.until == "" {
		if end := bytes.IndexByte(b[pos:], ' '); end >= 0 {
			return pos + end
		}
		return len(b)
	}
	for from := pos; ; {
		i := bytes.IndexByte(b[from:], v.until[0])
		if i < 0 {
			return -1
		}
		from += i
		if hasPrefix(b[from:], v.until) && !(v.until[0] == '"' && escaped(b[pos:from])) && !(v.kind.listed() && inList(b, pos, from)) && !(v.kind == kindAddress && from > pos && b[from-1] == ',') {
			return from
		}
		from++
	}
}

// listed tells kinds that nginx may write as lists, one value for every server that it tried.
func (k kind) listed() bool { return k == kindUpstream || k == kindNamed || k == kindSkip }

// inList tells a space within such a list: "0.1, 0.2 : 0.3".
func inList(b []byte, pos, at int) bool {
	return b[at] == ' ' && at > pos && (b[at-1] == ',' || b[at-1] == ':' && at-1 > pos && b[at-2] == ' ' || hasPrefix(b[at:], " : "))
}

// escaped tells whether b ends in an odd number of backslashes.
func escaped(b []byte) bool {
	n := 0
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// hasPrefix is bytes.HasPrefix for a string.
func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

// take stores one field.
func (l *line) take(v *variable, b []byte) Reason {
	if v.slot != slotNone {
		l.text[v.slot] = b
	}
	ok, reason := true, BadNumber
	switch v.kind {
	case kindAddress:
		l.text[slotAddress], l.listed, ok = clientOf(b)
		reason = BadAddress
	case kindHost:
		ok, reason = plausibleName(b), Mismatch
	case kindIP:
		l.text[slotAddress], ok = addressOf(b)
		ok = ok && plausibleIP(l.text[slotAddress])
		reason = BadAddress
	case kindForwardedClient:
		first, _, _ := bytes.Cut(b, []byte(","))
		l.text[slotAddress], ok = addressOf(first)
		ok = ok && (string(b) == "-" || plausibleIP(l.text[slotAddress]))
		reason = BadAddress
	case kindForwardedOnly:
		ok, reason = forwardedOnly(b), Mismatch
	case kindUser:
		ok = l.text[slotIdent] == nil || string(l.text[slotIdent]) == "-" || bytes.IndexByte(b, ' ') < 0
		reason = Prefixed
	case kindTime:
		l.at, ok = instant(b)
		reason = BadTime
	case kindRequest:
		l.request(b)
	case kindMethod:
		l.method = methodOf(b)
	case kindURI:
		l.uri = target(b)
	case kindStatus:
		l.status, ok = statusOf(b)
		reason = BadStatus
	case kindBytes:
		ok = len(b) > 0 && digits(b[:min(18, len(b))]) >= 0 || string(b) == "-"
	case kindPort:
		ok = len(b) > 0 && len(b) < 6 && digits(b) >= 0
	case kindSeconds:
		l.total, ok = micros(bytes.TrimSuffix(b, []byte("s")), 1e6)
	case kindMillis:
		l.total, ok = micros(b, 1e3)
	case kindMicros:
		l.total, ok = micros(b, 1)
	case kindNanos:
		l.total, ok = nanos(b)
	case kindExactSeconds:
		l.total, ok = micros(b, 1e6)
		ok = ok && len(b) > 4 && b[len(b)-4] == '.'
	case kindUpstream:
		l.upstream, ok = lastMicros(b, 1e6)
	case kindUpstreamMillis:
		l.upstream, ok = lastMicros(b, 1e3)
	case kindUpstreamNanos:
		l.upstream, ok = nanos(b)
	}
	if ok {
		return reasonNone
	}
	return reason
}

// clear forgets what the line before had in the optional fields.
func (p *layout) clear(l *line, from int) {
	for _, v := range p.vars[from:] {
		if v.slot != slotNone {
			l.text[v.slot] = nil
		}
	}
}

// takeExtras stores the fields behind the end of the format, quoted or not.
func (p *layout) takeExtras(b []byte, l *line) {
	b = bytes.TrimPrefix(b, []byte(`"`)) // the quote that closed the last variable
	for _, s := range p.extras {
		var field []byte
		if field, b = nextField(b); s != slotNone {
			l.text[s] = field
		}
	}
}

func (p *layout) slot(f Field) (slot, bool) {
	if n := f.extra(); n > 0 {
		for len(p.extras) < n {
			p.extras = append(p.extras, slotNone)
		}
		if p.extras[n-1] == slotNone {
			p.extras[n-1] = p.hand()
		}
		return p.extras[n-1], true
	}
	for i := range p.vars {
		v := &p.vars[i]
		if v.kind == kindForwardedClient && f == Address {
			return slotAddress, true
		}
		if v.name == string(f) || v.kind.String() == string(f) && v.slot != slotNone {
			if v.slot == slotNone {
				v.slot = p.hand()
			}
			return v.slot, true
		}
	}
	return slotNone, false
}

// hand gives out a slot; there is one for every client field, and each asks at most once.
func (p *layout) hand() slot {
	p.named++
	return slotNamed + p.named - 1
}
