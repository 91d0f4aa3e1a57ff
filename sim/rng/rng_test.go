package rng

import (
	"math"
	"slices"
	"sort"
	"testing"
)

// Bands are 4.5 standard errors: about one false alarm in 150,000 at a free seed; the seeds here are fixed.

func TestUniformMomentsAlongOrdinalsAndEntities(t *testing.T) {
	const n = 200_000
	root := Root(1).Stream("service")
	for name, at := range map[string]func(i uint64) float64{
		"ordinals of one entity":  func(i uint64) float64 { return root.At(7).At(i).Float64() },
		"entities at one ordinal": func(i uint64) float64 { return root.At(i).At(7).Float64() },
		"seeds":                   func(i uint64) float64 { return Root(i).Stream("service").At(0).Float64() },
	} {
		mean, square, lag, last := 0.0, 0.0, 0.0, at(n)
		for i := range uint64(n) {
			u := at(i) - 0.5
			mean, square = mean+u/n, square+u*u/n
			lag, last = lag+12*u*(last-0.5)/n, u+0.5
		}
		if math.Abs(mean) > 4.5*math.Sqrt(1.0/12/n) || math.Abs(square-1.0/12) > 4.5*math.Sqrt(1.0/180/n) {
			t.Errorf("%s: mean %+.5f off, variance %.5f", name, mean, square)
		}
		if math.Abs(lag) > 4.5/math.Sqrt(n) {
			t.Errorf("%s: lag-1 correlation %.5f", name, lag)
		}
	}
}

func TestBitsAndCellsAreEven(t *testing.T) {
	const n, cells = 1 << 17, 256
	key := Root(3).Stream("cells").At(5)
	var low, high, index [cells]int
	var ones [64]int
	for i := range uint64(n) {
		u := key.At(i).Uint64()
		low[u%cells]++
		high[u>>56]++
		index[key.At(i).Stream("n").IntN(cells)]++
		for b := range ones {
			ones[b] += int(u >> b & 1)
		}
	}
	for name, counts := range map[string][cells]int{"low bits": low, "high bits": high, "IntN": index} {
		chi := 0.0
		for _, c := range counts {
			d := float64(c) - n/cells
			chi += d * d / (n / cells)
		}
		if math.Abs(chi-(cells-1)) > 4.5*math.Sqrt(2*(cells-1)) {
			t.Errorf("%s: chi² = %.1f on %d degrees of freedom", name, chi, cells-1)
		}
	}
	for b, c := range ones {
		if math.Abs(float64(c)-n/2) > 4.5*math.Sqrt(n)/2 {
			t.Errorf("bit %d is set %d times in %d", b, c, n)
		}
	}
}

// Draws of two purposes at the same entity and ordinal must not go together, nor a key with its own children.
func TestStreamsAreUncorrelated(t *testing.T) {
	const n = 200_000
	think, service := Root(9).Stream("think"), Root(9).Stream("service")
	pairs, parent := 0.0, 0.0
	for i := range uint64(n) {
		user, request := i/100, i%100
		a := think.At(user).At(request)
		pairs += 12 * (a.Float64() - 0.5) * (service.At(user).At(request).Float64() - 0.5) / n
		parent += 12 * (a.Float64() - 0.5) * (a.At(0).Float64() - 0.5) / n
	}
	if band := 4.5 / math.Sqrt(n); math.Abs(pairs) > band || math.Abs(parent) > band {
		t.Errorf("correlation think-service %.5f, parent-child %.5f, band %.5f", pairs, parent, band)
	}
}

func TestAddressesDoNotMeet(t *testing.T) {
	seen := map[Key]bool{}
	for _, purpose := range []string{"", "a", "b", "ab", "ba", "think", "service"} {
		for user := range uint64(100) {
			for n := range uint64(100) {
				k := Root(1).Stream(purpose).At(user).At(n)
				if seen[k] {
					t.Fatalf("address %q/%d/%d meets another", purpose, user, n)
				}
				seen[k] = true
			}
		}
	}
}

// kolmogorov is the largest distance between the empirical law of x and a distribution function, times √n.
// Beyond 2.2 has probability 1.2e-4.
func kolmogorov(x []float64, law func(float64) float64) float64 {
	sort.Float64s(x)
	worst, n := 0.0, float64(len(x))
	for i, v := range x {
		f := law(v)
		worst = max(worst, math.Abs(f-float64(i)/n), math.Abs(float64(i+1)/n-f))
	}
	return worst * math.Sqrt(n)
}

