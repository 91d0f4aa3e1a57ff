package kubernetes

import (
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim"
)

// scaling translates a HorizontalPodAutoscaler: its CPU utilisation target, limits and behaviour.
func (im *translation) scaling(o *object, drain sim.Time) *sim.Autoscaler {
	a := &sim.Autoscaler{
		Min: 1, Max: 1, Target: 0.8, Period: 15 * sim.Second, Tolerance: 0.1, Stabilize: 300 * sim.Second, Drain: drain,
	}
	im.Translated(o.spec("scaleTargetRef"), "scaleTargetRef: %s", o.spec("scaleTargetRef", "name"))
	im.count(o.spec("minReplicas"), &a.Min)
	a.Max = a.Min
	im.count(o.spec("maxReplicas"), &a.Max)
	a.Max = max(a.Max, a.Min)
	metrics := o.spec("metrics").Children()
	set := im.percent(o.spec("targetCPUUtilizationPercentage"), &a.Target)
	for _, m := range metrics {
		r := m.Get("resource")
		if t := r.Get("target", "averageUtilization"); !set && r.Get("name").Value() == "cpu" && im.percent(t, &a.Target) {
			set = true
			im.Translated(m, "metrics: CPU utilisation")
			continue
		}
		if t := r.Get("targetAverageUtilization"); !set && r.Get("name").Value() == "cpu" && im.percent(t, &a.Target) { // v2beta1
			set = true
			im.Translated(m, "metrics: CPU utilisation")
			continue
		}
		im.NotCarried(m, "metrics: only the first CPU utilisation is modelled, not %s %s", m.Get("type"), r.Get("name"))
	}
	if !set {
		im.Assumed(o.root, "autoscaler %s: no CPU utilisation target; 80 %% is assumed", source.Short(o.name))
	}
	im.behavior(o.spec("behavior"), a)
	return a
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

func (im *translation) percent(n *tree.Node, to *float64) bool {
	x, ok := n.Int()
	if !ok || x <= 0 || x > 100_000 {
		return false
	}
	*to = float64(min(x, 100)) / 100
	if x > 100 {
		im.NotCarried(n, "target: cores are busy for at most 100 %% of the time, not %d %%", x)
		return true
	}
	im.Translated(n, "target: %d %% of CPU", x)
	return true
}
