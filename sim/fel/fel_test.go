package fel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// both runs a test against each list.
func both(t *testing.T, test func(t *testing.T, l List)) {
	t.Run("Heap", func(t *testing.T) { test(t, NewHeap(0)) })
	t.Run("Ring", func(t *testing.T) { test(t, NewRing(0, 0)) })
	t.Run("RingHinted", func(t *testing.T) { test(t, NewRing(1000, 1000)) })
}

func expect(t *testing.T, l List, at int64, id uint32) {
	t.Helper()
	gotAt, gotID, ok := l.Pop()
	if !ok || gotAt != at || gotID != id {
		t.Fatalf("Pop() = %d, %d, %v; want %d, %d, true", gotAt, gotID, ok, at, id)
	}
}

func expectNone(t *testing.T, l List) {
	t.Helper()
	if at, id, ok := l.Pop(); ok {
		t.Fatalf("Pop() = %d, %d, true; want none", at, id)
	}
}

func TestEmpty(t *testing.T) {
	both(t, func(t *testing.T, l List) {
		expectNone(t, l)
		l.Push(5, 1)
		expect(t, l, 5, 1)
		expectNone(t, l)
		if l.Len() != 0 {
			t.Fatalf("Len = %d, want 0", l.Len())
		}
	})
}

func TestOrder(t *testing.T) {
	both(t, func(t *testing.T, l List) {
		l.Push(10, 7)
		l.Push(10, 3)
		l.Push(1<<62, math.MaxUint32)
		l.Push(1<<62, 0)
		l.Push(0, 9)
		expect(t, l, 0, 9)
		expect(t, l, 10, 3)
		l.Push(10, 1)
		expect(t, l, 10, 1)
		if l.Len() != 3 {
			t.Fatalf("Len = %d, want 3", l.Len())
		}
		expect(t, l, 10, 7)
		l.Push(11, 4)
		expect(t, l, 11, 4)
		expect(t, l, 1<<62, 0)
		expect(t, l, 1<<62, math.MaxUint32)
		expectNone(t, l)
	})
}

// An event before the last one taken, and even before the current slice of a ring, comes out next.
func TestPushBeforeTaken(t *testing.T) {
	r := NewRing(200, 1<<20)
	for i := range uint32(200) {
		r.Push(1<<20+int64(i), i)
	}
	expect(t, r, 1<<20, 0)
	r.Push(3, 1000)
	r.Push(2, 1001)
	expect(t, r, 2, 1001)
	expect(t, r, 3, 1000)
	for i := uint32(1); i < 200; i++ {
		expect(t, r, 1<<20+int64(i), i)
	}
}

// A million events at one instant, in an order bad for insertion sort, must
// take about as long as sorting them.
func TestManyTies(t *testing.T) {
	const n = 250_000
	for _, hint := range []int{0, n} {
		r := NewRing(hint, 1000)
		for i := range uint32(n) {
			r.Push(1e9, n-1-i)
		}
		for i := range uint32(n) {
			expect(t, r, 1e9, i)
			if i%10 == 0 {
				r.Push(1e9, n+i)
			}
		}
		for i := uint32(0); i < n; i += 10 {
			expect(t, r, 1e9, n+i)
		}
		expectNone(t, r)
	}
}

// holds are the ways a random workload looks ahead.
var holds = []struct {
	name string
	draw func(g *rand.Rand) int64
}{
	{"zero", func(g *rand.Rand) int64 { return 0 }},
	{"tiny", func(g *rand.Rand) int64 { return g.Int64N(4) }},
	{"millisecond", func(g *rand.Rand) int64 { return int64(g.ExpFloat64() * 1e6) }},
	{"round", func(g *rand.Rand) int64 { return g.Int64N(4) * 1e6 }},
	{"seconds", func(g *rand.Rand) int64 { return int64(g.ExpFloat64() * 1e10) }},
	{"hour", func(g *rand.Rand) int64 { return 3600e9 }},
	{"month", func(g *rand.Rand) int64 { return g.Int64N(30 * 86400e9) }},
	{"pareto", func(g *rand.Rand) int64 { return int64(min(1e3/math.Pow(g.Float64(), 2), 1e17)) }},
}

