package scenarios

import (
	"strings"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/dist"
)

// event is an element of the timeline as it is written.
type event struct {
	sim.Action
	recording recording // crashes and preemptions as they were recorded, in the place of Action
	policy    policy    // to change to
}

func actionOf(e *event) *sim.Action { return &e.Action }

var occurrence = object[sim.Action]{
	at("at", "first time, from the start of the measured part; negative in the warm-up. By default a recurrence begins with the run", moment(), func(a *sim.Action) *sim.Time { return &a.At }),
	at("every", "time between recurrences; without at, the first comes after one of them", recurrence(), func(a *sim.Action) *dist.Dist { return &a.Every }),
	{key: "each", doc: "running time of each server between recurrences (MTBF); default: none", schema: recurrence().schema, read: func(d *decoder, n *tree.Node, a *sim.Action) {
		if v, ok := recurrence().read(d, n); ok {
			a.Every, a.Each = v, true
		}
	}},
	at("until", "end of the recurrences; left out, the end of the run", span(1), func(a *sim.Action) *sim.Time { return &a.Until }),
	at("name", "what the event log calls it; default: the kind of event", label(), func(a *sim.Action) *string { return &a.Name }),
}

// eventObject is the table of one timeline element: when, and each kind of action as a key.
var eventObject = func() object[event] {
	all := within(occurrence, actionOf)
	for _, k := range sim.ActionKinds() {
		all = append(all, actionField(k))
	}
	return all
}()

// plan is a timeline as it was read.
type plan struct {
	actions []sim.Action
	written []*tree.Node // where each action is written
	later   []policy     // that the timeline changes to
}

// timeline reads the elements; a recording stands for many actions.
func timeline() kind[plan] {
	events := list(eventObject.kind(event{}), 0, 10_000)
	return kind[plan]{schema: events.schema, read: func(d *decoder, n *tree.Node) (plan, bool) {
		all, ok := events.read(d, n)
		var p plan
		for i, e := range all {
			item := n.Items[i]
			if !d.eventShape(item) {
				ok = false
				continue
			}
			if e.Until > 0 && e.Until <= e.At {
				d.fail(item.Get("until"), "out-of-range", "is not after at", "")
				ok = false
			}
			if e.AtOnce = item.Get("at") != nil && item.Get("every") != nil; e.Every != nil && item.Get("at") == nil {
				e.At = sim.LongAgo
			}
			for _, a := range p.actionsOf(d, item, &e) {
				a.Entry = i + 1
				p.actions, p.written = append(p.actions, a), append(p.written, item)
			}
		}
		return p, ok
	}}
}

// actionsOf returns the actions an element stands for.
func (p *plan) actionsOf(d *decoder, n *tree.Node, e *event) []sim.Action {
	switch {
	case e.recording.file != "":
		return d.recorded(n, e)
	case e.policy.config != nil:
		p.later = append(p.later, e.policy)
		e.Servers = len(p.later) - 1
	}
	e.Complete()
	return []sim.Action{e.Action}
}

// eventShape checks that an element says when and does one thing.
func (d *decoder) eventShape(n *tree.Node) bool {
	if n.Kind != tree.Map {
		return false // reported already
	}
	var does, known []string
	var kind *sim.ActionKind
	for _, k := range sim.ActionKinds() {
		known = append(known, k.Name)
		if n.Get(k.Name) != nil {
			does, kind = append(does, k.Name), k
		}
	}
	at, every, each := n.Get("at") != nil, n.Get("every") != nil, n.Get("each")
	switch {
	case len(does) == 0:
		d.fail(n, "missing-field", "says nothing that happens", "one of "+strings.Join(known, ", "))
	case len(does) > 1:
		d.fail(n.Get(does[1]), "conflict", "one element has "+strings.Join(does, " and "), "make it two elements")
	case n.Get(does[0]).Get("log") != nil || n.Get(does[0]).Get("trace") != nil:
		return d.recordingShape(n, n.Get(does[0]))
	case !at && !every && each == nil:
		d.fail(n, "missing-field", "does not say when", "write at: 30m, every: exp(6h), or each: exp(30d) for each server independently")
	case n.Get("until") != nil && !every && each == nil:
		d.fail(n.Get("until"), "conflict", "has until and happens once", "add every: 1m, or remove until")
	case every && each != nil:
		d.fail(each, "conflict", "has every and each", "every is for the whole fleet, each for each server independently")
	case each != nil && !kind.Each:
		d.fail(each, "conflict", kind.Name+" does not happen to each server independently", "write every")
	case each != nil && (n.Get(does[0]).Get("servers") != nil || n.Get(does[0]).Get("zone") != nil):
		d.fail(each, "conflict", "each happens to every server independently, so servers and zone have no meaning", "write every, or remove them")
	case each != nil && kind.OpenEnded() && n.Get(kind.Name).Get("for") == nil:
		d.fail(n.Get(kind.Name), "missing-field", "recurs and needs for, how long it lasts", "write for: exp(5m)")
	default:
		return d.deployable(n.Get("deploy"))
	}
	return false
}
