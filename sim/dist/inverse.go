package dist

import (
	"math"
	"sync/atomic"

	"stickysim/sim/rng"
)

// quantiler is a distribution that inverts its distribution function: quantile(u) is the x with P(S ≤ x) = u, and
// rises with u on (0, 1).
type quantiler interface{ quantile(u float64) float64 }

// inverse tabulates the quantile function of one distribution, so that a draw by inversion costs a polynomial instead
// of logarithms and powers. Its relative error is below 10⁻⁶, and draws stay coupled: equal uniforms give equal
// variates, larger ones larger variates.
//
// Each side of the median is cut where min(u, 1−u) passes a power of two, and each of these octaves into equal
// cells, so that cells get finer towards the ends, where quantile functions bend. A cell is the cubic through four
// exact values. Beyond the last octave, and in cells that a cubic fits badly, the draw is exact. The table is made
// at the first draw, by whichever goroutine comes first, since all make the same.
type inverse struct{ table atomic.Pointer[inverseTable] }

const (
	inverseOctaves = 12 // the last ends at 2⁻¹³
	inverseBits    = 4  // an octave has 2⁴ cells
	inverseSide    = inverseOctaves << inverseBits
	inverseFrac    = 52 - inverseBits // mantissa bits that say where in its cell a number lies
	// inverseFirst is the cell of the float64 2⁻¹³ if cells were counted from 0.
	inverseFirst = (1023 - inverseOctaves - 1) << inverseBits
	// inverseError is the largest relative error accepted at the point of a cell where a cubic is furthest off.
	inverseError = 5e-7
)

// inverseTable has the cells below the median by rising u, then those above it by falling u. Each holds the
// coefficients of its cubic, lowest power first; NaN stands for "ask the distribution".
type inverseTable [2 * inverseSide][4]float64

// at is the tabulated quantile, NaN where the distribution has to be asked.
func (v *inverse) at(u float64) float64 {
	t := v.table.Load()
	if t == nil {
		return math.NaN()
	}
	b := math.Float64bits(0.5 - math.Abs(u-0.5))
	i := b>>inverseFrac - inverseFirst
	if i >= inverseSide {
		return math.NaN()
	}
	i += math.Float64bits(0.5-u) >> 63 * inverseSide // the other side, without a branch that half of the draws mispredict
	c := &t[i]
	f := float64(b&(1<<inverseFrac-1)) * (1.0 / (1 << inverseFrac))
	return ((c[3]*f+c[2])*f+c[1])*f + c[0]
}

// Table draws from a distribution by the table of its quantiles, without a call through an interface.
type Table struct{ inverse *inverse }

// TableOf returns the table of d; ok is false where d is drawn in another way.
func TableOf(d Dist) (table Table, ok bool) {
	t, ok := d.(interface{ table() *inverse })
	if !ok {
		return Table{}, false
	}
	return Table{t.table()}, true
}

// Draw is the variate that the distribution's Sample returns for k, or NaN where only Sample knows it.
func (t Table) Draw(k rng.Key) float64 { return t.inverse.at(k.Float64()) }

// draw is the table's variate at address k, or d's own where the table has none. D is no interface, so that nothing
// is allocated.
func draw[D quantiler](k rng.Key, v *inverse, d D) float64 {
	u := k.Float64()
	if x := v.at(u); x == x {
		return x
	}
	return exact(u, v, d)
}

//go:noinline
func exact[D quantiler](u float64, v *inverse, d D) float64 {
	if v.table.Load() == nil {
		v.table.Store(tabulated(quantiles(d)))
		if x := v.at(u); x == x {
			return x
		}
	}
	return d.quantile(u)
}

// quantiles is the quantile function for many calls whose arguments are near each other.
func quantiles(d quantiler) func(u float64) float64 {
	if s, ok := d.(interface {
		series() func(u float64) float64
	}); ok {
		return s.series()
	}
	return d.quantile
}

// tabulated asks quantile for values in the order of the table.
func tabulated(quantile func(u float64) float64) *inverseTable {
	const worst = 1.0 / 8 // about where a cubic is furthest off, in cells
	t := new(inverseTable)
	begin := 0.0
	for i := range t {
		n := uint64(i%inverseSide + inverseFirst)
		from := math.Float64frombits(n << inverseFrac)
		wide := math.Float64frombits((n+1)<<inverseFrac) - from
		value := func(f float64) float64 {
			if i < inverseSide {
				return quantile(from + f*wide)
			}
			return quantile(1 - (from + f*wide))
		}
		if i%inverseSide == 0 {
			begin = value(0)
		}
		want := value(worst)
		c := cubic(begin, value(1.0/3), value(2.0/3), value(1))
		begin = c[0] + c[1] + c[2] + c[3]
		if got := ((c[3]*worst+c[2])*worst+c[1])*worst + c[0]; !(math.Abs(got-want) <= inverseError*want) {
			c[0] = math.NaN()
		}
		t[i] = c
	}
	return t
}

// cubic returns the coefficients of the cubic with the given values at 0, 1/3, 2/3 and 1.
func cubic(a, b, c, d float64) [4]float64 {
	return [4]float64{a, (-11*a + 18*b - 9*c + 2*d) / 2, (18*a - 45*b + 36*c - 9*d) / 2, (-9*a + 27*b - 27*c + 9*d) / 2}
}
