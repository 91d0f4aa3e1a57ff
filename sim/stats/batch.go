package stats

// BatchMeans cuts a series into equal batches and returns their means. What does not divide evenly is dropped
// from the front, where a transient would be. Empty when there are fewer observations than batches.
func BatchMeans(series []float64, batches int) []float64 {
	if batches <= 0 || len(series) < batches {
		return nil
	}
	size := len(series) / batches
	series = series[len(series)-size*batches:]
	means := make([]float64, batches)
	for i := range means {
		sum := 0.0
		for _, v := range series[i*size : (i+1)*size] {
			sum += v
		}
		means[i] = sum / float64(size)
	}
	return means
}

// Lag1 is the lag-1 autocorrelation of a series: 0 for a constant one, NaN below two observations.
func Lag1(series []float64) float64 {
	w := moments(series)
	if w.n >= 2 && w.m2 == 0 {
		return 0
	}
	products := 0.0
	for i := 1; i < len(series); i++ {
		products += (series[i-1] - w.mean) * (series[i] - w.mean)
	}
	return products / w.m2
}

// BatchInterval is the mean of one long steady-state series with Student's interval of its batch means: 30
// batches, or 20 longer ones when the lag-1 autocorrelation of the 30 is 0.2 or more; it warns when that of
// the 20 still is (Schmeiser, Operations Research 30, 1982).
func BatchInterval(series []float64, confidence float64) Estimate {
	const correlated = 0.2
	means := BatchMeans(series, 30)
	if !(Lag1(means) < correlated) {
		means = BatchMeans(series, 20)
	}
	e := TInterval(means, confidence)
	if lag := Lag1(means); lag >= correlated {
		e.warn("batch means are correlated (lag 1: %.2f): lengthen the run", lag)
	}
	return e
}
