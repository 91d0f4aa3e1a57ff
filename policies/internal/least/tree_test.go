package least

import (
	"math"
	"slices"
	"testing"

	"stickysim/sim/rng"
)

// A tree agrees with a look at every place, whatever moves, leaves and comes back, and however it grows.
func TestTreeAgreesWithAScan(t *testing.T) {
	for n := 1; n < 70; n += 1 + n/4 {
		var tree Tree
		tree.Reset(n)
		keys := make([]uint64, n)
		draws := rng.Root(uint64(n))
		for i := range n {
			tree.Enter(i, 0)
		}
		tree.Build()
		for step := range 400 {
			d := draws.Stream("step").At(uint64(step))
			if step%100 == 99 {
				keys = append(keys, slices.Repeat([]uint64{none}, n)...)
				tree.Grow(len(keys))
			}
			i := d.At(0).IntN(len(keys))
			keys[i] = []uint64{0, 1, 1 << 40, none - 1, none}[d.At(1).IntN(5)]
			if tree.Set(i, keys[i]); keys[i] == none {
				tree.Out(i)
			}
			lowest := slices.Min(keys)
			if tree.Empty() != (lowest == none) {
				t.Fatalf("empty: %v, keys %v", tree.Empty(), keys)
			}
			if tree.Empty() {
				continue
			}
			at := tree.First()
			for i, key := range keys {
				if key != lowest {
					continue
				}
				if at != i || tree.Of(i) != key {
					t.Fatalf("%d, with key %d, follows in %v: want %d", at, tree.Of(i), keys, i)
				}
				at = tree.Next(at)
			}
			if at >= 0 {
				t.Fatalf("%d is the last of %v", at, keys)
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
