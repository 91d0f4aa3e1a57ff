package nginx

import (
	"strconv"
	"strings"

	nginxpolicy "stickysim/policies/nginx"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/sim"
)

// number reads a whole number of a parameter such as weight=3.
func (d *directive) number(param, text string, least, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, d.Errorf("%s: %s=%s: want a whole number from %d to %d", d.name, param, source.Short(text), least, most)
	}
	return n, nil
}

// time reads a time of a parameter such as timeout=500ms.
func (d *directive) time(param, text string) (sim.Time, error) {
	return d.timeBy(nginxpolicy.ParseTime, param, text)
}

// seconds reads a time that nginx counts in seconds, such as fail_timeout=10s.
func (d *directive) seconds(param, text string) (sim.Time, error) {
	return d.timeBy(nginxpolicy.ParseSeconds, param, text)
}

func (d *directive) timeBy(parse func(string) (sim.Time, error), param, text string) (sim.Time, error) {
	t, err := parse(text)
	if err != nil {
		return 0, d.Errorf("%s: %s: %v", d.name, param, err)
	}
	return t, nil
}

// size reads a size such as 64k or 1m.
func (d *directive) size(param, text string) (int64, error) {
	unit := int64(1)
	digits := text
	switch {
	case strings.HasSuffix(text, "k"), strings.HasSuffix(text, "K"):
		unit, digits = 1<<10, text[:len(text)-1]
	case strings.HasSuffix(text, "m"), strings.HasSuffix(text, "M"):
		unit, digits = 1<<20, text[:len(text)-1]
	case strings.HasSuffix(text, "g"), strings.HasSuffix(text, "G"):
		unit, digits = 1<<30, text[:len(text)-1]
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n > 1<<40/unit {
		return 0, d.Errorf("%s: %s: %q is not a size: want a number with k, m or g, such as 64k", d.name, param, source.Short(text))
	}
	return n * unit, nil
}

// want checks the number of words after the directive's name.
func (d *directive) want(least, most int) error {
	if n := len(d.args); n < least || n > most {
		if least == most {
			return d.Errorf("%s takes %d words, got %d", d.name, least, n)
		}
		return d.Errorf("%s takes %d to %d words, got %d", d.name, least, most, n)
	}
	if d.open {
		return d.Errorf("%s takes no block", d.name)
	}
	return nil
}
