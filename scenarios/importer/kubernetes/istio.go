package kubernetes

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const istio = "networking.istio.io"

var (
	_ = register(istio, (*translation).destinationRule, "DestinationRule")
	_ = register(istio, (*translation).virtualService, "VirtualService")
	_ = register(istio, (*translation).meshGateway, "Gateway")
	_ = register(istio, leftOut("it changes which servers a proxy knows, or how it is configured"), "Sidecar", "EnvoyFilter", "ServiceEntry", "WorkloadEntry", "WorkloadGroup")
)

// meshGateway reads an Istio Gateway, which shares its name with that of the Gateway API.
func (im *translation) meshGateway(o *object) {
	for _, n := range []*tree.Node{o.spec("servers"), o.spec("selector")} {
		if n != nil {
			im.Harmless(n, "%s: where the gateway listens", n.Key)
		}
	}
}

// meshHost is a host of the mesh, of which a Service is the usual kind.
type meshHost struct{ namespace, service string }

// hostOf finds the Service that a host in an Istio object stands for: a name without dots is one of the object's namespace.
func hostOf(o *object, host string) meshHost {
	parts := strings.Split(host, ".")
	switch {
	case len(parts) == 1:
		return meshHost{o.namespace, host}.canonical()
	case len(parts) > 2 && parts[2] == "svc":
		return meshHost{parts[1], parts[0]}.canonical()
	}
	return meshHost{"", host}
}

// canonical leaves the namespace out that objects without one are in.
func (h meshHost) canonical() meshHost {
	if h.namespace == "default" {
		h.namespace = ""
	}
	return h
}

// serviceOf finds the Service of a host; nil where the files have none.
func (im *translation) serviceOf(h meshHost) *object {
	for _, o := range im.objects {
		if o.kind == "Service" && (meshHost{o.namespace, o.name}).canonical() == h {
			return o
		}
	}
	return nil
}

// destinationRule reads the policies of a host.
func (im *translation) destinationRule(o *object) {
	host := o.spec("host")
	switch {
	case host.Value() == "" || strings.Contains(host.Value(), "*"):
		im.NotCarried(o.root, "DestinationRule %s: host %s: only rules for one host are read", source.Short(o.name), host)
		return
	case im.ruleFor(hostOf(o, host.Value())) != o:
		im.NotCarried(o.root, "DestinationRule %s: another rule in these files is for host %s; its policies are used", source.Short(o.name), host)
		return
	}
	im.Translated(host, "host: %s", host)
	im.meshPools(o, hostOf(o, host.Value()))
}

// ruleFor finds the first rule for a host.
func (im *translation) ruleFor(h meshHost) *object {
	for _, o := range im.objects {
		if o.kind == "DestinationRule" && o.group() == istio && hostOf(o, o.spec("host").Value()) == h {
			return o
		}
	}
	return nil
}

// virtualService makes pools of hosts that no rule is for: Istio's defaults hold for them.
func (im *translation) virtualService(o *object) {
	for _, r := range meshRoutes(o) {
		if h := hostOf(o, r.host.Value()); im.ruleFor(h) == nil {
			im.meshPools(o, h)
		}
	}
}

// meshRoute is one destination of a route.
type meshRoute struct {
	host, subset, port *tree.Node
	route              *tree.Node
	http               bool
}

// meshRoutes lists the destinations of a VirtualService.
func meshRoutes(o *object) (list []meshRoute) {
	for _, protocol := range []string{"http", "tls", "tcp"} {
		for _, route := range o.spec(protocol).Children() {
			for _, to := range route.Get("route").Children() {
				d := to.Get("destination")
				r := meshRoute{host: d.Get("host"), subset: d.Get("subset"), port: d.Get("port", "number"), route: route, http: protocol == "http"}
				if r.host.Value() != "" {
					list = append(list, r)
				}
			}
		}
	}
	return list
}

// routesTo finds the routes of all VirtualServices to a host.
func (im *translation) routesTo(h meshHost) (list []meshRoute) {
	for _, o := range im.objects {
		if o.kind != "VirtualService" || o.group() != istio {
			continue
		}
		for _, r := range meshRoutes(o) {
			if hostOf(o, r.host.Value()) == h {
				list = append(list, r)
			}
		}
	}
	return list
}

// meshPools makes the pools of a host, once: one of all its pods, one of each port with settings of its own, one of each
// subset that a route leads to.
func (im *translation) meshPools(from *object, h meshHost) {
	if done := "host/" + h.namespace + "/" + h.service; im.led[done] {
		return
	} else {
		im.led[done] = true
	}
	routes := im.routesTo(h)
	var rule *tree.Node
	if o := im.ruleFor(h); o != nil {
		rule = o.root.Get("spec")
	} else {
		im.Assumed(from.root, "host %s: no DestinationRule; Istio's least request", source.Short(h.service))
	}
	for i, r := range routes {
		im.Translated(r.host, "destination %s", r.host)
		if r.port != nil {
			im.Harmless(r.port, "port %s: %s", r.port, portOf)
		}
		if r.subset != nil && rule == nil {
			im.NotCarried(r.subset, "subset %s: no DestinationRule in these files has it; all pods of the host are used", r.subset)
			routes[i].subset = nil
		}
	}
	im.subsets(from, h, rule, routes)
	im.ports(from, h, rule.Get("trafficPolicy"), routes)
}