// TestAgree drives a ring and a heap through the same random phases: a mixture
// of holds, growth or shrinkage, events before the last one taken, and full drains.
func TestAgree(t *testing.T) {
	for seed := range uint64(20) {
		g := rand.New(rand.NewPCG(seed, 1))
		p := pair{t: t, heap: NewHeap(0), ring: NewRing(int(g.Int64N(3))*500, g.Int64N(2)*g.Int64N(1e10))}
		for range 12 {
			p.phase(g)
		}
		for p.pop() {
		}
	}
}

// pair is two lists that get the same calls.
type pair struct {
	t    testing.TB
	heap *Heap
	ring *Ring
	now  int64
}

func (p *pair) push(hold int64, id uint32) {
	at := min(max(p.now+hold, 0), 1<<62)
	p.heap.Push(at, id)
	p.ring.Push(at, id)
}

func (p *pair) pop() bool {
	p.t.Helper()
	at, id, ok := p.heap.Pop()
	at2, id2, ok2 := p.ring.Pop()
	if at != at2 || id != id2 || ok != ok2 || p.heap.Len() != p.ring.Len() {
		p.t.Fatalf("ring gives %d, %d, %v and %d left; heap %d, %d, %v and %d left",
			at2, id2, ok2, p.ring.Len(), at, id, ok, p.heap.Len())
	}
	if ok {
		p.now = at
	}
	return ok
}

func (p *pair) phase(g *rand.Rand) {
	a, b := holds[g.IntN(len(holds))].draw, holds[g.IntN(len(holds))].draw
	share, growth := g.Float64(), g.Float64()*0.2+0.4
	for range g.IntN(3000) {
		p.push(a(g), g.Uint32())
	}
	if g.IntN(4) == 0 {
		for p.pop() {
		}
	}
	for range g.IntN(20000) {
		if g.Float64() < growth {
			draw := a
			if g.Float64() < share {
				draw = b
			}
			p.push(draw(g), g.Uint32N(1000))
			continue
		}
		if g.IntN(1000) == 0 {
			p.push(-g.Int64N(1e6), g.Uint32N(1000))
		}
		p.pop()
	}
}

// FuzzRing reads bytes as calls: the two low bits choose push, ahead or back, or pop, the rest
// of the byte and the next say how far.
func FuzzRing(f *testing.F) {
	f.Add(uint16(0), uint32(0), []byte{0, 0, 1, 1, 2, 3})
	f.Add(uint16(500), uint32(1e6), []byte("a mixture of pushes and pops of all sizes"))
	f.Fuzz(func(t *testing.T, capacity uint16, meanHold uint32, calls []byte) {
		p := pair{t: t, heap: NewHeap(0), ring: NewRing(int(capacity), int64(meanHold))}
		for i := 0; i+1 < len(calls); i += 2 {
			c, x := calls[i], int64(calls[i+1])
			hold := x << (c >> 2 & 63)
			if hold < 0 || hold > 1<<61 {
				hold = x
			}
			switch c & 3 {
			case 0:
				p.push(hold, uint32(i))
			case 1:
				for j := range x {
					p.push(hold+j*j, uint32(j))
				}
			case 2:
				p.push(-hold, uint32(i))
			default:
				for range x {
					p.pop()
				}
			}
		}
		for p.pop() {
		}
	})
}

// TestNoAllocation holds the number of pending events and counts allocations.
func TestNoAllocation(t *testing.T) {
	for _, pending := range []int{2, 60, 1000, 20_000} {
		for _, l := range []List{NewHeap(pending), NewRing(pending, 1e6), NewRing(0, 0)} {
			g := rand.New(rand.NewPCG(1, 2))
			for i := range pending {
				l.Push(int64(g.ExpFloat64()*1e6), uint32(i))
			}
			hold := func() {
				for range 1000 {
					at, id, _ := l.Pop()
					l.Push(at+int64(g.ExpFloat64()*1e6), id)
				}
			}
			for range 1000 {
				hold()
			}
			if n := testing.AllocsPerRun(100, hold); n != 0 {
				t.Errorf("%T, %d pending: %v allocations per 1000 takes and inserts", l, pending, n)
			}
		}
	}
}
