package stats

import "math"

// TimeWeighted integrates a step function of simulated time, such as a queue's length: each value counts for as
// long as it lasted. Times are int64 nanoseconds and must not go back. Start it with [TimeWeighted.Reset].
type TimeWeighted struct {
	start, last int64
	value, max  float64
	area        Sum // value · nanoseconds
}

// Reset starts a new window at time t, with the given value.
func (w *TimeWeighted) Reset(t int64, value float64) {
	*w = TimeWeighted{start: t, last: t, value: value, max: value}
}

// Set changes the value at time t.
func (w *TimeWeighted) Set(t int64, value float64) {
	if t > w.last {
		w.area.Add(w.value * float64(t-w.last))
		w.last = t
	}
	w.value = value
	w.max = max(w.max, value)
}

// Value is the value now.
func (w *TimeWeighted) Value() float64 { return w.value }

// Max is the largest value of the window, held for however short a time.
func (w *TimeWeighted) Max() float64 { return w.max }

// Integral is the area under the function from the start of the window to time t, in value·seconds.
func (w *TimeWeighted) Integral(t int64) float64 {
	area := w.area
	if t > w.last {
		area.Add(w.value * float64(t-w.last))
	}
	return area.Value() / 1e9
}

// Mean is the time average from the start of the window to time t, NaN for an empty window.
func (w *TimeWeighted) Mean(t int64) float64 {
	if t <= w.start {
		return math.NaN()
	}
	return w.Integral(t) / (float64(t-w.start) / 1e9)
}
