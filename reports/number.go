package reports

import (
	"math"
	"strconv"
	"strings"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// undefined is how an undefined figure is printed.
const undefined = "n/a"

// scale is a unit to print in: value/size, followed by the symbol.
type scale struct {
	size   float64
	symbol string
}

// Scales per unit of the results, ascending. A number is printed in the largest that it reaches.
var (
	timeScales  = []scale{{1e-6, " µs"}, {1e-3, " ms"}, {1, " s"}, {60, " min"}, {3600, " h"}}
	byteScales  = []scale{{1, " B"}, {1 << 10, " KiB"}, {1 << 20, " MiB"}, {1 << 30, " GiB"}, {1 << 40, " TiB"}}
	countScales = []scale{{1, ""}, {1e4, "k"}, {1e6, "M"}, {1e9, "G"}, {1e12, "T"}}
	rateScales  = []scale{{1, " /s"}, {1e4, "k /s"}, {1e6, "M /s"}, {1e9, "G /s"}}
	percent     = []scale{{0.01, " %"}}
	plain       = []scale{{1, ""}}
)

// scalesOf chooses by the kind of a metric; if that is unknown (0), by its unit.
func scalesOf(kind metric.Kind, unit string) []scale {
	switch {
	case kind == metric.Factor:
		return plain
	case unit == "s":
		return timeScales
	case unit == "B":
		return byteScales
	case unit == "1/s":
		return rateScales
	case unit == "1":
		return countScales
	case unit == "h" || unit == "min":
		return []scale{{1, " " + unit}}
	case unit == "ratio":
		return percent
	}
	return plain
}

// pick is the scale for values up to v. Counts below 10 000 are not shortened to thousands.
func pick(scales []scale, v float64) scale {
	s := scales[0]
	for _, c := range scales {
		if v >= c.size*(1-1e-9) {
			s = c
		}
	}
	if s.size == 1e4 {
		s.size = 1e3
	}
	return s
}

// decimals is how many decimals a half-width supports: its first digit, and a second one after a 1.
func decimals(half float64) int {
	if !(half > 0) || math.IsInf(half, 0) {
		return -1
	}
	exponent := int(math.Floor(math.Log10(half) + 1e-12))
	d := -exponent
	if half/math.Pow(10, float64(exponent)) < 1.95 {
		d++
	}
	return min(max(d, 0), 6)
}

// threeDigits is how many decimals show three significant digits.
func threeDigits(v float64) int {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return min(max(2-int(math.Floor(math.Log10(math.Abs(v))+1e-12)), 0), 6)
}

// fixed prints with d decimals, and never a negative zero. Numbers from 1e9 on get an exponent.
func fixed(v float64, d int) string {
	if math.Abs(v) >= 1e9 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	t := strconv.FormatFloat(v, 'f', d, 64)
	if strings.Trim(t, "-0.") == "" {
		t = strings.TrimPrefix(t, "-")
	}
	return t
}

// trimmed drops trailing zeros after the point: for exact numbers.
func trimmed(t string) string {
	if strings.ContainsRune(t, '.') && !strings.ContainsRune(t, 'e') {
		t = strings.TrimRight(strings.TrimRight(t, "0"), ".")
	}
	return t
}

// formatValue prints a number that has no interval, to three digits: "48.3 ms", "99.9 %".
func formatValue(v float64, scales []scale) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return undefined
	}
	s := pick(scales, math.Abs(v))
	return s.digits(v) + s.symbol
}

// digits prints a value in this unit, to three digits and without the symbol.
func (s scale) digits(v float64) string {
	x := v / s.size
	d := threeDigits(x)
	if s.symbol == " %" && math.Abs(x) > 99 && math.Abs(x) < 100 {
		d = threeDigits(100-math.Abs(x)) - 1 // "99.98 %": what matters is the distance to 100
	}
	return trimmed(fixed(x, min(d, 6)))
}

