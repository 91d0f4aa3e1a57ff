package experiment

import (
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

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

// What is too small to matter.
const (
	negligiblePart   = .02  // of the figure that it is a difference from
	negligiblePoints = .005 // of a share
)

// Negligible reports that the difference is shown to be too small to matter: its interval is within 2 % of the baseline's figure, or within half a point of a share.
func (c *Comparison) Negligible() bool {
	d, r := c.Difference, c.Ratio
	if f := c.Metric.Of(); f != nil && f.Kind == metric.Share && d.Kind == stats.KindInterval && max(-d.Lo, d.Hi) <= negligiblePoints {
		return true
	}
	return r.Kind == stats.KindInterval && r.Lo >= 1/(1+negligiblePart) && r.Hi <= 1+negligiblePart
}
