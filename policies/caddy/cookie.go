package caddy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"stickysim/policies"
	"stickysim/sim"
)

// Cookie binds a client by a cookie that names its upstream: hex HMAC-SHA256 of the upstream's dial under Secret. A
// client without cookie, or whose upstream is unknown or unavailable, is left to the fallback policy and gets a new
// cookie; it does not go back. The cookie is set only then, so MaxAge does not slide.
type Cookie struct {
	Proxy
	Version  string   `yaml:"version" check:"oneof=new|old" doc:"new, or old (Caddy 2.6); for the fallback"`
	Name     string   `yaml:"name" doc:"name of the cookie"`
	Secret   string   `yaml:"secret" doc:"key of the HMAC"`
	MaxAge   sim.Time `yaml:"max_age" check:"min=0" doc:"lifetime of the cookie; 0 = the client's session"`
	Fallback string   `yaml:"fallback" check:"oneof=random|first|round_robin|weighted_round_robin|least_conn|random_choose|ip_hash|client_ip_hash" doc:"policy for requests without a valid cookie (Caddy 2.7 on)"`
}

// New makes an instance.
func (c Cookie) New(env sim.Env) sim.Balancer {
	s := &cookie{
		config:   c,
		fallback: newFallback(c.Fallback, c.Version, env),
		marks:    make([]sim.Cookie, env.Servers),
		members:  map[sim.Cookie][]sim.ServerID{},
	}
	return &cookieBalancer{balancer: newBalancer(c.Proxy, env, s), cookies: s, packed: map[string]sim.Cookie{}}
}

var _ = policies.Register("caddy/cookie", Cookie{Proxy: defaults, Version: "new", Name: "lb", Fallback: "random"}, policies.Doc{
	Summary: "a cookie with the HMAC of the upstream's address",
	Source:  "Caddy lb_policy cookie; selectionpolicies.go, CookieHashSelection",
	Key:     policies.KeyCookie,
	Claims:  policies.Claims{Uniform: true, Sticky: true, Limit: true},
})

// cookie is packed as the first 64 bits of the HMAC: what Caddy compares, shortened.
type cookie struct {
	config   Cookie
	fallback selector
	marks    []sim.Cookie // by ServerID; 0 = not seen yet
	members  map[sim.Cookie][]sim.ServerID
}

func (c *cookie) rebuild(v *sim.View) {
	clear(c.members)
	for _, s := range v.Members {
		if c.marks[s] == 0 {
			c.marks[s] = pack(c.mac(v.Servers[s].Addr))
		}
		c.members[c.marks[s]] = append(c.members[c.marks[s]], s)
	}
	rebuildFallback(c.fallback, v)
}

func (c *cookie) mac(dial string) []byte {
	h := hmac.New(sha256.New, []byte(c.config.Secret))
	h.Write([]byte(dial))
	return h.Sum(nil)
}

func pack(mac []byte) sim.Cookie { return max(1, sim.Cookie(binary.BigEndian.Uint64(mac))) }

func (c *cookie) choose(q *sim.Request, v *sim.View, p *pool) sim.ServerID {
	q.Why = sim.CookieMissing
	if q.Cookie != 0 {
		q.Why = sim.CookieRefused
		for _, s := range c.members[q.Cookie] {
			if q.Why = sim.ServerUnusable; p.available(s, v) {
				q.Why = sim.None
				return s
			}
		}
	}
	why := q.Why
	s := c.fallback.choose(q, v, p)
	q.Why = why
	if s != sim.NoServer {
		q.SetCookie, q.CookieTTL = c.marks[s], c.config.MaxAge
	}
	return s
}

// cookieBalancer adds the text form of the cookies.
type cookieBalancer struct {
	*balancer
	cookies *cookie
	texts   []string // by ServerID, as far as they were asked for
	packed  map[string]sim.Cookie
}

// FormatCookie returns the full HMAC in hexadecimal.
func (b *cookieBalancer) FormatCookie(c sim.Cookie, v *sim.View) string {
	b.spell(v)
	for _, text := range b.texts {
		if b.packed[text] == c {
			return text
		}
	}
	return ""
}

// ParseCookie accepts exactly the value that FormatCookie writes for a server of v.
func (b *cookieBalancer) ParseCookie(value string, v *sim.View) sim.Cookie {
	b.spell(v)
	if c, known := b.packed[value]; known {
		return c
	}
	return 1
}

// spell works out the texts of servers that have none yet; the HMAC is too slow for every request.
func (b *cookieBalancer) spell(v *sim.View) {
	for _, info := range v.Servers[len(b.texts):] {
		mac := b.cookies.mac(info.Addr)
		text := hex.EncodeToString(mac)
		b.texts = append(b.texts, text)
		b.packed[text] = pack(mac)
	}
}
