package nginx

import (
	"fmt"
	"strings"

	"stickysim/policies"
	nginxpolicy "stickysim/policies/nginx"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// tenYears is the lifetime that `expires=max` means.
const tenYears = 3650 * 24 * sim.Hour

// below is the method below sticky.
type below struct {
	balance string
	hash    nginxpolicy.Hash // where the method is one
}

// key is what the hash below hashes.
func (b below) key() string {
	if b.hash.BinaryAddress {
		return "$binary_remote_addr"
	}
	return b.hash.Key
}

// stickyPolicy translates the sticky directive over a method.
func (t *translation) stickyPolicy(g *group, b below) error {
	d := g.sticky
	if d.open {
		return d.Errorf("sticky takes no block")
	}
	kind := ""
	if len(d.args) > 0 {
		kind = d.args[0]
	}
	var c policies.Config
	var err error
	switch kind {
	case "cookie":
		c, err = t.stickyCookie(g, d, b)
	case "route":
		c, err = t.stickyRoute(g, d, b)
	case "learn":
		c, err = t.stickyLearn(g, d, b)
	default:
		c, err = t.stickyModule(g, d, b)
	}
	g.pool.Policy, g.pool.Params = policies.NameOf(c), c
	return err
}

func (t *translation) stickyCookie(g *group, d *directive, b below) (policies.Config, error) {
	c := nginxpolicy.StickyCookie{Balance: b.balance, HashKey: b.key(), Retrying: nginxpolicy.DefaultRetrying()}
	if len(d.args) < 2 || d.args[1] == "" {
		return c, d.Errorf("sticky cookie: the cookie's name is missing")
	}
	g.cookie(d.args[1])
	for _, param := range d.args[2:] {
		name, value, _ := strings.Cut(param, "=")
		switch name {
		case "expires":
			var err error
			if c.Expires, err = expires(g, d, value); err != nil {
				return c, err
			}
			g.pool.CookieScope = fmt.Sprintf("; max-age=%d", c.Expires/sim.Second) + g.pool.CookieScope
		case "httponly":
			g.pool.CookieScope += "; " + param
			t.remark(ir.Harmless, d, "httponly hides the cookie from scripts; requests carry it")
		case "domain", "path", "secure", "samesite":
			g.pool.CookieScope += "; " + param
			t.remark(ir.Assumed, d, "%s: every request of a client is taken to carry the cookie, also those for which this keeps it back", source.Short(param))
		default:
			return c, d.Errorf("sticky cookie: %q is unknown", source.Short(param))
		}
	}
	return c, nil
}

// cookie notes the name of the affinity cookie.
func (g *group) cookie(name string) {
	g.pool.CookieName = name
	g.pool.Key = ir.KeySource{Kind: "cookie", Name: name, Text: "$cookie_" + name}
}

// expires reads the life of a cookie.
func expires(g *group, d *directive, value string) (life sim.Time, err error) {
	life = tenYears
	if value != "max" {
		life, err = d.seconds("expires", value)
	}
	g.pool.IdleTimeout = life // counted from the last response
	return life, err
}

func (t *translation) stickyRoute(g *group, d *directive, b below) (policies.Config, error) {
	c := nginxpolicy.StickyRoute{Issued: true, Balance: b.balance, HashKey: b.key(), Retrying: nginxpolicy.DefaultRetrying()}
	if len(d.args) < 2 {
		return c, d.Errorf("sticky route: want at least one variable")
	}
	for _, v := range d.args[1:] {
		if !strings.HasPrefix(v, "$") {
			return c, d.Errorf("sticky route: %q is not a variable", source.Short(v))
		}
	}
	g.pool.Key, _ = t.key(d, d.args[1])
	if g.pool.Key.Kind == "cookie" {
		g.pool.CookieName = g.pool.Key.Name
	}
	if len(d.args) > 2 {
		t.remark(ir.NotCarried, d, "only the first variable is used")
	}
	t.remark(ir.Assumed, d, "nginx does not say where clients get their route; the servers are assumed to set it in %s", d.args[1])
	return c, nil
}

func (t *translation) stickyLearn(g *group, d *directive, b below) (policies.Config, error) {
	c := nginxpolicy.StickyLearn{Zone: 1 << 20, Timeout: 10 * sim.Minute, Balance: b.balance, HashKey: b.key(), Retrying: nginxpolicy.DefaultRetrying()}
	create, lookup, zone := false, "", false
	for _, param := range d.args[1:] {
		name, value, _ := strings.Cut(param, "=")
		var err error
		switch name {
		case "create":
			create = strings.HasPrefix(value, "$")
		case "lookup":
			if lookup != "" {
				t.remark(ir.NotCarried, d, "only the first lookup is used")
				continue
			}
			lookup = value
		case "zone":
			zone = true
			_, size, found := strings.Cut(value, ":")
			if !found {
				t.remark(ir.Assumed, d, "the zone's size is set elsewhere; 1 MiB taken")
				continue
			}
			var n int64
			n, err = d.size("zone", size)
			if err == nil && n < 8*4096 {
				err = d.Errorf("sticky learn: zone: %s is too small; nginx wants 32k or more", source.Short(size))
			}
			c.Zone = policies.Bytes(n)
		case "timeout":
			if c.Timeout, err = d.time("timeout", value); err == nil && c.Timeout < sim.Millisecond {
				err = d.Errorf("sticky learn: timeout: want 1ms or more")
			}
		case "header":
			t.remark(ir.Harmless, d, "header: sessions are learned when the response begins")
		case "sync", "remote_result":
			t.remark(ir.NotCarried, d, "%s: sharing the table with other nodes (NGINX Plus) is not part of the policy", name)
		default:
			err = d.Errorf("sticky learn: %q is unknown", source.Short(param))
		}
		if err != nil {
			return c, err
		}
	}
	if !create || !strings.HasPrefix(lookup, "$") || !zone {
		return c, d.Errorf("sticky learn: want create=$variable, lookup=$variable and zone=name:size")
	}
	key, parts := t.key(d, lookup)
	if g.pool.Key = key; parts.HoldsAddress() {
		c.Key = key.Text
	}
	if g.pool.Key.Kind == "cookie" {
		g.pool.CookieName = g.pool.Key.Name
	}
	g.pool.IdleTimeout = c.Timeout
	t.remark(ir.Translated, d, "one table for all workers, in shared memory")
	return c, nil
}

// stickyModule translates the spelling of the third-party module nginx-sticky-module(-ng), and NGINX Plus's oldest.
func (t *translation) stickyModule(g *group, d *directive, b below) (policies.Config, error) {
	c := nginxpolicy.StickyCookie{Balance: b.balance, HashKey: b.key(), Retrying: nginxpolicy.DefaultRetrying()}
	g.cookie("route")
	for _, param := range d.args {
		name, value, _ := strings.Cut(param, "=")
		switch name {
		case "name":
			if value == "" {
				return c, d.Errorf("sticky: the cookie's name is missing")
			}
			g.cookie(value)
		case "expires":
			var err error
			if c.Expires, err = expires(g, d, value); err != nil {
				return c, err
			}
		case "no_fallback":
			t.remark(ir.NotCarried, d, "no_fallback: clients of an unusable server are balanced instead of refused")
		case "hash", "index", "hmac", "hmac_key", "text", "httponly", "transfer", "delimiter":
			t.remark(ir.Harmless, d, "%s: the look of the cookie", name)
		case "domain", "path", "secure":
			t.remark(ir.Assumed, d, "%s: every request of a client is taken to carry the cookie, also those for which this keeps it back", source.Short(param))
		default:
			return c, d.Errorf("sticky: %q is unknown; want cookie, route, learn, or parameters of the sticky module", source.Short(param))
		}
	}
	t.remark(ir.Assumed, d, "third-party sticky module, read as `sticky cookie %s`; the module sets the cookie only on clients without a valid one, so its expires does not slide",
		g.pool.CookieName)
	return c, nil
}
