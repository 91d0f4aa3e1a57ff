package reports

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// axis maps values to a side of a plot. Categories have their ticks at 0, 1, 2, …
type axis struct {
	label    string
	min, max float64
	log      bool
	near     float64 // where it is positive, the axis is logarithmic to both sides of 0, and linear from −near to near
	ticks    []tick
	lines    bool // a faint line across the plot at every tick
}

type tick struct {
	at    float64
	label string
}

// place is where a value is on the axis: 0 at min, 1 at max. Values beyond the ends stay at them.
func (a *axis) place(v float64) float64 {
	lo, hi := a.min, a.max
	if a.log {
		v, lo, hi = math.Log(max(v, lo)), math.Log(lo), math.Log(hi)
	}
	if a.near > 0 {
		v, lo, hi = a.bend(v), a.bend(lo), a.bend(hi)
	}
	return min(max((v-lo)/(hi-lo), 0), 1)
}

// bend is the place of a value on an axis that is logarithmic to both sides of 0.
func (a *axis) bend(v float64) float64 { return math.Copysign(math.Log1p(math.Abs(v)/a.near), v) }

// unbend is the value at a place.
func (a *axis) unbend(place float64) float64 {
	return math.Copysign(math.Expm1(math.Abs(place))*a.near, place)
}

// bothWays is an axis from low to high, one on each side of 0 or at it, that is logarithmic to both sides and shows
// differences from near on. It has ticks at powers of ten, or also at two and five times them.
func bothWays(label string, low, high, near float64, scales []scale) axis {
	a := axis{label: label + ", logarithmic", min: low, max: high, near: near, lines: true, ticks: []tick{{0, "0"}}}
	for _, end := range []float64{low, high} {
		first, last := int(math.Floor(math.Log10(near))), int(math.Floor(math.Log10(math.Abs(end))))
		steps := []float64{1, 2, 5}
		if last-first > 2 {
			steps = steps[:1]
		}
		for e := last; e >= first && end != 0; e -= 1 + (last-first)/5 {
			for _, m := range steps {
				if v := m * math.Pow(10, float64(e)); v >= near && v <= math.Abs(end) {
					a.ticks = append(a.ticks, tick{math.Copysign(v, end), formatValue(math.Copysign(v, end), scales)})
				}
			}
		}
	}
	slices.SortFunc(a.ticks, func(a, b tick) int { return cmp.Compare(a.at, b.at) })
	return a
}

// largest is the magnitude above which a value is not drawn to scale: arithmetic on axes must stay finite.
const largest = 1e15

func drawable(v float64) bool { return math.Abs(v) <= largest }

// niceStep is a step of 1, 2 or 5 times a power of ten that divides a span into at most n.
func niceStep(span float64, n int) float64 {
	raw := span / float64(n)
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if power*m >= raw*(1-1e-9) {
			return power * m
		}
	}
	return 10 * power
}

// linear is an axis from low to high; extend moves the ends to ticks. The label gets the unit.
func linear(label string, low, high float64, scales []scale, n int, extend bool) axis {
	if !drawable(low) || !drawable(high) || !(high > low) {
		low, high = 0, scales[0].size
	}
	s := pick(scales, max(math.Abs(low), math.Abs(high)))
	step := niceStep((high-low)/s.size, n)
	a := axis{label: withUnit(label, s), min: low, max: high, lines: true}
	first, last := math.Ceil(low/s.size/step-1e-9), math.Floor(high/s.size/step+1e-9)
	if extend {
		first, last = math.Floor(low/s.size/step+1e-9), math.Ceil(high/s.size/step-1e-9)
		a.min, a.max = first*step*s.size, last*step*s.size
	}
	for k := first; k <= last && len(a.ticks) <= 4*n; k++ {
		a.ticks = append(a.ticks, tick{k * step * s.size, tickLabel(k*step, step)})
	}
	return a
}

func withUnit(label string, s scale) string {
	if unit := strings.TrimSpace(s.symbol); unit != "" {
		return label + " (" + unit + ")"
	}
	return label
}

// tickLabel prints a multiple of a step without noise.
func tickLabel(v, step float64) string {
	d := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	return fixed(v, min(d, 12))
}

// timeSteps are the steps of clocks, in seconds.
var timeSteps = []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800}

// timeAxis is an axis from 0 to a number of seconds, in the unit that suits it.
func timeAxis(seconds float64, n int) axis {
	step := niceStep(max(seconds, 1e-9), n)
	if seconds > timeSteps[0]*float64(n) {
		for _, s := range timeSteps {
			if step = s; seconds/s <= float64(n) {
				break
			}
		}
		if seconds/step > float64(n) {
			step = 86400 * niceStep(seconds/86400, n)
		}
	}
	unit, name := 1.0, "s"
	switch {
	case step >= 86400:
		unit, name = 86400, "d"
	case step >= 3600 || seconds >= 4*3600 && step >= 1800:
		unit, name = 3600, "h"
	case step >= 60 || seconds >= 300 && step >= 30:
		unit, name = 60, "min"
	}
	a := axis{label: "time (" + name + ")", min: 0, max: max(seconds, 1e-9)}
	for k := 0.0; k*step <= seconds*(1+1e-9); k++ {
		a.ticks = append(a.ticks, tick{k * step, strconv.FormatFloat(k*step/unit, 'g', 4, 64)})
	}
	return a
}

// logarithmic is an axis that covers low to high, both positive, with ticks at 1, 2 and 5 times powers of ten, or at
// the powers alone when there are many.
func logarithmic(label string, low, high float64, scales []scale) axis {
	if !(low > 0) || !(high >= low) || !drawable(high) || low < 1e-12 {
		low, high = scales[0].size, 10*scales[0].size
	}
	a := axis{label: label, min: low / 1.15, max: high * 1.15, log: true, lines: true}
	first, last := int(math.Floor(math.Log10(a.min))), int(math.Ceil(math.Log10(a.max)))
	steps := []float64{1, 2, 5}
	if last-first > 4 {
		steps = steps[:1]
	}
	for e := first; e <= last; e++ {
		for _, m := range steps {
			if v := m * math.Pow(10, float64(e)); v >= a.min && v <= a.max {
				a.ticks = append(a.ticks, tick{v, formatValue(v, scales)})
			}
		}
	}
	return a
}

// categories is an axis with a name at each of 0, 1, …, n−1 and half a place of room at the ends.
func categories(names []string) axis {
	a := axis{min: -.5, max: float64(max(len(names), 1)) - .5}
	for i, name := range names {
		a.ticks = append(a.ticks, tick{float64(i), name})
	}
	return a
}

// downwards turns categories around, so that the first is on top.
func downwards(names []string) axis {
	a := categories(names)
	for i := range a.ticks {
		a.ticks[i].at = float64(len(names) - 1 - i)
	}
	return a
}
