package dist

import (
	"math"
	"strconv"
	"strings"

	"stickysim/sim/diag"
)

// Unit is what the numbers of a distribution measure: it decides how they are written.
type Unit uint8

const (
	// Seconds are durations; in text they carry a unit: 40ms, 1.5h. The zero value.
	Seconds Unit = iota
	// Count is a plain number.
	Count
	// Bytes are sizes; in text they carry a unit: 512B, 50KiB, 2GB.
	Bytes
)

// scale is one spelling of a unit: a value in it is multiplied, then divided. Dividing by 1000 rounds better
// than multiplying by 0.001.
type scale struct {
	suffix   string
	mul, div float64
}

var durations = []scale{
	{"s", 1, 1}, {"ms", 1, 1e3}, {"us", 1, 1e6}, {"ns", 1, 1e9}, {"m", 60, 1}, {"h", 3600, 1},
	{"d", 86400, 1}, {"w", 604800, 1}, {"µs", 1, 1e6}, {"μs", 1, 1e6},
}

var sizes = []scale{
	{"B", 1, 1}, {"KiB", 1 << 10, 1}, {"MiB", 1 << 20, 1}, {"GiB", 1 << 30, 1}, {"TiB", 1 << 40, 1},
	{"KB", 1e3, 1}, {"MB", 1e6, 1}, {"GB", 1e9, 1}, {"TB", 1e12, 1}, {"kB", 1e3, 1},
}

// ParseDuration reads a duration such as 40ms, 1.5h or 1h30m and returns it in seconds. Units are ns, us (µs),
// ms, s, m, h, d and w; a bare 0 needs none. Errors are [*Error].
func ParseDuration(text string) (float64, error) {
	return parseScaled(text, durations, "a duration", "s")
}

// ParseBytes reads a size such as 512B, 50KiB or 2GB and returns it in bytes. KB, MB, GB and TB are powers of
// 1000, KiB, MiB, GiB and TiB of 1024; a bare 0 needs no unit. Errors are [*Error].
func ParseBytes(text string) (float64, error) { return parseScaled(text, sizes, "a size", "B") }

// ParsePercent reads a share such as 20% or 0.2 and returns it as a fraction. Shares above 1 are legal here;
// the caller knows its own limit. Errors are [*Error].
func ParsePercent(text string) (float64, error) {
	body, percent := strings.CutSuffix(text, "%")
	v, rest, err := scanNumber(body)
	if err == nil && rest != "" {
		err = &Error{Message: "is not a share: " + quote(text), Hint: `write 20% or 0.2`}
	}
	if err != nil {
		return 0, err
	}
	if percent {
		v /= 100
	}
	return v, nil
}

// parse reads one number of unit u.
func (u Unit) parse(text string) (float64, error) {
	switch u {
	case Seconds:
		return ParseDuration(text)
	case Bytes:
		return ParseBytes(text)
	}
	v, rest, err := scanNumber(text)
	if err == nil && rest != "" {
		err = &Error{Message: "must be a plain number, got " + quote(text), Hint: "a count has no unit"}
	}
	return v, err
}

// Format writes v, in the unit's base (seconds, units or bytes), as the scenario language does: 0.04 seconds
// are 40ms. The text reads back as exactly v.
func (u Unit) Format(v float64) string {
	scales := durations
	switch u {
	case Count:
		return num(v)
	case Bytes:
		scales = sizes
	}
	best, cost := "", math.MaxInt
	for _, s := range scales {
		text := num(v/s.mul*s.div) + s.suffix
		price := len(text)
		if strings.ContainsAny(text, ".e") {
			price += 2 // 100ms reads better than 0.1s
		}
		if price >= cost {
			continue
		}
		if back, err := u.parse(text); err == nil && back == v {
			best, cost = text, price
		}
	}
	return best
}

