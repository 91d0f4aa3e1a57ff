package scenarios

import (
	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/workloads"
)

// distribution is a distribution: lognormal(mean=40ms cv=1), or a plain 40ms.
func distribution(unit dist.Unit) kind[dist.Dist] {
	example := map[dist.Unit]string{dist.Seconds: "exp(10s)", dist.Count: "geometric(mean=70)", dist.Bytes: "exp(50KiB)"}[unit]
	s := schema{"type": "string", "examples": []string{example}}
	if unit == dist.Count {
		s["type"] = []string{"string", "number"}
	} else {
		s = schema{"anyOf": []schema{s, {"const": 0}}}
	}
	return kind[dist.Dist]{s, func(d *decoder, n *tree.Node) (dist.Dist, bool) {
		text, ok := scalar(d, n, "a distribution such as "+example)
		if !ok {
			return nil, false
		}
		v, err := dist.ParseWith(text, unit, d.files.values)
		if err != nil {
			return nil, d.failed(n, err)
		}
		return v, true
	}}
}

// seconds is a distribution of durations.
func seconds() kind[dist.Dist] { return distribution(dist.Seconds) }

// recurrence is a distribution of times between recurrences. Its mean is at least a millisecond, so that a run ends.
func recurrence() kind[dist.Dist] {
	k := seconds()
	return kind[dist.Dist]{k.schema, func(d *decoder, n *tree.Node) (dist.Dist, bool) {
		v, ok := k.read(d, n)
		if ok && v.Mean() < sim.Millisecond.Seconds() {
			d.fail(n, "out-of-range", "must have a mean of at least 1ms", "write a longer time")
			return nil, false
		}
		return v, ok
	}}
}

// arrivals is a registered arrival process, such as poisson(2/s), or a plain 2/s.
func arrivals() kind[sim.ArrivalProcess] {
	anyOf := []schema{{"type": "string", "pattern": `^\s*[-+.0-9]`, "description": "a rate such as 2/s: a Poisson process"}}
	for _, p := range workloads.Processes() {
		anyOf = append(anyOf, schema{"type": "string", "pattern": `^\s*` + p.Name + `\s*\(`, "description": p.Summary, "examples": p.Examples})
	}
	return kind[sim.ArrivalProcess]{schema{"anyOf": anyOf}, func(d *decoder, n *tree.Node) (sim.ArrivalProcess, bool) {
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
