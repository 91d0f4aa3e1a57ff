package experiment

import (
	"strconv"
	"strings"

	"stickysim/sim/dist"
	"stickysim/sim/metric"
)

// units say how the values of each kind of metric are written in objectives, in its basic unit.
var units = map[metric.Kind]struct {
	example string
	parse   func(text string) (float64, error)
	format  func(v float64) string
}{
	metric.Time:   {"300ms", dist.ParseDuration, dist.Seconds.Format},
	metric.Share:  {"20%", parseShare, formatShare},
	metric.Factor: {"1.5", parsePlain, dist.Count.Format},
	metric.Count:  {"10", parsePlain, dist.Count.Format},
	metric.Rate:   {"100/s", parseRate, func(v float64) string { return dist.Count.Format(v) + "/s" }},
	metric.Bytes:  {"50MiB", dist.ParseBytes, dist.Bytes.Format},
}

// perUnit is how many basic units a unit of results has.
var perUnit = map[string]float64{"s": 1, "min": 60, "h": 3600, "ratio": 1, "1": 1, "1/s": 1, "B": 1}

// formatValue writes a value of a family as objectives do.
func formatValue(f *metric.Family, v float64) string {
	return units[f.Kind].format(v * perUnit[f.Unit])
}

// parseShare reads 20% or 0.2. A number above 1 lacks its percent sign.
func parseShare(text string) (float64, error) {
	v, err := dist.ParsePercent(text)
	if err == nil && v > 1 && !strings.HasSuffix(text, "%") {
		return 0, &dist.Error{Message: "needs a percent sign"}
	}
	return v, err
}

func formatShare(v float64) string { return strconv.FormatFloat(100*v, 'g', 12, 64) + "%" }

// parsePlain reads a number without a unit.
func parsePlain(text string) (float64, error) {
	v, err := dist.ParsePercent(text)
	if err == nil && strings.HasSuffix(text, "%") {
		return 0, &dist.Error{Message: "has no percent sign"}
	}
	return v, err
}

// parseRate reads 100/s or 5/min.
func parseRate(text string) (float64, error) {
	number, unit, ok := strings.Cut(text, "/")
	v, err := parsePlain(strings.TrimSpace(number))
	if err != nil || !ok && v == 0 {
		return v, err
	}
	unit = strings.TrimSpace(unit)
	if unit == "min" {
		unit = "m"
	}
	per, err := dist.ParseDuration("1" + unit)
	if err != nil || per == 0 || strings.ContainsAny(unit, "0123456789") {
		return 0, &dist.Error{Offset: len(strings.TrimRight(number, " ")), Message: "needs a unit of time such as /s, got " + strconv.Quote(text)}
	}
	return v / per, nil
}
