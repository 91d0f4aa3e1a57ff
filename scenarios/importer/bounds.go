package importer

import (
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// The greatest values of a server's settings, as scenario files have them.
const (
	maxWeight = 1_000_000
	maxLimit  = 1_000_000_000
	maxNumber = 1 << 30

	maxRedispatch = 15
)

// mend puts back what a scenario cannot have in the i-th pool: parameters that its policy refuses, and settings of servers. Where files
// set them, a remark says what is used instead.
func mend(in *source.Input, i int) {
	p := &in.Pools[i]
	fixed, unfit := params.Mend(p.Policy, p.Params)
	p.Params = fixed
	for _, u := range unfit {
		in.Correct(p, nextLine(in.Pools[i:]), u.Name, "%s; %s is used", u.Problem, u.Instead)
	}
	if p.Redispatch > maxRedispatch {
		in.Assumed(p, "pool %s: %d further attempts of a request that fails; the scenario has %d at most, which is as good", source.Short(p.Name), p.Redispatch, maxRedispatch)
		p.Redispatch = maxRedispatch
	}
	for k := range p.Servers {
		s := &p.Servers[k]
		for _, x := range []struct {
			name     string
			value    *int
			greatest int
		}{{"weight", &s.Info.Weight, maxWeight}, {"limit", &s.Info.Limit, maxLimit}, {"number", &s.Info.Number, maxNumber}} {
			if used := min(max(*x.value, 0), x.greatest); used != *x.value {
				in.NotCarried(s, "server %s: %s must be from 0 to %d, got %d; %d is used", source.Short(s.Info.Name), x.name, x.greatest, *x.value, used)
				*x.value = used
			}
		}
	}
}

// nextLine is the line of the first of the pools that stands below the first one in its file; 0: there is none.
func nextLine(pools []ir.Pool) int {
	for _, p := range pools {
		if p.File == pools[0].File && p.Line > pools[0].Line {
			return p.Line
		}
	}
	return 0
}
