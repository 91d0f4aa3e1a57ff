package caddy

import (
	"strconv"
	"strings"
	"time"

	"stickysim/sim"
)

// maxDuration is the longest duration that is accepted.
const maxDuration = 10 * 366 * 24 * time.Hour

// duration reads a duration of Caddy: that of Go, with days (d) in front.
func duration(text string) (sim.Time, bool) {
	var days time.Duration
	if n, rest, ok := strings.Cut(text, "d"); ok {
		x, err := strconv.ParseFloat(n, 64)
		if err != nil || !(x >= 0 && x <= maxDuration.Hours()/24) {
			return 0, false
		}
		days = time.Duration(x * float64(24*time.Hour))
		if text = rest; text == "" {
			return sim.Time(days), true
		}
	}
	d, err := time.ParseDuration(text)
	if d += days; err != nil || d < 0 || d > maxDuration {
		return 0, false
	}
	return sim.Time(d), true
}
