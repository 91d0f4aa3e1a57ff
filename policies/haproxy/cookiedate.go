package haproxy

import "stickysim/sim"

// Dates in cookies are in units of 4 s since 1970, here too; 0 is no date.
const (
	dateUnit = 4
	maxAhead = 86400 // seconds a date may lie in the future, for clocks that differ
)

// A packed cookie holds, from the low end: the server's ID + 1 (20 bits), the date of its last use, and the age it had
// then (24 and 20 bits, + 1; 0 = none). Dates count from a year before the run; cookies older than 48 days keep that age.
const (
	serverBits = 20
	lastBits   = 24
	ageBits    = 64 - serverBits - lastBits
	noServer   = 1<<serverBits - 1 // in place of a server: the value is unknown
)

// packing turns cookies into numbers and back. origin is the unit that dates count from.
type packing struct{ origin int64 }

func newPacking(clock sim.Time) packing {
	return packing{int64(clock/sim.Second)/dateUnit - 1<<(lastBits-1)}
}

func (p packing) pack(s sim.ServerID, last, first int64) sim.Cookie {
	c := uint64(noServer)
	if s >= 0 && s < noServer-1 {
		c = uint64(s) + 1
	}
	if last == 0 {
		return sim.Cookie(c)
	}
	c |= uint64(min(max(last-p.origin, 1), 1<<lastBits-1)) << serverBits
	if first != 0 {
		c |= uint64(min(max(last-first+1, 1), 1<<ageBits-1)) << (serverBits + lastBits)
	}
	return sim.Cookie(c)
}

func (packing) server(c sim.Cookie) sim.ServerID {
	if s := c & noServer; s != noServer {
		return sim.ServerID(s) - 1
	}
	return sim.NoServer
}

func (p packing) last(c sim.Cookie) int64 {
	if units := int64(c >> serverBits & (1<<lastBits - 1)); units != 0 {
		return units + p.origin
	}
	return 0
}

func (p packing) first(c sim.Cookie) int64 {
	if age := int64(c >> (serverBits + lastBits)); age != 0 {
		return p.last(c) - age + 1
	}
	return 0
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// formatDate writes a date as five base64 digits.
func formatDate(units int64) string {
	var text [5]byte
	for i := range text {
		text[i] = base64Digits[units>>(24-6*i)&63]
	}
	return string(text[:])
}

// parseDate reads five base64 digits; anything else is no date.
func parseDate(text string) (units int64) {
	if len(text) < 5 {
		return 0
	}
	for i := range 5 {
		digit := int64(-1)
		switch c := text[i]; {
		case c >= 'A' && c <= 'Z':
			digit = int64(c - 'A')
		case c >= 'a' && c <= 'z':
			digit = int64(c-'a') + 26
		case c >= '0' && c <= '9':
			digit = int64(c-'0') + 52
		case c == '+':
			digit = 62
		case c == '/':
			digit = 63
		}
		if digit < 0 {
			return 0
		}
		units = units<<6 | digit
	}
	return units
}
