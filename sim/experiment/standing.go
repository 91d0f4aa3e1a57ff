package experiment

import "stickysim/sim/metric"

// Standing is how an alternative does beside the baseline.
type Standing uint8

// The standings.
const (
	Unknown   Standing = iota // one of them has no such figure, or there is one replication
	Equal                     // the same in every replication
	Better                    // beyond chance
	Worse                     // beyond chance
	Different                 // beyond chance, in a figure of which neither more nor less is better
	Undecided                 // the difference may be chance
)

// Standing is how the variant does beside the baseline.
func (c *Comparison) Standing() Standing {
	f := c.Metric.Of()
	switch way := c.Difference.Mean; {
	case c.Equal:
		return Equal
	case !c.Difference.Defined():
		return Unknown
	case !c.Decided:
		return Undecided
	case f == nil || f.Better == metric.Neither:
		return Different
	case way*float64(f.Better) > 0:
		return Better
	}
	return Worse
}
