package fel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// settle runs the hold model with exponential holds until the ring has had
// time to find its width.
func settle(r *Ring, pending int, meanHold float64) {
	g := rand.New(rand.NewPCG(7, 8))
	for i := range pending {
		r.Push(int64(g.ExpFloat64()*meanHold), uint32(i))
	}
	for range 4*pending + 10*firstLook {
		at, id, _ := r.Pop()
		r.Push(at+int64(g.ExpFloat64()*meanHold), id)
	}
}

// Whatever the hint, the ring ends with slices that hold about 1/perSlice of
// the pending events: it rebuilds when a factor of four off, and a factor of
// two is lost to rounding.
func TestWidthFollowsRate(t *testing.T) {
	const pending, mean = 50_000, 1e10
	for _, hint := range []int64{0, 1, 1e4, 1e8, 1e10, 1e12, 1e18} {
		r := NewRing(pending, hint)
		settle(r, pending, mean)
		share := math.Ldexp(1, int(r.shift)) / mean * perSlice
		if share < 0.25 || share > 8 {
			t.Errorf("hint %d: a slice is %.3g of its ideal width", hint, share)
		}
		if late := r.late.Len(); late > pending/10 {
			t.Errorf("hint %d: %d of %d events lie past the ring", hint, late, pending)
		}
	}
}

// A few events far away, however far, must not stretch the slices.
func TestWidthIgnoresFarEvents(t *testing.T) {
	const pending, mean = 50_000, 1e7
	r := NewRing(pending, mean)
	for i := range uint32(pending / 50) {
		r.Push(30*86400e9+int64(i), i)
	}
	settle(r, pending, mean)
	if share := math.Ldexp(1, int(r.shift)) / mean * perSlice; share < 0.25 || share > 8 {
		t.Errorf("a slice is %.3g of its ideal width", share)
	}
}

// With few events left the ring hands over to the heap, and takes over again.
func TestHandOver(t *testing.T) {
	r := NewRing(1000, 1e6)
	settle(r, 1000, 1e6)
	if r.cur == heapSlice {
		t.Fatal("a thousand events are kept in the heap")
	}
	for r.Len() > heapBelow/2 {
		r.Pop()
	}
	g := rand.New(rand.NewPCG(9, 9))
	hold := func() {
		at, id, _ := r.Pop()
		r.Push(at+int64(g.ExpFloat64()*1e6), id)
	}
	for range 10 * firstLook {
		hold()
	}
	if r.cur != heapSlice {
		t.Errorf("%d events are kept in the ring", r.Len())
	}
	at, _, _ := r.Pop()
	for i := range uint32(10 * ringFrom) {
		r.Push(at+int64(i), i)
	}
	hold()
	if r.cur == heapSlice {
		t.Errorf("%d events are kept in the heap", r.Len())
	}
}

// A million pending events take about nine bytes each.
func TestMemory(t *testing.T) {
	const pending = 1_000_000
	r := NewRing(pending, 1e10)
	settle(r, pending, 1e10)
	size := 8*(cap(r.pool.words)+cap(r.run)+cap(r.near.heap)) + 16*(cap(r.few.ev)+cap(r.late.ev))
	if each := float64(size) / pending; each > 9.5 {
		t.Errorf("%.2f bytes an event, want at most 9.5", each)
	}
}

// Events at the edges of the ring survive a rebuild to any width.
func TestRebuildKeepsEdges(t *testing.T) {
	for shift := range uint(maxShift + 1) {
		r := NewRing(1000, 1e6)
		width := int64(1) << r.shift
		for i, s := range []int64{0, 1, slices - 1, slices, slices + 1} {
			r.Push(s*width, uint32(2*i))
			r.Push((s+1)*width-1, uint32(2*i+1))
		}
		r.rebuild(0, shift)
		last := int64(-1)
		for range 10 {
			at, _, ok := r.Pop()
			if !ok || at < last {
				t.Fatalf("shift %d: %d, %v after %d", shift, at, ok, last)
			}
			last = at
		}
	}
}
