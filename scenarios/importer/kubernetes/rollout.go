package kubernetes

import (
	"cmp"
	"math"
	"strconv"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// rollout reads how a new version replaces a workload's pods, and how many may leave at a time when nodes are emptied; nil for
// workloads whose pods nothing replaces.
func (im *translation) rollout(p *ir.Pool, o *object, drain, grace sim.Time) *ir.Rollout {
	r := &ir.Rollout{Drain: drain, Grace: grace}
	at := o.root.Get("spec").First("strategy", "updateStrategy")
	switch o.kind {
	case "Deployment":
		im.rolling(r, o, at, at.Get("rollingUpdate"), "25%", "25%")
	case "Rollout":
		im.argo(r, o, at)
	case "StatefulSet":
		im.rolling(r, o, at, at.Get("rollingUpdate"), "", "1")
		im.ordinals(p, o)
	case "DaemonSet":
		im.rolling(r, o, at, at.Get("rollingUpdate"), "0", "1")
	default:
		im.leaveOut(o.spec(), "no new version replaces the pods of a "+o.kind, "minReadySeconds")
		return nil
	}
	if n := o.spec("paused"); n.True() {
		im.NotCarried(n, "paused: the deploy entry replaces pods nevertheless")
	} else if n != nil {
		im.Translated(n, "paused: %s", n)
	}
	if n := o.spec("minReadySeconds"); n != nil {
		if t, ok := n.Seconds(); ok {
			r.MinReady = t
			im.Translated(n, "minReadySeconds: min_ready %v", t)
		} else {
			im.NotCarried(n, "minReadySeconds: must be a number of seconds up to a year, got %s", n)
		}
	}
	im.disruption(r, p, o)
	return r
}

// rolling reads a RollingUpdate, Recreate or OnDelete with the defaults of its kind. Without surge, not even a zero, pods come
// back under their names.
func (im *translation) rolling(r *ir.Rollout, o *object, at, numbers *tree.Node, surge, missing string) {
	r.Strategy, r.Surge, r.Unavailable = "rolling", surge, missing
	if surge == "" {
		r.Strategy = "in_place"
	} else {
		r.Surge = im.part(numbers.Get("maxSurge"), surge)
	}
	r.Unavailable = im.part(numbers.Get("maxUnavailable"), missing)
	kind := at.Get("type").Value()
	switch {
	case kind == "Recreate":
		r.Strategy, r.Unavailable = "in_place", "100%"
		im.leaveOut(at, "of type RollingUpdate, and the API refuses it beside Recreate", "rollingUpdate")
	case kind == "OnDelete":
		im.NotCarried(at.Get("type"), "type OnDelete: a pod is replaced when someone deletes it; the deploy entry replaces one after the other")
	case kind != "" && kind != "RollingUpdate":
		im.NotCarried(at.Get("type"), "type %s: not known; RollingUpdate is used", at.Get("type"))
	}
	if none(r.Surge) && none(r.Unavailable) {
		if r.Unavailable = "1"; at.Get("rollingUpdate") != nil {
			im.NotCarried(at.Get("rollingUpdate"), "rollingUpdate: maxSurge and maxUnavailable must not both be 0; max_unavailable 1 is used")
		}
	}
	if n := numbers.Get("partition"); n != nil && n.Value() != "0" {
		im.NotCarried(n, "partition %s: pods with a lower number keep the old version; the deploy entry replaces all", n)
	}
	text := "max_unavailable " + r.Unavailable
	if r.Strategy == "rolling" {
		text = "max_surge " + r.Surge + ", " + text
	}
	if at == nil {
		im.Assumed(o.root, "strategy: not given, %s; a deploy entry of the timeline, as a comment", text)
	} else {
		im.Translated(at, "%s: %s %s; a deploy entry of the timeline, as a comment", at.Key, cmp.Or(kind, "RollingUpdate"), text)
	}
}

// none reports whether a number or share of pods is none.
func none(part string) bool { return part == "" || part == "0" || part == "0%" }

// part is a number or share of pods as scenario files write it.
func (im *translation) part(n *tree.Node, otherwise string) string {
	if n == nil {
		return otherwise
	}
	if x, ok := n.Int(); ok && x >= 0 && x <= 100_000 {
		return n.Value()
	}
	if x, ok := n.Share(); ok && x <= 1 {
		return n.Value()
	}
	im.NotCarried(n, "%s: must be a whole number or a share up to 100%%, got %s; %s is used", n.Key, n, cmp.Or(otherwise, "0"))
	return otherwise
}

// argo reads the strategy of an Argo Rollout.
func (im *translation) argo(r *ir.Rollout, o *object, at *tree.Node) {
	if n := at.Get("blueGreen"); n != nil {
		r.Strategy = "blue_green"
		im.Translated(n, "blueGreen: a deploy entry of the timeline, as a comment")
		return
	}
	canary := at.Get("canary")
	im.rolling(r, o, at, canary, "25%", "0")
	if n := canary.Get("steps"); n != nil {
		im.NotCarried(n, "steps: the deploy entry replaces pods without weights and pauses in between")
	}
	if n := canary.Get("trafficRouting"); n != nil {
		im.NotCarried(n, "trafficRouting: the split between versions is not modelled")
	}
}

// mostNames bounds the names of pods that are written down.
const mostNames = 100

// ordinals gives the pods of a StatefulSet their names.
func (im *translation) ordinals(p *ir.Pool, o *object) {
	first := 0
	if n := o.spec("ordinals", "start"); n != nil {
		if x, ok := n.Int(); ok && x >= 0 && x < 1e9 {
			first = x
			im.Translated(n, "ordinals: from %d", x)
		}
	}
	for i := range p.Replicas {
		if p.Replicas <= mostNames && o.name != "" {
			p.Names = append(p.Names, source.Short(o.name)+"-"+strconv.Itoa(first+i))
		}
	}
}

// disruption finds the PodDisruptionBudget of a workload.
func (im *translation) disruption(r *ir.Rollout, p *ir.Pool, o *object) {
	for _, b := range im.objects {
		labels := b.spec("selector", "matchLabels")
		if b.kind != "PodDisruptionBudget" || b.namespace != o.namespace || len(labels.Children()) == 0 ||
			!selects(labels, o.spec("template", "metadata", "labels")) {
			continue
		}
		n := b.root.Get("spec").First("maxUnavailable", "minAvailable")
		x, ok := n.Int()
		if share, isShare := n.Share(); isShare && share <= 1 {
			x, ok = int(math.Ceil(share*float64(p.Replicas))), true
		}
		if !ok || x < 0 {
			im.NotCarried(b.root, "PodDisruptionBudget %s: needs minAvailable or maxUnavailable, a number or a share", source.Short(b.name))
			continue
		}
		if n.Key == "minAvailable" {
			x = p.Replicas - x
		}
		r.Evict = min(max(x, 0), p.Replicas)
		im.Translated(n, "PodDisruptionBudget %s: %d of %d pods may leave at a time when nodes are emptied", source.Short(b.name), r.Evict, p.Replicas)
		im.leaveOut(b.spec(), "maxUnavailable is beside it and counts", "minAvailable")
		im.leaveOut(b.spec("selector"), "only matchLabels are read", "matchExpressions")
		im.Translated(labels, "selector: %s %s", o.kind, source.Short(o.name))
		labels.Cover(true)
		b.used = true
	}
}
