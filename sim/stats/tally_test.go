package stats

import "testing"

func TestTallyIsABareHistogram(t *testing.T) {
	var h Histogram
	var tally Tally
	var window, both Window
	var half Tally
	middle, median := []float64{.5}, make([]float64, 1)
	sum := int64(0)
	for i := int64(1); i <= 10000; i++ {
		v := i * i * 37
		h.Add(v)
		tally.Add(v)
		sum += v
		if i > 4000 {
			half.Add(v)
		}
		if i == 4000 {
			window.Quantiles(middle, median, 4000, &tally)
			both.Quantiles(middle, median, 4000, &tally, &half)
		}
	}
	got := tally.Histogram(sum)
	if got.Count() != h.Count() || got.Sum() != h.Sum() {
		t.Fatalf("count and sum %d, %g; want %d, %g", got.Count(), got.Sum(), h.Count(), h.Sum())
	}
	for _, p := range []float64{.01, .5, .99} {
		if a, b := got.Quantile(p), h.Quantile(p); a/b > 1.004 || a/b < .996 {
			t.Errorf("quantile %g: %g; want %g", p, a, b)
		}
	}
	since := func(find func()) {
		find()
		if q, want := median[0], float64(7000*7000*37); q < want*.995 || q > want*1.005 {
			t.Errorf("median since: %g; want %g", q, want)
		}
	}
	since(func() { both.Quantiles(middle, median, 12000, &tally, &half) })
	since(func() { window.Quantiles(middle, median, 6000, &tally) })
	since(func() { half.Drain(middle, median, 6000) })
	if q := half.Histogram(0); q.Count() != 0 {
		t.Errorf("%d in a tally that was drained", q.Count())
	}
	if half.Drain(middle, median, 0); median[0] == median[0] {
		t.Errorf("a median of %g of nothing", median[0])
	}
}

// A coarse tally tells quantiles as well as the width of its buckets allows, and counts the same.
func TestCoarseTally(t *testing.T) {
	fine, coarse := Tally{}, CoarseTally()
	for i := int64(1); i <= 10000; i++ {
		fine.Add(i * i * 37)
		coarse.Add(i * i * 37)
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
			if x, y := QuantileOf(p, list, []float64{1, .5}), a.Quantile(p); x < y/1.032 || x > y*1.032 {
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

// A tally that is one of many counts what it would count alone, and is seldom widened.
func TestTallyAmongOthers(t *testing.T) {
	for _, alone := range []Tally{{}, CoarseTally()} {
		all, among, widened := Tally{}, alone, 0
		for i := int64(1); i <= 10000; i++ {
			all.Add(i * i * 37)
		}
		for i := int64(10000); i > 0; i -= 7 {
			before := len(among.counts)
			alone.Add(i * i * 37)
			among.AddAmong(&all, BucketOf(i*i*37))
			if len(among.counts) != before {
				widened++
			}
		}
		if widened > 3 {
			t.Errorf("widened %d times", widened)
		}
		among.AddAmong(&Tally{}, 0)
		alone.AddTo(0)
		a, b := alone.Histogram(1), among.Histogram(1)
		for _, p := range []float64{0, .01, .5, .99, 1} {
			if x, y := b.Quantile(p), a.Quantile(p); x != y {
				t.Errorf("quantile %g: %g, want %g", p, x, y)
			}
		}
	}
}

func TestTallyClamps(t *testing.T) {
	var tally Tally
	tally.Add(-5)
	tally.Add(Range * 4)
	h := tally.Histogram(0)
	if h.Count() != 2 || h.Min() != 0 {
		t.Errorf("count %d, min %d", h.Count(), h.Min())
	}
}
