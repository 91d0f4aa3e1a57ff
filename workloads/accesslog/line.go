package accesslog

import "bytes"

// slot is where a line's text fields are kept until the client is known. Slots from slotNamed on are handed out to the
// client fields that only this log has.
type slot int8

const (
	slotNone slot = iota - 1
	slotAddress
	slotAgent
	slotUser
	slotReferer
	slotForwarded
	slotIdent
	slotNamed
	slots = slotNamed + maxClientFields
)

// line is what a parser found. Its byte slices point into the text of the line and die with it.
type line struct {
	at           int64 // ns since 1970
	text         [slots][]byte
	uri          []byte
	total        int32 // µs from first to last byte of the request, -1 when unknown
	upstream     int32 // µs the server behind took, -1 when unknown
	status       uint16
	method       Method
	unterminated bool
	listed       bool   // the address is the first of a list
	plain        bool   // it ends where lines of its product go on
	unread       []byte // text behind the end of the format, or the key of a duration that has no known meaning
}

// parser reads the lines of one format.
type parser interface {
	// name is how Stats.Format calls the format.
	name() string
	// parse fills in l, or says what is wrong.
	parse(b []byte, l *line) fault
	// slot says where parse leaves the text of a field; ok is false when the format has no such field.
	slot(f Field) (s slot, ok bool)
	// stampsEnd tells whether the time of a line is the end of the request.
	stampsEnd() bool
	// durations is what the log calls the time of a whole request, and that of the server behind; "" when it has none.
	durations() (total, behind string)
}

// request splits `GET /path HTTP/1.1`. What has no spaces, such as the first bytes of a TLS handshake on a plain port, is
// a target without a method: the request was still made and answered.
func (l *line) request(b []byte) {
	l.method, l.uri = MethodOther, b
	first := bytes.IndexByte(b, ' ')
	if first < 0 {
		return
	}
	l.method, b = methodOf(b[:first]), b[first+1:]
	if end := len(b) - len(" HTTP/1.1"); end >= 0 && string(b[end:end+6]) == " HTTP/" {
		b = b[:end]
	} else if end := bytes.LastIndexByte(b, ' '); end >= 0 && bytes.HasPrefix(b[end:], []byte(" HTTP/")) {
		b = b[:end]
	}
	l.uri = target(b)
}

// target cuts scheme and host off an absolute URL.
func target(uri []byte) []byte {
	rest, ok := bytes.CutPrefix(uri, []byte("http"))
	if !ok {
		return uri
	}
	rest = bytes.TrimPrefix(rest, []byte("s"))
	if rest, ok = bytes.CutPrefix(rest, []byte("://")); !ok {
		return uri
	}
	if path := bytes.IndexByte(rest, '/'); path >= 0 {
		return rest[path:]
	}
	return []byte("/")
}

// statusOf reads a status of three digits; "-" and "-1" and "0" (no answer was sent) give 0.
func statusOf(b []byte) (uint16, bool) {
	if len(b) == 3 {
		n := digits(b)
		return uint16(n), n >= 0
	}
	return 0, string(b) == "-" || string(b) == "-1" || string(b) == "0"
}

// micros reads a duration in the given unit (µs per 1), such as "0.015"; unknown ("-", "-1") gives -1. It saturates at the
// 35 minutes an int32 of µs can hold.
func micros(b []byte, unit int64) (int32, bool) {
	if string(b) == "-" || string(b) == "-1" || len(b) == 0 {
		return -1, true
	}
	i, n := 0, int64(0)
	for ; i < len(b) && isDigit(b[i]); i++ {
		n = min(n*10+int64(b[i]-'0'), 1e10)
	}
	nanos, rest, ok := fraction(b[i:])
	if i == 0 || !ok || len(rest) > 0 {
		return -1, false
	}
	return int32(min(n*unit+nanos*unit/1e9, 1<<31-1)), true
}

// lastMicros reads nginx's upstream times, "0.1, 0.2 : 0.3": one per server tried. The last one that was measured is the
// server that answered.
func lastMicros(b []byte, unit int64) (int32, bool) {
	found := int32(-1)
	for len(b) > 0 {
		end := 0
		for end < len(b) && b[end] != ',' && b[end] != ':' && b[end] != ' ' {
			end++
		}
		if end > 0 {
			v, ok := micros(b[:end], unit)
			if !ok {
				return -1, false
			}
			if v >= 0 {
				found = v
			}
		}
		b = b[min(end+1, len(b)):]
	}
	return found, true
}

// nanos reads a count of nanoseconds as µs.
func nanos(b []byte) (int32, bool) {
	n := min(len(b), 3)
	if digits(b[len(b)-n:]) < 0 {
		return -1, false
	}
	if n == len(b) {
		return 0, n > 0
	}
	return micros(b[:len(b)-3], 1)
}
