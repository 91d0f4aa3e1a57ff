package factorial

import (
	"math"
	"testing"

	"stickysim/sim/experiment"
)

// In every design, the effect of each factor is found exactly whatever other factors and pairs do; that of a pair, with those
// of the pairs that are said to be mixed with it; up to eight factors none is.
func TestEffectsAreToldApart(t *testing.T) {
	for n := 2; n <= MostFactors; n++ {
		d := &design{factors: make([]*factor, n), levels: levels(n)}
		for i := range d.factors {
			d.factors[i] = &factor{}
		}
		value := map[*experiment.Cell]float64{}
		for run := range d.levels[0] {
			c, y := &experiment.Cell{}, 7.
			for i := range n {
				if d.levels[i][run] {
					y += single(i)
				}
				for j := i + 1; j < n; j++ {
					if d.levels[i][run] == d.levels[j][run] {
						y += pair(i, j) / 2
					}
				}
			}
			d.runs, value[c] = append(d.runs, c), y
		}
		of := func(terms []experiment.Weighted) (sum float64) {
			for _, w := range terms {
				sum += w.Weight * value[w.Cell]
			}
			return sum
		}
		for i := range n {
			if got := of(d.effect(i)); math.Abs(got-single(i)) > 1e-9 {
				t.Errorf("%d factors: the effect of %d is %g, want %g", n, i, got, single(i))
			}
		}
		pairs := 0
		for _, group := range d.pairs() {
			want := 0.
			for _, p := range group {
				want += pair(p[0], p[1])
			}
			if got := of(d.effect(group[0][0], group[0][1])); math.Abs(got-want) > 1e-9 {
				t.Errorf("%d factors: the effect of the pairs %v is %g, want %g", n, group, got, want)
			}
			if pairs += len(group); n <= 8 && len(group) > 1 {
				t.Errorf("%d factors: the pairs %v are mixed", n, group)
			}
		}
		if len(d.runs) > 64 || pairs != n*(n-1)/2 {
			t.Errorf("%d factors: %d runs, %d pairs", n, len(d.runs), pairs)
		}
	}
}

// single and pair are the effects that are to be found: none is a sum of others.
func single(i int) float64  { return math.Sqrt(float64(i + 2)) }
func pair(i, j int) float64 { return math.Log(float64(2 + i + 13*j)) }
