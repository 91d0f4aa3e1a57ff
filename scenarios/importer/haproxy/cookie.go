package haproxy

import (
	"stickysim/policies/haproxy"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// cookie reads `cookie NAME ...`.
func (im *translation) cookie(p *proxy, l *line) error {
	if l.arg(1) == "" {
		return l.errorf(1, "cookie needs a name")
	}
	c := haproxy.Cookie{}
	for i := 2; i < len(l.words); i++ {
		used, err := im.cookieWord(&c, l, i)
		if err != nil {
			return err
		}
		i += used
	}
	switch c.Mode {
	case "":
		c.Mode = "rewrite"
		im.Assumed(l, "cookie %s: neither insert, prefix nor rewrite; the application is assumed to set it to the server's value", l.arg(1))
	case "rewrite", "prefix":
		im.Assumed(l, "cookie %s %s: the application is assumed to set this cookie with a session's first answer", source.Short(l.arg(1)), c.Mode)
	}
	if err := (haproxy.Cookie{Mode: c.Mode, MaxIdle: c.MaxIdle, MaxLife: c.MaxLife, Hashing: haproxy.DefaultHashing()}).Validate(); err != nil {
		return l.errorf(2, "cookie: %v", err)
	}
	p.cookie, p.cookieName, p.cookiePars = l, l.arg(1), c
	im.chooses(l, "cookie %s %s: policy haproxy/cookie", source.Short(l.arg(1)), c.Mode)
	return nil
}

// cookieWord reads word i, and returns how many of the words behind it are its arguments.
func (im *translation) cookieWord(c *haproxy.Cookie, l *line, i int) (used int, err error) {
	switch word := l.arg(i); word {
	case "insert", "prefix", "rewrite":
		if c.Mode != "" {
			return 0, l.errorf(i, "cookie: %s and %s exclude each other", c.Mode, word)
		}
		c.Mode = word
	case "indirect":
		c.Indirect = true
	case "nocache":
		c.NoCache = true
	case "preserve":
		c.Preserve = true
	case "postonly":
		im.NotCarried(l, "cookie postonly: the cookie is set with every answer")
	case "httponly":
	case "secure":
		im.carried(l, word)
	case "domain", "attr":
		im.carried(l, word+" "+l.arg(i+1))
		return 1, nil
	case "dynamic": // what becomes of it is known at the section's end
	case "maxidle", "maxlife":
		t, ok, err := l.span(i+1, sim.Second)
		if err != nil || !ok {
			return 1, err
		}
		if word == "maxidle" {
			c.MaxIdle = t
		} else {
			c.MaxLife = t
		}
		return 1, nil
	default:
		return 0, l.errorf(i, "cookie: %q is not one of insert, prefix, rewrite, indirect, nocache, preserve, postonly, "+
			"httponly, secure, domain, attr, dynamic, maxidle, maxlife", source.Short(word))
	}
	return 0, nil
}

// carried remarks on an attribute that has browsers keep the cookie back.
func (im *translation) carried(l *line, attribute string) {
	im.Assumed(l, "cookie %s: every request of a client is taken to carry the cookie, also those for which this keeps it back", source.Short(attribute))
}

// dynamicCookieKey notes the key without which HAProxy makes no cookies for servers.
func (im *translation) dynamicCookieKey(p *proxy, l *line) error {
	if l.arg(1) == "" {
		return l.errorf(0, "dynamic-cookie-key needs a key")
	}
	p.dynamicKey = true
	im.NotCarried(l, "dynamic-cookie-key: the values of dynamic cookies; the names of servers stand for them")
	return nil
}

// dynamicCookies gives servers without a cookie of their own one, if HAProxy does.
func (im *translation) dynamicCookies(pool *ir.Pool, p *proxy) {
	bare := false
	for i := range pool.Servers {
		if s := &pool.Servers[i].Info; s.Cookie == "" {
			bare = true
			if p.dynamicKey {
				s.Cookie = s.Name
			}
		}
	}
	switch {
	case !bare:
		im.Harmless(p.cookie, "cookie dynamic: without effect, every server has a cookie of its own")
	case p.dynamicKey:
		im.Assumed(p.cookie, "cookie dynamic: servers without a cookie of their own have their name as its value")
	default:
		im.NotCarried(p.cookie, "cookie dynamic: without effect, since there is no dynamic-cookie-key; clients of servers without a cookie of their own are not kept")
	}
}

// dynamic reports whether the cookie line has the word dynamic.
func (s *settings) dynamic() bool {
	for i := 2; s.cookie != nil && i < len(s.cookie.words); i++ {
		if s.cookie.arg(i) == "dynamic" {
			return true
		}
	}
	return false
}
