package kubernetes

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
)

// ingress makes a pool of every Service an Ingress leads to, balanced as its controller does.
func (im *translation) ingress(o *object) {
	class := im.class(o)
	for _, b := range backends(o) {
		ref := o.ref("Service", b.Value())
		if a := o.annotation("alb.ingress.kubernetes.io/actions." + b.Value()); a != nil && class == "alb" {
			im.Translated(b, "backend %s: an action in an annotation", b)
			im.albAction(o, a)
			continue
		}
		im.Translated(b, "backend service %s", b)
		if im.led[ref] && (class == "kong" || class == "traefik" || !slices.ContainsFunc(o.root.Get("metadata", "annotations").Children(), ofController)) {
			continue // a further Ingress that leads to the same pool: nothing of it changes the balancing
		}
		p := im.newPool(o, b.Value())
		p.Balancers.Scope = "process"
		s := im.named[ref]
		if a := s.affinity(); a != nil {
			im.Harmless(a, "sessionAffinity %s: Ingress controllers go to pods directly", a)
		}
		switch class {
		case "alb":
			im.albIngress(o, s, p)
		case "kong":
			im.kong(s, p)
		case "nginx.org":
			im.nginxInc(o, p, b.Value())
		case "traefik":
			if s == nil || !im.traefikService(s, p) {
				im.traefik(o.root, nil, p)
			}
		case "haproxy":
			im.haproxyTech(o, s, p)
		case "haproxy-ingress":
			im.haproxyIngress(o, s, p)
		case "gce":
			im.gce(o, s, p)
		case "apisix":
			im.apisixPool(o, b.Value(), p)
			im.apisixAnnotations(o, p)
		default:
			im.ingressNginx(o, p, b.Value())
		}
		if p.Params == nil {
			im.NotCarried(o.root, "policy %s of pool %s: not part of this program", p.Policy, source.Short(p.Name))
		}
	}
}

// affinity is the Service's session affinity, where there is one.
func (o *object) affinity() *tree.Node {
	if o == nil {
		return nil
	}
	return o.spec("sessionAffinity")
}

// controllers are the annotation prefixes of ingress controllers, and the class each stands for.
var controllers = []struct{ prefix, class string }{
	{"nginx.ingress.kubernetes.io/", "nginx"}, {"nginx.org/", "nginx.org"}, {"nginx.com/", "nginx.org"},
	{"alb.ingress.kubernetes.io/", "alb"}, {"konghq.com/", "kong"},
	{"traefik.ingress.kubernetes.io/", "traefik"}, {"haproxy.org/", "haproxy"},
	{"haproxy-ingress.github.io/", "haproxy-ingress"}, {"cloud.google.com/", "gce"}, {"networking.gke.io/", "gce"}, {"k8s.apisix.apache.org/", "apisix"},
}

func ofController(annotation *tree.Node) bool {
	return slices.ContainsFunc(controllers, func(c struct{ prefix, class string }) bool {
		return strings.HasPrefix(annotation.Key, c.prefix)
	})
}

// class finds the controller of an Ingress: by its class, or by whose annotations it carries. The class nginx is
// claimed by two controllers; annotations of NGINX Inc. decide for theirs.
func (im *translation) class(o *object) string {
	at := o.spec("ingressClassName")
	if at == nil {
		at = o.annotation("kubernetes.io/ingress.class")
	}
	hint := ""
	for _, a := range o.root.Get("metadata", "annotations").Children() {
		for _, c := range controllers {
			if hint == "" && strings.HasPrefix(a.Key, c.prefix) {
				hint = c.class
			}
		}
	}
	class := at.Value()
	switch {
	case at == nil && hint == "":
		im.Assumed(o.root, "ingress %s: no class; ingress-nginx is assumed", source.Short(o.name))
		return "nginx"
	case at == nil || hint == "nginx.org":
		class = hint
	case hint != "" && class != hint && !strings.Contains(class, hint):
		im.Assumed(at, "ingress class %s: annotations of %s decide", at, hint)
		class = hint
	}
	for _, known := range []string{"nginx.org", "nginx", "alb", "kong", "traefik", "haproxy-ingress", "haproxy", "gce", "apisix"} {
		if strings.Contains(class, known) {
			if at != nil {
				im.Translated(at, "ingress class %s", source.Short(class))
			}
			return known
		}
	}
	im.NotCarried(at, "ingress class %s: not known; ingress-nginx is assumed", source.Short(class))
	return "nginx"
}

// backends lists the names of the Services an Ingress leads to, each once.
func backends(o *object) []*tree.Node {
	var list []*tree.Node
	seen := map[string]bool{}
	add := func(b *tree.Node) {
		name := b.Get("service", "name")
		if name == nil {
			name = b.Get("serviceName") // v1beta1
		}
		if name.Value() != "" && !seen[name.Value()] {
			seen[name.Value()] = true
			list = append(list, name)
		}
	}
	add(o.root.Get("spec").First("defaultBackend", "backend"))
	for _, rule := range o.spec("rules").Children() {
		for _, path := range rule.Get("http", "paths").Children() {
			add(path.Get("backend"))
		}
	}
	return list
}