func TestExpAndNormFollowTheirLaws(t *testing.T) {
	const n = 400_000
	key := Root(2).Stream("distributions")
	exps, norms, tails := make([]float64, n), make([]float64, n), []float64{}
	for i := range exps {
		exps[i], norms[i] = key.At(uint64(i)).Exp(), key.At(uint64(i)).Norm()
	}
	for i := uint64(0); len(tails) < 1000; i++ {
		if x := key.Stream("tail").At(i).Exp(); x > 7 { // the last layer and the tail behind it
			tails = append(tails, x-7)
		}
	}
	exponential := func(x float64) float64 { return -math.Expm1(-x) }
	normal := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	for name, d := range map[string]float64{
		"exp": kolmogorov(exps, exponential), "exp beyond 7": kolmogorov(tails, exponential), "norm": kolmogorov(norms, normal),
	} {
		if d > 2.2 {
			t.Errorf("%s: Kolmogorov distance %.2f/√n", name, d)
		}
	}
}

func TestNormQuantileInvertsTheLaw(t *testing.T) {
	for _, p := range []float64{0x1p-54, 1e-12, 1e-6, 0.01, 0.0749, 0.0751, 0.3, 0.5, 0.8, 0.925, 0.9999, 1 - 1e-9} {
		x := NormQuantile(p)
		if back := math.Erfc(-x/math.Sqrt2) / 2; math.Abs(back-p) > 4e-14*p+1e-16 {
			t.Errorf("NormQuantile(%g) = %g, whose probability is %g", p, x, back)
		}
	}
	if x := NormQuantile(0.975); math.Abs(x-1.959963984540054) > 1e-15*4 {
		t.Errorf("NormQuantile(0.975) = %.17g", x)
	}
}

func TestEdges(t *testing.T) {
	for _, u := range []uint64{0, math.MaxUint64} {
		if x := NormQuantile(unit(u)); !(math.Abs(x) > 8 && math.Abs(x) < 9) || math.IsInf(math.Log(unit(u)), 0) {
			t.Errorf("the last cell %x gives %g, normal %g", u, unit(u), x)
		}
	}
	if Root(1).IntN(1) != 0 {
		t.Error("IntN(1) must be 0")
	}
	defer func() {
		if recover() == nil {
			t.Error("IntN(0) must panic")
		}
	}()
	Root(1).IntN(0)
}

// The members of a family in turn are the sequence of SplitMix64, as published for the seed 1234567.
func TestSplitMix64(t *testing.T) {
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		if got := uint64(Key(1234567).At(uint64(i))); got != want {
			t.Errorf("member %d is %d, want %d", i, got, want)
		}
	}
}

// Every result of the project rests on these values: a change here changes them all.
func TestPinned(t *testing.T) {
	k := Root(1).Stream("service").At(12).At(7)
	got := []float64{float64(k), float64(k.Uint64() >> 11), k.Float64(), float64(k.IntN(1000)), k.Exp(), k.Norm()}
	want := []float64{16131344152774870360, 1442094866809793, 0.87448191877749271, 874, 1.065620223293557, 1.1478362670364899}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-14*math.Abs(want[i]) {
			t.Errorf("value %d = %.17g, want %.17g", i, got[i], want[i])
		}
	}
}

var sink float64

func BenchmarkDraw(b *testing.B) {
	user := Root(1).Stream("service").At(12)
	for name, draw := range map[string]func(Key) float64{"float64": Key.Float64, "exp": Key.Exp, "norm": Key.Norm} {
		b.Run("law="+name, func(b *testing.B) {
			for n := uint64(0); b.Loop(); n++ {
				sink += draw(user.At(n))
			}
		})
	}
}

// Many keys at once are those that come one by one, however many there are.
func TestManyKeys(t *testing.T) {
	for n := range 100 {
		keys, out := make([]Key, n), make([]Key, n)
		for i := range keys {
			keys[i] = Root(7).At(uint64(i % 90)) // some are equal
		}
		Members(out, keys, 12)
		first := 0
		for i, k := range keys {
			if want := k.At(12); out[i] != want {
				t.Fatalf("member of key %d of %d is %x, want %x", i, n, out[i], want)
			}
			if out[i] > out[first] {
				first = i
			}
		}
		if n > 0 && First(out) != first {
			t.Fatalf("the greatest of %d is at %d, want %d", n, First(out), first)
		}
		if n > 0 && Least(out) != slices.Min(out) {
			t.Fatalf("the least of %d is %x, want %x", n, Least(out), slices.Min(out))
		}
		for from := range n + 1 {
			most := Root(8).At(uint64(from)) >> (from % 6)
			want := slices.IndexFunc(out[from:], func(k Key) bool { return k <= most })
			if want >= 0 {
				want += from
			}
			if got := Next(out, from, most); got != want {
				t.Fatalf("of %d, the first from %d on that is not above %x is at %d, want %d", n, from, most, got, want)
			}
		}
		Uint64s(out, out)
		for i, k := range keys {
			if want := k.At(12).Uint64(); uint64(out[i]) != want {
				t.Fatalf("bits of key %d of %d are %x, want %x", i, n, out[i], want)
			}
		}
	}
}
