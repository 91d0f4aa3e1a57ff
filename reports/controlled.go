package reports

import (
	"fmt"
	"math"

	"stickysim/sim/metric"
)

// controlled says what control variates are worth, in replications; empty where there are none.
func (x *index) controlled() string {
	worth := func(f *metric.Family, name string) string {
		low, high := math.Inf(1), 0.0
		for v := range x.res.Variants {
			if e := x.estimate(v, f.ID()); e.VRF > 0 {
				n := math.Round(float64(e.N) * e.VRF)
				low, high = min(low, n), max(high, n)
			}
		}
		switch {
		case high == 0:
			return ""
		case low == high:
			return fmt.Sprintf("%.0f for %s", low, name)
		}
		return fmt.Sprintf("%.0f to %.0f for %s", low, high, name)
	}
	mean, tail := worth(latencyMean, "mean latency"), worth(latencyP95, "p95")
	switch {
	case mean+tail == "":
		return ""
	case mean != "" && tail != "":
		mean += ", and "
	}
	return fmt.Sprintf("Control variates make the %s worth %s%s.", x.replications(), mean, tail)
}
