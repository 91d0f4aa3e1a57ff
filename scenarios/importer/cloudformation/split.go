package cloudformation

import (
	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/levels"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// split is an action of a listener or rule that divides requests between target groups.
type split struct {
	of        resource
	action    *tree.Node
	byDefault bool
}

// split makes a pool of two levels of a split. The target groups are pools of their own beside it. It comes last: by then the groups
// have their servers and time limits.
func (im *translation) split(s split) {
	forward := s.action.Get("ForwardConfig")
	var groups []levels.Group
	for _, t := range forward.Get("TargetGroups").Children() {
		p := im.pool(t.Get("TargetGroupArn"))
		if p == nil {
			continue // a remark says so
		}
		weight := 1
		if w := t.Get("Weight"); w != nil {
			var ok bool
			if weight, ok = w.Int(); !ok || weight < 0 || weight > alb.MaxWeight {
				im.NotCarried(w, "Weight %s: must be a whole number from 0 to %d; 1 is used", w, alb.MaxWeight)
				weight = 1
			} else {
				im.Translated(w, "Weight: %d", weight)
			}
		}
		groups = append(groups, levels.Group{Pool: *p, Weight: weight, At: t})
	}
	if len(groups) == 0 {
		return
	}
	sticky := forward.Get("TargetGroupStickinessConfig")
	var duration sim.Time
	if d := sticky.Get("DurationSeconds"); d != nil {
		var ok bool
		if duration, ok = d.Seconds(); !ok || duration < sim.Second || duration > 7*24*sim.Hour {
			im.NotCarried(d, "DurationSeconds %s: must be 1 to 604800; 1 day is used", d)
			duration = 0
		} else {
			im.Translated(d, "DurationSeconds: %v", duration)
		}
	}
	if e := sticky.Get("Enabled"); e != nil {
		im.Translated(e, "TargetGroupStickinessConfig.Enabled: %s", e)
	}
	p := ir.Pool{Place: s.of.n.Place, Name: s.of.name, Default: s.byDefault}
	w := alb.Split(sticky.Get("Enabled").True(), duration)
	if levels.Join(im.Input, &p, w, groups) {
		im.Pools = append(im.Pools, p)
		im.Translated(forward, "ForwardConfig: pool %s of %d groups, policy weighted, sticky: %s", source.Short(p.Name), len(groups), w.Sticky)
	}
}
