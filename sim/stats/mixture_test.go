package stats

import (
	"math"
	"testing"

	"stickysim/sim/rng"
)

// The quantile of a mixture is the least value above which no more than the share 1-p of what counts lies.
func TestQuantileOfMixture(t *testing.T) {
	key := rng.Root(1).Stream("mixture")
	for round := range uint64(300) {
		k := key.At(round)
		list, parts, n := make([]*Histogram, 1+k.IntN(6)), []float64(nil), 0.0
		least, most := int64(math.MaxInt64), int64(0)
		for i := range list {
			list[i] = new(Histogram)
			parts = append(parts, []float64{0, 1, k.At(uint64(i)).Float64()}[k.At(uint64(i)).At(1).IntN(3)])
			for j := range uint64(k.At(uint64(i)).At(2).IntN(200)) {
				v := int64(math.Exp(18 * k.At(uint64(i)).At(3+j).Float64()))
				list[i].Add(v)
				if parts[i] > 0 {
					least, most = min(least, v), max(most, v)
				}
			}
			n += parts[i] * float64(list[i].Count())
		}
		above := func(v int64) (sum float64) {
			for i, h := range list {
				sum += parts[i] * h.CountAbove(v)
			}
			return sum
		}
		mixture := NewMixture(list, parts)
		for _, p := range []float64{.5, .95, .99, .99, .999, 1, 0, .01, .3} {
			got := mixture.Quantile(p)
			if len(list) == 1 {
				continue
			}
			if n == 0 {
				if got == got {
					t.Errorf("round %d: the quantile of nothing is %g", round, got)
				}
				continue
			}
			v := int64(got)
			if v < least || v > most || above(v) > (1-p)*n || v > least && above(v-1) <= (1-p)*n {
				t.Errorf("round %d: quantile %g is %d, above which %g of %g lie, and %g above the value before; observed %d to %d", round, p, v, above(v), n, above(v-1), least, most)
			}
		}
	}
}
