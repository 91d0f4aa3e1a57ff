package least

import (
	"cmp"
	"slices"
	"testing"

	"stickysim/sim/rng"
)

// An index agrees with a look at every member: with equal and unequal weights, loads that are whole, that are not and that are too
// high for levels, and changes of the members.
func TestIndexAgreesWithAScan(t *testing.T) {
	for seed := range uint64(40) {
		root := rng.Root(seed)
		n := 1 + root.Stream("n").IntN(150)
		load, weight := make([]float64, n), make([]float64, n)
		equal, most := seed%2 == 0, []int{4, 4, 60, 60000}[seed%4]
		var index Index[int32]
		var members []int32
		for step := range 1500 {
			d := root.At(uint64(step))
			if step%300 == 0 {
				members = members[:0]
				for i := range n {
					weight[i] = float64(1 + seed%3)
					if !equal {
						weight[i] = float64(1 + d.At(uint64(9+i)).IntN(3))
					}
					if d.Stream("in").At(uint64(i)).IntN(4) > 0 || i == 0 {
						members = append(members, int32(i))
					}
				}
				index.Fill(members, func(i int32) (float64, float64) { return load[i] / weight[i], weight[i] })
			}
			i := d.At(0).IntN(n)
			load[i] = float64(d.At(1).IntN(most) - 1)
			if seed%5 == 4 && step > 1000 {
				load[i] += .5
			}
			index.Move(int32(i), load[i]/weight[i])

			least := slices.MinFunc(members, func(a, b int32) int { return cmp.Compare(load[a]/weight[a], load[b]/weight[b]) })
			sum := 0.0
			for _, m := range members {
				if load[m]/weight[m] == load[least]/weight[least] {
					sum += weight[m]
				}
			}
			if index.First() != least || index.Share() != sum {
				t.Fatalf("seed %d, step %d: first is %d with share %v, want %d with %v", seed, step, index.First(), index.Share(), least, sum)
			}
			x, want := d.At(2).Float64()*sum, int32(0)
			y := x
			for _, m := range members {
				if load[m]/weight[m] == load[least]/weight[least] {
					if want = m; x < weight[m] {
						break
					}
					x -= weight[m]
				}
			}
			if got := index.At(y); got != want {
				t.Fatalf("seed %d, step %d: at %v of %v is %d, want %d", seed, step, y, sum, got, want)
			}
		}
	}
}
