package accesslog

import "strings"

// settle decides which variable counts where a format has several of one meaning, such as %D and %T: the finest, and of equals
// the first. The others can still be named to identify clients.
func (p *layout) settle() {
	p.joinTimes()
	for _, rank := range []func(v *variable) int{clock, stopwatch, client, answer} {
		best := 0
		for i := range p.vars {
			best = max(best, rank(&p.vars[i]))
		}
		for i := range p.vars {
			switch v := &p.vars[i]; rank(v) {
			case 0:
			case best:
				best++ // of equals the first
				p.ends = p.ends || v.kind == kindTime && strings.HasPrefix(v.name, "%{end:")
			default:
				v.kind, v.slot = kindNamed, slotNone
			}
		}
	}
}

// clock ranks times by their resolution; 0 = another kind.
func clock(v *variable) int {
	switch {
	case v.kind != kindTime || partOfTime(v):
		return 0
	case strings.Contains(v.name, "usec"):
		return 3
	case strings.Contains(v.name, "msec"):
		return 2
	}
	return 1
}

// stopwatch ranks durations of the whole request by their resolution.
func stopwatch(v *variable) int {
	switch v.kind {
	case kindMicros:
		return 3
	case kindMillis:
		return 2
	case kindSeconds:
		return 1
	}
	return 0
}

// client ranks addresses: %{c}a is that of the connection, which may be a proxy's.
func client(v *variable) int {
	switch {
	case v.kind != kindAddress:
		return 0
	case v.name == "%{c}a":
		return 1
	}
	return 2
}

// answer ranks statuses: %>s is that of the request in the end.
func answer(v *variable) int {
	switch {
	case v.kind != kindStatus:
		return 0
	case strings.Contains(v.name, ">"):
		return 2
	}
	return 1
}

// partOfTime reports whether Apache writes a piece of a time only: a fraction of the second, or the zone.
func partOfTime(v *variable) bool {
	return v.name == "%{msec_frac}t" || v.name == "%{usec_frac}t" || v.name == "%{%z}t"
}

// joinTimes makes one time of pieces that follow each other, as in [%{%d/%b/%Y:%T}t.%{msec_frac}t %{%z}t]. Where the text between two of
// them would end the time, they stay apart, and no line can be read.
func (p *layout) joinTimes() {
	for i := 0; i+1 < len(p.vars); {
		v, next := &p.vars[i], &p.vars[i+1]
		if v.kind != kindTime || !partOfTime(next) || next.until == "" || strings.Contains(next.before, next.until[:1]) {
			i++
			continue
		}
		v.until = next.until
		p.vars = append(p.vars[:i+1], p.vars[i+2:]...)
	}
	p.optional = len(p.vars) + 1
}
