package haproxy

import (
	"fmt"
	"strconv"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/sim"
)

// number reads word i as a whole number from low to high. ok is false where the line has an environment variable there,
// which is remarked already.
func (l *line) number(i, low, high int) (n int, ok bool, err error) {
	if i >= len(l.words) {
		return 0, false, l.errorf(i, "%s needs a number", source.Short(l.arg(len(l.words)-1)))
	}
	n, bad := strconv.Atoi(l.words[i].text)
	if bad != nil || n < low || n > high {
		if l.words[i].env {
			return 0, false, nil
		}
		return 0, false, l.errorf(i, "%s: must be a whole number from %d to %d, got %q", source.Short(l.arg(i-1)), low, high, source.Short(l.arg(i)))
	}
	return n, true, nil
}

var timeUnits = map[string]sim.Time{
	"us": sim.Microsecond, "ms": sim.Millisecond, "s": sim.Second, "m": sim.Minute, "h": sim.Hour, "d": 24 * sim.Hour,
}

// span reads word i as a duration; unit is what a bare number means.
func (l *line) span(i int, unit sim.Time) (t sim.Time, ok bool, err error) {
	n, suffix, good := leading(l.arg(i))
	if u, known := timeUnits[suffix]; known {
		unit = u
	} else if suffix != "" {
		good = false
	}
	if !good || n > int64(sim.Never/unit) {
		if i < len(l.words) && l.words[i].env {
			return 0, false, nil
		}
		return 0, false, l.errorf(i, "%s: must be a duration such as 500ms, 30s, 10m or 1d, got %q", source.Short(l.arg(min(i, len(l.words))-1)), source.Short(l.arg(i)))
	}
	return sim.Time(n) * unit, true, nil
}

// size reads word i as a number with k, m or g behind it, which are powers of 1024.
func (l *line) size(i int) (n int64, ok bool, err error) {
	n, suffix, good := leading(l.arg(i))
	shift, known := map[string]uint{"": 0, "k": 10, "K": 10, "m": 20, "M": 20, "g": 30, "G": 30}[suffix]
	if !good || !known || n > 1<<40>>shift || n == 0 {
		if i < len(l.words) && l.words[i].env {
			return 0, false, nil
		}
		return 0, false, l.errorf(i, "%s: must be a size such as 1000, 100k or 1m, got %q", source.Short(l.arg(min(i, len(l.words))-1)), source.Short(l.arg(i)))
	}
	return n << shift, true, nil
}

// leading cuts text into its leading digits and the rest.
func leading(text string) (n int64, rest string, ok bool) {
	end := 0
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(text[:end], 10, 64)
	return n, text[end:], err == nil
}

// spanText writes a duration as HAProxy reads it.
func spanText(t sim.Time) string {
	switch {
	case t%sim.Second == 0:
		return fmt.Sprintf("%ds", t/sim.Second)
	case t%sim.Millisecond == 0:
		return fmt.Sprintf("%dms", t/sim.Millisecond)
	}
	return fmt.Sprintf("%dus", t/sim.Microsecond)
}

// global reads a line of the global section.
func (im *translation) global(l *line) error {
	switch word := l.arg(0); word {
	case "nbproc":
		n, ok, err := l.number(1, 1, 4096)
		if err != nil || !ok {
			return err
		}
		im.process.count = n
		im.Translated(l, "nbproc %d: as many balancer instances, each with its own tables", n)
	case "nbthread", "thread-groups", "cpu-map":
		im.Translated(l, "%s: threads share the process's tables, so they are one instance", word)
	default:
		im.byTable(l, "global", word)
	}
	return nil
}
