package recall

import (
	"slices"
	"testing"

	"stickysim/sim/rng"
)

// Records are found, used, moved to the other list and removed as in two lists of keys, oldest first, whichever clients ask for them.
func TestRecordsAgreeWithLists(t *testing.T) {
	for _, keys := range []int{1, 5, 60, 3000, 30000} {
		r := NewRecords[uint32, int](0)
		var lists [2][]uint64
		for step := range 40000 {
			d := rng.Root(uint64(keys)).At(uint64(step))
			client, key := uint32(d.At(0).IntN(40)), uint64(d.At(1).IntN(keys))<<(20*d.At(2).IntN(3))
			place, in, at := r.Find(client, key), uint8(0), 0
			if at = slices.Index(lists[0], key); at < 0 {
				in, at = 1, slices.Index(lists[1], key)
			}
			if at >= 0 != (place >= 0) || place >= 0 && (r.Key(place) != key || *r.At(place) != int(key) || r.List(place) != in) {
				t.Fatalf("step %d: key %d is at %d, want %d of list %d", step, key, place, at, in)
			}
			remove, to := d.At(3).IntN(5) == 0, uint8(d.At(4).IntN(9)/8)
			if place >= 0 {
				lists[in] = slices.Delete(lists[in], at, at+1)
			}
			switch {
			case place < 0 && remove && len(lists[to]) > 0:
				r.Replace(r.OldestOf(to), client, key, int(key))
				lists[to] = lists[to][1:]
			case place < 0:
				r.AddTo(to, client, key, int(key))
			case remove:
				r.Remove(place)
			case to != in:
				r.Move(place, to)
			default:
				r.Use(place)
			}
			if place < 0 || !remove {
				lists[to] = append(lists[to], key)
			}
			for list, want := range lists {
				if n := r.LenOf(uint8(list)); n != len(want) {
					t.Fatalf("step %d: %d records in list %d, want %d", step, n, list, len(want))
				}
				if step/10000%2 == 1 && step%10000 > 0 { // seldom asked for, the order spans many uses
					continue
				}
				if oldest := r.OldestOf(uint8(list)); oldest >= 0 != (len(want) > 0) || oldest >= 0 && r.Key(oldest) != want[0] {
					t.Fatalf("step %d: the oldest of list %d is at %d, want key %d", step, list, oldest, want[0])
				}
			}
		}
	}
}
