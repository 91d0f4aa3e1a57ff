package sim

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// States that are left behind come out in the order in which they are due, whatever the order in which they came.
func TestRemainsComeOutInOrder(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var h remains
		var want, got []Time
		for range draw.IntN(60) {
			if at := Time(draw.IntN(20)); draw.IntN(3) > 0 || len(h) == 0 {
				h.add(remain{at, int64(at)})
				want = append(want, at)
			} else {
				first := slices.Min(want)
				if x := h.take(); x.until != first || x.bytes != int64(first) || !(remains{x}).due(first) || (remains{x}).due(first-1) {
					t.Fatalf("took %v, the first is due at %v", x, first)
				}
				i := slices.Index(want, first)
				want = slices.Delete(want, i, i+1)
			}
		}
		for len(h) > 0 {
			got = append(got, h.take().until)
		}
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

// The integral of a server's memory is that of the states left behind, each until its time, however seldom it is asked.
func TestRemainsAreFreedAtTheirTimes(t *testing.T) {
	draw := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		sv, end, want, now := server{}, 1000*Second, 0.0, Time(0)
		for now < end/2 {
			now += Time(draw.Int64N(int64(30 * Second)))
			bytes, remains := draw.Int64N(1000)+1, Time(draw.Int64N(int64(100*Second)))
			sv.addMemory(now, bytes)
			sv.leaveBehind(now, bytes, now+remains)
			want += float64(bytes) * float64(remains)
			if draw.IntN(4) == 0 {
				sv.freeDue(now)
			}
		}
		sv.accrueSlow(end)
		if got := sv.rare.memory; math.Abs(got-want) > 1e-9*want || sv.memory != 0 || sv.lingering != 0 {
			t.Fatalf("an integral of %v, want %v; %d bytes are left", got, want, sv.memory)
		}
	}
}

// What is left behind permanently stays, and what a server loses is not freed again.
func TestRemainsThatStayOrAreLost(t *testing.T) {
	var sv server
	sv.addMemory(0, 30)
	sv.leaveBehind(0, 10, Never)
	sv.leaveBehind(0, 20, Second)
	if sv.freeDue(Hour); sv.memory != 10 || sv.lingering != 10 {
		t.Errorf("%d bytes are left, of them %d behind; want 10 and 10", sv.memory, sv.lingering)
	}
	sv.leaveBehind(Hour, 10, 2*Hour)
	sv.loseMemory()
	sv.addMemory(Hour, 5)
	sv.leaveBehind(Hour, 5, 3*Hour)
	if sv.freeDue(2 * Hour); sv.memory != 5 {
		t.Errorf("%d bytes are left, want 5", sv.memory)
	}
}

// A state that was evicted frees nothing at its time, whatever else has been left behind since.
func TestRemainsThatWereEvicted(t *testing.T) {
	var sv server
	sv.addMemory(0, 30)
	sv.leaveBehind(0, 10, Minute)
	sv.evictLingering(Second, 10)
	sv.leaveBehind(2*Minute, 20, Hour)
	if sv.freeDue(3 * Minute); sv.memory != 20 || sv.lingering != 20 {
		t.Errorf("%d bytes are left, of them %d behind; want 20 and 20", sv.memory, sv.lingering)
	}
}
