package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// actionField is a kind of action as a key of a timeline element.
func actionField(k *sim.ActionKind) field[event] {
	f := field[event]{key: k.Name, doc: k.Doc}
	read := func(d *decoder, n *tree.Node, e *event) { e.policy, _ = d.policyOf(n) }
	if k.Policy {
		f.schema = func() schema { return schema{"$ref": "#/$defs/policy"} }
	} else {
		table := actionObject(k)
		f.schema, read = table.shape(&event{Action: k.Default}), table.read
	}
	f.read = func(d *decoder, n *tree.Node, e *event) {
		when := e.Action
		e.Action = k.Default
		e.At, e.Every, e.Until, e.Each, e.Name, e.Zone = when.At, when.Every, when.Until, when.Each, when.Name, -1
		read(d, n, e)
	}
	return f
}

// actionObject is what may be written about an action that is a mapping.
func actionObject(k *sim.ActionKind) object[event] {
	var o object[sim.Action]
	if k.HitsServers() {
		o = append(o, hitField, zoneField)
	}
	for i := range k.Params {
		f := paramField(&k.Params[i])
		f.required = k.Params[i].Required
		o = append(o, f)
	}
	return append(within(o, actionOf), within(recordable[k], func(e *event) *recording { return &e.recording })...)
}

// paramField is a parameter of an action as a key.
func paramField(p *sim.ActionParam) field[sim.Action] {
	switch {
	case p.Seconds != nil:
		return at(p.Key, p.Doc, seconds(), p.Seconds)
	case p.Span != nil:
		return at(p.Key, p.Doc, span(0), p.Span)
	case p.Factor != nil:
		return at(p.Key, p.Doc, share(1e-6, 1e6), p.Factor)
	case p.Flag != nil:
		return at(p.Key, p.Doc, truth(), p.Flag)
	case p.Count != nil:
		most := maxServers
		if p.Max > 0 {
			most = p.Max
		}
		return at(p.Key, p.Doc, integer(1, most), p.Count)
	case p.Part != nil:
		round := math.Floor
		if p.RoundUp {
			round = math.Ceil
		}
		return at(p.Key, p.Doc, headcount(round), p.Part)
	}
	places := make([]int, len(p.Words))
	for i := range places {
		places[i] = i
	}
	words := choice(p.Words, places...)
	return field[sim.Action]{key: p.Key, doc: p.Doc, schema: words.schema, read: func(d *decoder, n *tree.Node, a *sim.Action) {
		if i, ok := words.read(d, n); ok {
			p.Choice(a, i)
		}
	}}
}

// headcount is a number of servers, or a share of the fleet.
func headcount(round func(float64) float64) kind[int] {
	number, part := integer(0, maxServers), share(0, 10)
	s := func() schema {
		return schema{"type": []string{"integer", "string"}, "minimum": 0, "maximum": maxServers, "pattern": percentPattern}
	}
	return kind[int]{schema: s, read: func(d *decoder, n *tree.Node) (int, bool) {
		if n.Kind != tree.Scalar || !strings.HasSuffix(n.Text, "%") {
			return number.read(d, n)
		}
		v, ok := part.read(d, n)
		return int(round(v * float64(len(d.fleet)))), ok
	}}.shown(func(v int) any { return v })
}

var (
	hitField  = field[sim.Action]{key: "servers", doc: "servers hit: a number or share of them drawn at random, all, or a list of names; default: 1", schema: hitSchema, read: hit}
	zoneField = at("zone", "hits all servers of this zone", integer(0, 10_000), func(a *sim.Action) *int { return &a.Zone })
)

func hitSchema() schema {
	return schema{
		"type": []string{"integer", "string", "array"}, "minimum": 1, "pattern": "^all$|" + percentPattern,
		"items": schema{"type": []string{"string", "number"}}, "minItems": 1, "examples": []any{1, "all", "25%"},
	}
}

// hit reads which servers are hit.
func hit(d *decoder, n *tree.Node, a *sim.Action) {
	switch {
	case n.Kind == tree.List:
		names, ok := list(label(), 1, maxServers).read(d, n)
		if ok {
			a.Targets, a.Servers = d.find(n, names), 0
		}
	case n.Text == "all":
		a.Servers, a.All = max(1, len(d.fleet)), true
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
