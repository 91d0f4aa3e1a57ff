package nginx

import (
	"stickysim/policies"
	"stickysim/sim"
)

// StickyRoute is `sticky route $variable...`.
type StickyRoute struct {
	Issued   bool   `yaml:"issued" doc:"the servers give clients a cookie with their route, as Tomcat's jvmRoute does; nginx itself sets none"`
	Balance  string `yaml:"balance" check:"oneof=round_robin|least_conn|random|random two|ip_hash|hash|hash consistent" doc:"method for clients without a usable route"`
	HashKey  string `yaml:"hash_key" doc:"what balance: hash and hash consistent hash, as in nginx/hash"`
	Retrying `yaml:",inline"`
}

// New implements policies.Config.
func (c StickyRoute) New(env sim.Env) sim.Balancer {
	return &stickyRoute{newSticky(env, c.Balance, c.HashKey, c.Retrying), c.Issued}
}

var _ = policies.Register("nginx/sticky_route", StickyRoute{Issued: true, Balance: "round_robin", Retrying: DefaultRetrying()}, policies.Doc{
	Summary: "the server whose route the request names",
	Detail: "The route is the affinity cookie or, where the client has none, the request's key. It is compared with the " +
		"servers' route parameter; a server without one goes by the MD5 of its address.",
	Source: "nginx 1.29.6 src/http/modules/ngx_http_upstream_sticky_module.c; NGINX Plus before",
	Key:    policies.KeyCookie,
	Claims: policies.Claims{Sticky: true, Limit: true},
})

type stickyRoute struct {
	sticky
	issued bool
}

// NeedsKey implements sim.Keyed: routes can be in the URI or in headers too.
func (b *stickyRoute) NeedsKey() bool { return true }

// CookieFirst is part of sim.Keyed: the route in a cookie comes first, unless the method below hashes the key.
func (b *stickyRoute) CookieFirst() bool { return !b.sticky.NeedsKey() }

// KeyText is part of sim.Keyed: a client has one route.
func (b *stickyRoute) KeyText() sim.KeyText { return sim.OwnText }

// Reads implements sim.Reader: the key is made of the hash.
func (b *stickyRoute) Reads() sim.Needs { return b.sticky.Reads() | sim.NeedsHash }

// Pick implements sim.Balancer.
func (b *stickyRoute) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	route := uint64(q.Cookie)
	if route == 0 && len(q.Key) > 0 {
		route = packSid(q.Key)
	}
	s := b.follow(q, v, route, sim.CookieMissing)
	q.Settled = !b.issued || b.u.keeps(q, s)
	return s
}

// Answered implements sim.Binder: the server's own cookie passes through.
func (b *stickyRoute) Answered(q *sim.Request, s sim.ServerID, _ *sim.View) {
	if b.issued {
		q.SetCookie = sim.Cookie(b.u.sidOf(s))
	}
}

// FormatCookie implements sim.CookieText: nginx writes no cookie here.
func (b *stickyRoute) FormatCookie(sim.Cookie, *sim.View) string { return "" }

// ParseCookie implements sim.CookieText.
func (b *stickyRoute) ParseCookie(value string, _ *sim.View) sim.Cookie {
	return sim.Cookie(packSid([]byte(value)))
}
