package terraform

import (
	"strings"

	"stickysim/policies"
	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/levels"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim"
)

// split is an action of a listener or rule that divides requests between target groups.
type split struct {
	of, action *tree.Node
	key        string
	byDefault  bool
}

// split makes a pool of two levels of a split. The target groups are pools of their own beside it. It comes last: by then the groups
// have their servers and time limits.
func (im *translation) split(s split) {
	forward := s.action.Get("forward")
	var groups []levels.Group
	for _, t := range blocksOrList(forward, "target_group") {
		arn := t.Get("arn")
		p := im.pool(arn)
		if p == nil {
			im.NotCarried(t, "%s: target group %s is not in the file", s.key, arn)
			continue
		}
		weight := 1
		if w := t.Get("weight"); im.known(w, "1 is used") {
			if x, ok := w.Int(); ok && x >= 0 && x <= alb.MaxWeight {
				weight = x
				im.Translated(w, "weight: %d", x)
			} else {
				im.NotCarried(w, "weight: must be a whole number from 0 to %d, got %s; 1 is used", alb.MaxWeight, w)
			}
		}
		im.Translated(arn, "target group %s: a group of %s", source.Short(p.Name), source.Short(s.of.Key))
		groups = append(groups, levels.Group{Pool: *p, Weight: weight, At: t})
	}
	if len(groups) == 0 {
		return
	}
	_, name, _ := strings.Cut(strings.TrimPrefix(s.of.Key, "resource."), ".") // without the type
	p := im.newPool(name, "listener/"+name, s.of)
	p.Default = s.byDefault
	w := im.groupStickiness(forward.Get("stickiness"))
	if !levels.Join(im.Input, p, w, groups) {
		im.Pools = im.Pools[:len(im.Pools)-1]
		return
	}
	im.Translated(s.action, "%s: pool %s of %d groups, policy weighted, sticky: %s", s.key, source.Short(name), len(groups), w.Sticky)
}

// groupStickiness reads what keeps a client with a target group.
func (im *translation) groupStickiness(n *tree.Node) policies.Weighted {
	if !im.known(n, "the groups are not sticky") {
		return alb.Split(false, 0)
	}
	enabled, duration := n.Get("enabled"), sim.Time(0)
	if d := n.Get("duration"); d.Value() == "0" {
		im.NotCarried(d, "duration: must be a number of seconds from 1 to 604800; 1 day is used")
	} else {
		im.seconds(d, &duration, week)
	}
	if im.known(enabled, "off is used") {
		im.Translated(enabled, "stickiness of the groups: %s", enabled)
	} else if enabled == nil && n != nil {
		im.Assumed(n, "stickiness of the groups: enabled is not given, off")
	}
	return alb.Split(enabled.True(), duration)
}
