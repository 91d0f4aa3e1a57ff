// Package openresty holds what nginx does around balancers that are written in Lua: it sends a failed request again as
// proxy_next_upstream "error timeout", its default, says.
//
// Floor 3.
package openresty

import "stickysim/sim"

// Again reports whether nginx sends q again after an attempt that ended with o, where a request is sent at most tries times.
// What a server may have worked on is repeated only if that is safe.
func Again(q *sim.Request, o sim.Outcome, tries int) bool {
	sent := o != sim.Unreachable
	return o != sim.Refused && (!sent || q.Idempotent) && q.Attempt+1 < tries
}
