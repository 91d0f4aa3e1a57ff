package cloud

import "stickysim/sim"

// Names gives cookies that hold a server's number plus one the server's name as text; the products encrypt or hash it.
type Names struct{}

// FormatCookie implements [sim.CookieText].
func (Names) FormatCookie(c sim.Cookie, v *sim.View) string {
	if c == 0 || c > sim.Cookie(len(v.Servers)) {
		return ""
	}
	return v.Servers[c-1].Name
}

// ParseCookie finds a server by its name.
func (Names) ParseCookie(value string, v *sim.View) sim.Cookie {
	for _, s := range v.Members {
		if v.Servers[s].Name == value {
			return sim.Cookie(s) + 1
		}
	}
	return ^sim.Cookie(0)
}
