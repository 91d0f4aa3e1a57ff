package policies

import "stickysim/sim"

// cookieText is a composite policy's [sim.CookieText]: the cookies are those of a policy inside. That knows the servers of
// all groups here, and routes nothing.
type cookieText struct {
	policy Policy
	env    sim.Env
	writes bool
	reader *sim.Powers // made when first asked for a text
	epoch  uint32      // of the view that the reader has seen
}

// Writes reports whether the policy inside has cookies with a text.
func (t *cookieText) Writes() bool { return t.writes }

// FormatCookie implements [sim.CookieText].
func (t *cookieText) FormatCookie(c sim.Cookie, v *sim.View) string {
	return t.of(v).FormatCookie(c, v)
}

// ParseCookie implements [sim.CookieText].
func (t *cookieText) ParseCookie(value string, v *sim.View) sim.Cookie {
	c, _ := t.of(v).ParseCookie(value, v)
	return c
}

// of is the policy that knows the servers of v.
func (t *cookieText) of(v *sim.View) *sim.Powers {
	if t.reader == nil {
		p := sim.PowersOf(t.policy.New(t.env))
		t.reader, t.epoch = &p, v.Epoch-1
	}
	if t.epoch != v.Epoch {
		t.reader.Rebuild(v)
		t.epoch = v.Epoch
	}
	return t.reader
}
