package kubernetes

import (
	"time"

	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim"
	"stickysim/sim/hpa"
)

// behavior reads windows, rates and tolerances by direction, over the API's defaults.
func (im *translation) behavior(n *tree.Node, a *sim.Autoscaler) {
	up, down := n.Get("scaleUp"), n.Get("scaleDown")
	if up == nil && down == nil {
		return
	}
	a.Behavior = &hpa.Behavior{ScaleUp: hpa.DefaultScaleUp(), ScaleDown: hpa.DefaultScaleDown()}
	im.rules(up, &a.Behavior.ScaleUp)
	im.rules(down, &a.Behavior.ScaleDown)
	a.Stabilize = sim.Time(a.Behavior.ScaleDown.Stabilization)
}

// rules reads one direction.
func (im *translation) rules(n *tree.Node, r *hpa.Rules) {
	if w := n.Get("stabilizationWindowSeconds"); w != nil {
		if t, ok := w.Seconds(); ok && t <= sim.Hour {
			r.Stabilization = time.Duration(t)
			im.Translated(w, "%s.stabilizationWindowSeconds: %v", n.Key, t)
		} else {
			im.NotCarried(w, "%s.stabilizationWindowSeconds: must be 0 to 3600, got %s", n.Key, w)
		}
	}
	if s := n.Get("selectPolicy"); s != nil {
		im.selection(n.Key, s, r)
	}
	if t := n.Get("tolerance"); t != nil {
		if x, ok := quantity(t); ok && x >= 0 && x <= 1 {
			r.Tolerance = &x
			im.Translated(t, "%s.tolerance: %g", n.Key, x)
		} else {
			im.NotCarried(t, "%s.tolerance: must be from 0 to 1, got %s", n.Key, t)
		}
	}
	var list []hpa.Policy
	for _, item := range n.Get("policies").Children() {
		if p, ok := im.rate(n.Key, item); ok {
			list = append(list, p)
		}
	}
	if list != nil {
		r.Policies = list
	}
}

func (im *translation) selection(way string, n *tree.Node, r *hpa.Rules) {
	switch n.Value() {
	case "Max":
		r.Select = hpa.MaxChange
	case "Min":
		r.Select = hpa.MinChange
	case "Disabled":
		r.Select = hpa.Disabled
	default:
		im.NotCarried(n, "%s.selectPolicy: must be Max, Min or Disabled, got %s", way, n)
		return
	}
	im.Translated(n, "%s.selectPolicy: %s", way, n)
}

// rate reads an element of policies, within the API's limits.
func (im *translation) rate(way string, n *tree.Node) (p hpa.Policy, ok bool) {
	value, whole := n.Get("value").Int()
	period, timed := n.Get("periodSeconds").Seconds()
	kind := n.Get("type").Value()
	ok = (kind == "Pods" || kind == "Percent") && whole && value > 0 && value <= 100_000 && timed && period >= sim.Second && period <= 30*sim.Minute
	if !ok {
		im.NotCarried(n, "%s.policies: needs type Pods or Percent, a value and periodSeconds from 1 to 1800", way)
		return p, false
	}
	p = hpa.Policy{Type: hpa.Pods, Value: value, Period: time.Duration(period)}
	if kind == "Percent" {
		p.Type = hpa.Percent
	}
	im.Translated(n, "%s.policies: %s %d in %v", way, kind, value, period)
	return p, true
}
