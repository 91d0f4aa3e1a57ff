package haproxy

import (
	"fmt"
	"strings"

	"stickysim/policies"
	"stickysim/sim"
)

// Cookie is `cookie NAME insert|prefix|rewrite`: a cookie names the client's server; clients without one are balanced.
type Cookie struct {
	Options  `yaml:",inline"`
	Hashing  `yaml:",inline"`
	Balance  string   `yaml:"balance" doc:"balance line for clients without a cookie, for example leastconn or uri depth 2"`
	Mode     string   `yaml:"mode" check:"oneof=insert|prefix|rewrite" doc:"insert: a cookie of its own; prefix and rewrite: the application's session cookie, assumed to be set by a session's first answer"`
	MaxIdle  sim.Time `yaml:"maxidle" check:"min=0" doc:"ignore cookies that were not used for this long, to within 4 s; 0 = no limit; insert only"`
	MaxLife  sim.Time `yaml:"maxlife" check:"min=0" doc:"ignore cookies older than this, to within 4 s; 0 = no limit; insert only"`
	Clock    sim.Time `yaml:"clock" check:"min=0" doc:"wall clock at the start of the run, as time since 1970: cookies carry dates"`
	Indirect bool     `yaml:"indirect" doc:"hide the cookie from the server; changes no decision"`
	NoCache  bool     `yaml:"nocache" doc:"mark responses that set the cookie as not cacheable; changes no decision"`
	Preserve bool     `yaml:"preserve" doc:"keep a cookie that the application sets; changes no decision"`
}

// Validate rejects what HAProxy rejects. Errors name the parameter.
func (c Cookie) Validate() error {
	if _, err := ParseBalance(c.Balance); err != nil {
		return fmt.Errorf("balance: %w", err)
	}
	if c.Mode != "insert" && c.Mode != "prefix" && c.Mode != "rewrite" {
		return fmt.Errorf("mode: must be insert, prefix or rewrite, got %q", c.Mode)
	}
	if c.Mode != "insert" && (c.MaxIdle > 0 || c.MaxLife > 0) {
		return fmt.Errorf("maxidle, maxlife: only with mode insert")
	}
	return c.Hashing.Validate()
}

// CookieValue implements [policies.CookieValuer].
func (Cookie) CookieValue(i *sim.ServerInfo) string { return i.Cookie }

// CookieValueHint implements [policies.CookieValuer].
func (Cookie) CookieValueHint() string { return "write cookie: NAME for each server" }

// New makes an instance.
func (c Cookie) New(env sim.Env) sim.Balancer {
	line, err := ParseBalance(c.Balance)
	if err != nil {
		panic("haproxy: balance: " + err.Error())
	}
	p := &cookies{backend: newBackend(c.Options, line.algorithm(c.Hashing), env), packing: newPacking(c.Clock), mode: c.Mode, clock: c.Clock}
	p.maxIdle, p.maxLife = int64(c.MaxIdle/sim.Second), int64(c.MaxLife/sim.Second)
	p.persist = p
	return p
}

var _ = policies.Register("haproxy/cookie",
	Cookie{Options: DefaultOptions(), Hashing: DefaultHashing(), Balance: "roundrobin", Mode: "insert"},
	policies.Doc{
		Summary: "HAProxy's server cookie",
		Detail: "The cookie names the server and is honoured as long as that is not down, drained or of weight 0 included. " +
			"Otherwise the client is balanced and gets a new cookie: it does not return when the old server does.",
		Source: "HAProxy 2.6 src/http_ana.c",
		Key:    policies.KeyCookie,
		Claims: policies.Claims{Sticky: true, Uniform: true, Limit: true},
	})

// cookies is a back end with cookie persistence. It implements Binder and CookieText besides.
type cookies struct {
	*backend
	packing
	mode             string
	maxIdle, maxLife int64 // in seconds
	clock            sim.Time
	alike            []sim.ServerID // by ServerID: the next member with the same cookie, or NoServer
	named            bool           // every member has a cookie
}

// Pick is that of the back end. Where a cookie without dates was followed, and none are wanted, the answer leaves it as it is; so it
// does where there is none, and the server has none.
func (p *cookies) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	s := p.backend.Pick(q, v)
	switch {
	case p.direct(q):
		q.Settled = p.undated() && p.last(q.Cookie) == 0 && p.first(q.Cookie) == 0
	case !p.named:
		q.Settled = s >= 0 && q.Cookie == 0 && v.Servers[s].Cookie == ""
	}
	return s
}

// Repeats implements [sim.Repeater]: a cookie without dates is good until a server changes.
func (p *cookies) Repeats() bool { return p.undated() && p.steady() && p.named }

// undated reports whether cookies carry no dates.
func (p *cookies) undated() bool { return p.maxIdle == 0 && p.maxLife == 0 }

