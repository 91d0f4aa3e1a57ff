package kubernetes

import (
	"strings"

	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

func isWorkload(kind string) bool {
	return kind == "Deployment" || kind == "StatefulSet" || kind == "ReplicaSet"
}

// workload gives a pool the pods its Service selects.
func (im *translation) workload(p *ir.Pool, service *object) {
	selector := service.spec("selector")
	if len(selector.Children()) == 0 {
		return
	}
	for _, o := range im.objects {
		if isWorkload(o.kind) && o.namespace == service.namespace && selects(selector, o.spec("template", "metadata", "labels")) {
			im.Translated(selector, "selector: %s %s", o.kind, source.Short(o.name))
			im.pods(p, o)
			return
		}
	}
}

func selects(selector, labels *tree.Node) bool {
	for _, want := range selector.Children() {
		if l := labels.Get(want.Key); l == nil || l.Value() != want.Value() {
			return false
		}
	}
	return true
}

// pods reads a workload: the number of pods, probes, termination and scaling.
func (im *translation) pods(p *ir.Pool, o *object) {
	im.led[o.ref(o.kind, o.name)] = true
	p.Replicas = 1
	if n := o.spec("replicas"); n == nil {
		im.Assumed(o.root, "replicas: not given, 1")
	} else if x, ok := n.Int(); ok && x >= 0 && x <= 100_000 {
		p.Replicas = x
		im.Translated(n, "replicas: %d", x)
	} else {
		im.NotCarried(n, "replicas: must be a whole number up to 100000, got %s", n)
	}
	pod := o.spec("template", "spec")
	im.termination(p, pod)
	for _, c := range pod.Get("containers").Children() {
		if probe := c.Get("readinessProbe"); probe != nil && p.Health == nil {
			p.Health = im.probe(probe)
		}
	}
	im.strategy(o)
	for _, hpa := range im.objects {
		target := hpa.spec("scaleTargetRef")
		if hpa.kind == "HorizontalPodAutoscaler" && hpa.namespace == o.namespace &&
			target.Get("kind").Value() == o.kind && target.Get("name").Value() == o.name {
			p.Scaling = im.scaling(hpa, p.Drain)
		}
	}
}

// termination reads how long a pod may take to terminate.
func (im *translation) termination(p *ir.Pool, pod *tree.Node) {
	if g := pod.Get("terminationGracePeriodSeconds"); g != nil {
		if t, ok := g.Seconds(); ok {
			p.Drain = t
			im.Translated(g, "terminationGracePeriodSeconds: %v from the end of new connections to the kill", t)
		}
	} else if pod != nil {
		p.Drain = 30 * sim.Second
		im.Assumed(pod, "terminationGracePeriodSeconds: not given, 30 s")
	}
	for _, c := range pod.Get("containers").Children() {
		hook := c.Get("lifecycle", "preStop")
		if hook == nil {
			continue
		}
		text := strings.Join(strings.Fields(words(hook)), " ")
		im.Translated(hook, "preStop (%s): part of the grace period", source.Short(text))
	}
}

// words are the scalars below n.
func words(n *tree.Node) string {
	text := n.Value()
	for _, x := range n.Children() {
		text += " " + words(x)
	}
	return text
}

// probe translates a readiness probe.
func (im *translation) probe(n *tree.Node) *sim.Health {
	h := &sim.Health{Interval: 10 * sim.Second, Timeout: sim.Second, Fall: 3, Rise: 1}
	for _, f := range []struct {
		key string
		to  *sim.Time
	}{{"periodSeconds", &h.Interval}, {"timeoutSeconds", &h.Timeout}} {
		if t, ok := n.Get(f.key).Seconds(); ok && t > 0 {
			*f.to = t
		}
	}
	for _, f := range []struct {
		key string
		to  *int
	}{{"failureThreshold", &h.Fall}, {"successThreshold", &h.Rise}} {
		if x, ok := n.Get(f.key).Int(); ok && x > 0 && x < 1e6 {
			*f.to = x
		}
	}
	im.Translated(n, "readinessProbe: every %v, down after %d failures, up after %d successes", h.Interval, h.Fall, h.Rise)
	return h
}

// strategy remarks on how a new version is rolled out, which is an entry of the scenario's timeline.
func (im *translation) strategy(o *object) {
	s := o.spec("strategy")
	if s == nil {
		s = o.spec("updateStrategy")
	}
	if s == nil {
		return
	}
	surge, missing := "25%", "25%"
	if n := s.Get("rollingUpdate", "maxSurge"); n != nil {
		surge = n.String()
	}
	if n := s.Get("rollingUpdate", "maxUnavailable"); n != nil {
		missing = n.String()
	}
	if s.Get("type").Value() == "Recreate" {
		im.NotCarried(s, "strategy Recreate: write it as a deploy entry of the timeline with max_unavailable: 100%%")
		return
	}
	im.NotCarried(s, "strategy: a new version is a deploy entry of the timeline, with max_surge: %s, max_unavailable: %s", surge, missing)
}

// lonely makes pools of workloads and autoscalers that no Service leads to.
func (im *translation) lonely() {
	for _, o := range im.objects {
		if isWorkload(o.kind) && !im.led[o.ref(o.kind, o.name)] {
			p := im.bare(o, o.name)
			im.pods(p, o)
		}
	}
	for _, o := range im.objects {
		target := o.spec("scaleTargetRef")
		if o.kind == "HorizontalPodAutoscaler" && im.named[o.ref(target.Get("kind").Value(), target.Get("name").Value())] == nil {
			p := im.bare(o, target.Get("name").Value())
			p.Scaling = im.scaling(o, 0)
			p.Replicas = p.Scaling.Min
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
