package recall

import (
	"slices"
	"testing"

	"stickysim/sim/rng"
)

// Records are found, used and removed as in a list of keys, oldest first, whichever clients ask for them.
func TestRecordsAgreeWithList(t *testing.T) {
	for _, keys := range []int{1, 5, 60, 3000, 30000} {
		r := NewRecords[uint32, int](0, false)
		var list []uint64
		for step := range 40000 {
			d := rng.Root(uint64(keys)).At(uint64(step))
			client, key := uint32(d.At(0).IntN(40)), uint64(d.At(1).IntN(keys))<<(20*d.At(2).IntN(3))
			place, at := r.Find(client, key), slices.Index(list, key)
			if at >= 0 != (place >= 0) || place >= 0 && (r.Key(place) != key || *r.At(place) != int(key)) {
				t.Fatalf("step %d: key %d is at %d, want %d", step, key, place, at)
			}
			remove := d.At(3).IntN(5) == 0
			if place >= 0 {
				list = slices.Delete(list, at, at+1)
			}
			switch {
			case place < 0:
				r.Add(client, key, int(key))
			case remove:
				r.Remove(place)
			default:
				r.Use(place)
			}
			if place < 0 || !remove {
				list = append(list, key)
			}
			if n := r.Len(); n != len(list) {
				t.Fatalf("step %d: %d records, want %d", step, n, len(list))
			}
			if step/10000%2 == 1 && step%10000 > 0 { // seldom asked for, the order spans many uses
				continue
			}
			if oldest := r.Oldest(); oldest >= 0 != (len(list) > 0) || oldest >= 0 && r.Key(oldest) != list[0] {
				t.Fatalf("step %d: the oldest is at %d, want key %d", step, oldest, list[0])
			}
		}
	}
}

// They are found as well where each client has keys of its own, one after the other.
func TestRecordsOfClientsApart(t *testing.T) {
	for _, room := range []int{0, 15, 40} {
		r, shared := NewRecords[uint32, int](room, true), NewRecords[uint32, int](room, false)
		var keys [40]uint64
		next, beside := uint64(1), 0
		for step := range 40000 {
			d := rng.Root(uint64(room)).At(uint64(step))
			client := uint32(d.At(0).IntN(len(keys)))
			if keys[client] == 0 || d.At(1).IntN(20) == 0 {
				keys[client] = next << (20 * d.At(2).IntN(3))
				next++
			}
			key := keys[client]
			place, want := r.Find(client, key), shared.Find(client, key)
			if place >= 0 != (want >= 0) || place >= 0 && (r.Key(place) != key || *r.At(place) != *shared.At(want)) {
				t.Fatalf("room %d, step %d: key %d of client %d is at %d, want %d", room, step, key, client, place, want)
			}
			switch {
			case place < 0:
				r.Add(client, key, step)
				shared.Add(client, key, step)
			default:
				r.Use(place)
				shared.Use(want)
			}
			for r.Len() > 30 && d.At(3).IntN(2) == 0 {
				a, b := r.Oldest(), shared.Oldest()
				if r.Key(a) != shared.Key(b) {
					t.Fatalf("room %d, step %d: the oldest is key %d, want %d", room, step, r.Key(a), shared.Key(b))
				}
				r.Remove(a)
				shared.Remove(b)
			}
			if r.beside > 0 {
				beside++
			}
		}
		if room < 40 && beside < 1000 {
			t.Errorf("room %d: records are elsewhere after %d steps only", room, beside)
		}
	}
}
