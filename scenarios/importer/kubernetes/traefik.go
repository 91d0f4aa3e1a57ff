package kubernetes

import (
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const traefikSticky = "traefik.ingress.kubernetes.io/service.sticky.cookie"

// traefikService reads a Service with Traefik's sticky annotations.
func (im *translation) traefikService(s *object, p *ir.Pool) bool {
	if s.annotation(traefikSticky) == nil {
		return false
	}
	im.traefik(s.root, s.root.Get("metadata", "annotations"), p)
	return true
}

// traefik translates annotations; nil where there are none.
func (im *translation) traefik(at, annotations *tree.Node, p *ir.Pool) {
	p.Policy, p.Key = "traefik/wrr", ir.KeySource{Kind: "none"}
	p.Limits.Connect = 30 * sim.Second // dialTimeout
	sticky := annotations.Get(traefikSticky)
	if !sticky.True() {
		p.Params = params.Of(p.Policy)
		im.Assumed(at, "service.sticky.cookie: not set, policy traefik/wrr")
		return
	}
	var age sim.Time
	if n := annotations.Get(traefikSticky + ".maxage"); n != nil {
		age, _ = n.Seconds()
		im.Translated(n, "service.sticky.cookie.maxage: %v", age)
	}
	if n := annotations.Get(traefikSticky + ".name"); n != nil {
		p.CookieName = n.Value()
		im.Translated(n, "service.sticky.cookie.name: %s", n)
	}
	if n := annotations.Get(traefikSticky + ".httponly"); n != nil {
		im.Harmless(n, "service.sticky.cookie.httponly: hides it from scripts; requests carry it")
	}
	for _, key := range []string{".secure", ".samesite", ".path", ".domain"} {
		if n := annotations.Get(traefikSticky + key); n != nil {
			im.Assumed(n, "service.sticky.cookie%s: %s: every request of a client is taken to carry the cookie, also those for which this keeps it back", key, n)
			n.Cover(true)
		}
	}
	p.Policy, p.IdleTimeout = "traefik/sticky_cookie", age
	p.Params = params.Of(p.Policy, params.Setting{Name: "name", Value: p.CookieName}, params.Setting{Name: "maxAge", Value: age})
	p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "service.sticky.cookie"}
	im.Translated(sticky, "service.sticky.cookie: policy traefik/sticky_cookie")
}
