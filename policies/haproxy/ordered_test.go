package haproxy

import (
	"slices"
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// The queue keeps servers by key, and those with one key in the order in which they came, also when numbers begin again.
func TestOrderedAgreesWithAList(t *testing.T) {
	o := ordered{seq: 1<<seqBits - 1000}
	var list []orderedItem
	for step := range 5000 {
		d := rng.Root(7).At(uint64(step))
		s := sim.ServerID(d.At(0).IntN(10 + step/40))
		at := slices.IndexFunc(list, func(x orderedItem) bool { return x.s == s })
		if at >= 0 {
			list = slices.Delete(list, at, at+1)
		}
		if d.At(1).IntN(3) == 0 && at >= 0 {
			o.remove(s)
		} else {
			key := uint64(d.At(2).IntN(4)) << d.At(3).IntN(30)
			o.insert(s, key)
			at, _ = slices.BinarySearchFunc(list, key, func(x orderedItem, key uint64) int {
				if x.key <= key {
					return -1
				}
				return 1
			})
			list = slices.Insert(list, at, orderedItem{key: key, s: s})
		}
		fits := func(s sim.ServerID) bool { return d.Stream("fits").At(uint64(s)).IntN(3) == 0 }
		first, want := sim.NoServer, sim.NoServer
		for _, x := range list {
			if first < 0 {
				first = x.s
			}
			if want < 0 && fits(x.s) {
				want = x.s
			}
		}
		if got := o.find(fits); got != want {
			t.Fatalf("step %d: found %d, want %d", step, got, want)
		}
		if got := o.first(); got != first {
			t.Fatalf("step %d: first is %d, want %d", step, got, first)
		}
	}
}
