package reports

import (
	"math"
	"strings"

	"stickysim/sim/stats"
)

// none is how an exact zero is printed on the first screen.
const none = "none"

// matters is the half-width, relative to its figure, from which the first screen shows it.
const matters = 0.05

// mostPercentDecimals is for shares: one in ten thousand is the least that people speak of.
const mostPercentDecimals = 2

// unitColumn writes figures of one kind below each other: in one unit, with one number of decimals, to about three
// significant digits.
type unitColumn struct {
	scale    scale
	decimals int
	zero     string // how an exact zero is printed
}

// newColumn chooses unit and decimals: the smallest figure is at least 1 in the unit unless the largest gets too long, and
// the largest has three digits, or one more where the smallest would vanish.
func newColumn(list []stats.Estimate, scales []scale, zero string) unitColumn {
	least, most := math.Inf(1), 0.0
	for _, e := range list {
		if v := math.Abs(e.Mean); v > 0 && !math.IsInf(v, 0) {
			least, most = min(least, v), max(most, v)
		}
	}
	c := unitColumn{scale: scales[0], zero: zero}
	if most == 0 {
		return c
	}
	c.scale = pick(scales, least)
	for i := range scales {
		if s := scales[i]; s.size > c.scale.size && most/c.scale.size >= 1e5 {
			c.scale = s
		}
	}
	least, most = least/c.scale.size, most/c.scale.size
	c.decimals = min(threeDigits(most), 4)
	if c.scale.symbol == " %" {
		c.decimals = min(c.decimals, mostPercentDecimals)
	}
	whole := max(int(math.Floor(math.Log10(most)+1e-12))+1, 1)
	for c.decimals < 4-whole && (c.scale.symbol != " %" || c.decimals < mostPercentDecimals) && least < math.Pow(10, -float64(c.decimals)) {
		c.decimals++
	}
	return c
}

// cell prints a figure, with its half-width from a twentieth of it on, the range of the replications where that is
// all there is, or its upper bound where nothing was seen.
func (c unitColumn) cell(e stats.Estimate) (value, range_ string) {
	switch {
	case math.IsNaN(e.Mean) || math.IsInf(e.Mean, 0):
		return undefined, ""
	case e.Mean == 0:
		return c.zero, c.bound(e)
	}
	half := e.HalfWidth() / c.scale.size
	v := math.Abs(e.Mean) / c.scale.size
	text := fixed(e.Mean/c.scale.size, c.decimals) + c.scale.symbol
	if v < math.Pow(10, -float64(c.decimals))/2 {
		text = "< " + fixed(math.Pow(10, -float64(c.decimals)), c.decimals) + c.scale.symbol
	}
	if !e.Defined() || math.IsInf(half, 0) || half < matters*v {
		return text, ""
	}
	if lo, hi := fixed(e.Lo/c.scale.size, c.decimals), fixed(e.Hi/c.scale.size, c.decimals); e.Kind == stats.KindRange && lo != hi {
		return text, "(" + lo + " to " + hi + ")"
	} else if e.Kind == stats.KindRange {
		return text, ""
	}
	if lo, hi := e.Mean-e.HalfWidth(), e.Mean+e.HalfWidth(); lo < 0 && e.Lo >= 0 || hi > 1 && e.Hi <= 1 && c.scale.symbol == " %" {
		return text, "[" + fixed(e.Lo/c.scale.size, c.decimals) + ", " + fixed(e.Hi/c.scale.size, c.decimals) + "]" // ± would lead out of what can be
	}
	if h := fixed(half, c.decimals); strings.ContainsAny(h, "123456789") {
		return text, "± " + h
	}
	return text, ""
}

// bounded is the upper bound of a zero from which the first screen shows it.
const bounded = .001

// bound is the upper end of the interval of a share of which nothing was seen, rounded up; empty where there is none, or it
// is too small to matter.
func (c unitColumn) bound(e stats.Estimate) string {
	if c.scale.symbol != " %" || !e.Defined() || !(e.Hi >= bounded) || math.IsInf(e.Hi, 0) {
		return ""
	}
	return "≤ " + trimmed(fixed(math.Ceil(10*e.Hi/c.scale.size)/10, 1)) + c.scale.symbol
}
