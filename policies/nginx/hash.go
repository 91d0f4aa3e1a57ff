package nginx

import (
	"fmt"
	"hash/crc32"
	"strconv"

	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
)

// Hash is nginx's hash directive, with or without consistent.
type Hash struct {
	Consistent    bool   `yaml:"consistent" doc:"ketama ring of 160 points per unit of weight instead of hash modulo weight"`
	Key           string `yaml:"key" doc:"what is hashed, as nginx writes it: $remote_addr, or $http_x_user$arg_id; empty = a text that every client has for itself"`
	BinaryAddress bool   `yaml:"binary_address" doc:"the key is $binary_remote_addr, the client's address as 4 or 16 bytes"`
	Retrying      `yaml:",inline"`
}

// New implements policies.Config.
func (c Hash) New(env sim.Env) sim.Balancer {
	u, key := newUpstream(env, c.Retrying), keys.Writer{Template: c.template()}
	if c.Consistent {
		return &consistentHash{upstream: u.scanned(), key: key}
	}
	return &plainHash{upstream: u, key: key}
}

// Validate refuses two keys.
func (c Hash) Validate() error {
	if c.BinaryAddress && c.Key != "" {
		return fmt.Errorf("key: must not be given with binary_address, whose key is $binary_remote_addr")
	}
	return nil
}

// Identifies implements [policies.Identifier].
func (c Hash) Identifies() policies.Key { return identifies(c.template()) }

func (c Hash) template() keys.Template {
	if c.BinaryAddress {
		return keys.Nginx("$binary_remote_addr")
	}
	return template(c.Key)
}

// template is the key that nginx makes of text.
func template(text string) keys.Template {
	if text == "" {
		return keys.OwnValue
	}
	return keys.Nginx(text)
}

func identifies(t keys.Template) policies.Key {
	if t.OfAddress() {
		return policies.KeyAddress
	}
	return policies.KeyHash
}

var _ = policies.Register("nginx/hash", Hash{Retrying: DefaultRetrying()}, policies.Doc{
	Summary: "hash of a text of the request (`hash $key [consistent]`)",
	Detail: "Plain: CRC-32 modulo the total weight; deleting a server line moves most clients, marking it down only its own. " +
		"Consistent: a ring made of the server lines as written; unusable servers pass their clients to the next point. " +
		"An empty key, and 20 unusable choices, lead to round robin.",
	Source: "nginx src/http/modules/ngx_http_upstream_hash_module.c",
	Key:    policies.KeyHash,
	Claims: policies.Claims{Sticky: true, Limit: true},
})

// plainHash is `hash key;`, compatible with Cache::Memcached.
type plainHash struct {
	upstream
	key    keys.Writer
	fixed  bool // the key of a request is the same in each attempt
	ranges ranges
	rehash []uint32 // CRC-32 of "", "1", "2", …: the prefix of the key at each further hash
}

// Rebuild implements sim.Rebuilder.
func (b *plainHash) Rebuild(v *sim.View) {
	b.upstream.Rebuild(v)
	b.ranges.set(b.primary)
	b.fixed = b.key.Reads()&sim.NeedsDraw == 0
	// A request hashes once for each miss and once for each attempt.
	for n := len(b.rehash); n < maxMisses+2+len(b.primary); n++ {
		prefix := ""
		if n > 0 {
			prefix = strconv.Itoa(n)
		}
		b.rehash = append(b.rehash, crc32.ChecksumIEEE([]byte(prefix)))
	}
}

// NeedsKey implements sim.Keyed.
func (b *plainHash) NeedsKey() bool { return b.key.NeedsKey() }

// KeyText is part of sim.Keyed.
func (b *plainHash) KeyText() sim.KeyText { return b.key.KeyText() }

// Reads implements sim.Reader.
func (b *plainHash) Reads() sim.Needs { return b.key.Reads() }

// Repeats implements sim.Repeater: as long as nothing fails, a key leads to the same server.
func (b *plainHash) Repeats() bool { return b.Calm() && b.fixed }

// Pick implements sim.Balancer.
func (b *plainHash) Pick(q *sim.Request, v *sim.View) sim.ServerID { return b.pick(q, v, 0) }

// pick sums the hashes of the key until they fall to a usable server. The sum, the number of hashes and the misses
// are kept between attempts.
func (b *plainHash) pick(q *sim.Request, v *sim.View, sid uint64) sim.ServerID {
	key := b.key.Of(q)
	m := b.recall(q, key)
	if m.misses > maxMisses || len(b.primary) < 2 || b.ranges.total == 0 || len(key) == 0 {
		b.note(q, m)
		return b.roundRobin(q, v, sid)
	}
	now := seconds(v)
	if i := b.bound(sid, false, q, v); i >= 0 {
		b.note(q, m)
		return b.primary[i].take(now)
	}
	for ; m.misses <= maxMisses; m.misses++ {
		b.hash(&m, key)
		if p := &b.primary[b.ranges.at(int(m.sum%uint32(b.ranges.total)))]; p.open(q, v, now) {
			b.note(q, m)
			return p.take(now)
		}
		q.Why = sim.ServerUnusable
	}
	b.note(q, m)
	return b.roundRobin(q, v, sid)
}

// hash hashes the key once more.
func (b *plainHash) hash(m *hashMemo, key []byte) {
	m.sum += crc32.Update(b.rehash[m.hashes], crc32.IEEETable, key) >> 16 & 0x7fff
	m.hashes++
}

// note leaves what is known of a request in q.Memo: 0 where its first hash has fallen to a usable server, as most do.
func (b *plainHash) note(q *sim.Request, m hashMemo) {
	if q.Memo = noted | m.pack(); m.hashes == 1 && m.misses == 0 && b.fixed {
		q.Memo = 0
	}
}

// recall is what was known after the last attempt.
func (b *plainHash) recall(q *sim.Request, key []byte) (m hashMemo) {
	switch {
	case q.Attempt == 0:
	case q.Memo == 0:
		b.hash(&m, key)
	default:
		m = unpackHash(q.Memo &^ noted)
	}
	return m
}

// noted tells a Request.Memo that says something, be it that nothing has been hashed, from one of a request whose first hash has
// fallen to a usable server. Such a request can go to its client's server without a question.
const noted = 1 << 63

// hashMemo is what the hash directive remembers of a request.
type hashMemo struct {
	sum    uint32 // sum of the hashes; with consistent, the position in the ring
	hashes int
	misses int
}

func (m hashMemo) pack() uint64 {
	return uint64(m.sum) | uint64(m.misses)<<32 | uint64(m.hashes)<<40
}

func unpackHash(memo uint64) hashMemo {
	return hashMemo{sum: uint32(memo), misses: int(memo >> 32 & 0xff), hashes: int(memo >> 40)}
}
