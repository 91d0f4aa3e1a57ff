package scenarios

import (
	"strings"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/workloads"
)

// distribution is a distribution: lognormal(mean=40ms cv=1), or a plain 40ms.
func distribution(unit dist.Unit) kind[dist.Dist] {
	example := map[dist.Unit]string{dist.Seconds: "exp(10s)", dist.Count: "geometric(mean=70)", dist.Bytes: "exp(50KiB)"}[unit]
	shape := func() schema {
		s := schema{"type": []string{"string", "number"}, "examples": []string{example}, "pattern": distPattern()}
		if unit != dist.Count {
			s["minimum"], s["maximum"] = 0, 0 // a plain 0 needs no unit
		}
		return s
	}
	return kind[dist.Dist]{schema: shape, read: func(d *decoder, n *tree.Node) (dist.Dist, bool) {
		text, ok := scalar(d, n, "a distribution such as "+example)
		if !ok {
			return nil, false
		}
		v, err := dist.ParseWith(text, unit, d.files.values)
		if err != nil {
			return nil, d.failed(n, err)
		}
		return v, true
	}}.shown(func(v dist.Dist) any {
		switch v := v.(type) {
		case nil:
			return nil
		case dist.Deterministic:
			return unit.Format(v.Mean())
		}
		return v.String()
	})
}

// distPattern matches how distributions begin.
func distPattern() string {
	var names []string
	for _, f := range dist.Families() {
		names = append(names, f.Name)
	}
	return `^\s*(\.?[0-9]|(` + strings.Join(names, "|") + `)\s*\()`
}

// seconds is a distribution of durations.
func seconds() kind[dist.Dist] { return distribution(dist.Seconds) }

// recurrence is a distribution of times between recurrences. Its mean is at least a millisecond, so that a run ends.
func recurrence() kind[dist.Dist] {
	k := seconds()
	return kind[dist.Dist]{schema: k.schema, show: k.show, read: func(d *decoder, n *tree.Node) (dist.Dist, bool) {
		v, ok := k.read(d, n)
		if ok && v.Mean() < sim.Millisecond.Seconds() {
			d.fail(n, "out-of-range", "must have a mean of at least 1ms", "write a longer time")
			return nil, false
		}
		return v, ok
	}}
}

func arrivalsSchema() schema {
	names, examples, docs := []string{}, []string{"2/s"}, "Arrival processes:\n"
	for _, p := range workloads.Processes() {
		names, examples = append(names, p.Name), append(examples, p.Examples...)
		docs += "\n- `" + p.Examples[0] + "`: " + p.Summary
	}
	return schema{"type": "string", "pattern": `^\s*(\.?[0-9]|(` + strings.Join(names, "|") + `)\s*\()`, "examples": examples, "markdownDescription": docs}
}

// arrivals is a registered arrival process, such as poisson(2/s), or a plain 2/s.
func arrivals() kind[sim.ArrivalProcess] {
	return kind[sim.ArrivalProcess]{schema: arrivalsSchema, read: func(d *decoder, n *tree.Node) (sim.ArrivalProcess, bool) {
		text, ok := scalar(d, n, "an arrival process such as poisson(2/s)")
		if !ok {
			return nil, false
		}
		v, err := workloads.ParseArrivals(text, d.files.values)
		if err != nil {
			return nil, d.failed(n, err)
		}
		return v, true
	}}
}