// ports makes the pools of a host outside its subsets.
func (im *translation) ports(from *object, h meshHost, policy *tree.Node, routes []meshRoute) {
	subsetsOnly := len(routes) > 0 && !slices.ContainsFunc(routes, func(r meshRoute) bool { return r.subset == nil })
	if subsetsOnly {
		im.leaveOut(policy, "routes lead to subsets alone, which it is the default of", "loadBalancer", "connectionPool", "outlierDetection")
		im.led[(&object{namespace: h.namespace}).ref("Service", h.service)] = true
		return
	}
	service := im.serviceOf(h)
	rest := map[string]bool{} // ports of the Service without settings of their own
	for _, p := range service.ports() {
		rest[p.Get("port").Value()] = true
	}
	special := policy.Get("portLevelSettings").Children()
	var own []*tree.Node
	for _, s := range special {
		number := s.Get("port", "number")
		if service != nil && !rest[number.Value()] {
			im.NotCarried(s, "portLevelSettings: service %s has no port %s", source.Short(h.service), number)
			continue
		}
		delete(rest, number.Value())
		im.Translated(number, "portLevelSettings: they alone hold for port %s", number)
		own = append(own, s)
	}
	general := len(own) == 0 || len(rest) > 0 || service == nil && len(policy.Children()) > 1
	if general {
		im.meshPool(from, h, "", service, traffic{}.over(policy), routes)
	} else {
		im.leaveOut(policy, "every port has settings of its own", "loadBalancer", "connectionPool", "outlierDetection")
	}
	for _, s := range own {
		suffix := ""
		if general || len(own) > 1 {
			suffix = ":" + s.Get("port", "number").Value()
		}
		im.meshPool(from, h, suffix, service, traffic{}.over(s), routes)
	}
}

// ports are the ports of a Service; none where it is unknown.
func (o *object) ports() []*tree.Node {
	if o == nil {
		return nil
	}
	return o.spec("ports").Children()
}

// subsets makes a pool of each subset that a route leads to.
func (im *translation) subsets(from *object, h meshHost, rule *tree.Node, routes []meshRoute) {
	known := map[string]bool{}
	for _, s := range rule.Get("subsets").Children() {
		name := s.Get("name").Value()
		known[name] = true
		mine := slices.DeleteFunc(slices.Clone(routes), func(r meshRoute) bool { return r.subset.Value() != name })
		if len(mine) == 0 {
			im.NotCarried(s, "subset %s: no route in these files leads to it", source.Short(name))
			continue
		}
		for _, r := range mine {
			im.Translated(r.subset, "subset %s", r.subset)
		}
		im.Translated(s.Get("name"), "subset %s: a pool of its own", s.Get("name"))
		if labels := s.Get("labels"); labels != nil {
			im.Translated(labels, "subset %s: of the Service's pods, those with %s", s.Get("name"), labels)
			labels.Cover(true)
		}
		base, own := rule.Get("trafficPolicy"), s.Get("trafficPolicy")
		for _, n := range []*tree.Node{base, own} {
			im.leaveOut(n, "settings of single ports are not read where routes lead to subsets", "portLevelSettings")
		}
		im.meshPool(from, h, "/"+name, im.serviceOf(h).labelled(s.Get("labels")), traffic{}.over(base).over(own), mine)
	}
	for _, r := range routes {
		if r.subset != nil && !known[r.subset.Value()] {
			im.NotCarried(r.subset, "subset %s: not in these files", r.subset)
		}
	}
}

// labelled is a Service that selects by further labels as well.
func (o *object) labelled(labels *tree.Node) *object {
	if o == nil {
		return nil
	}
	selector := &tree.Node{Kind: tree.Map, Key: "selector", Place: labels.Where()}
	selector.Items = append(append(selector.Items, o.spec("selector").Children()...), labels.Children()...)
	spec := &tree.Node{Kind: tree.Map, Key: "spec", Items: []*tree.Node{selector}}
	return &object{kind: o.kind, namespace: o.namespace, name: o.name, root: &tree.Node{Kind: tree.Map, Place: o.root.Place, Items: []*tree.Node{spec}}}
}

// meshPool makes one pool.
func (im *translation) meshPool(from *object, h meshHost, suffix string, service *object, t traffic, routes []meshRoute) {
	led := im.serviceOf(h)
	at := &object{root: from.root, kind: from.kind, name: from.name, namespace: h.namespace}
	if led != nil {
		at.namespace = led.namespace
	}
	var p *ir.Pool
	if suffix == "" {
		p = im.newPool(at, h.service)
	} else {
		p = im.namedPool(at, h.service+suffix)
		im.led[at.ref("Service", h.service)] = true
		if service != nil {
			p.Place = from.root.Place
			im.workload(p, service)
			if s := led.spec("selector"); s != nil && !s.Remarked() {
				im.Translated(s, "selector: of the pods of all subsets")
				s.Cover(true)
			}
		} else {
			im.Assumed(from.root, "service %s: not in this file; the scenario says how many pods there are", source.Short(h.service))
		}
	}
	im.place(h.key() + suffix)
	e := im.envoy(p)
	e.Limits.Connect = 10 * sim.Second // Istio's own
	t.apply(e)
	e.meshRoutes(routes)
}
