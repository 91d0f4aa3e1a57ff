package workloads

import (
	"math"
	"strconv"
	"strings"

	"stickysim/sim/diag"
	"stickysim/sim/dist"
)

// Limits of what arrival processes take, so that no text can make a run endless: time has steps of a nanosecond, and
// a run ends within 73 years.
const (
	mostRate    = 1e6 // arrivals per second of one population
	leastRate   = 1e-12
	mostSeconds = 1e9
)

// per is one way to write a rate: arrivals per that many seconds.
type per struct {
	suffix  string
	seconds float64
}

// pers ends with m, the language's minute, which is read but not written: 1/m looks like a length.
var pers = []per{{"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}, {"m", 60}}

// ParseRate reads a rate such as 2/s, 120/min, 7200/h or 5/d and returns it per second; 0 needs no unit. Errors are
// [*dist.Error].
func ParseRate(text string) (float64, error) {
	number, unit, cut := strings.Cut(text, "/")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	switch {
	case err != nil && !math.IsInf(v, 0) || math.IsNaN(v):
		return 0, wrong("must be a rate, got "+quote(text), "write 2/s, 120/min or 7200/h")
	case v < 0:
		return 0, wrong("must not be negative, got "+quote(text), "")
	case !cut && v == 0:
		return 0, nil
	case !cut:
		return 0, wrong("a rate needs a unit, got "+quote(text), "write "+short(text)+"/s; known: "+knownPers())
	}
	unit = strings.TrimSpace(unit)
	for _, p := range pers {
		if p.suffix != unit {
			continue
		}
		if v /= p.seconds; v > mostRate {
			return 0, wrong("is too large: "+quote(text), "the limit is "+FormatRate(mostRate))
		}
		return v, nil
	}
	return 0, wrong("unknown unit "+quote(unit), suggest(unit, suffixes()))
}

// FormatRate writes a rate per second as the scenario language does, with the fewest digits: 1/60 is 1/min. It reads back as exactly the same
// rate.
func FormatRate(rate float64) string {
	best, cost := "", math.MaxInt
	for _, p := range pers[:len(pers)-1] {
		number := strconv.FormatFloat(rate*p.seconds, 'g', -1, 64)
		if !strings.Contains(number, "e") || rate*p.seconds >= 1 {
			number = strconv.FormatFloat(rate*p.seconds, 'f', -1, 64)
		}
		text := number + "/" + p.suffix
		if back, err := ParseRate(text); err == nil && back == rate && len(number) < cost {
			best, cost = text, len(number)
		}
	}
	return best
}

// about moves an error of one quantity to the list item it stands in: "point 3: rate must be ...".
func about(item string, err error) error {
	if e, ok := err.(*dist.Error); ok {
		e.Message = e.Param + " " + e.Message
		e.Param = item
	}
	return err
}

// checkRate reports a rate outside [least, mostRate].
func checkRate(param string, rate, least float64) error {
	switch {
	case rate >= least && rate <= mostRate:
		return nil
	case rate > mostRate:
		return faulty(param, "must be at most "+FormatRate(mostRate)+", got "+num(rate)+" per second", "")
	case rate == 0:
		return faulty(param, "must be above 0", "a population without arrivals can be left out")
	}
	return faulty(param, "must be at least "+num(least)+" per second, got "+num(rate), "")
}

// checkSeconds reports a time outside [least, mostSeconds].
func checkSeconds(param string, seconds, least float64) error {
	if seconds >= least && seconds <= mostSeconds {
		return nil
	}
	return faulty(param, "must be from "+dist.Seconds.Format(least)+" to "+dist.Seconds.Format(mostSeconds)+
		", got "+num(seconds)+" s", "")
}

// wrong is an error about the text being parsed, not yet placed in it.
func wrong(message, hint string) error { return faulty("", message, hint) }

// faulty is an error about a parameter, not yet placed in a text.
func faulty(param, message, hint string) error {
	return &dist.Error{Offset: -1, Param: param, Message: message, Hint: hint}
}

func suffixes() []string {
	var known []string
	for _, p := range pers {
		known = append(known, p.suffix)
	}
	return known
}

func knownPers() string { return strings.Join(suffixes(), ", ") }

// suggest is the hint for a word that is not among known.
func suggest(word string, known []string) string {
	if len(known) == 0 {
		return ""
	}
	list := "known: " + strings.Join(known, ", ")
	if near := diag.Suggest(word, known); near != "" {
		return "did you mean " + near + "? " + list
	}
	return list
}

// numbered names item i of a list, counted from 1, in errors.
func numbered(what string, i int) string { return what + " " + strconv.Itoa(i+1) }

func num(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// quote shows hostile input shortened and without control characters.
func quote(text string) string { return strconv.Quote(short(text)) }

func short(text string) string {
	if len(text) > 40 {
		return text[:40] + "..."
	}
	return text
}
