package kubernetes

import (
	"fmt"
	"reflect"
	"slices"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// routed is a Service that an OpenShift Route leads to.
type routed struct {
	at     *tree.Node
	name   string
	weight int // of the Service
	pods   ir.Pool
	known  bool // what its pods are
	each   int  // weight of each of its pods
}

// mostWeight is the largest weight of a Service, and of a server of HAProxy.
const mostWeight = 256

// routeServices are the Services of a Route with their weights, and the number of those that get new clients.
func (im *translation) routeServices(o *object) (list []*routed, active int) {
	for _, x := range append([]*tree.Node{o.spec("to")}, o.spec("alternateBackends").Children()...) {
		name := x.Get("name")
		if kind := x.Get("kind"); name.Value() == "" || kind != nil && kind.Value() != "Service" {
			if x != nil {
				im.NotCarried(x, "%s %s: only Services are read", kind, name)
			}
			continue
		}
		im.Translated(name, "service %s", name)
		s := &routed{at: x, name: name.Value(), weight: im.weight(o, x.Get("weight"), mostWeight, 100)} // the API's own
		if i := slices.IndexFunc(list, func(r *routed) bool { return r.name == s.name }); i >= 0 {
			im.NotCarried(list[i].at, "service %s: listed again, and the last weight counts", name)
			list = slices.Delete(list, i, i+1)
		}
		list = append(list, s)
	}
	for _, s := range list {
		if s.weight > 0 {
			active++
		}
	}
	if active > 0 {
		return list, active
	}
	for _, s := range list {
		im.NotCarried(s.at.Get("weight"), "weight 0: no Service of the Route has more, so that the router answers 503; it is imported as if it had a weight")
		s.weight = 1
	}
	return list, len(list)
}

// routePool makes the pool of a Route with several Services: one backend of HAProxy, whose servers are all of their pods.
func (im *translation) routePool(o *object, list []*routed, passthrough bool) *ir.Pool {
	for _, s := range list {
		ref := o.ref("Service", s.name)
		im.led[ref] = true
		s.pods = ir.Pool{Name: s.name, Place: o.root.Place}
		if service := im.named[ref]; service != nil {
			s.pods.Place = service.root.Place
			im.fleet(&s.pods, service)
		}
		if s.known = s.pods.Replicas > 0; !s.known {
			s.pods.Replicas = 3
			im.Assumed(s.at, "service %s: its pods are not in these files; three", source.Short(s.name))
		}
	}
	spread(list)
	im.saySpread(list, passthrough)
	first := list[0]
	for _, s := range list {
		if s.known && !(first.known && first.each > 0) && (s.each > 0 || !first.known) {
			first = s
		}
	}
	p := im.namedPool(o, o.name)
	name := p.Name
	*p = first.pods
	p.Name, p.Place, p.Servers, p.Names, p.Scaling = name, o.root.Place, nil, nil, nil
	for _, s := range list {
		im.otherPods(s, first)
		for n := range s.pods.Replicas {
			if s.each == 0 && passthrough {
				break
			}
			pod := fmt.Sprintf("%s-%d", s.name, n+1)
			if n < len(s.pods.Names) {
				pod = s.pods.Names[n]
			}
			p.Servers = append(p.Servers, ir.Server{Place: s.at.Place, Info: sim.ServerInfo{Name: pod, Cookie: pod, Weight: s.each}})
		}
	}
	p.Replicas = len(p.Servers)
	im.Assumed(o.root, "Route %s: the router weighs pods anew as they come and go, so that Services keep their shares; here each pod keeps its weight", source.Short(o.name))
	return p
}

// spread gives each pod a weight, as the router does: Services divide theirs by their pods, and the largest becomes 256.
func spread(list []*routed) {
	active, most := 0, float32(0)
	for _, s := range list {
		if s.weight > 0 {
			active++
		}
		most = max(most, float32(s.weight)/float32(s.pods.Replicas))
	}
	for _, s := range list {
		switch {
		case s.weight == 0:
			s.each = 0
		case active == 1:
			s.each = 1
		default:
			s.each = max(1, int(float32(s.weight)/float32(s.pods.Replicas)*(mostWeight/most)))
		}
	}
}

// saySpread remarks on what weights become.
func (im *translation) saySpread(list []*routed, passthrough bool) {
	total := 0
	for _, s := range list {
		total += s.each * s.pods.Replicas
	}
	for _, s := range list {
		each := fmt.Sprintf("its %d pods have weight %d each, in all %.1f %%", s.pods.Replicas, s.each, 100*float64(s.each*s.pods.Replicas)/float64(total))
		if s.each == 0 && passthrough {
			each = "the router leaves its pods out where it passes TLS through"
		} else if s.each == 0 {
			each = "its pods have weight 0: no new clients, only those that a cookie keeps"
		}
		if w := s.at.Get("weight"); w == nil {
			im.Assumed(s.at, "service %s: no weight, OpenShift's 100; %s", source.Short(s.name), each)
		} else if !w.Remarked() {
			im.Translated(w, "weight %s: %s", w, each)
		}
	}
}

// otherPods remarks on what of the pods of a Service gives way to those of another.
func (im *translation) otherPods(s, other *routed) {
	if s.pods.Scaling != nil {
		im.NotCarried(s.at.Place, "%s: its autoscaler is not that of all Services of the Route, whose pods are not scaled here", source.Short(s.name))
	}
	if a, b := s.pods, other.pods; s.known && (!reflect.DeepEqual(a.Machine, b.Machine) || !reflect.DeepEqual(a.Health, b.Health) || !reflect.DeepEqual(a.Rollout, b.Rollout) || a.Drain != b.Drain) {
		im.NotCarried(s.at.Place, "%s: what its pods can do, their probes, or how they leave or are replaced differs from those of %s, which stand for both", source.Short(s.name), source.Short(other.name))
	}
}
