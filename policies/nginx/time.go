package nginx

import (
	"math"
	"strconv"
	"time"

	"stickysim/sim"
)

// timeUnits are nginx's, which must appear from large to small. Months and years are 30 and 365 days. A number without a
// unit is in seconds: before a space it comes behind those with units, and the end of the text takes one in any case.
var timeUnits = []struct {
	name string
	span time.Duration
}{
	{"y", 365 * 24 * time.Hour}, {"M", 30 * 24 * time.Hour}, {"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour},
	{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}, {"", time.Second},
}

// The places of some units in timeUnits.
const (
	weekUnit   = 2
	secondUnit = 6
	milliUnit  = 7
	noUnit     = 8
)

// longest is the longest time that is kept apart from longer ones.
const longest = 100 * 365 * 24 * time.Hour

// ParseTime reads a time the way nginx does for directives that are exact to a millisecond, which are all time limits and
// the timeout of sticky learn: "1h 30m", "10s", "500ms", "30s5" for 35 seconds, and plain numbers as seconds. Years and
// months are none there. Times above 100 years become 100 years.
func ParseTime(text string) (sim.Time, error) { return parseTime(text, weekUnit, milliUnit) }

// ParseSeconds reads a time the way nginx does for what it counts in seconds, such as fail_timeout and the life of a
// cookie: as ParseTime does, with years and months and without milliseconds.
func ParseSeconds(text string) (sim.Time, error) { return parseTime(text, 0, secondUnit) }

// parseTime reads a time of the units from largest to smallest, which are places in timeUnits.
func parseTime(text string, largest, smallest int) (sim.Time, error) {
	var sum time.Duration
	var n int64
	rest, least, digits := text, largest, false
	for rest != "" {
		if c := rest[0]; c >= '0' && c <= '9' {
			if n > math.MaxInt64/10-1 {
				return 0, errTime{text, smallest}
			}
			n, digits, rest = 10*n+int64(c-'0'), true, rest[1:]
			continue
		}
		unit := unitAt(rest)
		if unit < least || unit > smallest && unit != noUnit || unit == noUnit && least > secondUnit {
			return 0, errTime{text, smallest}
		}
		rest = rest[max(len(timeUnits[unit].name), 1):]
		sum, n, least = plus(sum, n, unit), 0, unit+1
		for rest != "" && rest[0] == ' ' {
			rest = rest[1:]
		}
	}
	if !digits {
		return 0, errTime{text, smallest}
	}
	return sim.Time(plus(sum, n, secondUnit)), nil
}

// unitAt is the place of the unit that text begins with, or -1.
func unitAt(text string) int {
	switch {
	case text[0] == ' ':
		return noUnit
	case text[0] == 'm' && len(text) > 1 && text[1] == 's':
		return milliUnit
	}
	for i, u := range timeUnits[:milliUnit] {
		if text[0] == u.name[0] {
			return i
		}
	}
	return -1
}

// plus adds n of a unit to sum.
func plus(sum time.Duration, n int64, unit int) time.Duration {
	span := timeUnits[unit].span
	return min(sum+time.Duration(min(n, int64(longest/span)))*span, longest)
}

// errTime is a text that is no time, where smallest is the place of the smallest unit there.
type errTime struct {
	text     string
	smallest int
}

func (e errTime) Error() string {
	units := "s, m, h, d, w, M or y"
	if e.smallest == milliUnit {
		units = "ms, s, m, h, d or w"
	}
	return strconv.Quote(e.text) + " is not a time of nginx: want numbers with " + units + ", from large to small, such as 30s or 1h30m"
}
