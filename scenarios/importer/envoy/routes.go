package envoy

import (
	"stickysim/policies/envoy"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// route is an action that leads to a cluster: of an HTTP route, or of a TCP or Redis proxy.
type route struct {
	cluster *tree.Node
	hash    []*tree.Node // hash policies, in order
	action  *tree.Node
	redis   bool
}

// routesOf returns the routes n itself holds.
func routesOf(n *tree.Node) []route {
	if !n.Is(tree.Map) {
		return nil
	}
	var list []route
	if c := n.Get("cluster"); c.Is(tree.Scalar) {
		list = append(list, route{cluster: c, hash: n.Get("hash_policy").Children(), action: n, redis: n.Key == "catch_all_route"})
	}
	for _, w := range n.Get("weighted_clusters", "clusters").Children() {
		if name := w.Get("name"); name != nil {
			list = append(list, route{cluster: name, hash: n.Get("hash_policy").Children(), action: n})
		}
	}
	return list
}

// unknownKey is the text of a key that no route in the file names.
const unknownKey = "unknown"

// key finds what the routes to a cluster hash.
func (im *importer) key(cluster string, p *ir.Pool) (envoy.HashKey, ir.KeySource) {
	key, source := envoy.HashKey{Policy: "header"}, ir.KeySource{}
	routed := false
	for _, r := range im.routes[cluster] {
		im.redispatch(r, p)
		routed = true
		if r.redis && source.Kind == "" {
			source = ir.KeySource{Kind: "argument", Name: "key", Text: "the key of the Redis command"}
		}
		for i, h := range r.hash {
			switch {
			case i > 0:
				im.notes.Unsupported(h, "hash_policy: only the first of a route is hashed here; Envoy combines them")
			case source.Kind == "":
				key, source = im.hashPolicy(h, p)
			default:
				h.Cover()
			}
		}
	}
	if source.Kind == "" {
		source = ir.KeySource{Kind: "header", Text: unknownKey}
		if routed {
			source = ir.KeySource{Kind: "none", Text: "no hash_policy on the route: random"}
		}
	}
	return key, source
}

// hashPolicy translates one hash policy.
func (im *importer) hashPolicy(h *tree.Node, p *ir.Pool) (envoy.HashKey, ir.KeySource) {
	key := envoy.HashKey{Policy: "header"}
	if x := h.Get("header"); x != nil {
		name := x.Get("header_name").Value()
		im.notes.Translated(h, "hash_policy: header %s", tree.Short(name))
		return key, ir.KeySource{Kind: "header", Name: name, Text: "header " + name}
	}
	if x := h.Get("query_parameter"); x != nil {
		name := x.Get("name").Value()
		im.notes.Translated(h, "hash_policy: query parameter %s", tree.Short(name))
		return key, ir.KeySource{Kind: "argument", Name: name, Text: "query_parameter " + name}
	}
	if x := h.Get("cookie"); x != nil {
		name := x.Get("name").Value()
		p.CookieName = name
		if im.span(x.Get("ttl"), &key.TTL) {
			key.Policy = "cookie"
			p.IdleTimeout = key.TTL
		}
		im.notes.Translated(h, "hash_policy: cookie %s%s", tree.Short(name), map[bool]string{true: ", generated", false: " of the application"}[key.Policy == "cookie"])
		return key, ir.KeySource{Kind: "cookie", Name: name, Text: "cookie " + name}
	}
	if h.Get("connection_properties", "source_ip").True() || h.Get("source_ip") != nil {
		im.notes.Translated(h, "hash_policy: source_ip")
		return envoy.HashKey{Policy: "source_ip"}, ir.KeySource{Kind: "address", Text: "source_ip"}
	}
	im.notes.Unsupported(h, "hash_policy: only header, query_parameter, cookie and source_ip are known; a header is assumed")
	return key, ir.KeySource{Kind: "header", Text: "hash_policy not known"}
}

// redispatch reads a route's retries.
func (im *importer) redispatch(r route, p *ir.Pool) {
	policy := r.action.Get("retry_policy")
	if policy == nil {
		return
	}
	n := 1
	im.integer(policy.Get("num_retries"), &n)
	p.Redispatch = max(p.Redispatch, min(n, 100))
}

// remarkRoute says which cluster a route leads to.
func (im *importer) remarkRoute(r route, known bool) {
	if known {
		im.notes.Translated(r.cluster, "cluster: route to %s", r.cluster)
	} else {
		im.notes.Unsupported(r.cluster, "cluster %s: not in this file", r.cluster)
	}
}
