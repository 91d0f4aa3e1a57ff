package dist

import (
	"math"

	"stickysim/sim/rng"
)

// poisson draws a Poisson number of the given mean: by inversion below 30, by transformed rejection (PTRS,
// Hörmann, Insurance: Mathematics and Economics 12, 1993) above.
func poisson(k rng.Key, mean float64) float64 {
	if mean >= 30 {
		return poissonReject(k, mean)
	}
	u, n := k.Float64(), 0.0
	// Beyond 150 lies less than 10⁻⁵⁰: only rounding gets there.
	for p := math.Exp(-mean); u > p && n < 150; n++ {
		u -= p
		p *= mean / (n + 1)
	}
	return n
}

func poissonReject(k rng.Key, mean float64) float64 {
	b := 0.931 + 2.53*math.Sqrt(mean)
	a := -0.059 + 0.02483*b
	scale := 1.1239 + 1.1328/(b-3.4)
	inside := 0.9277 - 3.6224/(b-2)
	logMean := math.Log(mean)
	for i := uint64(0); ; i += 2 {
		u := k.At(i).Float64() - 0.5
		v := k.At(i + 1).Float64()
		edge := 0.5 - math.Abs(u)
		n := math.Floor((2*a/edge+b)*u + mean + 0.43)
		if edge >= 0.07 && v <= inside {
			return n
		}
		if n < 0 || edge < 0.013 && v > edge {
			continue
		}
		logFactorial, _ := math.Lgamma(n + 1)
		if math.Log(v*scale/(a/(edge*edge)+b)) <= n*logMean-mean-logFactorial {
			return n
		}
	}
}
