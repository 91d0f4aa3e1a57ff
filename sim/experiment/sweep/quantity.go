package sweep

import (
	"math"
	"strconv"
	"strings"

	"stickysim/sim/dist"
)

// Quantity is a number with its unit as written: 50ms, 20%, 5/s, 4.
type Quantity struct {
	Value float64
	Unit  string // empty: a plain number
}

// ParseQuantity reads a number with or without a unit. A duration of several parts counts in its last unit: 1h30m is 90m.
func ParseQuantity(text string) (Quantity, bool) {
	n := numberAt(text)
	v, err := strconv.ParseFloat(text[:n], 64)
	if err != nil || math.Abs(v) > largest {
		return Quantity{}, false
	}
	q := Quantity{v, text[n:]}
	if i := strings.LastIndexAny(q.Unit, "0123456789."); i >= 0 {
		seconds, err := dist.ParseDuration(strings.TrimPrefix(text, "-"))
		if err != nil {
			return Quantity{}, false
		}
		q.Unit = q.Unit[i+1:]
		q.Value = tidy(math.Copysign(seconds/unitBase(q.Unit), v))
	}
	return q, isUnit(q.Unit)
}

// largest bounds numbers: beyond it, neighbouring whole numbers are the same float64.
const largest = 1e15

// numberAt is the length of the number at the start of text.
func numberAt(text string) int {
	i := digits(text, len(text)-len(strings.TrimPrefix(text, "-")))
	if i+1 < len(text) && text[i] == '.' && text[i+1] != '.' {
		i = digits(text, i+1)
	}
	if i+1 < len(text) && (text[i] == 'e' || text[i] == 'E') {
		k := i + 1
		if text[k] == '+' || text[k] == '-' {
			k++
		}
		if end := digits(text, k); end > k {
			i = end
		}
	}
	return i
}

func digits(text string, i int) int {
	for i < len(text) && '0' <= text[i] && text[i] <= '9' {
		i++
	}
	return i
}

// isUnit reports whether text may follow a number: %, or letters, after a slash for a rate.
func isUnit(text string) bool {
	if text == "" || text == "%" {
		return true
	}
	letters := strings.TrimPrefix(text, "/")
	return letters != "" && strings.Trim(letters, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZµμ") == ""
}

// unitBase is a unit in seconds or bytes, a percent as a share, and 1 where the unit is neither.
func unitBase(unit string) float64 {
	if unit == "%" {
		return 0.01
	}
	if v, err := dist.ParseDuration("1" + unit); err == nil {
		return v
	}
	if v, err := dist.ParseBytes("1" + unit); err == nil {
		return v
	}
	return 1
}

// Measure is what a quantity measures: s of durations, B of sizes, and otherwise its unit as written.
func (q Quantity) Measure() string {
	if _, err := dist.ParseDuration("1" + q.Unit); err == nil {
		return "s"
	}
	if _, err := dist.ParseBytes("1" + q.Unit); err == nil {
		return "B"
	}
	return q.Unit
}

// Base is the quantity in seconds, bytes, or, of a percentage, as a share; of any other unit the number as written.
func (q Quantity) Base() float64 { return tidy(q.Value * unitBase(q.Unit)) }

// in is the quantity in another unit of the same measure; a 0 without unit is 0 of any.
func (q Quantity) in(unit string) (Quantity, bool) {
	switch {
	case q.Unit == unit:
		return q, true
	case q.Value == 0 && q.Unit == "":
		return Quantity{0, unit}, true
	case q.Unit == "" || q.Measure() != (Quantity{1, unit}).Measure():
		return Quantity{}, false
	}
	return Quantity{tidy(q.Value * unitBase(q.Unit) / unitBase(unit)), unit}, true
}

// String is the quantity as it is written. It reads back as the same.
func (q Quantity) String() string {
	format := byte('f')
	if a := math.Abs(q.Value); a != 0 && a < 1e-6 {
		format = 'g'
	}
	return strconv.FormatFloat(q.Value, format, -1, 64) + q.Unit
}

// tidy removes what sums and products add behind the 12th digit: 0.30000000000000004 is 0.3.
func tidy(v float64) float64 { return significant(v, 12) }

// significant is v to that many significant digits.
func significant(v float64, n int) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', n, 64), 64)
	return r + 0 // no negative zero
}

// readable is v as it is where few digits say so, and otherwise to 3 significant digits of v or of the gap to its
// neighbours, whichever is finer.
func readable(v, gap float64) float64 {
	if exact := significant(v, 6); math.Abs(exact-v) <= 1e-12*math.Abs(v) {
		return exact
	}
	finest := min(math.Abs(v), gap)
	extra := math.Floor(math.Log10(math.Abs(v))) - math.Floor(math.Log10(finest))
	return significant(v, min(3+int(extra), 15))
}
