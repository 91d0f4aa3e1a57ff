package reports

import (
	"math"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// points are percentage points, in which shares differ.
var points = []scale{{0.01, " pp"}}

// effectScales are the units that the effect on a figure is printed in.
func effectScales(f experiment.Figure) []scale {
	of := f.ID.Of()
	switch {
	case f.Count:
		return plain
	case of.Kind == metric.Share:
		return points
	case of.Kind == metric.Count:
		return plain
	}
	return scalesOf(of.Kind, of.Unit)
}

// unclear marks an effect that is not separable from chance.
const unclear = " ~"

// effectCell prints an effect: +9.2 pp ± 0.3, with the half-width from a twentieth of it on; none, with its bound; and ~ where
// it may be chance.
func effectCell(e *experiment.Effect) cell {
	switch {
	case e == nil || math.IsNaN(e.Estimate.Mean):
		return cell{text: undefined}
	case e.None():
		return cell{text: none + upTo(e)}
	}
	value, half := effectParts(e)
	if half != "" {
		value += " ± " + half
	}
	switch {
	case !e.Decided:
		return cell{value + unclear, faint}
	case e.Estimate.Mean*direction(e.Figure.ID) < 0:
		return cell{value, bad}
	case e.Estimate.Mean*direction(e.Figure.ID) > 0:
		return cell{value, good}
	}
	return cell{text: value}
}

// upTo is the bound of an effect that was not seen, where it is one thousandth of a share, or one of what is counted, at least.
func upTo(e *experiment.Effect) string {
	least := 1.
	if !e.Figure.Count && e.Figure.ID.Of().Kind == metric.Share {
		least = bounded
	}
	if e.Estimate.Kind != stats.KindBound || !(e.Estimate.Hi >= least) {
		return ""
	}
	return ", ≤ " + strings.TrimPrefix(magnitude(e.Estimate.Hi, effectScales(e.Figure)), "+")
}

// effectParts are an effect to three digits with its sign, and its half-width where that matters. An interval that is
// lopsided is as wide as its longer side.
func effectParts(e *experiment.Effect) (value, half string) {
	v := e.Estimate
	scales := effectScales(e.Figure)
	value = magnitude(v.Mean, scales)
	h := max(v.Hi-v.Mean, v.Mean-v.Lo)
	if v.Kind == stats.KindNone || !v.Defined() || math.IsInf(h, 0) || h < matters*math.Abs(v.Mean) {
		return value, ""
	}
	s := pick(scales, math.Abs(v.Mean))
	d := effectDecimals(v.Mean/s.size, s)
	for h/s.size < math.Pow(10, -float64(d))/2 && d < 4 {
		d++
	}
	return value, thousands(fixed(h/s.size, d))
}

// magnitude prints a number to three digits, with its sign and its unit.
func magnitude(v float64, scales []scale) string {
	s := pick(scales, math.Abs(v))
	x := v / s.size
	text := fixed(x, effectDecimals(x, s))
	if v > 0 {
		text = "+" + text
	}
	if v != 0 && strings.Trim(text, "+-0.") == "" {
		text = "< 0.01"
	}
	return thousands(text) + s.symbol
}

// effectDecimals are those of three digits, at most two of points and of small counts.
func effectDecimals(x float64, s scale) int {
	d := threeDigits(x)
	if s.symbol == " pp" || s.symbol == "" || s.symbol == " h" {
		d = min(d, 2)
	}
	return d
}

// thousands separates the thousands of a number.
func thousands(number string) string {
	whole, part, ok := strings.Cut(number, ".")
	digits := strings.TrimLeft(whole, "+-< ")
	sign := strings.TrimSuffix(whole, digits)
	if strings.ContainsAny(digits, "e") {
		return number
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if ok {
		digits += "." + part
	}
	return sign + digits
}
