package envoy

import (
	"strings"

	"stickysim/policies/envoy"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// route is an action that leads to a cluster: of an HTTP route, or of a TCP or Redis proxy.
type route struct {
	cluster *tree.Node
	hash    []*tree.Node // hash policies, in order
	action  *tree.Node
	retry   *tree.Node // its retry policy, or that of its virtual host; nil: none
	redis   bool
	manager *manager // around it; nil: none
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
func (im *translation) key(cluster string, p *ir.Pool) (envoy.HashKey, ir.KeySource) {
	key, from := envoy.HashKey{Policy: "header"}, ir.KeySource{}
	routed := false
	for _, r := range im.routes[cluster] {
		routed = true
		if r.redis && from.Kind == "" {
			from = ir.KeySource{Kind: "argument", Name: "key", Text: "the key of the Redis command"}
		}
		for i, h := range r.hash {
			switch {
			case i > 0 && r.hash[0].Get("terminal").True():
				im.NotCarried(h, "hash_policy: not used here where the first, which is terminal, has no value")
			case i > 0:
				im.NotCarried(h, "hash_policy: only the first of a route is hashed here; Envoy combines them")
			case from.Kind == "":
				key, from = im.hashPolicy(h, p)
			default:
				other := *p
				if k, f := im.hashPolicy(h, &other); k != key || f != from {
					im.NotCarried(h, "hash_policy: another route to cluster %s hashes otherwise; %s is used", source.Short(cluster), source.Short(from.Text))
				}
			}
		}
	}
	if from.Kind == "" {
		from = ir.KeySource{Kind: "header", Text: unknownKey}
		if routed {
			from = ir.KeySource{Kind: "none", Text: "no hash_policy on the route: random"}
		}
	}
	return key, from
}

// hashPolicy translates one hash policy.
func (im *translation) hashPolicy(h *tree.Node, p *ir.Pool) (envoy.HashKey, ir.KeySource) {
	key := envoy.HashKey{Policy: "header"}
	if x := h.Get("header"); x != nil {
		name := x.Get("header_name").Value()
		im.Translated(h, "hash_policy: header %s", source.Short(name))
		key.Header = name
		return key, ir.HeaderKey(name, "header "+name)
	}
	if x := h.Get("query_parameter"); x != nil {
		name := x.Get("name").Value()
		im.Translated(h, "hash_policy: query parameter %s", source.Short(name))
		return key, ir.KeySource{Kind: "argument", Name: name, Text: "query_parameter " + name}
	}
	if x := h.Get("cookie"); x != nil {
		name := x.Get("name").Value()
		p.CookieName = name
		if im.span(x.Get("ttl"), &key.TTL) {
			key.Policy = "cookie"
			p.IdleTimeout = key.TTL
		}
		im.Translated(h, "hash_policy: cookie %s%s", source.Short(name), map[bool]string{true: ", generated", false: " of the application"}[key.Policy == "cookie"])
		return key, ir.KeySource{Kind: "cookie", Name: name, Text: "cookie " + name}
	}
	if h.Get("connection_properties", "source_ip").True() || h.Get("source_ip") != nil {
		im.Translated(h, "hash_policy: source_ip")
		return envoy.HashKey{Policy: "source_ip"}, ir.KeySource{Kind: "address", Text: "source_ip"}
	}
	im.NotCarried(h, "hash_policy: only header, query_parameter, cookie and source_ip are known; a header is assumed")
	return key, ir.KeySource{Kind: "header", Text: "hash_policy not known"}
}

// retries reads the retry policy of the routes to a cluster: the first one counts.
func (im *translation) retries(cluster string, c *envoy.Cluster) {
	var used *tree.Node
	for _, r := range im.routes[cluster] {
		on := r.retry.Get("retry_on")
		if on == nil && r.retry != nil {
			im.Harmless(r.retry, "retry_policy: without retry_on nothing is tried again")
		}
		if on == nil || r.retry == used {
			continue
		}
		if used != nil {
			im.NotCarried(r.retry, "retry_policy: that of the first route to cluster %s is used", source.Short(cluster))
			continue
		}
		used = r.retry
		var known, never []string
		for word := range strings.SplitSeq(on.Value(), ",") {
			switch word = strings.TrimSpace(word); word {
			case "connect-failure", "reset", "gateway-error", "5xx":
				known = append(known, word)
			default:
				never = append(never, source.Short(word))
			}
		}
		if c.RetryOn = strings.Join(known, " "); len(never) > 0 {
			im.Assumed(on, "retry_on: servers never answer with %s", strings.Join(never, ", "))
		} else {
			im.Translated(on, "retry_on: after these failures a request is tried again")
		}
		im.integer(r.retry.Get("num_retries"), &c.NumRetries)
		im.hostSelection(r.retry, c)
	}
}

// hostSelection reads whether a retry avoids the hosts that failed before. The policies always do, up to the number of attempts.
func (im *translation) hostSelection(retry *tree.Node, c *envoy.Cluster) {
	attempts := retry.Get("host_selection_retry_max_attempts")
	im.integer(attempts, &c.SelectionRetries)
	avoids := false
	for _, x := range retry.Get("retry_host_predicate").Children() {
		if name := extension(x); strings.Contains(name, "previous_hosts") || strings.Contains(name, "PreviousHosts") {
			avoids = true
			im.Translated(x, "retry_host_predicate: a retry avoids the hosts that failed")
			x.Cover(true)
		} else {
			im.NotCarried(x, "retry_host_predicate: only previous_hosts is modelled")
		}
	}
	switch {
	case !avoids:
		c.SelectionRetries = 0
	case attempts == nil:
		c.SelectionRetries = 1
	}
}

// The time limits of connections to servers, and of answers on HTTP routes, where they are not given.
const (
	connectTimeout = 5 * sim.Second
	routeTimeout   = 15 * sim.Second
)

// limits reads the time limits of a cluster, and of the first route to it.
func (im *translation) limits(c *tree.Node, p *ir.Pool) {
	p.Limits.Connect = connectTimeout
	im.span(c.Get("connect_timeout"), &p.Limits.Connect)
	routes := im.routes[p.Name]
	if len(routes) == 0 || routes[0].redis {
		return
	}
	p.Limits.Request = routeTimeout
	for i, r := range routes {
		limit := routeTimeout
		given := im.span(r.action.Get("timeout"), &limit)
		switch {
		case i == 0 && !given:
			im.Assumed(r.cluster, "timeout of the route to %s: not given, %v", source.Short(p.Name), routeTimeout)
		case i == 0:
			p.Limits.Request = limit
		case limit != p.Limits.Request:
			im.NotCarried(r.cluster, "timeout of another route to %s: %v; that of the first is used", source.Short(p.Name), limit)
		}
	}
	im.span(routes[0].retry.Get("per_try_timeout"), &p.Limits.Attempt)
}

// remarkRoute says which cluster a route leads to.
func (im *translation) remarkRoute(r route, known bool) {
	if known {
		im.Translated(r.cluster, "cluster: route to %s", r.cluster)
	} else {
		im.NotCarried(r.cluster, "cluster %s: not in this file", r.cluster)
	}
}
