package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// scaling translates a HorizontalPodAutoscaler: its CPU target, limits and behaviour. Its percentages are of what a pod requests,
// those of scenarios of what it can use. It is nil where nothing that the program knows decides.
func (im *translation) scaling(o *object, pod cpu) *sim.Autoscaler {
	a := &sim.Autoscaler{Min: 1, Target: 0.8, Period: 15 * sim.Second, Tolerance: 0.1, Stabilize: 300 * sim.Second}
	im.Translated(o.spec("scaleTargetRef"), "scaleTargetRef: %s", o.spec("scaleTargetRef", "name"))
	im.bounds(o, a)
	if pod.capacity() == 0 {
		pod.request, pod.limit = 1, 1
		im.Assumed(o.root, "autoscaler %s: its percentage is of the CPU that pods request, which is not in the file; all of their cores", source.Short(o.name))
	}
	target := im.target(o, pod)
	if target == nil && o.spec("metrics").Is(tree.List) && len(o.spec("metrics").Items) > 0 {
		im.NotCarried(o.root.Get("spec"), "autoscaler %s: no metric of CPU among those it follows, so the scenario has none", source.Short(o.name))
		return nil
	}
	if target == nil {
		im.Assumed(o.root, "autoscaler %s: no metrics, 80 %% of CPU", source.Short(o.name))
		target = &scaleTarget{0.8 * pod.request / pod.capacity(), nil}
	}
	if a.Target = target.share; a.Target > 1 {
		im.NotCarried(target.at, "target: pods can use %g CPU at most, which is less; all of it", pod.capacity())
		a.Target = 1
	}
	im.behavior(o.spec("behavior"), a)
	return a
}

// bounds reads the fewest and the most pods.
func (im *translation) bounds(o *object, a *sim.Autoscaler) {
	spec := o.root.Get("spec")
	if n := spec.Get("minReplicas"); n == nil {
		im.Assumed(o.root, "minReplicas: not given, 1")
	} else if n.Value() == "0" {
		im.NotCarried(n, "minReplicas 0: the scenario keeps one pod")
	} else {
		im.count(n, &a.Min)
	}
	switch most := spec.Get("maxReplicas"); {
	case most == nil:
		im.refuse(spec.Where(), o, "maxReplicas is missing, which Kubernetes requires")
	default:
		if im.count(most, &a.Max); a.Max < max(a.Min, 1) {
			im.refuse(most.Where(), o, "maxReplicas must be a whole number from minReplicas (%d) to 100000, got %s", a.Min, most)
		}
	}
}

// scaleTarget is the share of what a pod can use that an autoscaler holds, and where it says so.
type scaleTarget struct {
	share float64
	at    *tree.Node
}

// target reads the first metric of CPU; nil if there is none.
func (im *translation) target(o *object, pod cpu) (found *scaleTarget) {
	ratio := pod.request / pod.capacity()
	if n := o.spec("targetCPUUtilizationPercentage"); n != nil { // autoscaling/v1
		if x, ok := n.Int(); ok && x > 0 && x <= 100_000 {
			found = &scaleTarget{float64(x) / 100 * ratio, n}
			im.Translated(n, "target: %d %% of CPU", x)
		}
	}
	for _, m := range o.spec("metrics").Children() {
		t := im.metric(m, ratio, pod)
		switch {
		case t == nil:
		case found != nil:
			im.NotCarried(m, "metrics: the autoscaler follows whichever asks for most pods; only the first of CPU is modelled")
		default:
			found = t
		}
	}
	return found
}

// sources are the kinds of metrics, by the field of each.
var sources = []string{"resource", "containerResource", "pods", "object", "external"}

// metric reads a metric of CPU, per pod; nil, with a remark, for others.
func (im *translation) metric(m *tree.Node, ratio float64, pod cpu) *scaleTarget {
	of := m.First(sources...)
	for _, x := range m.Children() {
		if x != of && slices.Contains(sources, x.Key) {
			im.NotCarried(x, "metrics: %s is beside it and counts", of.Key)
		}
	}
	im.typed(m, of)
	switch {
	case of == nil:
		im.NotCarried(m, "metrics: needs one of %s", strings.Join(sources, ", "))
	case of.Key == "pods" || of.Key == "object" || of.Key == "external":
		name := of.First("metric", "metricName")
		if name.Is(tree.Map) {
			name = name.Get("name")
		}
		im.NotCarried(m, "metrics: %s %s is not modelled; metric: request_rate, in_flight or sessions of hpa may be what it counts", of.Key, name)
	case of.Get("name").Value() != "cpu":
		im.NotCarried(m, "metrics: %s is not modelled, only CPU", of.Get("name"))
	case of.Get("container") != nil && pod.container != "" && of.Get("container").Value() != pod.container:
		im.NotCarried(m, "metrics: container %s is not the one that serves", of.Get("container"))
	default:
		return im.busy(m, of, ratio, pod)
	}
	return nil
}

// typed remarks on words for a type that Kubernetes refuses. What is meant shows by the other fields, which count.
func (im *translation) typed(m, of *tree.Node) {
	if kind := m.Get("type"); kind != nil && of != nil && kind.Value() != strings.ToUpper(of.Key[:1])+of.Key[1:] {
		im.NotCarried(kind, "metrics: type %s: Kubernetes refuses it beside the field %s, which counts here", kind, of.Key)
	}
	if kind := of.Get("target", "type"); kind != nil && !slices.Contains([]string{"Utilization", "Value", "AverageValue"}, kind.Value()) {
		im.NotCarried(kind, "metrics: type %s: must be Utilization, Value or AverageValue; Kubernetes refuses others. The other field of target counts here", kind)
	}
}

// busy reads a target of CPU.
func (im *translation) busy(m, of *tree.Node, ratio float64, pod cpu) *scaleTarget {
	share, value := of.Get("target", "averageUtilization"), of.Get("target", "averageValue")
	if share == nil {
		share = of.Get("targetAverageUtilization") // v2beta1
	}
	im.leaveOut(of.Get("target"), "of another type of target", "value")
	if x, ok := share.Int(); ok && x > 0 && x <= 100_000 {
		im.Translated(m, "metrics: %d %% of the CPU that pods request", x)
		return &scaleTarget{float64(x) / 100 * ratio, m}
	}
	if x, ok := quantity(value); ok && x > 0 && x <= 10_000 {
		im.Translated(m, "metrics: %g CPU a pod", x)
		return &scaleTarget{x / pod.capacity(), m}
	}
	im.NotCarried(m, "metrics: needs averageUtilization or averageValue")
	return nil
}

// refuse notes why an object makes the files invalid. The first such reason is the import's error.
func (im *translation) refuse(at ir.Place, o *object, format string, args ...any) {
	if im.wrong == nil {
		im.wrong = cmp.Or(at, o.root.Where()).Errorf("%s %s: %s", o.kind, source.Short(o.name), fmt.Sprintf(format, args...))
	}
}

func (im *translation) count(n *tree.Node, to *int) {
	if n == nil {
		return
	}
	if x, ok := n.Int(); ok && x >= 0 && x <= 100_000 {
		*to = x
		im.Translated(n, "%s: %d", n.Key, x)
		return
	}
	im.NotCarried(n, "%s: must be a whole number up to 100000, got %s", n.Key, n)
}
