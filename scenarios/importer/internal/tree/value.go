package tree

import (
	"strconv"
	"strings"
	"time"

	"stickysim/sim"
)

// Seconds returns a scalar number of seconds as a span; false for negative ones, and beyond a year.
func (n *Node) Seconds() (sim.Time, bool) {
	x, ok := n.Number()
	return sim.FromSeconds(x), ok && x >= 0 && x <= 366*24*3600
}

// Duration returns a scalar such as "90s", "1m30s" or "0.5s", or a bare number of seconds; false for negative ones,
// and beyond a year.
func (n *Node) Duration() (sim.Time, bool) {
	if t, ok := n.Seconds(); ok {
		return t, true
	}
	d, err := time.ParseDuration(n.Value())
	return sim.Time(d), err == nil && d >= 0 && d <= 366*24*time.Hour
}

// Share returns a scalar such as "25%" as 0.25.
func (n *Node) Share() (float64, bool) {
	digits, found := strings.CutSuffix(strings.TrimSpace(n.Value()), "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	return x / 100, found && err == nil && x >= 0 && x <= 1e6
}