// formatEstimate prints a number to the digits that its interval supports: "48.3 ms ± 0.4" where the interval lies about
// evenly around it, "6.1 [2.3, 21.0]" where it does not, "6 (0 to 19)" for the range of the replications, and for a bound
// "none, ≤ 0.8 %" or "100 %, ≥ 99.2 %".
func formatEstimate(e stats.Estimate, scales []scale) string {
	switch {
	case e.Kind == stats.KindBound && e.Mean == 0:
		return "none, ≤ " + formatValue(e.Hi, scales)
	case e.Kind == stats.KindBound:
		return formatValue(e.Mean, scales) + ", ≥ " + formatValue(e.Lo, scales)
	case e.Kind == stats.KindRange && e.Lo < e.Hi:
		s := pick(scales, math.Abs(e.Mean))
		return formatValue(e.Mean, scales) + " (" + s.digits(e.Lo) + " to " + s.digits(e.Hi) + ")"
	}
	text, half := splitEstimate(e, scales)
	switch {
	case half == "":
		return text
	case lopsided(e):
		return withEnds(e, scales)
	}
	return text + " ± " + half
}

// withEnds prints a number with the ends of its interval, to the digits that this supports: "256 ms [248, 264]". The mean of
// a small count keeps a decimal: "1.6 [0, 450]".
func withEnds(e stats.Estimate, scales []scale) string {
	s, d := scaleOf(e, scales)
	end := func(v float64) string {
		if v = v / s.size; v == 0 || math.Abs(v) >= fewCounted {
			return fixed(v, decimals(e.HalfWidth()/s.size))
		}
		return fixed(v, d)
	}
	return fixed(e.Mean/s.size, d) + s.symbol + " [" + end(e.Lo) + ", " + end(e.Hi) + "]"
}

// lopsided reports that one side of the interval is more than half as long again as the other.
func lopsided(e stats.Estimate) bool {
	low, high := e.Mean-e.Lo, e.Hi-e.Mean
	return max(low, high) > 1.5*min(low, high)
}

// formatMean is formatEstimate without the interval.
func formatMean(e stats.Estimate, scales []scale) string {
	if e.Kind == stats.KindBound && e.Mean == 0 {
		return "none"
	}
	text, _ := splitEstimate(e, scales)
	return text
}

// scaleOf is the unit for an estimate with an interval, and the decimals that the interval supports; negative: all.
func scaleOf(e stats.Estimate, scales []scale) (scale, int) {
	h := e.HalfWidth()
	s := pick(scales, max(math.Abs(e.Mean), h))
	d := decimals(h / s.size)
	if d == 0 && s.symbol == "" && math.Abs(e.Mean) < fewCounted {
		d = 1
	}
	return s, d
}

// fewCounted is the mean from which on a count needs no decimal: 1.6 is not 2.
const fewCounted = 9.95

// splitEstimate prints the mean, and the half-width in the same unit where there is one worth printing.
func splitEstimate(e stats.Estimate, scales []scale) (mean, half string) {
	h := e.HalfWidth()
	if e.Kind != stats.KindInterval || !e.Defined() || math.IsInf(h, 0) || math.IsInf(e.Mean, 0) || h < 1e-9*math.Abs(e.Mean) {
		return formatValue(e.Mean, scales), ""
	}
	s, d := scaleOf(e, scales)
	if d < 0 {
		return formatValue(e.Mean, scales), ""
	}
	half = fixed(h/s.size, d)
	if s.symbol != "" && s.symbol[0] != ' ' {
		half += s.symbol[:1] // "166k ± 9k": 9 would be read as 9
	}
	return fixed(e.Mean/s.size, d) + s.symbol, half
}

// formatSigned prints a difference: "+3.2 ms ± 0.4".
func formatSigned(e stats.Estimate, scales []scale) string {
	t := formatEstimate(e, scales)
	if e.Mean > 0 && strings.ContainsAny(t, "123456789") {
		return "+" + t
	}
	return t
}

// FormatSpan is a span in seconds as reports print it: "2h", "90s", "1h30m"; "n/a" where it is not defined.
func FormatSpan(seconds float64) string {
	if math.IsNaN(seconds) || math.Abs(seconds) > 1e9 {
		return undefined
	}
	if seconds < 0 { // in the warm-up
		return "-" + FormatSpan(-seconds)
	}
	if seconds > 0 && seconds < 1 {
		return formatValue(seconds, timeScales)
	}
	total := int64(math.Round(seconds))
	if total == 0 {
		return "0s"
	}
	var b strings.Builder
	for _, part := range [...]struct {
		size int64
		name string
	}{{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}} {
		if n := total / part.size; n > 0 {
			b.WriteString(strconv.FormatInt(n, 10) + part.name)
			total -= n * part.size
		}
	}
	return b.String()
}
