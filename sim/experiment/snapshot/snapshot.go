// Package snapshot keeps the judged figures of results in a small file that is committed beside the scenarios. A later
// result is held to it: a figure has moved where its interval and the saved one have no value in common. Chance alone does that
// in 6 of 1000 comparisons of intervals of the same width, and never where scenario, seed and program are the same.
//
// Floor 4.
package snapshot

import (
	"cmp"
	"slices"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Schema is the version of the file.
const Schema = "stickysim/snapshot/1"

// Scenario is what a result says, in its judged figures.
type Scenario struct {
	Name     string
	Seed     uint64
	Duration float64 // seconds counted in each replication
	Figures  []Figure
}

// Figure is an estimate of an alternative's metric.
type Figure struct {
	Alternative string
	Metric      metric.ID
	Unit        string
	Estimate    stats.Estimate
}

// Of returns the judged figures of a result, each once, by alternative and metric.
func Of(r *experiment.Result) Scenario {
	s := Scenario{Name: r.Name, Seed: r.Seed, Duration: r.Duration}
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		id := r.Objectives[v.Objective].Subject.Metric
		at := slices.IndexFunc(r.Variants, func(a experiment.VariantResult) bool { return a.Name == v.Alternative })
		if at < 0 || s.find(v.Alternative, id) != nil {
			continue
		}
		m := r.Variants[at].Metric(id)
		s.Figures = append(s.Figures, Figure{v.Alternative, id, m.Unit, m.Estimate})
	}
	slices.SortFunc(s.Figures, func(a, b Figure) int {
		return cmp.Or(cmp.Compare(a.Alternative, b.Alternative), cmp.Compare(a.Metric.String(), b.Metric.String()))
	})
	return s
}

func (s *Scenario) find(alternative string, id metric.ID) *Figure {
	for i := range s.Figures {
		if f := &s.Figures[i]; f.Alternative == alternative && f.Metric == id {
			return f
		}
	}
	return nil
}

// Move is a figure that has moved, or that the snapshot does not have.
type Move struct {
	Alternative string
	Metric      metric.ID
	Old, New    stats.Estimate
	Missing     bool // it is not in the snapshot
}

// Moves are the figures of now that differ from the snapshot, in the order of now.
func (s *Scenario) Moves(now Scenario) []Move {
	var list []Move
	for _, f := range now.Figures {
		switch old := s.find(f.Alternative, f.Metric); {
		case old == nil:
			list = append(list, Move{f.Alternative, f.Metric, stats.Estimate{}, f.Estimate, true})
		case apart(old.Estimate, f.Estimate):
			list = append(list, Move{f.Alternative, f.Metric, old.Estimate, f.Estimate, false})
		}
	}
	return list
}

// apart reports whether two intervals have no value in common. A figure that is defined in one of them only has moved, too;
// of a figure without interval the value counts.
func apart(a, b stats.Estimate) bool {
	if a.Mean != a.Mean || b.Mean != b.Mean {
		return (a.Mean == a.Mean) != (b.Mean == b.Mean)
	}
	ends := func(e stats.Estimate) (lo, hi float64) {
		if !e.Defined() {
			return e.Mean, e.Mean
		}
		return e.Lo, e.Hi
	}
	lo, hi := ends(a)
	from, to := ends(b)
	return hi < from || to < lo
}
