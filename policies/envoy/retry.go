package envoy

import (
	"strings"

	"stickysim/sim"
)

// baseInterval is the default of retry_back_off: retry n waits for up to (2ⁿ−1) times as long, and at most ten times.
const baseInterval = 25 * sim.Millisecond

// Retries reports whether the route has a retry policy (see [sim.Retrier]).
func (h *hosts) Retries() bool { return h.cluster.RetryOn != "" }

// Retry implements [sim.Retrier] as Envoy's retry state does: the method does not matter.
func (h *hosts) Retry(q *sim.Request, _ sim.ServerID, o sim.Outcome, _ *sim.View) (again bool, after sim.Time) {
	n := q.Attempt + 1
	if n > h.cluster.NumRetries || !h.retryOn(o) {
		return false, 0
	}
	most := sim.Time(min(1<<min(n, 10)-1, 10)) * baseInterval
	return true, sim.Time(q.Draw.Stream("backoff").Float64() * float64(most))
}

// retryOn reports whether an attempt that ended with o meets a word of retry_on.
func (h *hosts) retryOn(o sim.Outcome) bool {
	for word := range strings.FieldsSeq(h.cluster.RetryOn) {
		switch word {
		case "connect-failure":
			if o == sim.Unreachable {
				return true
			}
		case "reset":
			if o != sim.Refused {
				return true
			}
		case "gateway-error", "5xx":
			return true
		}
	}
	return false
}
