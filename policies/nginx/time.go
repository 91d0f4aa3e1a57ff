package nginx

import (
	"strconv"
	"strings"
	"time"

	"stickysim/sim"
)

// timeUnits are nginx's, which must appear from large to small. Months and years are 30 and 365 days.
var timeUnits = []struct {
	name string
	span time.Duration
}{
	{"y", 365 * 24 * time.Hour}, {"M", 30 * 24 * time.Hour}, {"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour},
	{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond},
}

// ParseTime reads a time the way nginx does in configuration files: "1h 30m", "10s", "500ms", and plain numbers
// as seconds. It returns an error for anything else, and for more than 100 years.
func ParseTime(text string) (sim.Time, error) {
	var sum time.Duration
	rest, unit := strings.TrimSpace(text), 0
	if rest == "" {
		return 0, errTime(text)
	}
	for rest != "" {
		digits := 0
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil {
			return 0, errTime(text)
		}
		rest = rest[digits:]
		end := 0
		for end < len(rest) && rest[end] != ' ' && (rest[end] < '0' || rest[end] > '9') {
			end++
		}
		name := rest[:end]
		rest = strings.TrimLeft(rest[end:], " ")
		if name == "" && rest == "" {
			name = "s"
		}
		for unit < len(timeUnits) && timeUnits[unit].name != name {
			unit++
		}
		if unit == len(timeUnits) || n > int64(100*timeUnits[0].span/timeUnits[unit].span) {
			return 0, errTime(text)
		}
		sum += time.Duration(n) * timeUnits[unit].span
		unit++
	}
	return sim.Time(sum), nil
}

type errTime string

func (e errTime) Error() string {
	return strconv.Quote(string(e)) + " is not a time of nginx: want a number with ms, s, m, h, d, w, M or y, such as 30s or 1h30m"
}
