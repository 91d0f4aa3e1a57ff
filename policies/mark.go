package policies

import "stickysim/sim"

// A mark is the cookie that says which of two alternatives a client belongs to: the group of a canary, the side of a
// split. It shares the client's one cookie with the affinity cookie of the alternative: the top two bits are the mark's,
// 0 being none. Policies without alternatives look past it.
const (
	markShift = 62
	unmarked  = sim.Cookie(1)<<markShift - 1
)

// markOf returns the alternative a cookie names, 0 or 1, and whether it names one.
func markOf(c sim.Cookie) (alternative int, ok bool) {
	m := int(c >> markShift)
	return m - 1, m == 1 || m == 2
}

// marked returns the cookie c with the mark of an alternative.
func marked(c sim.Cookie, alternative int) sim.Cookie {
	return c&unmarked | sim.Cookie(alternative+1)<<markShift
}
