package route

import (
	"io"

	"stickysim/policies/replay"
)

// Trace replays the requests and events of in, as [replay.Router.Trace] describes, after the changes are made.
func Trace(out io.Writer, in io.Reader, s Source, c Changes) error {
	r, err := s.Router(c)
	if err != nil {
		return err
	}
	return r.Trace(in, out, replay.TraceOptions{Key: s.Key, Cookie: s.Cookie, Attributes: attributes[s.Product]})
}

// attributes are what products write behind a session cookie unless told otherwise; Apache's is the one that its
// documentation tells people to configure.
var attributes = map[string]string{
	"haproxy": "; path=/",
	"apache":  "; path=/",
	"caddy":   "; Path=/; HttpOnly; SameSite=Lax",
	"traefik": "; Path=/",
}
