package dist

import (
	"math"

	"stickysim/sim/rng"
)

// TruncExp is the exponential distribution drawn again whenever it exceeds a cut: the think time of TPC-W.
type TruncExp struct {
	mean, cut float64
	inverse   *inverse
	Unit      Unit
}

// NewTruncExp returns the exponential distribution of parameter mean > 0 conditioned to stay below cut, which
// must be at least mean/1000. The mean of what is left lies below the parameter: see [TruncExp.Mean].
func NewTruncExp(mean, cut float64) (TruncExp, error) {
	d := TruncExp{mean: mean, cut: cut, inverse: new(inverse)}
	if err := firstError(positive("mean", mean), positive("cut", cut)); err != nil {
		return d, err
	}
	return d, inRange("cut", cut, mean/1000, largest, "a cut this far below the mean is uniform(0 cut)")
}

// Sample draws by inversion of one uniform.
func (d TruncExp) Sample(k rng.Key) float64 { return draw(k, d.inverse, d) }

func (d TruncExp) table() *inverse { return d.inverse }

func (d TruncExp) quantile(u float64) float64 {
	return min(d.cut, -d.mean*math.Log1p(u*math.Expm1(-d.cut/d.mean)))
}

// Mean is the expectation after the cut: mean − cut/(e^(cut/mean)−1).
func (d TruncExp) Mean() float64 { return d.mean - d.cut/math.Expm1(d.cut/d.mean) }

// SCV is the squared coefficient of variation after the cut.
func (d TruncExp) SCV() float64 {
	y := d.cut / d.mean
	if y > 700 {
		return 1 // e^y overflows; the cut takes nothing away
	}
	return scv(d.Mean()/d.mean, 2-y*(y+2)/math.Expm1(y))
}

func (d TruncExp) String() string {
	return "truncexp(mean=" + d.Unit.Format(d.mean) + " cut=" + d.Unit.Format(d.cut) + ")"
}

// CDF is P(S ≤ x).
func (d TruncExp) CDF(x float64) float64 {
	x = min(max(0, x), d.cut)
	return math.Expm1(-x/d.mean) / math.Expm1(-d.cut/d.mean)
}

// EquilibriumCDF is E[min(S,x)]/E[S].
func (d TruncExp) EquilibriumCDF(x float64) float64 {
	x = min(max(0, x), d.cut)
	below := (x + d.mean*math.Expm1(-x/d.mean)) / -math.Expm1(-d.cut/d.mean)
	return (x - below) / d.Mean()
}

// LengthBiased rejects from Erlang-2 when the cut is far, and from the rising line below it when it is near:
// one draw in four is accepted at worst.
func (d TruncExp) LengthBiased(k rng.Key) float64 {
	for n := uint64(0); ; n += 2 {
		if d.cut > d.mean {
			if x := d.mean * (k.At(n).Exp() + k.At(n+1).Exp()); x <= d.cut {
				return x
			}
			continue
		}
		if x := d.cut * math.Sqrt(k.At(n).Float64()); k.At(n+1).Float64() < math.Exp(-x/d.mean) {
			return x
		}
	}
}
