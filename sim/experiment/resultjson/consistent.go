package resultjson

import (
	"fmt"
	"math"

	"stickysim/sim/experiment"
	"stickysim/sim/stats"
)

// A result says many a thing twice. Of one that was changed by hand, the two seldom agree.

// byHand ends the errors of results that contradict themselves.
const byHand = "; a result that was changed is none: run the scenario again"

// nearly is how far, relative to the largest of them, numbers may be apart that are the same but for rounding, and pooled quantiles
// from those of the replications, which come from histograms.
const (
	nearly  = 1e-9
	binning = 0.01
)

// checkFigures demands that the figures of an alternative agree with themselves and with its number of replications.
func checkFigures(v *experiment.VariantResult) error {
	if v.Replications < 0 {
		return fmt.Errorf("replications: must not be negative, got %d", v.Replications)
	}
	for i := range v.Metrics {
		m := &v.Metrics[i]
		if err := checkFigure(m, v.Replications); err != nil {
			return fmt.Errorf("metrics: %s: %w", m.ID, err)
		}
	}
	return nil
}

func checkFigure(m *experiment.Metric, replications int) error {
	defined, lowest, highest := 0, math.Inf(1), math.Inf(-1)
	for _, x := range m.Values {
		if x == x {
			defined, lowest, highest = defined+1, min(lowest, x), max(highest, x)
		}
	}
	switch e := &m.Estimate; {
	case len(m.Values) > 0 && len(m.Values) != replications:
		return fmt.Errorf("values: %d of them, and %d replications%s", len(m.Values), replications, byHand)
	case e.N > replications || e.N < defined: // ratios are pooled over replications without one, too
		return fmt.Errorf("n: must be from the %d that have the figure to all %d replications, got %d%s", defined, replications, e.N, byHand)
	case defined > 0 && e.VRF == 0 && !within(e.Mean, lowest, highest, binning):
		return fmt.Errorf("mean: %g, but the replications have from %g to %g%s", e.Mean, lowest, highest, byHand)
	}
	if f := m.ID.Of(); f != nil && f.Unit == m.Unit {
		least, most := f.Bounds()
		for _, x := range []float64{m.Estimate.Mean, lowest, highest} {
			if defined > 0 && !within(x, least, most, nearly) {
				return fmt.Errorf("mean and values: must be from %g to %g, got %g%s", least, most, x, byHand)
			}
		}
	}
	return checkInterval(&m.Estimate)
}

// checkInterval demands that an interval contains its mean.
func checkInterval(e *stats.Estimate) error {
	if !within(e.Mean, e.Lo, e.Hi, nearly) || e.Lo > e.Hi {
		return fmt.Errorf("mean, lo and hi: %g is not from %g to %g%s", e.Mean, e.Lo, e.Hi, byHand)
	}
	return nil
}

// within reports whether x is from lo to hi, but for a difference relative to the largest of them. What is undefined is.
func within(x, lo, hi, tolerance float64) bool {
	slack := tolerance * max(math.Abs(x), finite(lo), finite(hi))
	return !(x < lo-slack || x > hi+slack)
}

// finite is the size of an end, and 0 of one that is infinite.
func finite(end float64) float64 {
	if math.IsInf(end, 0) {
		return 0
	}
	return math.Abs(end)
}

// checkComparison demands that a difference that is said to be decided is not 0, and that intervals contain their means.
func checkComparison(c *experiment.Comparison) error {
	if err := checkInterval(&c.Difference); err != nil {
		return fmt.Errorf("difference: %w", err)
	}
	if err := checkInterval(&c.Ratio); err != nil {
		return fmt.Errorf("ratio: %w", err)
	}
	if c.Decided && c.Difference.Lo <= 0 && c.Difference.Hi >= 0 {
		return fmt.Errorf("decided, but the difference may be 0: it is from %g to %g%s", c.Difference.Lo, c.Difference.Hi, byHand)
	}
	return nil
}

// checkVerdict demands that a verdict is about the figure that the result has, and on the side of its limit that it says.
func checkVerdict(r *experiment.Result, v *experiment.Verdict) error {
	if err := checkInterval(&v.Value); err != nil {
		return fmt.Errorf("value: %w", err)
	}
	if err := checkInterval(&v.Margin); err != nil {
		return fmt.Errorf("margin: %w", err)
	}
	for i := range r.Variants {
		if a := &r.Variants[i]; a.Name == v.Alternative {
			if m := a.Metric(r.Objectives[v.Objective].Subject.Metric); !within(v.Value.Mean, m.Estimate.Mean, m.Estimate.Mean, nearly) {
				return fmt.Errorf("value: %g, but the figure is %g%s", v.Value.Mean, m.Estimate.Mean, byHand)
			}
		}
	}
	if v.State == experiment.Met && v.Margin.Lo < 0 || v.State == experiment.Missed && v.Margin.Hi > 0 {
		return fmt.Errorf("is said to be %s, but the margin is from %g to %g%s", v.State, v.Margin.Lo, v.Margin.Hi, byHand)
	}
	return nil
}
