package haproxy

import (
	"bytes"
	"strconv"
	"strings"
)

// Of a sample expression, such as src or req.hdr(X-Forwarded-For,1), the policies know which part of Request.Key it
// means, or that it means the client's address. Converters behind a comma are not carried out.

// part cuts what an expression means out of Request.Key. ok is false where the request lacks it.
type part func(key []byte) (text []byte, ok bool)

// whole is an expression that means all of the key.
func whole(key []byte) ([]byte, bool) { return key, len(key) > 0 }

// IsAddress reports whether a sample expression is the client's address: of the connection, or as a proxy before
// wrote it into a header.
func IsAddress(expression string) bool {
	switch fetch, _ := fetchOf(expression); fetch {
	case "src", "hdr_ip", "req.hdr_ip":
		return true
	}
	return false
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
