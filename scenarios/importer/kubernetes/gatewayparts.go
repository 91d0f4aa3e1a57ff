package kubernetes

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
)

// routeParts remarks on what a route does besides choosing a Service.
func (im *translation) routeParts(o *object) {
	for _, rule := range o.spec("rules").Children() {
		im.filters(rule)
		for _, b := range rule.Get("backendRefs").Children() {
			im.filters(b)
			for _, n := range []*tree.Node{b.Get("kind"), b.Get("namespace")} {
				if n != nil && !n.Remarked() && !b.Remarked() {
					im.Translated(n, "%s: %s", n.Key, n)
				}
			}
		}
	}
}

// filters remarks on the filters of a rule, or of a backend.
func (im *translation) filters(of *tree.Node) {
	for _, f := range of.Get("filters").Children() {
		for _, n := range f.Children() {
			switch n.Key {
			case "type":
				im.Harmless(n, "type: shows by the filter")
			case "requestHeaderModifier", "responseHeaderModifier":
				im.headers(n)
			case "requestMirror":
				im.NotCarried(n, "requestMirror: requests that are sent twice are not modelled")
			case "requestRedirect":
				im.Harmless(n, "requestRedirect: is answered without a pod")
			case "urlRewrite":
				im.Harmless(n, "urlRewrite: under which name and path requests reach a pod")
			case "cors":
				im.Harmless(n, "cors: what browsers may do with answers")
			case "externalAuth":
				im.NotCarried(n, "externalAuth: the question to another server takes time, which is not modelled")
			case "extensionRef":
				im.NotCarried(n, "extensionRef: an extension of the controller, which is not read")
			}
		}
	}
}

// headers remarks on changed headers. Those of cookies and of what balancers choose by matter.
func (im *translation) headers(n *tree.Node) {
	var changed []string
	for _, kind := range n.Children() {
		for _, h := range kind.Children() {
			changed = append(changed, h.Value()+h.Get("name").Value())
		}
	}
	for _, p := range im.Pools {
		if slices.ContainsFunc(changed, func(h string) bool {
			return strings.EqualFold(h, p.Key.Name) || strings.EqualFold(h, "Cookie") || strings.EqualFold(h, "Set-Cookie")
		}) {
			im.NotCarried(n, "%s: changes a header that sessions are kept by, which is not modelled", n.Key)
			return
		}
	}
	im.Harmless(n, "%s: %s; no pod is chosen by it", n.Key, source.Short(strings.Join(changed, ", ")))
}

// gatewayClass says whose controller a Gateway has.
func (im *translation) gatewayClass(o *object) {
	if c := o.spec("controllerName"); strings.HasPrefix(c.Value(), "gateway.envoyproxy.io/") {
		im.Translated(c, "controllerName: Envoy Gateway")
	} else if c != nil {
		im.NotCarried(c, "controllerName %s: Envoy Gateway is assumed", c)
	}
	im.leaveOut(o.spec(), "how the controller's proxies are set up is not read", "parametersRef")
}

// gateway remarks on a Gateway of the Gateway API.
func (im *translation) gateway(o *object) {
	if c := o.spec("gatewayClassName"); c != nil && im.named[(&object{}).ref("GatewayClass", c.Value())] == nil {
		im.Assumed(c, "gatewayClassName %s: whose controller that is is not in these files; Envoy Gateway is assumed", c)
		c.Cover(true)
	} else if c != nil {
		im.Translated(c, "gatewayClassName: %s", c)
	}
	im.leaveOut(o.spec("infrastructure"), "how the controller's proxies are set up is not read", "parametersRef")
}
