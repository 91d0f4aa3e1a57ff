package kubernetes

import (
	"slices"

	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// isWorkload reports whether objects of a kind make pods that answer requests.
func isWorkload(kind string) bool {
	switch kind {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Rollout":
		return true
	}
	return false
}

// fleet gives a pool the pods of its Service, which several pools can share.
func (im *translation) fleet(p *ir.Pool, service *object) {
	ref := service.ref("Service", service.name)
	of, read := im.fleets[ref]
	if !read {
		of.Name, of.Place = p.Name, p.Place
		im.workload(&of, service)
		im.addresses(&of, service)
		if n := service.spec("publishNotReadyAddresses"); n.True() {
			of.Health = &sim.Health{Interval: sim.Never}
			im.Translated(n, "publishNotReadyAddresses: pods that are not ready get requests as well")
		} else if n != nil {
			im.Translated(n, "publishNotReadyAddresses: %s", n)
		}
		im.fleets[ref] = of
	}
	of.Name, of.Place, of.Servers = p.Name, p.Place, slices.Clone(of.Servers)
	*p = of
}

// workload gives a pool the pods its Service selects. A second workload with the same labels, such as a canary's, adds its pods.
func (im *translation) workload(p *ir.Pool, service *object) {
	selector := service.spec("selector")
	if len(selector.Children()) == 0 {
		return
	}
	var first *object
	for _, o := range im.objects {
		if !isWorkload(o.kind) || o.namespace != service.namespace || im.owner(o) != nil || !selects(selector, o.spec("template", "metadata", "labels")) {
			continue
		}
		im.Translated(selector, "selector: %s %s", o.kind, source.Short(o.name))
		selector.Cover(true)
		if first == nil {
			first = o
			im.pods(p, o)
			continue
		}
		im.led[o.ref(o.kind, o.name)] = true
		var more ir.Pool
		im.replicas(&more, o, nil)
		p.Replicas += more.Replicas
		im.NotCarried(o.root, "%s %s: its pods count; what each can do, how they leave and how many there may be is taken from %s %s",
			o.kind, source.Short(o.name), first.kind, source.Short(first.name))
	}
	if first == nil {
		first = im.loose(p, service, selector)
	}
	if first == nil {
		im.Assumed(service.root, "service %s: no workload in these files has the labels it selects; the scenario says how many pods there are", source.Short(service.name))
		im.Harmless(selector, "selector: of pods that are not in these files")
	}
}

// owner is the object in the files that made another; nil if there is none.
func (im *translation) owner(o *object) *object {
	for _, ref := range o.root.Get("metadata", "ownerReferences").Children() {
		if by := im.named[o.ref(ref.Get("kind").Value(), ref.Get("name").Value())]; by != nil {
			return by
		}
	}
	return nil
}

func selects(selector, labels *tree.Node) bool {
	for _, want := range selector.Children() {
		if l := labels.Get(want.Key); l == nil || l.Value() != want.Value() {
			return false
		}
	}
	return true
}

// pods reads a workload: the number of pods, what each can do, probes, termination, deployments and scaling.
func (im *translation) pods(p *ir.Pool, o *object) {
	im.led[o.ref(o.kind, o.name)] = true
	hpa := im.scaler(o)
	im.replicas(p, o, hpa)
	pod := o.spec("template", "spec")
	container := serving(pod)
	im.probes(p, container)
	share := im.resources(p, pod, container)
	im.placement(pod, container)
	drain, grace := im.termination(pod)
	p.Drain = drain + grace
	p.Rollout = im.rollout(p, o, drain, grace)
	if hpa == nil {
		return
	}
	a := im.scaling(hpa, share)
	if a == nil {
		return
	}
	a.Drain = p.Drain
	p.Scaling = a
	if within := min(max(p.Replicas, a.Min), a.Max); within != p.Replicas {
		im.Assumed(hpa.root, "replicas %d: the autoscaler makes it %d at once", p.Replicas, within)
		p.Replicas = within
	}
}

// scaler is the autoscaler of a workload; nil if there is none.
func (im *translation) scaler(o *object) (first *object) {
	for _, hpa := range im.objects {
		target := hpa.spec("scaleTargetRef")
		if hpa.kind != "HorizontalPodAutoscaler" || hpa.namespace != o.namespace || target.Get("kind").Value() != o.kind || target.Get("name").Value() != o.name {
			continue
		}
		if first == nil {
			first = hpa
		} else {
			im.NotCarried(hpa.root, "HorizontalPodAutoscaler %s: %s %s has %s already, and two of them work against each other", source.Short(hpa.name), o.kind, source.Short(o.name), source.Short(first.name))
		}
	}
	return first
}

// replicas reads the number of pods.
func (im *translation) replicas(p *ir.Pool, o, hpa *object) {
	p.Replicas = 1
	switch n := o.spec("replicas"); {
	case o.kind == "DaemonSet":
		p.Replicas = 0
		im.Assumed(o.root, "DaemonSet %s: has a pod on every node; how many there are is not in the file", source.Short(o.name))
	case n == nil && hpa != nil:
		im.Assumed(o.root, "replicas: not given; the autoscaler's minimum")
	case n == nil:
		im.Assumed(o.root, "replicas: not given, 1")
	default:
		switch x, ok := n.Int(); {
		case ok && x == 0:
			im.NotCarried(n, "replicas 0: there are no pods; one is used")
		case ok && x > 0 && x <= 100_000:
			p.Replicas = x
			im.Translated(n, "replicas: %d", x)
		default:
			im.NotCarried(n, "replicas: must be a whole number up to 100000, got %s", n)
		}
	}
}

// lonely makes pools of workloads and autoscalers that no Service leads to.
func (im *translation) lonely() {
	for _, o := range im.objects {
		if by := im.owner(o); isWorkload(o.kind) && by != nil {
			im.Harmless(o.root, "%s %s: the pods of %s %s", o.kind, source.Short(o.name), by.kind, source.Short(by.name))
		} else if isWorkload(o.kind) && !im.led[o.ref(o.kind, o.name)] {
			im.pods(im.bare(o, o.name), o)
		}
	}
	for _, o := range im.objects {
		target := o.spec("scaleTargetRef")
		if o.kind == "HorizontalPodAutoscaler" && im.named[o.ref(target.Get("kind").Value(), target.Get("name").Value())] == nil {
			im.otherKind(o, target)
			p := im.bare(o, target.Get("name").Value())
			if p.Scaling = im.scaling(o, cpu{}); p.Scaling != nil {
				p.Replicas = p.Scaling.Min
			}
		}
	}
}

// otherKind says so where an autoscaler is of an object whose name a workload of another kind has.
func (im *translation) otherKind(o *object, target *tree.Node) {
	for _, w := range im.objects {
		if isWorkload(w.kind) && w.namespace == o.namespace && w.name == target.Get("name").Value() {
			im.NotCarried(target, "scaleTargetRef: there is no %s %s in these files, but %s %s, which is not scaled", target.Get("kind"), target.Get("name"), w.kind, w.name)
		}
	}
}

func (im *translation) bare(o *object, name string) *ir.Pool {
	if name == "" || im.names[name] {
		name = o.kind + "/" + o.name
	}
	im.names[name] = true
	im.Assumed(o.root, "%s %s: no Service in this file leads to it; kubernetes/random is assumed", o.kind, source.Short(o.name))
	im.Pools = append(im.Pools, ir.Pool{
		Name: name, Place: o.root.Place, Policy: "kubernetes/random",
		Params: params.Of("kubernetes/random"), Key: ir.KeySource{Kind: "none"}, Balancers: ir.Balancers{Scope: "node"},
	})
	return &im.Pools[len(im.Pools)-1]
}
