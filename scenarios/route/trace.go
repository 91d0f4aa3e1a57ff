package route

import (
	"io"

	"stickysim/policies/caddy"
	"stickysim/policies/haproxy"
	"stickysim/policies/replay"
)

// Trace replays the requests and events of in, as [replay.Router.Trace] describes, after the changes are made. Where
// HAProxy's cookies carry dates and the policy does not say what time it is, the trace's own cookies do.
func Trace(out io.Writer, in io.Reader, s Source, c Changes) error {
	if p, ok := s.Policy.(haproxy.Cookie); ok && p.Clock == 0 && p.MaxIdle+p.MaxLife > 0 {
		text, all, err := twice(in)
		if err != nil {
			return err
		}
		if clock, found := wallClock(text); found {
			p.Clock = clock
		}
		s.Policy, in = p, all
	}
	r, err := s.Router(c)
	if err != nil {
		return err
	}
	return r.Trace(in, out, replay.TraceOptions{Key: s.Key, Cookie: s.Cookie, Attributes: s.attributes()})
}

// attributes are what the product writes behind a session cookie by default; Apache's is the one that its
// documentation recommends. Where HAProxy only marks the application's cookie, the application does.
func (s Source) attributes() string {
	if s.Scope != "" {
		return s.Scope
	}
	switch c := s.Policy.(type) {
	case haproxy.Cookie:
		if c.Mode != "insert" {
			return ""
		}
	case caddy.Cookie:
		if c.Version == "old" {
			return "; Path=/"
		}
	}
	return attributes[s.Product]
}

var attributes = map[string]string{
	"haproxy": "; path=/",
	"apache":  "; path=/",
	"caddy":   "; Path=/; HttpOnly; SameSite=Lax",
	"traefik": "; Path=/",
}
