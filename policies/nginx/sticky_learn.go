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
	key := template(c.Key)
	own := env.OwnHash && !key.HoldsAddress()
	b := &stickyLearn{newSticky(env, c.Balance, c.HashKey, c.Retrying), newSessions(zoneSessions(c.Zone), c.Timeout, own)}
	if key.HoldsAddress() {
		return &addressLearn{b, keys.Writer{Template: key}}
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
	sessions *sessions
}

// Prepare implements sim.Preparer.
func (b *stickyLearn) Prepare(c sim.ClientID, soon *prefetch.Batch) { b.sessions.Prepare(c, soon) }

// Reads implements sim.Reader.
func (b *stickyLearn) Reads() sim.Needs { return b.sticky.Reads() | sim.NeedsHash }

// Pick implements sim.Balancer.
func (b *stickyLearn) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if q.Cookie == 0 {
		return b.follow(q, v, 0, sim.CookieMissing)
	}
	missing, sid := b.missing(), uint64(0)
	if i := b.sessions.find(q.Client, q.Hash, v.Now); i >= 0 {
		if e := &b.sessions.all[i]; e.list == learned || e.cookie != q.Cookie {
			sid = e.sid
		}
	}
	return b.follow(q, v, sid, missing)
}

// missing is why the table does not know a session, if it does not.
func (b *stickyLearn) missing() sim.Reason {
	if b.sessions.full(learned) {
		return sim.TableEvicted
	}
	return sim.TableExpired
}

// Answered implements sim.Binder. Servers set their cookie on clients that have none, and with a new session.
func (b *stickyLearn) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	sid := b.u.sidOf(s)
	if sid == 0 {
		return
	}
	list, cookie := uint8(learned), q.Cookie
	i := b.sessions.find(q.Client, q.Hash, v.Now)
	switch {
	case q.Cookie == 0 || q.Fresh:
		cookie = sim.Cookie(max(q.Hash, 1))
		q.SetCookie = cookie
	case i < 0:
		list = unlearned
	case b.sessions.all[i].list == unlearned && b.sessions.all[i].cookie == q.Cookie:
		list = unlearned
	}
	b.sessions.bind(i, list, q.Client, q.Hash, sid, cookie, v.Now)
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
	missing, sid := b.missing(), uint64(0)
	if i := b.sessions.find(q.Client, xxhash.Sum64(b.key.Of(q)), v.Now); i >= 0 {
		sid = b.sessions.all[i].sid
	}
	return b.follow(q, v, sid, missing)
}

// Answered implements sim.Binder.
func (b *addressLearn) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	if sid := b.u.sidOf(s); sid != 0 {
		key := xxhash.Sum64(b.key.Of(q))
		b.sessions.bind(b.sessions.find(q.Client, key, v.Now), learned, q.Client, key, sid, 0, v.Now)
	}
}
