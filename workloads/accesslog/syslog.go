package accesslog

import "bytes"

// strip5424 is for "<190>1 2006-01-02T15:04:05.000Z host app procid msgid - …" (RFC 5424).
func strip5424(b []byte, _ *[]byte) []byte {
	rest := priority(b)
	if len(rest) == len(b) || len(rest) < 2 || rest[0] != '1' || rest[1] != ' ' {
		return nil
	}
	stamp, rest := word(rest[2:])
	if string(stamp) != "-" && !isTimestamp(stamp) {
		return nil
	}
	for range 4 { // host, application, process, message
		_, rest = word(rest)
	}
	switch {
	case len(rest) == 0:
		return nil
	case rest[0] == '-':
		rest = bytes.TrimPrefix(rest[1:], []byte(" "))
	case rest[0] == '[':
		end := bytes.Index(rest, []byte("] "))
		if end < 0 {
			return nil
		}
		rest = rest[end+2:]
	default:
		return nil
	}
	return bytes.TrimPrefix(rest, []byte("\xef\xbb\xbf"))
}

// priority skips "<190>".
func priority(b []byte) []byte {
	if len(b) < 3 || b[0] != '<' {
		return b
	}
	end := bytes.IndexByte(b[:min(5, len(b))], '>')
	if end < 2 || digits(b[1:end]) < 0 {
		return b
	}
	return b[end+1:]
}

// stripSyslog is for "<190>Jan  2 15:04:05 host nginx[812]: …" (RFC 3164), the same without the priority, as files and
// journalctl have it, and both with an ISO 8601 time or a weekday and zone.
func stripSyslog(b []byte, _ *[]byte) []byte {
	rest := priority(b)
	dated := afterDate(rest)
	if dated == nil {
		return nil
	}
	iso := rest[0] <= '9'
	host, rest := word(dated)
	tag, after := word(rest)
	switch {
	case tagged(host): // without a host
		return rest
	case tagged(tag):
		return after
	case iso: // a time alone, such as docker logs -t writes
		return nil
	}
	return rest
}

func tagged(b []byte) bool {
	return len(b) > 1 && b[len(b)-1] == ':' && !plausibleIP(b[:len(b)-1])
}

// afterDate is what follows "Jan  2 15:04:05 ", "2006-01-02T15:04:05.000-07:00 " or "Mon 2006-01-02 15:04:05 MST ".
func afterDate(b []byte) []byte {
	first, rest := word(b)
	if isTimestamp(first) {
		return rest
	}
	if len(first) != 3 {
		return nil
	}
	if _, ok := monthOf(first); ok {
		day, rest := word(rest)
		clock, rest := word(rest)
		if n := digits(day); len(day) == 0 || len(day) > 2 || n < 1 || n > 31 || !isClock(clock) {
			return nil
		}
		return rest
	}
	day, rest := word(rest)
	clock, rest := word(rest)
	if len(day) != 10 || day[4] != '-' || !isClock(clock) {
		return nil
	}
	_, rest = word(rest) // zone
	return rest
}

func isClock(b []byte) bool {
	return len(b) >= 8 && b[2] == ':' && b[5] == ':' && digits(b[:2]) >= 0 && digits(b[3:5]) >= 0 && digits(b[6:8]) >= 0
}
