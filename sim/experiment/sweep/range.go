package sweep

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Range is the numbers from one to another, both in the unit of the first.
type Range struct {
	From, To Quantity
	Log      bool    // steps are factors
	Step     float64 // to the next value, in the unit; with Log a factor; 0: Count says it, or there are no steps
	Count    int     // number of values; 0: Step says it, or there are no steps
}

// Whole reports whether the range stands for whole numbers: 4..12, without unit, step or count.
func (r *Range) Whole() bool {
	return r.Count == 0 && (r.Step == 0 || r.Step == 1 && !r.Log) && r.From.Unit == "" && isWhole(r.From.Value) && isWhole(r.To.Value)
}

func isWhole(v float64) bool { return v == math.Trunc(v) }

// Continuous reports whether the range has no steps.
func (r *Range) Continuous() bool { return r.Step == 0 && r.Count == 0 }

// At is the number at a share u in [0, 1) of the range, to 4 digits of its width, or of itself with Log.
func (r *Range) At(u float64) Quantity {
	from, to := r.From.Value, r.To.Value
	whole := r.Whole()
	if whole { // each number is as likely: the ends have a whole cell, too
		to++
	}
	var v float64
	if r.Log {
		v = from * math.Pow(to/from, u)
	} else {
		v = from + u*(to-from)
	}
	switch {
	case whole:
		v = math.Floor(v)
	case r.Log:
		v = significant(v, 4)
	case to > from:
		digit := math.Pow(10, math.Floor(math.Log10(to-from))-3)
		v = tidy(math.Round(v/digit) * digit)
	}
	return Quantity{min(max(v, from), r.To.Value), r.From.Unit}
}

// list is the values of a range with steps.
func (r *Range) list() ([]string, error) {
	n, err := r.len()
	if err != nil {
		return nil, err
	}
	list := make([]string, n)
	for i := range list {
		list[i] = Quantity{r.value(i), r.From.Unit}.String()
	}
	return list, nil
}

// len is the number of values.
func (r *Range) len() (int, error) {
	if r.Continuous() {
		return 0, fmt.Errorf("%q needs a step or a number of values: write %s by ..., or %s in 5", r, r, r)
	}
	n := float64(r.Count)
	const hair = 1e-9 // the end counts although steps are rounded
	switch {
	case r.Count > 0:
	case r.Log:
		n = 1 + math.Floor(math.Log(r.To.Value/r.From.Value)/math.Log(r.Step)+hair)
	default:
		n = 1 + math.Floor((r.To.Value-r.From.Value)/r.Step+hair)
	}
	if n > MaxPoints {
		return 0, tooMany(r.String())
	}
	return int(n), nil
}

// value is the i-th value.
func (r *Range) value(i int) float64 {
	from, to, k := r.From.Value, r.To.Value, float64(i)
	switch {
	case i == 0:
		return from
	case r.Count > 0 && i == r.Count-1:
		return to
	case r.Log && r.Count > 0:
		f := math.Pow(to/from, 1/float64(r.Count-1))
		v := from * math.Pow(f, k)
		return readable(v, v*(f-1))
	case r.Log:
		v := from * math.Pow(r.Step, k)
		if whole := math.Round(v); isWhole(from) && isWhole(r.Step) && v < largest {
			return whole
		}
		return readable(v, v*(r.Step-1))
	case r.Count > 0:
		gap := (to - from) / float64(r.Count-1)
		return readable(tidy(from+k*gap), gap)
	}
	return tidy(from + k*r.Step)
}

// String is the range as it could be written.
func (r *Range) String() string {
	text := r.From.String() + ".." + r.To.String()
	if r.Log {
		text = "log " + text
	}
	switch {
	case r.Count > 0:
		text += " in " + strconv.Itoa(r.Count)
	case r.Step == 1 && !r.Log && r.Whole():
	case r.Step > 0 && r.Log:
		text += " by " + Quantity{Value: r.Step}.String()
	case r.Step > 0:
		text += " by " + Quantity{r.Step, r.From.Unit}.String()
	}
	return text
}

