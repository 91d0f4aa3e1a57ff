package policies

import (
	"slices"

	"stickysim/sim"
)

var _ = Register("cookie", Cookie{Balance: Named("round-robin"), OnFailure: "repick"}, Doc{
	Summary: "a cookie set by the balancer names the client's server",
	Also:    []string{"sticky", "stickiness", "sticky-session", "session-affinity", "session-persistence", "affinity", "JSESSIONID", "PHPSESSID", "AWSALB", "jvmroute", "sticky-cookie"},
	Detail: "Clients without a valid cookie are balanced, and get one with the answer. Draining servers keep their clients. " +
		"All instances understand each other's cookies and hold no table. The balancer checks the age itself, so an " +
		"expired cookie is distinguished from a missing one. O(1) when the cookie decides.",
	Source: "textbook; HAProxy `cookie insert`, AWS duration-based stickiness",
	Key:    KeyCookie,
	Claims: Claims{Uniform: true, Weighted: true, Sticky: true, Minimal: true},
})

// Cookie pins a client by a cookie that holds the server and the time of issue.
//
// A cookie decides while its server is up or draining. Otherwise the client is balanced like a new one, Request.Why
// says why, and the answer brings a new cookie.
type Cookie struct {
	TTL       sim.Time `yaml:"ttl" check:"min=0" doc:"age at which a cookie is refused; 0 = it lasts as long as the client's session"`
	Sliding   bool     `yaml:"sliding" doc:"every answer renews the cookie, so that ttl limits idleness instead of age"`
	Balance   Policy   `yaml:"balance" check:"policy=keyless" doc:"policy for clients without a valid cookie"`
	OnFailure string   `yaml:"on_failure" check:"oneof=repick|keep" doc:"when the server is unusable: repick binds the client to the new server, keep lets it return later"`
}

// New makes an instance.
func (c Cookie) New(env sim.Env) sim.Balancer {
	return &cookie{inner: newInner(c.Balance, env), Cookie: c}
}

type cookie struct {
	inner
	Cookie
}

// What Pick leaves in Request.Memo for Answered.
const (
	cookieUnbound  = iota // give the client a cookie
	cookieBound           // the cookie decided
	cookieDeserted        // the cookie is valid, but its server is unusable
)

// Reads implements [sim.Reader]: what the policy inside reads.
func (p *cookie) Reads() sim.Needs { return p.powers.Reads() }

// Repeats implements [sim.Repeater]: a cookie without a lifetime is good until a server changes.
func (p *cookie) Repeats() bool { return p.TTL == 0 && !p.Sliding }

// Pick implements [sim.Balancer].
func (p *cookie) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	home, why := p.read(q, v)
	if why == sim.None {
		q.Memo, q.Settled = cookieBound, !p.Sliding
		return home
	}
	s := p.inner.Pick(q, v)
	q.Why, q.Memo = why, cookieUnbound
	if why == sim.ServerUnusable && p.OnFailure == "keep" {
		q.Memo = cookieDeserted
	}
	return s
}

// read returns the server the cookie binds q to, or why it does not.
func (p *cookie) read(q *sim.Request, v *sim.View) (sim.ServerID, sim.Reason) {
	if q.Cookie == 0 {
		return sim.NoServer, sim.CookieMissing
	}
	home, issued := unpackCookie(q.Cookie)
	switch {
	case home < 0 || int(home) >= len(v.Status) || issued > v.Now:
		return sim.NoServer, sim.CookieRefused
	case p.TTL > 0 && v.Now-issued >= p.TTL:
		return sim.NoServer, sim.CookieExpired
	case !v.Usable(home) || slices.Contains(q.Tried, home):
		return sim.NoServer, sim.ServerUnusable
	}
	return home, sim.None
}

// Answered sets the client's cookie, or renews it.
func (p *cookie) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	if q.Memo == cookieUnbound || q.Memo == cookieBound && p.Sliding {
		q.SetCookie, q.Settled = packCookie(s, v.Now), p.Repeats()
		if p.TTL > 0 {
			q.CookieTTL = sim.Never
		}
	}
}

// A cookie is the server's number plus one in the low 24 bits, and the time of issue in milliseconds above: room for
// 16 million servers and 34 years.
const cookieServerBits = 24

func packCookie(s sim.ServerID, now sim.Time) sim.Cookie {
	return sim.Cookie(now/sim.Millisecond)<<cookieServerBits | sim.Cookie(s+1)
}

// unpackCookie reads a cookie; forged ones can name any server, or NoServer, and any time.
func unpackCookie(c sim.Cookie) (s sim.ServerID, issued sim.Time) {
	return sim.ServerID(c&(1<<cookieServerBits-1)) - 1, sim.Time(c>>cookieServerBits) * sim.Millisecond
}
