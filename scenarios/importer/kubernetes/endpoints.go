package kubernetes

import (
	"net"
	"slices"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// addresses gives a pool the pods whose addresses EndpointSlices, Endpoints, or the pods themselves list.
func (im *translation) addresses(p *ir.Pool, service *object) {
	e := endpoints{translation: im, p: p}
	for _, o := range im.objects {
		if o.namespace != service.namespace {
			continue
		}
		switch {
		case o.kind == "EndpointSlice" && o.root.Get("metadata", "labels", "kubernetes.io/service-name").Value() == service.name:
			e.slice(o)
		case o.kind == "Endpoints" && o.name == service.name && im.named[service.ref("EndpointSlice", service.name)] == nil:
			e.subsets(o)
		}
	}
	if p.Replicas > 0 && len(p.Servers) > 0 && len(p.Servers) != p.Replicas {
		im.Assumed(p.Place, "%d pods are listed with their addresses, and the workload has %d; those that are listed count", len(p.Servers), p.Replicas)
	}
	if len(p.Servers) > 0 {
		p.Replicas, p.Names = 0, nil
	}
}

// endpoints are the addresses of a Service while they are read.
type endpoints struct {
	*translation
	p     *ir.Pool
	zones []string // in order; the first is zone 1
}

// slice reads an EndpointSlice.
func (e *endpoints) slice(o *object) {
	o.used = true
	port := o.root.Get("ports").First1("port")
	for _, n := range o.root.Get("ports").Children() {
		e.Translated(n, "port %s", n.Get("port"))
	}
	for _, n := range o.root.Get("endpoints").Children() {
		addresses := n.Get("addresses").Children()
		if len(addresses) == 0 {
			continue
		}
		s := e.server(addresses[0], port, n.Get("targetRef", "name").Value())
		conditions := n.Get("conditions")
		ready, serving, leaves := conditions.Get("ready"), conditions.Get("serving"), conditions.Get("terminating")
		switch {
		case leaves.True() && (serving == nil || serving.True()):
			s.Status = sim.Draining
		case ready != nil && !ready.True() && ready.Kind != tree.Null:
			s.Status = sim.Down
		}
		if zone := n.Get("zone").Value(); zone != "" {
			if !slices.Contains(e.zones, zone) {
				e.zones = append(e.zones, zone)
			}
			s.Info.Zone = slices.Index(e.zones, zone) + 1
		}
		e.Translated(n, "endpoint %s", source.Short(s.Info.Addr))
		n.Get("addresses").Cover(true)
		conditions.Cover(true)
		e.leaveOut(n, "pods of the client's zone or node go first, which is not modelled", "hints")
		e.p.Servers = append(e.p.Servers, s)
	}
}

// subsets reads Endpoints.
func (e *endpoints) subsets(o *object) {
	o.used = true
	for _, subset := range o.root.Get("subsets").Children() {
		port := subset.Get("ports").First1("port")
		for _, n := range subset.Get("ports").Children() {
			e.Translated(n, "port %s", n.Get("port"))
		}
		for _, list := range []*tree.Node{subset.Get("addresses"), subset.Get("notReadyAddresses")} {
			for _, n := range list.Children() {
				s := e.server(n.Get("ip"), port, n.Get("targetRef", "name").Value())
				if list.Key == "notReadyAddresses" {
					s.Status = sim.Down
				}
				e.Translated(n, "endpoint %s", source.Short(s.Info.Addr))
				e.p.Servers = append(e.p.Servers, s)
			}
		}
	}
}

// server is a pod with an address; without a name of its own, it is called by that.
func (e *endpoints) server(at *tree.Node, port, name string) ir.Server {
	addr := at.Value()
	if port != "" {
		addr = net.JoinHostPort(addr, port)
	}
	if name == "" {
		name = addr
	}
	return ir.Server{Place: at.Where(), Info: sim.ServerInfo{Name: name, Addr: addr, Weight: 1}}
}

// unusedEndpoints remarks on addresses that are of no pool.
func (im *translation) unusedEndpoints(o *object) {
	if !o.used {
		im.NotCarried(o.root, "%s %s: of no Service that leads to a pool in these files", o.kind, source.Short(o.name))
	}
}

// loose gives a pool the Pods that its Service selects, where nothing in the files makes them. The first says what each can do.
func (im *translation) loose(p *ir.Pool, service *object, selector *tree.Node) (first *object) {
	for _, o := range im.objects {
		if o.kind != "Pod" || o.namespace != service.namespace || !selects(selector, o.root.Get("metadata", "labels")) {
			continue
		}
		o.used = true
		s := ir.Server{Place: o.root.Place, Info: sim.ServerInfo{Name: o.name, Addr: o.root.Get("status", "podIP").Value(), Weight: 1}}
		if s.Info.Addr == "" {
			s.Info.Addr = o.name
		}
		p.Servers = append(p.Servers, s)
		if first != nil {
			im.Harmless(o.root.Get("spec"), "Pod %s: its settings are taken to be those of Pod %s", source.Short(o.name), source.Short(first.name))
			continue
		}
		first = o
		pod := o.root.Get("spec")
		container := serving(pod)
		im.probes(p, container)
		im.resources(p, pod, container)
		im.placement(pod, container)
		drain, grace := im.termination(pod)
		p.Drain = drain + grace
	}
	return first
}

// unusedPod remarks on a Pod that no pool lists.
func (im *translation) unusedPod(o *object) {
	switch by := o.root.Get("metadata", "ownerReferences"); {
	case o.used:
	case by != nil:
		im.Harmless(o.root, "Pod %s: made by %s %s, which says how many there are", source.Short(o.name), by.First1("kind"), source.Short(by.First1("name")))
	default:
		im.NotCarried(o.root, "Pod %s: no Service in these files selects it", source.Short(o.name))
	}
}
