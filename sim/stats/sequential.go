package stats

import "math"

// Looks is the schedule of sequential stopping: the numbers of replications after which to look at the interval,
// first, then times √2 each, the cap last. From 10: 10, 14, 20, 28, 40, … Empty unless 0 < first ≤ most.
func Looks(first, most int) []int {
	if first <= 0 || first > most {
		return nil
	}
	var looks []int
	for k := 0; ; k++ {
		r := int(float64(first)*math.Exp2(float64(k)/2) + 1e-9)
		if r >= most {
			return append(looks, most)
		}
		if k == 0 || r > looks[len(looks)-1] {
			looks = append(looks, r)
		}
	}
}

// LookAlpha is the share of the error probability alpha that look k = 1, 2, … may spend, alpha·6/(π²k²): over
// any number of looks they add up to at most alpha.
func LookAlpha(alpha float64, k int) float64 {
	return alpha * 6 / (math.Pi * math.Pi * float64(k) * float64(k))
}

// Precise reports that an estimate has reached the relative precision wanted: half-width/|mean| ≤ g/(1+g), which
// allows for the mean being estimated too (Law, Simulation Modeling and Analysis, 9.4). Never for NaN.
func Precise(e Estimate, precision float64) bool {
	return e.HalfWidth() <= math.Abs(e.Mean)*precision/(1+precision)
}
