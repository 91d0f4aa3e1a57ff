package apache

import (
	"bytes"
	"fmt"
	"strings"

	"stickysim/policies"
	"stickysim/sim"
)

// StickySession binds a client by the route in a cookie or path parameter: the text after the value's first '.'. The
// member with that route takes the request, also when it is drained or a hot standby. A route whose member is
// unusable goes to the member's redirect, or is balanced anew and gets a new cookie; clients do not go back.
//
// The cookie is the usual `Header add Set-Cookie "NAME=.%{BALANCER_WORKER_ROUTE}e; path=/" env=BALANCER_ROUTE_CHANGED`,
// or one that the application sets: Tomcat writes its jvmRoute behind the session id, with every session it begins.
type StickySession struct {
	Name       string `yaml:"name" doc:"name of the cookie"`
	Path       string `yaml:"path" doc:"name of the path parameter; empty = none is looked for"`
	Semicolon  bool   `yaml:"scolonpathdelim" doc:"a ';' ends the path parameter too"`
	Method     string `yaml:"lbmethod" check:"oneof=byrequests|bytraffic|bybusyness|bysessions" doc:"how requests without a usable route are balanced; bysessions is mod_jk's method Session: byrequests that counts only them"`
	NoFailover bool   `yaml:"nofailover" doc:"503 for routes whose member is unusable"`
	SetCookie  bool   `yaml:"set_cookie" doc:"a Header directive gives clients a cookie with their route"`
	Issued     bool   `yaml:"issued" doc:"the application gives clients a cookie with the route of the member that answers, as Tomcat's jvmRoute does"`
	Prefix     string `yaml:"prefix" doc:"what stands before the route in that cookie, dot included"`
}

// Validate checks what tags cannot express.
func (c StickySession) Validate() error {
	if !strings.HasSuffix(c.Prefix, ".") || strings.Count(c.Prefix, ".") != 1 {
		return fmt.Errorf("prefix: must end in its only '.', which begins the route; got %q", c.Prefix)
	}
	return nil
}

// CookieValue implements [policies.CookieValuer].
func (StickySession) CookieValue(i *sim.ServerInfo) string { return routeOf(*i) }

// CookieValueHint implements [policies.CookieValuer].
func (StickySession) CookieValueHint() string { return "write options: {route: NAME} for each server" }

// New makes an instance.
func (c StickySession) New(env sim.Env) sim.Balancer {
	return &sticky{balancer: newBalancer(c.Method, env), config: c, parameter: []byte(c.Path + "=")}
}

var _ = policies.Register("apache/stickysession",
	StickySession{Name: "ROUTEID", Method: "byrequests", SetCookie: true, Prefix: "."}, policies.Doc{
		Summary: "the route in a cookie or path parameter",
		Detail:  "Requests that follow a route are charged to byrequests' credits like elected ones.",
		Source:  "httpd.apache.org mod_proxy_balancer, stickysession; modules/proxy/mod_proxy_balancer.c",
		Key:     policies.KeyCookie,
		Claims:  policies.Claims{Weighted: true, Sticky: true},
	})

// noRoute is a cookie whose value holds no route.
const noRoute = 1

type sticky struct {
	*balancer
	config    StickySession
	parameter []byte // "NAME="
}

// NeedsKey reports whether routes are looked for in the request's URI, as Request.Key.
func (b *sticky) NeedsKey() bool { return b.config.Path != "" }

// Reads implements [sim.Reader]: the URI of clients that have none recorded is made of their hash.
func (b *sticky) Reads() sim.Needs {
	if b.NeedsKey() {
		return sim.NeedsHash
	}
	return 0
}

// Pick is pre_request with a route.
func (b *sticky) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	b.recover(v)
	route := b.route(q)
	if route != 0 && route != noRoute {
		if m := b.find(route, v, 1); m != nil {
			if b.config.Method != "bysessions" { // which does not count such requests
				b.charge(m, v)
			}
			b.changed(q, m, m.route != route)
			q.Why = sim.None
			return m.id
		}
		if b.refuse(q, route) {
			return sim.NoServer
		}
	}
	s := b.best(v)
	if s != sim.NoServer {
		b.changed(q, &b.known[s], true)
	}
	return s
}

// route finds the request's route, and says in q.Why what it means that there is no usable one.
func (b *sticky) route(q *sim.Request) sim.Cookie {
	q.Why = sim.CookieMissing
	if b.config.Path != "" {
		if value, ok := b.pathParameter(q.Key); ok {
			q.Why = sim.CookieRefused
			if _, route, found := bytes.Cut(value, []byte{'.'}); found && len(route) > 0 {
				return markBytes(route)
			}
			return noRoute
		}
	}
	if q.Cookie != 0 {
		q.Why = sim.CookieRefused
	}
	return q.Cookie
}

// pathParameter is get_path_param: the first NAME= that is followed by anything, up to the next delimiter.
func (b *sticky) pathParameter(uri []byte) ([]byte, bool) {
	ends := "?&"
	if b.config.Semicolon {
		ends = ";?&"
	}
	i := bytes.Index(uri, b.parameter)
	if i < 0 {
		return nil, false
	}
	value := bytes.TrimLeft(uri[i+len(b.parameter):], ends)
	if n := bytes.IndexAny(value, ends); n >= 0 {
		value = value[:n]
	}
	return value, len(value) > 0
}

// find is find_route_worker: plain members before standbys; an unusable member passes the route to its redirect, at
// most as often as there are members.
func (b *sticky) find(route sim.Cookie, v *sim.View, depth int) *member {
	for _, m := range b.routes[route] {
		if b.retry(m, v.Now); m.usable(v) {
			return m
		}
		if m.redirect != 0 && depth < len(b.members) {
			if to := b.find(m.redirect, v, depth+1); to != nil {
				return to
			}
		}
	}
	return nil
}

// refuse reports whether a request for a member's route must fail (nofailover On); routes of no member are balanced.
func (b *sticky) refuse(q *sim.Request, route sim.Cookie) bool {
	if len(b.routes[route]) == 0 {
		return false
	}
	q.Why = sim.ServerUnusable
	return b.config.NoFailover
}

// changed gives the client a cookie with its new route (env=BALANCER_ROUTE_CHANGED).
func (b *sticky) changed(q *sim.Request, m *member, changed bool) {
	q.SetCookie = 0
	if changed && b.config.SetCookie {
		q.SetCookie = max(m.route, noRoute)
	}
}

// Answered implements [sim.Binder]: the application's own cookie passes through.
func (b *sticky) Answered(q *sim.Request, s sim.ServerID, _ *sim.View) {
	if b.config.Issued {
		q.SetCookie = max(b.known[s].route, noRoute)
	}
}

// FormatCookie returns the prefix and the route.
func (b *sticky) FormatCookie(c sim.Cookie, v *sim.View) string {
	for _, info := range v.Servers {
		if route := routeOf(info); mark(route) == c {
			return b.config.Prefix + route
		}
	}
	return b.config.Prefix
}

// ParseCookie reads the route after the value's first '.'.
func (b *sticky) ParseCookie(value string, _ *sim.View) sim.Cookie {
	_, route, _ := strings.Cut(value, ".")
	return max(mark(route), noRoute)
}