func parseScaled(text string, scales []scale, what, example string) (float64, error) {
	sum, rest := 0.0, text
	for first := true; first || rest != ""; first = false {
		offset := len(text) - len(rest)
		v, after, err := scanNumber(rest)
		if err != nil {
			err.(*Error).Offset += offset
			return 0, err
		}
		if after == "" && v == 0 && first {
			return 0, nil
		}
		end := strings.IndexAny(after, "0123456789.+-")
		if end < 0 {
			end = len(after)
		}
		s := find(scales, after[:end])
		if s == nil {
			return 0, unitError(text, after[:end], len(text)-len(after), scales, what, example)
		}
		sum += v * s.mul / s.div
		rest = after[end:]
	}
	if sum > largest {
		return 0, &Error{Message: "is too large: " + quote(text), Hint: "the limit is " + num(largest) + " in base units"}
	}
	return sum, nil
}

// otherUnits are units as people write them elsewhere.
var otherUnits = map[string]string{
	"sec": "s", "secs": "s", "second": "s", "seconds": "s", "S": "s", "min": "m", "mins": "m", "minute": "m", "minutes": "m", "M": "MiB", "m": "MiB",
	"hr": "h", "hrs": "h", "hour": "h", "hours": "h", "H": "h", "day": "d", "days": "d", "week": "w", "weeks": "w",
	"msec": "ms", "msecs": "ms", "millis": "ms", "milliseconds": "ms", "usec": "us", "microseconds": "us", "nsec": "ns", "nanoseconds": "ns",
	"b": "B", "byte": "B", "bytes": "B", "k": "KiB", "K": "KiB", "Ki": "KiB", "kb": "KB", "Mi": "MiB", "mb": "MB", "G": "GiB", "g": "GiB", "Gi": "GiB", "gb": "GB", "Ti": "TiB",
}

func unitError(text, suffix string, offset int, scales []scale, what, example string) error {
	var known []string
	for _, s := range scales {
		known = append(known, s.suffix)
	}
	list := "known: " + strings.Join(known, ", ")
	if suffix == "" {
		return &Error{Offset: offset, Message: what + " needs a unit, got " + quote(text), Hint: "write " + text + example + "; " + list}
	}
	near := otherUnits[strings.TrimSpace(suffix)]
	if s := find(scales, near); s == nil {
		near = diag.Suggest(strings.TrimSpace(suffix), known)
	}
	if near != "" {
		list = "did you mean " + text[:offset] + near + "? " + list
	}
	return &Error{Offset: offset, Message: "unknown unit " + quote(suffix), Hint: list}
}

func find(scales []scale, suffix string) *scale {
	for i := range scales {
		if scales[i].suffix == suffix {
			return &scales[i]
		}
	}
	return nil
}

// scanNumber reads an unsigned decimal at the start of text and returns what follows it.
func scanNumber(text string) (v float64, rest string, err error) {
	i := skipDigits(text, 0)
	if i < len(text) && text[i] == '.' {
		i = skipDigits(text, i+1)
	}
	if e := i; e+1 < len(text) && (text[e] == 'e' || text[e] == 'E') {
		e++
		if e+1 < len(text) && (text[e] == '+' || text[e] == '-') {
			e++
		}
		if end := skipDigits(text, e); end > e {
			i = end
		}
	}
	v, bad := strconv.ParseFloat(text[:i], 64)
	switch {
	case strings.HasPrefix(text, "-"):
		return 0, "", &Error{Message: "must not be negative, got " + quote(text)}
	case i == 0 || bad != nil && !math.IsInf(v, 0):
		return 0, "", &Error{Message: "must be a number, got " + quote(text)}
	case v > largest:
		return 0, "", &Error{Message: "is too large: " + quote(text), Hint: "the limit is " + num(largest)}
	}
	return v, text[i:], nil
}

func skipDigits(text string, i int) int {
	for i < len(text) && '0' <= text[i] && text[i] <= '9' {
		i++
	}
	return i
}

// quote shortens hostile input before it reaches a terminal.
func quote(text string) string {
	if len(text) > 40 {
		text = text[:40] + "..."
	}
	return strconv.Quote(text)
}
