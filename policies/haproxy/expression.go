package haproxy

import (
	"bytes"
	"strconv"
	"strings"

	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
	"stickysim/sim/lazy"
)

// Of a sample expression, such as src or req.hdr(X-Forwarded-For,1), the policies know which address or which part of
// Request.Key it means. Of the converters behind a comma only ipmask is carried out.

// part cuts what an expression means out of Request.Key. ok is false where the request lacks it.
type part func(key []byte) (text []byte, ok bool)

// whole is an expression that means all of the key.
func whole(key []byte) ([]byte, bool) { return key, len(key) > 0 }

// IsAddress reports whether a sample expression is the client's address: of the connection, or as a proxy before
// wrote it into a header.
func IsAddress(expression string) bool { return KeyOf(expression).IsAddr() }

// KeyOf says what a sample expression finds in a request.
func KeyOf(expression string) keys.Template { return Hashing{}.key(expression) }

// key is KeyOf with option forwardfor.
func (h Hashing) key(expression string) keys.Template {
	fetch, args := fetchOf(expression)
	header, nth, _ := strings.Cut(args, ",")
	p := keys.Part{From: keys.Own, Name: expression}
	switch fetch {
	case "src":
		p.From, p.Binary = keys.Seen, true
	case "fc_src":
		p.From, p.Binary = keys.Peer, true
	case "hdr_ip", "req.hdr_ip":
		p.From, p.Binary = keys.Forwarded, true
	case "path", "base":
		p.Of = sim.PathText
	case "url", "pathq", "capture.req.uri":
		p.Of = sim.URIText
	case "hdr", "req.hdr", "fhdr", "req.fhdr":
		if keys.IsAddressHeader(strings.TrimSpace(header)) {
			p.From = keys.Forwarded
		}
	}
	if p.From == keys.Forwarded && strings.EqualFold(strings.TrimSpace(header), "x-forwarded-for") {
		p.From = h.forwarded(p.Binary, strings.TrimSpace(nth) == "1")
	}
	if p.Binary {
		p.Mask4, p.Mask6 = masks(expression)
	}
	return keys.Template{p}
}

// forwarded is what X-Forwarded-For holds: with option forwardfor as text the source address behind what is there already,
// and as an address the source address, unless the first one is asked for.
func (h Hashing) forwarded(binary, first bool) keys.Source {
	switch {
	case h.ForwardFor == "":
		return keys.Forwarded
	case h.ForwardFor == "if-none" || binary && first:
		return keys.Either
	case binary:
		return keys.Seen
	}
	return keys.Appended
}

// header is what balance hdr finds.
func (h Hashing) header(name string) keys.Template {
	t := keys.Header(name)
	if strings.EqualFold(name, "x-forwarded-for") {
		t[0].From = h.forwarded(false, true)
	}
	return t
}

var ipmask = lazy.Regexp(`,\s*ipmask\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)`)

// masks are the leading bits of IPv4 and IPv6 addresses that a converter ipmask keeps; 0 where it keeps all.
func masks(expression string) (four, six int) {
	if m := ipmask().FindStringSubmatch(expression); m != nil {
		four, _ = strconv.Atoi(m[1])
		six, _ = strconv.Atoi(m[2])
	}
	return four, six
}

// identifies says what a key distinguishes clients by.
func identifies(t keys.Template) policies.Key {
	if t.OfAddress() {
		return policies.KeyAddress
	}
	return policies.KeyHash
}

// fetchOf takes the name and the arguments from an expression.
func fetchOf(expression string) (name, args string) {
	end := strings.IndexAny(expression, "(,")
	if end < 0 || expression[end] == ',' {
		name, _, _ = strings.Cut(expression, ",")
		return name, ""
	}
	args, _, _ = strings.Cut(expression[end+1:], ")")
	return expression[:end], args
}

// partOf returns what the expression means. hdr(NAME,N) is the Nth value of a list, the last one where N is not given;
// fhdr is the whole line.
func partOf(expression string) part {
	fetch, args := fetchOf(expression)
	if fetch != "hdr" && fetch != "req.hdr" {
		return whole
	}
	n := -1
	if _, number, given := strings.Cut(args, ","); given {
		if i, err := strconv.Atoi(strings.TrimSpace(number)); err == nil && i != 0 {
			n = i
		}
	}
	return func(key []byte) ([]byte, bool) { return listValue(key, n) }
}

// firstValue is what balance hdr looks at: the first value of a list, unless it is empty.
func firstValue(key []byte) ([]byte, bool) {
	text, _ := listValue(key, 1)
	return text, len(text) > 0
}

// listValue returns the nth value of a header that is a list with commas; negative numbers count from the end.
// Values may be empty. A header that is empty as a whole counts as absent.
func listValue(list []byte, n int) (value []byte, ok bool) {
	if n < 0 {
		count := 1
		for rest, more := list, true; ; count++ {
			if _, rest, more = cutValue(rest); !more {
				break
			}
		}
		n += count + 1
	}
	more := len(list) > 0
	for ; n > 0 && more; n-- {
		value, list, more = cutValue(list)
		ok = n == 1
	}
	if !ok {
		return nil, false
	}
	return bytes.Trim(value, " \t"), true
}

// cutValue cuts list behind its first value: at the first comma outside of quotes.
func cutValue(list []byte) (value, rest []byte, more bool) {
	quoted := false
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == ',' && !quoted:
			return list[:i], list[i+1:], true
		}
	}
	return list, nil, false
}
