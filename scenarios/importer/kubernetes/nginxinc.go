package kubernetes

import (
	"strings"

	"stickysim/policies/keys"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// nginxInc reads the annotations of NGINX Inc.'s controller, which writes nginx upstreams.
func (im *translation) nginxInc(o *object, p *ir.Pool, service string) {
	p.Policy, p.Key = "nginx/random", ir.KeySource{Kind: "none"}
	p.Params = params.Of(p.Policy, params.Setting{Name: "two", Value: true})
	if m := o.annotation("nginx.org/lb-method"); m != nil {
		im.lbMethod(m, p)
	} else {
		im.Assumed(o.root, "lb-method: not given, random two least_conn")
	}
	at := o.annotation("nginx.com/sticky-cookie-services")
	for _, entry := range strings.Split(at.Value(), ";") {
		words := strings.Fields(entry)
		if len(words) < 2 || words[0] != "serviceName="+service {
			continue
		}
		var expires sim.Time
		for _, w := range words[2:] {
			if text, ok := strings.CutPrefix(w, "expires="); ok && text != "max" {
				expires, _ = (&tree.Node{Kind: tree.Scalar, Text: text}).Duration()
			}
		}
		p.Policy, p.CookieName, p.IdleTimeout = "nginx/sticky_cookie", words[1], expires
		p.Params = params.Of(p.Policy, params.Setting{Name: "expires", Value: expires})
		p.Key = ir.KeySource{Kind: "cookie", Name: words[1], Text: strings.TrimSpace(entry)}
		im.Translated(at, "sticky-cookie-services: policy nginx/sticky_cookie for service %s", source.Short(service))
	}
}

// lbMethod translates nginx.org/lb-method, which is an nginx directive without its semicolon.
func (im *translation) lbMethod(m *tree.Node, p *ir.Pool) {
	words := append(strings.Fields(m.Value()), "", "")
	var settings []params.Setting
	switch words[0] {
	case "round_robin", "least_conn":
		p.Policy = "nginx/" + words[0]
	case "ip_hash":
		p.Policy, p.Key = "nginx/ip_hash", ir.KeySource{Kind: "address", Text: "ip_hash"}
	case "random":
		settings = append(settings, params.Setting{Name: "two", Value: words[1] == "two"})
	case "hash":
		var parts keys.Template
		p.Policy = "nginx/hash"
		if p.Key, parts = im.variable(m, words[1]); !parts.IsOwn() {
			settings = append(settings, params.Setting{Name: "key", Value: p.Key.Text})
		}
		settings = append(settings, params.Setting{Name: "consistent", Value: words[2] == "consistent"})
	default:
		im.NotCarried(m, "lb-method %s: not known; random two is used", m)
		return
	}
	p.Params = params.Of(p.Policy, settings...)
	im.Translated(m, "lb-method: policy %s", p.Policy)
}
