package fel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// ahead is a table of holds, so that the benchmarks time the list and not the
// draws; its length is odd to keep it out of step with the list.
func ahead(draw func(g *rand.Rand) float64) []int64 {
	g := rand.New(rand.NewPCG(3, 4))
	h := make([]int64, 1<<14-1)
	for i := range h {
		h[i] = int64(draw(g))
	}
	return h
}

func exponential(g *rand.Rand) float64 { return g.ExpFloat64() * 1e10 }

// mixed is the event form of a closed model: think ten seconds, serve ten
// milliseconds.
func mixed(g *rand.Rand) float64 {
	if g.IntN(2) == 0 {
		return g.ExpFloat64() * 1e10
	}
	return g.ExpFloat64() * 1e7
}

// hold is the hold model: take the first event, put it back later.
func hold(b *testing.B, l List, pending int, holds []int64) {
	g := rand.New(rand.NewPCG(5, 6))
	for i := range pending {
		l.Push(int64(g.ExpFloat64()*1e10), uint32(i))
	}
	j := 0
	step := func() {
		at, id, _ := l.Pop()
		l.Push(at+holds[j], id)
		if j++; j == len(holds) {
			j = 0
		}
	}
	for range 3*pending + 100_000 {
		step()
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		step()
	}
}

func sizes(b *testing.B, list func(pending int) List, holds []int64) {
	for _, n := range []int{2, 64, 1e3, 1e5, 1e6} {
		b.Run(fmt.Sprintf("pending=%d", n), func(b *testing.B) { hold(b, list(n), n, holds) })
	}
}

func BenchmarkHeap(b *testing.B) {
	sizes(b, func(n int) List { return NewHeap(n) }, ahead(exponential))
}

func BenchmarkRing(b *testing.B) {
	sizes(b, func(n int) List { return NewRing(n, 1e10) }, ahead(exponential))
}

func BenchmarkHeapMixed(b *testing.B) {
	sizes(b, func(n int) List { return NewHeap(n) }, ahead(mixed))
}

func BenchmarkRingMixed(b *testing.B) {
	sizes(b, func(n int) List { return NewRing(n, 5e9) }, ahead(mixed))
}