// Rebuild links the servers that share a cookie: the next one is meant when the first is down.
func (p *cookies) Rebuild(v *sim.View) {
	p.backend.Rebuild(v)
	if !p.fresh {
		return
	}
	for len(p.alike) < len(p.srv) {
		p.alike = append(p.alike, sim.NoServer)
	}
	behind := map[string]sim.ServerID{}
	p.named = true
	for i := len(p.members) - 1; i >= 0; i-- {
		s := p.members[i]
		text := v.Servers[s].Cookie
		p.alike[s], p.named = sim.NoServer, p.named && text != ""
		if next, twice := behind[text]; twice && text != "" {
			p.alike[s] = next
		}
		behind[text] = s
	}
}

// bound returns the server the cookie names, if it is still valid.
func (p *cookies) bound(q *sim.Request, v *sim.View) sim.ServerID {
	if q.Cookie == 0 {
		q.Why = sim.CookieMissing
		return sim.NoServer
	}
	if p.stale(q.Cookie, v) {
		q.Why = sim.CookieExpired
		return sim.NoServer
	}
	s := p.server(q.Cookie)
	if s < 0 || int(s) >= len(p.alike) || v.Status[s] == sim.Removed {
		q.Why = sim.CookieRefused
		return sim.NoServer
	}
	for ; s >= 0; s = p.alike[s] {
		if v.Usable(s) {
			return s
		}
	}
	q.Why = sim.ServerUnusable
	return sim.NoServer
}

// stale reports whether the cookie is older, or was idle for longer, than the limits allow.
func (p *cookies) stale(c sim.Cookie, v *sim.View) bool {
	return p.beyond(p.first(c), p.maxLife, v) || p.beyond(p.last(c), p.maxIdle, v)
}

func (p *cookies) beyond(date, limit int64, v *sim.View) bool {
	age := p.second(v) - date*dateUnit
	return date != 0 && limit > 0 && (age > limit || age < -maxAhead)
}

// second is the wall clock, in whole seconds.
func (p *cookies) second(v *sim.View) int64 { return int64((p.clock + v.Now) / sim.Second) }

// Answered sets the cookie, unless the client has it already and its dates need no renewal.
func (p *cookies) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	var last, first int64
	if q.Cookie != 0 && !p.stale(q.Cookie, v) {
		last, first = p.last(q.Cookie), p.first(q.Cookie)
	}
	if p.direct(q) && !p.renews(last, first, v) {
		return
	}
	if v.Servers[s].Cookie == "" {
		if q.Cookie != 0 { // the answer deletes the client's cookie
			q.SetCookie, q.CookieTTL = p.pack(sim.NoServer, 0, 0), sim.Nanosecond
		}
		return
	}
	last, first = p.dates(first, v)
	head := p.head(s)
	q.SetCookie, q.Settled = p.pack(head, last, first), head == s && p.Repeats() && v.Usable(s)
}

// renews reports whether a cookie that was followed is set again for its dates: the last use is not of these four
// seconds, or a date is missing or not wanted.
func (p *cookies) renews(last, first int64, v *sim.View) bool {
	if p.mode != "insert" {
		return false
	}
	return (p.maxIdle > 0 || last != 0) && (last == 0 || last*dateUnit < p.second(v)) ||
		(p.maxLife > 0) == (first == 0)
}

// dates are those of a cookie set now; the first use is kept.
func (p *cookies) dates(first int64, v *sim.View) (int64, int64) {
	if p.undated() {
		return 0, 0
	}
	now := (p.second(v) + dateUnit - 1) / dateUnit
	switch {
	case p.maxLife == 0:
		first = 0
	case first == 0:
		first = now
	}
	return now, first
}

// head returns the first member with the cookie of s.
func (p *cookies) head(s sim.ServerID) sim.ServerID {
	for _, m := range p.members {
		for t := p.alike[m]; t >= 0; t = p.alike[t] {
			if t == s {
				return m
			}
		}
	}
	return s
}

// FormatCookie returns the cookie's value: the server's, and dates where they are limited. In prefix mode the
// application's own value would follow.
func (p *cookies) FormatCookie(c sim.Cookie, v *sim.View) string {
	s := p.server(c)
	if s < 0 || int(s) >= len(v.Servers) {
		return ""
	}
	text := v.Servers[s].Cookie
	if p.mode == "prefix" {
		return text + "~"
	}
	if last := p.last(c); last != 0 {
		text += "|" + formatDate(last)
		if first := p.first(c); first != 0 {
			text += "|" + formatDate(first)
		}
	}
	return text
}

// ParseCookie returns the packed form of a value that a client presents.
func (p *cookies) ParseCookie(value string, v *sim.View) sim.Cookie {
	var dates string
	if p.mode == "prefix" {
		name, _, found := strings.Cut(value, "~")
		if value = name; !found {
			value = ""
		}
	} else {
		value, dates, _ = strings.Cut(value, "|")
	}
	last, first, _ := strings.Cut(dates, "|")
	lastDate, firstDate := parseDate(last), parseDate(first)
	for _, s := range p.members {
		if value != "" && v.Servers[s].Cookie == value {
			return p.pack(s, lastDate, firstDate)
		}
	}
	return p.pack(sim.NoServer, lastDate, firstDate)
}
