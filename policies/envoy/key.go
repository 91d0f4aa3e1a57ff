package envoy

import (
	"strconv"

	"github.com/cespare/xxhash/v2"

	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
)

// HashKey says what the hash policies hash. Source: Envoy API v3, config.route.v3 RouteAction.HashPolicy.
type HashKey struct {
	Policy string   `yaml:"hash_policy" check:"oneof=header|source_ip|cookie" doc:"header (or query parameter, or a cookie of the application), source_ip, or a cookie Envoy generates"`
	Header string   `yaml:"header_name" doc:"name of the header; x-forwarded-for and the like hold the client's address, others a value that every client has for itself"`
	TTL    sim.Time `yaml:"cookie_ttl" doc:"how long clients keep the generated cookie; 0 = their session"`
}

// hasher is a HashKey at work.
type hasher struct {
	HashKey
	header keys.Writer
}

func newHasher(k HashKey) hasher { return hasher{k, keys.Writer{Template: keys.Header(k.Header)}} }

// hash returns the 64-bit key of a request: xxHash64 of the text that identifies the client. Without that text the
// answer is random, which makes the policy Envoy's random.
//
// A generated cookie holds 64 bits in hexadecimal. Envoy hashes both addresses of the connection into it; as the
// client's port is anyone's guess, they are drawn.
func (k *hasher) hash(q *sim.Request) uint64 {
	switch k.Policy {
	case "source_ip":
		var buf [48]byte
		return xxhash.Sum64(q.Addr.AppendText(buf[:0]))
	case "cookie":
		c := q.Cookie
		if c == 0 {
			if q.Memo == 0 {
				q.Memo = max(1, q.Draw.Uint64())
			}
			c, q.Why = sim.Cookie(q.Memo), sim.CookieMissing
		}
		q.Settled = q.Cookie != 0
		var buf [16]byte
		return xxhash.Sum64(appendCookie(buf[:0], c))
	}
	key := k.header.Of(q)
	if len(key) == 0 {
		q.Why = sim.NotSticky
		return q.Draw.Uint64()
	}
	return xxhash.Sum64(key)
}

// Identifies implements [policies.Identifier].
func (k HashKey) Identifies() policies.Key {
	switch k.Policy {
	case "source_ip":
		return policies.KeyAddress
	case "cookie":
		return policies.KeyCookie
	}
	return policies.KeyHash
}

// NeedsKey implements [sim.Keyed].
func (k *hasher) NeedsKey() bool { return k.Policy == "header" && k.header.NeedsKey() }

// KeyText is part of [sim.Keyed].
func (k *hasher) KeyText() sim.KeyText { return k.header.KeyText() }

// generates reports whether the key is a cookie that Envoy makes.
func (k *hasher) generates() bool { return k.Policy == "cookie" }

// give gives the client the cookie that was generated for it.
func (k *hasher) give(q *sim.Request) {
	if q.Cookie == 0 {
		q.SetCookie, q.CookieTTL = sim.Cookie(q.Memo), k.TTL
	}
}

// FormatCookie returns the 16 hexadecimal digits Envoy writes.
func (k *HashKey) FormatCookie(c sim.Cookie, _ *sim.View) string {
	return string(appendCookie(nil, c))
}

// ParseCookie reads them; other texts stand for the number their hash is.
func (k *HashKey) ParseCookie(value string, _ *sim.View) sim.Cookie {
	if c, err := strconv.ParseUint(value, 16, 64); err == nil && len(value) == 16 && c != 0 {
		return sim.Cookie(c)
	}
	return sim.Cookie(max(1, xxhash.Sum64String(value)))
}

func appendCookie(b []byte, c sim.Cookie) []byte {
	for shift := 60; shift >= 0; shift -= 4 {
		b = append(b, "0123456789abcdef"[c>>shift&15])
	}
	return b
}
