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

func TestTallyClamps(t *testing.T) {
	var tally Tally
	tally.Add(-5)
	tally.Add(Range * 4)
	h := tally.Histogram(0)
	if h.Count() != 2 || h.Min() != 0 {
		t.Errorf("count %d, min %d", h.Count(), h.Min())
	}
}
