package scenarios

import (
	"fmt"
	"math"
	"slices"
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

// change is one thing that can happen to the world.
type change struct {
	word, doc string
	object[sim.Action]
	def      sim.Action
	recorded object[recording] // of changes that can be taken from a recording
}

// table is what may be written about a change.
func (c *change) table() object[event] {
	return append(within(c.object, actionOf), within(c.recorded, func(e *event) *recording { return &e.recording })...)
}

var (
	hitField    = field[sim.Action]{key: "servers", doc: "servers hit: a number or share of them chosen by draw, all, or a list of names", schema: hitSchema, read: hit}
	zoneField   = at("zone", "hits all servers of this zone", integer(0, 10_000), func(a *sim.Action) *int { return &a.Zone })
	forField    = at("for", "how long it lasts; left out, for ever", seconds(), func(a *sim.Action) *dist.Dist { return &a.Repair })
	repairField = at("repair", "time until the servers are back, empty; left out, never, or with each, at once", seconds(), func(a *sim.Action) *dist.Dist { return &a.Repair })
	factorField = needed(at("factor", "speed while it lasts, as a share of the usual", share(1e-6, 1e6), func(a *sim.Action) *float64 { return &a.Factor }))
	replaceOn   = at("replace", "a fresh server comes for each that leaves", truth(), func(a *sim.Action) *bool { return &a.Replace })
)

var changes = []change{
	{"crash", "servers die and lose what they hold", object[sim.Action]{hitField, zoneField, repairField}, sim.Action{Kind: sim.Crash, Servers: 1}, recordedCrashes},
	{"pause", "servers stand still and go on; nothing is lost", object[sim.Action]{hitField, zoneField, needed(forField)}, sim.Action{Kind: sim.Pause, Servers: 1}, nil},
	{"slow", "servers work at another speed", object[sim.Action]{hitField, zoneField, factorField, forField}, sim.Action{Kind: sim.Slow, Servers: 1}, nil},
	{"drain", "servers get no new sessions and leave", object[sim.Action]{hitField, zoneField,
		at("deadline", "when they leave with whatever they still hold", span(0), func(a *sim.Action) *sim.Time { return &a.Deadline }), replaceOn,
	}, sim.Action{Kind: sim.Drain, Servers: 1, Deadline: 5 * sim.Minute}, nil},
	{"preempt", "servers are taken away after a notice", object[sim.Action]{hitField, zoneField,
		at("notice", "between notice and loss", span(0), func(a *sim.Action) *sim.Time { return &a.Deadline }), replaceOn,
	}, sim.Action{Kind: sim.Preempt, Servers: 1, Deadline: 2 * sim.Minute, Replace: true}, recordedPreemptions},
	{"deploy", "the fleet is replaced", within(deployment, func(a *sim.Action) *sim.Strategy { return &a.Strategy }), sim.Action{Kind: sim.Deploy, Strategy: defaultStrategy}, nil},
	{"scale", "the fleet is brought to another size", object[sim.Action]{
		needed(at("to", "number of servers", integer(1, maxServers), func(a *sim.Action) *int { return &a.Servers })),
		at("drain", "how long servers that leave drain", span(0), func(a *sim.Action) *sim.Time { return &a.Deadline }),
	}, sim.Action{Kind: sim.ScaleTo, Deadline: 5 * sim.Minute}, nil},
	{"store_outage", "the session store is down", object[sim.Action]{needed(forField)}, sim.Action{Kind: sim.StoreOutage}, nil},
	{"store_slow", "the session store works at another speed", object[sim.Action]{factorField, needed(forField)}, sim.Action{Kind: sim.StoreSlow}, nil},
	{"balancer_restart", "balancer instances lose their tables", object[sim.Action]{
		at("balancers", "how many", integer(1, 1024), func(a *sim.Action) *int { return &a.Servers }),
		at("for", "how long they are out; left out, they are back at once", seconds(), func(a *sim.Action) *dist.Dist { return &a.Repair }),
	}, sim.Action{Kind: sim.BalancerRestart, Servers: 1}, nil},
	{"arrivals", "sessions arrive at another rate", object[sim.Action]{factorField, needed(forField)}, sim.Action{Kind: sim.ArrivalFactor}, nil},
}

var moment = object[sim.Action]{
	at("at", "first time, from the start of the run, warm-up included; with each, when its running times begin to count", span(0), func(a *sim.Action) *sim.Time { return &a.At }),
	at("every", "time between recurrences; without at, the first comes after one of them", recurrence(), func(a *sim.Action) *dist.Dist { return &a.Every }),
	{key: "each", doc: "running time of each server between recurrences (MTBF)", schema: recurrence().schema, read: func(d *decoder, n *tree.Node, a *sim.Action) {
		if v, ok := recurrence().read(d, n); ok {
			a.Every, a.Each = v, true
		}
	}},
	at("until", "end of the recurrences; left out, the end of the run", span(1), func(a *sim.Action) *sim.Time { return &a.Until }),
	at("name", "what the event log calls it", label(), func(a *sim.Action) *string { return &a.Name }),
}

// eventObject is the table of one timeline element: when, and each change as a key.
var eventObject = func() object[event] {
	all := within(moment, actionOf)
	for _, c := range changes {
		table := c.table()
		all = append(all, field[event]{key: c.word, doc: c.doc, schema: table.schema(), read: func(d *decoder, n *tree.Node, e *event) {
			when := e.Action
			e.Action = c.def
			e.At, e.Every, e.Until, e.Each, e.Name, e.Zone = when.At, when.Every, when.Until, when.Each, when.Name, -1
			table.read(d, n, e)
		}})
	}
	return append(all, policyChange)
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
	return kind[plan]{events.schema, func(d *decoder, n *tree.Node) (plan, bool) {
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
			e.AtOnce = item.Get("at") != nil && item.Get("every") != nil
			for _, a := range p.actionsOf(d, item, &e) {
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
		return []sim.Action{{Kind: sim.PolicyChange, Name: e.Name, At: e.At, Every: e.Every, AtOnce: e.AtOnce, Until: e.Until, Servers: len(p.later) - 1, Zone: -1}}
	case e.Kind == sim.Deploy:
		e.Strategy = atLeastOneStep(e.Strategy)
	}
	return []sim.Action{e.Action}
}

// eventShape checks that an element says when and does one thing.
func (d *decoder) eventShape(n *tree.Node) bool {
	if n.Kind != tree.Map {
		return false // reported already
	}
	var does, known []string
	for i := range eventObject {
		word := eventObject[i].key
		if slices.Contains(moment.keys(), word) {
			continue
		}
		known = append(known, word)
		if n.Get(word) != nil {
			does = append(does, word)
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
		d.fail(n, "missing-field", "does not say when", "write at: 30m, every: exp(6h), or each: exp(30d) for each server by itself")
	case n.Get("until") != nil && !every && each == nil:
		d.fail(n.Get("until"), "conflict", "has until and happens once", "add every: 1m, or remove until")
	case every && each != nil:
		d.fail(each, "conflict", "has every and each", "every is for the whole fleet, each for each server by itself")
	case each != nil && !slices.Contains([]string{"crash", "pause", "slow"}, does[0]):
		d.fail(each, "conflict", does[0]+" does not happen to each server by itself", "write every")
	case each != nil && (n.Get(does[0]).Get("servers") != nil || n.Get(does[0]).Get("zone") != nil):
		d.fail(each, "conflict", "each happens to every server by itself, so servers and zone have no meaning", "write every, or remove them")
	case each != nil && does[0] == "slow" && n.Get("slow").Get("for") == nil:
		d.fail(n.Get("slow"), "missing-field", "recurs and needs for, how long it lasts", "write for: exp(5m)")
	default:
		return d.deployable(n.Get("deploy"))
	}
	return false
}

var hitSchema = schema{"anyOf": []schema{
	{"type": "integer", "minimum": 1}, {"const": "all"}, {"type": "string", "pattern": `^[0-9]*\.?[0-9]+%$`},
	{"type": "array", "items": schema{"type": "string"}, "minItems": 1},
}}

// hit reads which servers are hit.
func hit(d *decoder, n *tree.Node, a *sim.Action) {
	switch {
	case n.Kind == tree.List:
		names, ok := list(label(), 1, maxServers).read(d, n)
		if ok {
			a.Targets, a.Servers = d.find(n, names), 0
		}
	case n.Text == "all":
		a.Servers = max(1, len(d.fleet))
	case strings.HasSuffix(n.Text, "%"):
		if v, ok := share(0, 1).read(d, n); ok {
			a.Servers = int(math.Ceil(v * float64(len(d.fleet))))
		}
	default:
		if v, ok := integer(1, maxServers).read(d, n); ok {
			a.Servers = v
			if len(d.fleet) > 0 && v > len(d.fleet) {
				d.fail(n, "out-of-range", fmt.Sprintf("hits %d servers of %d", v, len(d.fleet)), "write all")
			}
		}
	}
}

// find returns the servers called names.
func (d *decoder) find(n *tree.Node, names []string) []sim.ServerID {
	known := make([]string, len(d.fleet))
	for i := range d.fleet {
		known[i] = d.fleet[i].Info.Name
	}
	var ids []sim.ServerID
	for i, name := range names {
		at := slices.Index(known, name)
		if at < 0 && len(known) > 0 {
			d.fail(n.Items[i], "unknown-server", "unknown server "+quote(name)+didYouMean(name, known), "known: "+clipList(known))
			continue
		}
		ids = append(ids, sim.ServerID(at))
	}
	return ids
}

func clipList(known []string) string {
	const most = 12
	if len(known) <= most {
		return strings.Join(known, ", ")
	}
	return strings.Join(known[:most], ", ") + fmt.Sprintf(" and %d more", len(known)-most)
}
