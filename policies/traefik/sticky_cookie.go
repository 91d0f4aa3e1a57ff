package traefik

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"stickysim/policies"
	"stickysim/sim"
)

// StickyCookie binds a client by a cookie that names its server: the first 16 hexadecimal digits of SHA-256 of the
// server's URL. Cookies of older versions (FNV-1 64 of the URL, once or twice, or the URL itself) are honoured and
// rewritten. A missing or unknown cookie, and one of a server that the health check took out, leads to a new choice
// and a new cookie; clients do not go back. The cookie is set only then: MaxAge does not slide.
type StickyCookie struct {
	Strategy string   `yaml:"strategy" check:"oneof=wrr|p2c|hrw" doc:"choice of a server for requests without a valid cookie"`
	Name     string   `yaml:"name" doc:"name of the cookie"`
	MaxAge   sim.Time `yaml:"maxAge" check:"min=0" doc:"lifetime of the cookie; 0 = the client's session"`
}

// New makes an instance.
func (c StickyCookie) New(env sim.Env) sim.Balancer {
	return &sticky{
		strategy: newStrategy(c.Strategy, env),
		life:     c.MaxAge,
		marks:    make([]marks, env.Servers),
		named:    map[sim.Cookie]sim.ServerID{},
	}
}

var _ = policies.Register("traefik/sticky_cookie", StickyCookie{Strategy: "wrr", Name: "lb"}, policies.Doc{
	Summary: "a cookie with the SHA-256 of the server's URL",
	Source:  "Traefik services, sticky.cookie; pkg/server/service/loadbalancer/sticky.go",
	Key:     policies.KeyCookie,
	Claims:  policies.Claims{Weighted: true, Sticky: true},
})

// marks are the cookies that name a server, packed as the numbers they write in hexadecimal.
type marks struct {
	current sim.Cookie    // 0 = server not seen yet
	older   [2]sim.Cookie // FNV-1 of the URL, and of that hash's text
}

// unknown is a cookie that names no server.
const unknown = 1

func marksOf(url string) (m marks) {
	sum := sha256.Sum256([]byte(url))
	m.current = max(unknown+1, sim.Cookie(binary.BigEndian.Uint64(sum[:])))
	once := fnv1(url)
	m.older = [2]sim.Cookie{sim.Cookie(once), sim.Cookie(fnv1(strconv.FormatUint(once, 16)))}
	return m
}

// fnv1 is FNV-1 64: multiplied first, unlike FNV-1a.
func fnv1(text string) uint64 {
	h := uint64(fnvOffset)
	for i := range len(text) {
		h = h*fnvPrime ^ uint64(text[i])
	}
	return h
}

type sticky struct {
	strategy strategy
	life     sim.Time
	marks    []marks                     // by ServerID
	named    map[sim.Cookie]sim.ServerID // the first member of each current cookie
}

// Reads implements [sim.Reader].
func (b *sticky) Reads() sim.Needs { return b.strategy.Reads() }

// Rebuild learns new members.
func (b *sticky) Rebuild(v *sim.View) {
	clear(b.named)
	for _, s := range v.Members {
		if b.marks[s].current == 0 {
			b.marks[s] = marksOf(urlOf(v.Servers[s]))
		}
		if c := b.marks[s].current; !b.names(c) {
			b.named[c] = s
		}
	}
	b.strategy.Rebuild(v)
}

// Pick follows the cookie, or asks the strategy and sets one.
func (b *sticky) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	why := sim.CookieMissing
	if q.Cookie != 0 {
		s, old := b.find(q.Cookie, v)
		if s != sim.NoServer && v.Usable(s) {
			q.Why = sim.None
			if old {
				b.set(q, s)
			}
			return s
		}
		if why = sim.CookieRefused; s != sim.NoServer {
			why = sim.ServerUnusable
		}
	}
	s := b.strategy.Pick(q, v)
	q.Why = why
	if s != sim.NoServer {
		b.set(q, s)
	}
	return s
}

func (b *sticky) set(q *sim.Request, s sim.ServerID) {
	q.SetCookie, q.CookieTTL = b.marks[s].current, b.life
}

// names reports whether a cookie names a member in the current form.
func (b *sticky) names(c sim.Cookie) bool {
	_, ok := b.named[c]
	return ok
}

// find returns the member a cookie names, and whether in an older form.
func (b *sticky) find(c sim.Cookie, v *sim.View) (s sim.ServerID, old bool) {
	if s, ok := b.named[c]; ok {
		return s, false
	}
	for _, s := range v.Members {
		if m := &b.marks[s]; m.older[0] == c || m.older[1] == c {
			return s, true
		}
	}
	return sim.NoServer, false
}

// FormatCookie returns the 16 digits.
func (b *sticky) FormatCookie(c sim.Cookie, _ *sim.View) string {
	var text [8]byte
	binary.BigEndian.PutUint64(text[:], uint64(c))
	return hex.EncodeToString(text[:])
}

// ParseCookie reads current and older values of the servers of v.
func (b *sticky) ParseCookie(value string, v *sim.View) sim.Cookie {
	for _, info := range v.Servers {
		url := urlOf(info)
		m := marksOf(url)
		switch value {
		case b.FormatCookie(m.current, v):
			return m.current
		case url, strconv.FormatUint(uint64(m.older[0]), 16):
			return m.older[0]
		case strconv.FormatUint(uint64(m.older[1]), 16):
			return m.older[1]
		}
	}
	return unknown
}
