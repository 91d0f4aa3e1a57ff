package kong

import (
	"strconv"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// foreign marks a cookie whose text was not made here; the hash of the text is in its low half.
const foreign sim.Cookie = 1 << 63

// cookieHash is the hash of the cookie that is hashed: the client's, or a new one.
func (p *consistentHashing) cookieHash(q *sim.Request) uint32 {
	c := q.Cookie
	q.Settled = c != 0
	if c == 0 {
		q.Why = sim.CookieMissing
		if q.Memo == 0 {
			q.Memo = 1 + q.Draw.Stream("cookie").Uint64()>>2
		}
		c = sim.Cookie(q.Memo)
	}
	if c&foreign != 0 {
		return uint32(c)
	}
	var text [36]byte
	return xxh32(appendUUID(text[:0], c))
}

// cookieHashing is consistent hashing that gives clients cookies.
type cookieHashing struct{ *consistentHashing }

// Answered implements [sim.Binder]: a client without a cookie gets one for its session.
func (p cookieHashing) Answered(q *sim.Request, _ sim.ServerID, _ *sim.View) {
	if q.Cookie == 0 {
		q.SetCookie = sim.Cookie(q.Memo)
	}
}

// Writes is part of [sim.CookieText].
func (p *consistentHashing) Writes() bool {
	return p.config.HashOn == "cookie" || p.config.Fallback == "cookie"
}

// FormatCookie implements [sim.CookieText]: a UUID, as Kong makes it.
func (p *consistentHashing) FormatCookie(c sim.Cookie, _ *sim.View) string {
	return string(appendUUID(nil, c))
}

// ParseCookie implements [sim.CookieText]. Kong hashes whatever it finds.
func (p *consistentHashing) ParseCookie(value string, v *sim.View) sim.Cookie {
	if len(value) == 36 {
		if c, err := strconv.ParseUint(value[:8]+value[9:13]+value[24:28], 16, 64); err == nil && c > 0 && p.FormatCookie(sim.Cookie(c), v) == value {
			return sim.Cookie(c)
		}
	}
	return foreign | sim.Cookie(xxh32([]byte(value)))
}

// appendUUID writes the UUID of version 4 that a cookie stands for: 64 of its bits are the cookie, and the others follow from it.
func appendUUID(b []byte, c sim.Cookie) []byte {
	const digits = "0123456789abcdef"
	rest := uint64(rng.Key(c).Stream("uuid").Uint64())
	bits := uint64(c)
	for i := range 36 {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			b = append(b, '-')
		case i == 14:
			b = append(b, '4')
		case i == 19:
			b = append(b, "89ab"[rest&3])
			rest >>= 2
		case i < 13 || i >= 24 && i < 28:
			b = append(b, digits[bits>>60])
			bits <<= 4
		default:
			b = append(b, digits[rest&15])
			rest >>= 4
		}
	}
	return b
}
