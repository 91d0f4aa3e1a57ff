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
		loads, debts, shares := make([]float64, n), make([]float64, n), make([]float64, n)
		draws := rng.Root(uint64(n))
		for i := range n {
			shares[i] = float64(1 + draws.At(uint64(i)).IntN(3))
			tree.Enter(i, 0, 0, shares[i])
		}
		tree.Build()
		for step := range 400 {
			d := draws.Stream("step").At(uint64(step))
			i := d.At(0).IntN(n)
			loads[i], debts[i] = float64(d.At(1).IntN(3)), float64(d.At(2).IntN(4))
			if d.At(3).IntN(5) == 0 && n > 1 {
				loads[i] = math.Inf(1)
				tree.Out(i)
			} else {
				tree.Set(i, loads[i], debts[i], shares[i])
			}
			checkTree(t, &tree, loads, debts, shares, d.At(4).Float64())
		}
	}
}

func checkTree(t *testing.T, tree *Tree, loads, debts, shares []float64, u float64) {
	t.Helper()
	first, sum := 0, 0.0
	for i, l := range loads {
		switch {
		case l < loads[first]:
			first, sum = i, shares[i]
		case l == loads[first]:
			sum += shares[i]
			if debts[i] < debts[first] {
				first = i
			}
		}
	}
	if tree.Empty() != math.IsInf(loads[first], 1) {
		t.Fatalf("empty: %v, loads %v", tree.Empty(), loads)
	}
	if tree.Empty() {
		return
	}
	if tree.First() != first || tree.Load() != loads[first] || tree.Debt() != debts[first] || tree.Share() != sum {
		t.Fatalf("first %d of %v, debts %v: got %d; share %v, want %v", first, loads, debts, tree.First(), tree.Share(), sum)
	}
	x, drawn := u*sum, -1
	for i, l := range loads {
		if l == loads[first] {
			if drawn = i; x < shares[i] {
				break
			}
			x -= shares[i]
		}
	}
	if got := tree.At(u * sum); got != drawn {
		t.Fatalf("at %v of %v: got %d, want %d", u*sum, loads, got, drawn)
	}
}
