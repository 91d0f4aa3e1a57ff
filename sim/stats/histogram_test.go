package stats

import (
	"encoding/json"
	"math"
	"reflect"
	"sort"
	"testing"

	"stickysim/sim/rng"
)

// latencies draws n skewed values over about seven decades.
func latencies(stream string, n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(math.Exp(14 + 2.5*rng.Root(1).Stream(stream).At(uint64(i)).Norm()))
	}
	return out
}

func filled(values []int64) *Histogram {
	h := new(Histogram)
	for _, v := range values {
		h.Add(v)
	}
	return h
}

func TestHistogramQuantilesAreWithinTheBucket(t *testing.T) {
	values := latencies("quantiles", 50_000)
	values = append(values, make([]int64, 500)...)
	for i := range 3000 { // a point mass at the low edge of a bucket is the worst case
		values = append(values, 1<<20, int64(i)%600)
	}
	h := filled(values)
	sort.Slice(values, func(i, j int) bool { return values[i] < values[j] })
	for i := 0; i <= 1000; i++ {
		p := float64(i) / 1000
		exact := float64(values[max(0, int(math.Ceil(p*float64(len(values))))-1)])
		if got := h.Quantile(p); math.Abs(got-exact) > exact/256 {
			t.Errorf("Quantile(%g) = %g, exact %g: off by %.2f %%", p, got, exact, 100*(got/exact-1))
		}
	}
}

func TestHistogramExactParts(t *testing.T) {
	values := latencies("exact", 10_000)
	h := filled(values)
	sum, low, high := 0.0, values[0], values[0]
	for _, v := range values {
		sum, low, high = sum+float64(v), min(low, v), max(high, v)
	}
	if h.Count() != 10_000 || h.Sum() != sum || h.Mean() != sum/10_000 || h.Min() != low || h.Max() != high || h.Clamped() != 0 {
		t.Errorf("count %d sum %g mean %g min %d max %d clamped %d", h.Count(), h.Sum(), h.Mean(), h.Min(), h.Max(), h.Clamped())
	}
	above := 0
	for _, v := range values {
		above += int(min(1, max(0, v-1_048_575))) // the last value of its bucket
	}
	if got := h.CountAbove(1_048_575); got != float64(above) {
		t.Errorf("CountAbove = %g, want %d", got, above)
	}
	if h.CountAbove(-1) != 10_000 || h.CountAbove(high) != 0 || !(h.CountAbove(high-1) <= 1) {
		t.Errorf("CountAbove at the ends: %g %g %g", h.CountAbove(-1), h.CountAbove(high), h.CountAbove(high-1))
	}
	small := filled([]int64{0, 1, 255, 511, 511})
	if small.CountAbove(255) != 2 || small.Quantile(0.6) != 255 || small.Quantile(1) != 511 || small.Quantile(0) != 0 {
		t.Errorf("small values are not exact: %v", small.Buckets())
	}
}

func TestHistogramBucketsTile(t *testing.T) {
	next := int64(0)
	for i := 0; i <= index(Range-1); i++ {
		low, high := bounds(i)
		if low != next || index(uint64(low)) != i || index(uint64(high)) != i || float64(high-low) > float64(low)/256 {
			t.Fatalf("bucket %d is [%d, %d], expected to start at %d", i, low, high, next)
		}
		next = high + 1
	}
	if next != Range {
		t.Errorf("buckets end at %d, want %d", next, int64(Range))
	}
}

func TestHistogramMergeIsOrderIndependent(t *testing.T) {
	parts := []*Histogram{filled(latencies("a", 1000)), filled(nil), filled([]int64{1, 2, 3, 1 << 44, -5, 1 << 50}), filled(latencies("b", 2000))}
	whole := filled(append(append(latencies("a", 1000), 1, 2, 3, 1<<44, -5, 1<<50), latencies("b", 2000)...))
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}} {
		sum := new(Histogram)
		for _, i := range order {
			sum.Merge(parts[i])
		}
		if !reflect.DeepEqual(sum.Buckets(), whole.Buckets()) || sum.Sum() != whole.Sum() || sum.Count() != whole.Count() ||
			sum.Min() != whole.Min() || sum.Max() != whole.Max() || sum.Clamped() != whole.Clamped() || sum.Quantile(0.9) != whole.Quantile(0.9) {
			t.Errorf("order %v differs from the whole", order)
		}
	}
}

func TestHistogramEdges(t *testing.T) {
	empty := new(Histogram)
	if !math.IsNaN(empty.Quantile(0.5)) || !math.IsNaN(empty.Mean()) || empty.CountAbove(0) != 0 || empty.Count() != 0 || empty.Buckets() != nil {
		t.Error("an empty histogram must be undefined")
	}
	one := filled([]int64{123_456_789})
	if one.Quantile(0) != 123_456_789 || one.Quantile(0.5) != 123_456_789 || one.Mean() != 123_456_789 || !math.IsNaN(one.Quantile(1.5)) || !math.IsNaN(one.Quantile(math.NaN())) {
		t.Errorf("one value: median %g", one.Quantile(0.5))
	}
	full := filled([]int64{7, 7})
	full.counts[7-full.base] = math.MaxUint32
	full.Add(7)
	if full.counts[7-full.base] != math.MaxUint32 || full.Clamped() != 1 || full.Count() != 3 {
		t.Error("a full bucket must stay full")
	}
	twin := filled([]int64{7})
	if twin.Merge(full); twin.Clamped() != 2 || twin.Quantile(0.5) != 7 {
		t.Errorf("merging into a full bucket clamped %d", twin.Clamped())
	}
	big := new(Histogram)
	big.sum = math.MaxUint64
	if big.Add(1); big.Sum() != 0x1p64 {
		t.Errorf("the sum overflowed to %g", big.Sum())
	}
	one.Reset()
	if one.Count() != 0 || one.Buckets() != nil || !math.IsNaN(one.Mean()) {
		t.Error("Reset left something behind")
	}
	text, err := json.Marshal(filled([]int64{3, 1000, 1001}).Buckets())
	if want := `[{"low":3,"high":3,"count":1},{"low":1000,"high":1001,"count":2}]`; err != nil || string(text) != want {
		t.Errorf("JSON %s, %v", text, err)
	}
}

func TestHistogramAddDoesNotAllocate(t *testing.T) {
	h := new(Histogram)
	h.Reserve(1000, 1<<34)
	v := int64(1000)
	if n := testing.AllocsPerRun(1000, func() { h.Add(v); v += v / 64 }); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

func BenchmarkHistogramAdd(b *testing.B) {
	values := latencies("bench", 4096)
	h := new(Histogram)
	i := 0
	for b.Loop() {
		h.Add(values[i&4095])
		i++
	}
}
