package stats

// MSER5 finds where the initial transient of a series ends: the number of observations to delete, the smallest d
// that minimises Σ(bⱼ−mean)²/(n−d)² over what is left of n batch means of 5, searched up to half of them (White,
// Simulation 69, 1997; White, Cobb & Spratt, WSC 2000).
//
// ok is false when the series is shorter than 10 observations, or when dstar lies in the last fifth of the
// range searched: then the run is too short to tell.
//
// Sums run in eight interleaved lanes. That matters only where batches are equal up to rounding, since the
// minimum of several zeros is then decided in the last bit: the lanes give what numerical Python gives.
func MSER5(series []float64) (dstar int, ok bool) {
	const batch = 5
	n := len(series) / batch
	if n < 2 {
		return 0, false
	}
	means := BatchMeans(series[:n*batch], n)
	squares := make([]float64, n)
	best, at := 0.0, 0
	for d := 0; d <= n/2; d++ {
		rest := means[d:]
		mean := lanes(rest) / float64(len(rest))
		for i, b := range rest {
			squares[i] = (b - mean) * (b - mean)
		}
		score := lanes(squares[:len(rest)]) / (float64(len(rest)) * float64(len(rest)))
		if d == 0 || score < best {
			best, at = score, d
		}
	}
	return at * batch, 5*at <= 4*(n/2)
}

// lanes is the sum of x in eight interleaved partial sums.
func lanes(x []float64) float64 {
	sum := 0.0
	if len(x) >= 8 {
		var r [8]float64
		for ; len(x) >= 8; x = x[8:] {
			for i := range r {
				r[i] += x[i]
			}
		}
		sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
	}
	for _, v := range x {
		sum += v
	}
	return sum
}
