package cloudflare

import (
	"math"
	"testing"

	"stickysim/sim/rng"
)

// Going down two levels at a time finds the weight that going down one after the other does, to the last bit, whatever the weights,
// and at their very edges.
func TestSumsAgreeWithOneLevelAtATime(t *testing.T) {
	for n := 1; n < 70; n++ {
		var s sums
		d := rng.Root(uint64(n))
		s.reset(n)
		for i := range n {
			s.enter(i, 0.1*float64(1+d.At(uint64(i)).IntN(9)))
		}
		s.build()
		for step := range uint64(400) {
			at := d.Stream("step").At(step)
			weight := 0.1 * float64(at.At(1).IntN(4))
			if s.set(at.At(0).IntN(n), weight); s.all() == 0 {
				s.set(0, 0.3)
			}
			x := at.At(2).Float64() * s.all()
			for _, x := range []float64{0, x, s.all(), math.Nextafter(s.all(), 0), math.Floor(10*x) / 10} {
				want := 1
				for rest := x; want < s.leaves; {
					left, right := s.node[2*want], s.node[2*want+1]
					if want *= 2; rest >= left && right > 0 {
						rest -= left
						want++
					}
				}
				if got := s.at(x); got != want-s.leaves {
					t.Fatalf("%d weights, step %d: %v is covered by %d, want %d", n, step, x, got, want-s.leaves)
				}
			}
		}
	}
}
