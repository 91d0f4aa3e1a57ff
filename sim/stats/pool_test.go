package stats

import (
	"math"
	"reflect"
	"testing"

	"stickysim/sim/rng"
)

// drawnTimes is a histogram of n exponential times with a mean of a second, in ns.
func drawnTimes(k rng.Key, n int) *Histogram {
	h := &Histogram{}
	for i := range n {
		h.Add(int64(1e9 * k.At(uint64(i)).Exp()))
	}
	return h
}

func TestHistogramBinary(t *testing.T) {
	for _, h := range []*Histogram{{}, drawnTimes(rng.Root(1), 1000), drawnTimes(rng.Root(2), 1)} {
		b, err := h.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		var back Histogram
		if err := back.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(back.Buckets(), h.Buckets()) || back.Sum() != h.Sum() || back.Count() != h.Count() || back.Min() != h.Min() || back.Max() != h.Max() {
			t.Errorf("read back: %d observations from %d to %d; want %d from %d to %d", back.Count(), back.Min(), back.Max(), h.Count(), h.Min(), h.Max())
		}
		if len(b) > 6 && back.UnmarshalBinary(b[:len(b)-1]) == nil {
			t.Error("a histogram that is cut off was read")
		}
	}
}

func FuzzHistogramBinary(f *testing.F) {
	b, _ := drawnTimes(rng.Root(1), 100).AppendBinary(nil)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var h, back Histogram
		if h.UnmarshalBinary(b) != nil {
			return
		}
		again, _ := h.AppendBinary(nil)
		if err := back.UnmarshalBinary(again); err != nil || !reflect.DeepEqual(h.Buckets(), back.Buckets()) {
			t.Errorf("what was read cannot be written and read again: %v", err)
		}
	})
}

// Quantiles of the pool are those of the merged histogram, with the standard error of the binomial theory:
// sqrt(p(1-p)/n)/density.
func TestPoolQuantile(t *testing.T) {
	var p Pool
	var all Histogram
	const replications, each = 50, 4000
	for i := range uint64(replications) {
		h := drawnTimes(rng.Root(3).At(i), each)
		p.Add(h)
		all.Merge(h)
	}
	if p.Count() != replications*each || p.Len() != replications {
		t.Errorf("%d observations of %d replications", p.Count(), p.Len())
	}
	for _, q := range []float64{.5, .9, .99} {
		j := p.Quantile(q)
		if j.Point != all.Quantile(q) {
			t.Errorf("quantile %g: %g; merged %g", q, j.Point, all.Quantile(q))
		}
		want := 1e9 * math.Sqrt(q*(1-q)/(replications*each)) / (1 - q)
		if se := j.SE(); math.Abs(se/want-1) > .3 {
			t.Errorf("quantile %g: standard error %g; theory %g", q, se, want)
		}
	}
	p.Truncate(1)
	p.Add(nil)
	if one := p.Quantile(.5); p.Count() != each || !math.IsNaN(one.SE()) {
		t.Errorf("one replication with times and one without: %+v", one)
	}
	if none := (&Pool{parts: make([][]byte, 3)}).Quantile(.5); !math.IsNaN(none.Point) {
		t.Errorf("nothing: %+v", none)
	}
}

// Student's test is what is left of Hall's where there is no skewness, and its inverse is one.
func TestSkewed(t *testing.T) {
	for _, a := range []float64{-.35, -.1, 0, .2, .35} {
		for x := -6.0; x < 6; x += .5 {
			if got := unskewed(skewed(x, a), a); math.Abs(got-x) > 1e-9 {
				t.Errorf("a = %g: %g comes back as %g", a, x, got)
			}
		}
	}
	even := OfMean([]float64{-1, 1, -2, 2, -3, 3})
	close9(t, "no skewness", even.Interval(.95).HalfWidth(), TInterval([]float64{-1, 1, -2, 2, -3, 3}, .95).HalfWidth())
}
