package stats

import (
	"math/rand/v2"
	"testing"
)

// small is a small tally and the one of all that it widens with.
type small struct {
	SmallTally
	all Tally
}

func (t *small) add(v int64) {
	t.all.Add(v)
	t.AddAmong(&t.all, BucketOf(v))
}

// A coarse tally tells quantiles as well as the width of its buckets allows, and counts the same.
func TestCoarseTally(t *testing.T) {
	fine, coarse := small{}, small{SmallTally: CoarseTally()}
	for i := int64(1); i <= 10000; i++ {
		fine.add(i * i * 37)
		coarse.add(i * i * 37)
	}
	a, b := fine.Histogram(1), coarse.Histogram(1)
	if a.Count() != b.Count() || len(b.counts) > len(a.counts)/4 {
		t.Errorf("%d counted in %d buckets, %d in %d coarse ones", a.Count(), len(a.counts), b.Count(), len(b.counts))
	}
	for _, p := range []float64{.01, .5, .95, .99, 1} {
		if x, y := b.Quantile(p), a.Quantile(p); x < y/1.032 || x > y*1.032 {
			t.Errorf("quantile %g: %g, want %g", p, x, y)
		}
		for _, list := range [][]*Histogram{{&b, &b}, {&a, &b}} {
			if x, y := NewMixture(list, []float64{1, .5}).Quantile(p), a.Quantile(p); x < y/1.032 || x > y*1.032 {
				t.Errorf("quantile %g of two: %g, want %g", p, x, y)
			}
		}
	}
	for _, v := range []int64{36, 37, 400, 1e6, 1e9} {
		if x, y := b.CountAbove(v), a.CountAbove(v); x < y-170 || x > y+170 {
			t.Errorf("%g above %d, want %g", x, v, y)
		}
	}
}

// A small tally counts what a tally counts: more than a byte holds too, and what widens it at either end.
func TestSmallTallyCountsAsATally(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 2))
	for run := range 20 {
		x := small{}
		for range 3 {
			for octave := range 6 {
				for range g.IntN(5000) {
					x.add(1<<(20+octave*(1-run%2*2)) + g.Int64N(1<<10))
				}
			}
		}
		got, want := x.Histogram(1), x.all.Histogram(1)
		if got.Count() != want.Count() || got.Min() != want.Min() || got.Max() != want.Max() {
			t.Fatalf("%d from %v to %v, want %d from %v to %v", got.Count(), got.Min(), got.Max(), want.Count(), want.Min(), want.Max())
		}
		for p := .001; p < 1; p += .001 {
			if a, b := got.Quantile(p), want.Quantile(p); a != b {
				t.Errorf("quantile %g: %g, want %g", p, a, b)
			}
		}
		x.Reset()
		if h := x.Histogram(0); h.Count() != 0 {
			t.Errorf("%d counted by nothing", h.Count())
		}
	}
}

// A tally that is one of many is seldom widened, and counts among an empty one as well.
func TestTallyAmongOthers(t *testing.T) {
	for _, among := range []SmallTally{{}, CoarseTally()} {
		all, widened := Tally{}, 0
		for i := int64(1); i <= 10000; i++ {
			all.Add(i * i * 37)
		}
		n := uint64(1)
		for i := int64(10000); i > 0; i -= 7 {
			before := len(among.counts)
			among.AddAmong(&all, BucketOf(i*i*37))
			n++
			if len(among.counts) != before {
				widened++
			}
		}
		if widened > 3 {
			t.Errorf("widened %d times", widened)
		}
		among.AddAmong(&Tally{}, 0)
		if h := among.Histogram(1); h.Count() != n || h.Min() != 0 {
			t.Errorf("%d from %v, want %d from 0", h.Count(), h.Min(), n)
		}
	}
}
