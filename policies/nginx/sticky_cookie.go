package nginx

import (
	"stickysim/policies"
	"stickysim/sim"
)

// StickyCookie is `sticky cookie name [expires=time|max]`.
type StickyCookie struct {
	Expires  sim.Time `yaml:"expires" check:"min=0" doc:"how long browsers keep the cookie, counted from the last response; 0 = until they close"`
	Balance  string   `yaml:"balance" check:"oneof=round_robin|least_conn|random|random two|ip_hash|hash|hash consistent" doc:"method for clients without a usable cookie"`
	HashKey  string   `yaml:"hash_key" doc:"what balance: hash and hash consistent hash, as in nginx/hash"`
	Retrying `yaml:",inline"`
}

// New implements policies.Config.
func (c StickyCookie) New(env sim.Env) sim.Balancer {
	return &stickyCookie{newSticky(env, c.Balance, c.HashKey, c.Retrying), c.Expires}
}

var _ = policies.Register("nginx/sticky_cookie", StickyCookie{Balance: "round_robin", Retrying: DefaultRetrying()}, policies.Doc{
	Summary: "cookie with the MD5 of the server's address, or its route",
	Detail: "The cookie is set again with every response, so expires slides. When the server cannot be used the request is " +
		"balanced and the cookie names the new server from then on: there is no way back. drain lets in only requests " +
		"with the server's cookie. Below round robin a sticky request takes its server's turn, down to a bounded debt.",
	Source: "nginx 1.29.6 src/http/modules/ngx_http_upstream_sticky_module.c; NGINX Plus before",
	Key:    policies.KeyCookie,
	Claims: policies.Claims{Sticky: true, Limit: true},
})

type stickyCookie struct {
	sticky
	expires sim.Time
}

// Pick implements sim.Balancer.
func (b *stickyCookie) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	s := b.follow(q, v, uint64(q.Cookie), sim.CookieMissing)
	q.Settled = b.expires == 0 && b.u.keeps(q, s)
	return s
}

// Answered implements sim.Binder: every response sets the cookie.
func (b *stickyCookie) Answered(q *sim.Request, s sim.ServerID, _ *sim.View) {
	q.SetCookie = sim.Cookie(b.u.sidOf(s))
	q.CookieTTL = b.expires
}

// FormatCookie implements sim.CookieText. A cookie of a server that is gone has no text any more.
func (b *stickyCookie) FormatCookie(c sim.Cookie, _ *sim.View) string { return b.u.sidText[uint64(c)] }

// ParseCookie implements sim.CookieText.
func (b *stickyCookie) ParseCookie(value string, _ *sim.View) sim.Cookie {
	return sim.Cookie(packSid([]byte(value)))
}