// parseRange reads a range; nil where the text is none, such as a word or a path.
func parseRange(text string) (*Range, error) {
	r, rest := &Range{}, text
	if after, ok := strings.CutPrefix(rest, "log "); ok && strings.Contains(after, "..") {
		r.Log, rest = true, strings.TrimLeft(after, " ")
	}
	left, right, ok := strings.Cut(rest, "..")
	if !ok {
		return nil, nil
	}
	from, isNumber := ParseQuantity(strings.TrimSpace(left))
	at := len(text) - len(rest)
	words := strings.Fields(right)
	if !isNumber {
		begins := len(words) > 0 && numberAt(words[0]) > 0
		if r.Log || begins {
			return nil, wrong(at, "needs a number before .., got "+quote(strings.TrimSpace(left)), "write a range such as 4..12")
		}
		return nil, nil
	}
	at += len(left) + len("..")
	if len(words) == 0 {
		return nil, wrong(at, "needs a number after ..", "write a range such as 4..12")
	}
	to, isNumber := ParseQuantity(words[0])
	if !isNumber {
		return nil, wrong(at, "needs a number after .., got "+quote(words[0]), "write a range such as 4..12, or quote a text")
	}
	if err := r.setEnds(from, to, at); err != nil {
		return nil, err
	}
	return r, r.parseSteps(words[1:], at+strings.Index(right, words[0])+len(words[0]))
}

// setEnds takes the ends in one unit.
func (r *Range) setEnds(from, to Quantity, at int) error {
	unit := from.Unit
	if unit == "" && from.Value == 0 {
		unit = to.Unit
	}
	var ok bool
	r.From, _ = from.in(unit)
	if r.To, ok = to.in(unit); !ok {
		if unit == "" {
			return wrong(at, fmt.Sprintf("%s has a unit and %s has none", to, from), "write "+Quantity{from.Value, to.Unit}.String()+".."+to.String())
		}
		return wrong(at, fmt.Sprintf("%s is not in the unit of %s", to, from), "write "+from.String()+".."+Quantity{to.Value, unit}.String())
	}
	switch {
	case r.To.Value < r.From.Value:
		return wrong(at, fmt.Sprintf("%s is less than %s", to, from), "write "+to.String()+".."+from.String())
	case r.Log && r.From.Value <= 0:
		return wrong(at, "a logarithmic range must start above 0", "start at 0.1, or leave log out")
	}
	return nil
}

// parseSteps reads what follows the ends.
func (r *Range) parseSteps(words []string, at int) error {
	if len(words) == 0 {
		if r.Whole() && !r.Log {
			r.Step = 1
		}
		return nil
	}
	if len(words) != 2 || words[0] != "by" && words[0] != "in" {
		return wrong(at, "needs nothing, by STEP or in COUNT after the range, got "+quote(strings.Join(words, " ")), "write "+r.String()+" in 5")
	}
	if words[0] == "in" {
		n, err := strconv.Atoi(words[1])
		switch {
		case err != nil || n < 2:
			return wrong(at, "in needs a whole number of at least 2, got "+quote(words[1]), "write in 5")
		case n > MaxPoints:
			return wrong(at, fmt.Sprintf("in must be at most %d, got %d", MaxPoints, n), "")
		case r.From.Value == r.To.Value:
			return wrong(at, "both ends are the same", "write "+r.From.String())
		}
		r.Count = n
		return nil
	}
	step, ok := ParseQuantity(words[1])
	if r.Log {
		if !ok || step.Unit != "" || step.Value <= 1 {
			return wrong(at, "by needs a factor above 1 after log, got "+quote(words[1]), "write by 2")
		}
		r.Step = step.Value
		return nil
	}
	if ok && r.From.Value == 0 && step.Measure() == r.To.Measure() { // 0..1m by 20s: 0 has the unit of the step
		r.From.Unit = step.Unit
		r.To, _ = r.To.in(step.Unit)
	}
	if ok && step.Value != 0 {
		step, ok = step.in(r.From.Unit)
	}
	if !ok || step.Value <= 0 {
		return wrong(at, "by needs a step above 0 in the unit of the range, got "+quote(words[1]), "write by "+Quantity{1, r.From.Unit}.String())
	}
	r.Step = step.Value
	return nil
}
