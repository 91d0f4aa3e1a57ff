package nginx

import (
	"hash/fnv"

	"github.com/cespare/xxhash/v2"

	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

// StickyLearn is `sticky learn create=… lookup=… zone=name:size [timeout=time]`.
type StickyLearn struct {
	Zone     policies.Bytes `yaml:"zone" check:"min=32768" doc:"memory of the table, about 4000 sessions per MiB"`
	Timeout  sim.Time       `yaml:"timeout" check:"min=1" doc:"idle time after which a session is forgotten"`
	Key      string         `yaml:"key" doc:"what identifies a session, as nginx writes it, where every request carries it: $remote_addr; empty = a cookie that the servers set"`
	Balance  string         `yaml:"balance" check:"oneof=round_robin|least_conn|random|random two|ip_hash|hash|hash consistent" doc:"method for clients without a known session"`
	HashKey  string         `yaml:"hash_key" doc:"what balance: hash and hash consistent hash, as in nginx/hash"`
	Retrying `yaml:",inline"`
}

// New implements policies.Config.
func (c StickyLearn) New(env sim.Env) sim.Balancer {
	limit := zoneSessions(c.Zone)
	b := &stickyLearn{
		sticky:    newSticky(env, c.Balance, c.HashKey, c.Retrying),
		learned:   newSessions(limit, c.Timeout),
		unlearned: newSessions(limit, c.Timeout),
	}
	if t := template(c.Key); t.HoldsAddress() {
		return &addressLearn{b, keys.Writer{Template: t}}
	}
	return b
}

// Identifies implements [policies.Identifier].
func (c StickyLearn) Identifies() policies.Key {
	if t := template(c.Key); t.HoldsAddress() {
		return identifies(t)
	}
	return policies.KeyCookie
}

var defaultLearn = StickyLearn{Zone: 1 << 20, Timeout: 10 * sim.Minute, Balance: "round_robin", Retrying: DefaultRetrying()}

var _ = policies.Register("nginx/sticky_learn", defaultLearn, policies.Doc{
	Summary: "table of the sessions that the servers' own cookies start",
	Detail: "A session is learned when the server sets its cookie, which it does for clients that present none and for " +
		"sessions that begin again, and is refreshed and bound to the answering server by every request. A client whose entry " +
		"has run out, or was lost with the table, is balanced each time until its session begins again: as long as the servers " +
		"know it, they set no cookie. A full zone drops the session idle longest.",
	Source: "nginx 1.29.6 src/http/modules/ngx_http_upstream_sticky_module.c; NGINX Plus before",
	Key:    policies.KeyCookie,
	Claims: policies.Claims{Sticky: true, Limit: true},
})

// stickyLearn takes the client (sim.Request.Hash) for the session, since a client has one session cookie at a time.
// Where sessions are simulated, Request.Fresh says when a server sets its cookie. Otherwise a cookie that differs from
// the client's last one, or is its first, was set by the server that answered last.
type stickyLearn struct {
	sticky
	learned   *sessions // nginx's table
	unlearned *sessions // clients whose cookie the table does not know, and the server that answered them
}

// Prepare implements sim.Preparer.
func (b *stickyLearn) Prepare(c sim.ClientID, soon *prefetch.Batch) { b.learned.Prepare(c, soon) }

// Reads implements sim.Reader.
func (b *stickyLearn) Reads() sim.Needs { return b.sticky.Reads() | sim.NeedsHash }

// Pick implements sim.Balancer.
func (b *stickyLearn) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if q.Cookie == 0 {
		return b.follow(q, v, 0, sim.CookieMissing)
	}
	missing := sim.TableExpired
	if b.learned.full() {
		missing = sim.TableEvicted
	}
	bound := b.learned.lookup(q.Client, q.Hash, v.Now)
	if bound.sid == 0 {
		if bound = b.unlearned.lookup(q.Client, q.Hash, v.Now); bound.cookie == q.Cookie {
			bound.sid = 0
		}
	}
	return b.follow(q, v, bound.sid, missing)
}

// Answered implements sim.Binder. Servers set their cookie on clients that have none, and with a new session.
func (b *stickyLearn) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	sid := b.u.sidOf(s)
	if sid == 0 {
		return
	}
	if q.Cookie == 0 || q.Fresh {
		q.SetCookie = sim.Cookie(max(q.Hash, 1))
		b.unlearned.forget(q.Client, q.Hash)
		b.learned.bind(b.learned.find(q.Client, q.Hash, v.Now), q.Client, q.Hash, sid, q.SetCookie, v.Now)
		return
	}
	if b.learned.refresh(q.Client, q.Hash, sid, v.Now) {
		return
	}
	before := b.unlearned.find(q.Client, q.Hash, v.Now)
	if before >= 0 && b.unlearned.entries.At(before).cookie != q.Cookie {
		b.unlearned.entries.Remove(before)
		b.learned.bind(-1, q.Client, q.Hash, sid, q.Cookie, v.Now)
		return
	}
	b.unlearned.bind(before, q.Client, q.Hash, sid, q.Cookie, v.Now)
}

// FormatCookie implements sim.CookieText: nginx writes no cookie here.
func (b *stickyLearn) FormatCookie(sim.Cookie, *sim.View) string { return "" }

// ParseCookie implements sim.CookieText: that there is a session cookie is all that counts.
func (b *stickyLearn) ParseCookie(value string, _ *sim.View) sim.Cookie {
	h := fnv.New64a()
	h.Write([]byte(value))
	return sim.Cookie(max(h.Sum64(), 1))
}

// addressLearn learns by a key that every request carries and that holds an address. Each answer binds it to its server.
type addressLearn struct {
	*stickyLearn
	key keys.Writer
}

// NeedsKey implements sim.Keyed.
func (b *addressLearn) NeedsKey() bool { return b.key.NeedsKey() || b.stickyLearn.NeedsKey() }

// KeyText is part of sim.Keyed. What is learned comes before what is hashed.
func (b *addressLearn) KeyText() sim.KeyText {
	if b.key.NeedsKey() {
		return b.key.KeyText()
	}
	return b.stickyLearn.KeyText()
}

// Reads implements sim.Reader.
func (b *addressLearn) Reads() sim.Needs { return b.stickyLearn.Reads() | b.key.Reads() }

// Pick implements sim.Balancer.
func (b *addressLearn) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	missing := sim.TableExpired
	if b.learned.full() {
		missing = sim.TableEvicted
	}
	return b.follow(q, v, b.learned.lookup(q.Client, xxhash.Sum64(b.key.Of(q)), v.Now).sid, missing)
}

// Answered implements sim.Binder.
func (b *addressLearn) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	if sid := b.u.sidOf(s); sid != 0 {
		key := xxhash.Sum64(b.key.Of(q))
		b.learned.bind(b.learned.find(q.Client, key, v.Now), q.Client, key, sid, 0, v.Now)
	}
}
