package least

import (
	"math"
	"testing"

	"stickysim/sim/rng"
)

// A tree agrees with a look at every place, whatever moves, leaves and comes back.
func TestTreeAgreesWithAScan(t *testing.T) {
	for n := 1; n < 70; n += 1 + n/4 {
		var tree Tree
		tree.Reset(n)
		type key struct{ load, debt uint64 }
		keys := make([]key, n)
		draws := rng.Root(uint64(n))
		for i := range n {
			tree.Enter(i, 0, 0)
		}
		tree.Build()
		out := make([]bool, n)
		for step := range 400 {
			d := draws.Stream("step").At(uint64(step))
			i := d.At(0).IntN(n)
			keys[i] = key{[]uint64{0, 1, 5, MostLoad - 1}[d.At(1).IntN(4)], []uint64{0, 1, 1 << 40, math.MaxUint64}[d.At(2).IntN(4)]}
			if out[i] = d.At(3).IntN(5) == 0; out[i] {
				tree.Out(i)
			} else {
				tree.Set(i, keys[i].load, keys[i].debt)
			}
			first := -1
			for i, k := range keys {
				if !out[i] && (first < 0 || k.load < keys[first].load || k.load == keys[first].load && k.debt < keys[first].debt) {
					first = i
				}
			}
			if tree.Empty() != (first < 0) {
				t.Fatalf("empty: %v, keys %v, out %v", tree.Empty(), keys, out)
			}
			if first >= 0 && (tree.First() != first || tree.Load() != keys[first].load) {
				t.Fatalf("first %d of %v, out %v: got %d, load %d", first, keys, out, tree.First(), tree.Load())
			}
		}
	}
}

// Numbers keep their order.
func TestOrdered(t *testing.T) {
	list := []float64{math.Inf(-1), -1e300, -2, -1.5, -1e-300, 0, 1e-300, 1, 1.5, 2, 1e300, math.Inf(1)}
	for i := range list[1:] {
		if Ordered(list[i]) >= Ordered(list[i+1]) {
			t.Errorf("%v does not come before %v", list[i], list[i+1])
		}
	}
	if Ordered(math.Copysign(0, -1)) != Ordered(0) {
		t.Error("-0 is not 0")
	}
}
