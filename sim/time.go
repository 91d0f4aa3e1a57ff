package sim

import (
	"math"
	"time"
)

// Time is an instant: nanoseconds since the start of the measured part. The warm-up is negative time. Spans are Time too
// where they are added to instants in the hot loop; public settings name their unit.
type Time int64

// Common spans; Never, an instant no run reaches; and LongAgo, an instant before every run.
const (
	Nanosecond  Time = 1
	Microsecond      = 1000 * Nanosecond
	Millisecond      = 1000 * Microsecond
	Second           = 1000 * Millisecond
	Minute           = 60 * Second
	Hour             = 60 * Minute
	Never       Time = math.MaxInt64 / 4
	LongAgo     Time = -Never
)

// Seconds returns t in seconds.
func (t Time) Seconds() float64 { return float64(t) / float64(Second) }

// String formats t as a duration, for example "31m4s".
func (t Time) String() string { return time.Duration(t).String() }

// FromSeconds converts a span in seconds to the nearest nanosecond. Spans beyond Never, and NaN, become Never;
// negative spans become 0.
func FromSeconds(s float64) Time {
	ns := s * float64(Second)
	// As whole numbers, the bits of negative numbers and NaN lie above those of every other number.
	if math.Float64bits(ns) < neverBits {
		return Time(ns + 0.5)
	}
	return beyondRange(ns)
}

// neverBits are the bits of float64(Never).
const neverBits = (1023 + 61) << 52

func beyondRange(ns float64) Time {
	if ns <= 0 {
		return 0
	}
	return Never
}

// Instant is the instant at the given second, to the nearest nanosecond; negative in the warm-up.
func Instant(seconds float64) Time {
	if seconds < 0 {
		return -FromSeconds(-seconds)
	}
	return FromSeconds(seconds)
}

// Floor rounds t down to a multiple of step, in the warm-up too.
func (t Time) Floor(step Time) Time {
	down := t / step * step
	if down > t {
		down -= step
	}
	return down
}

// ServerID numbers the servers of a run in the order in which they came into being; an ID is never used again,
// so a replaced server has a new one. A server that restarts in place keeps its ID and gets a new incarnation.
type ServerID int32

// NoServer is the answer of a balancer that has no server to send a request to.
const NoServer ServerID = -1

// ClientID is the slot of an active client. It is unique among the clients active at one time, and used again later.
type ClientID uint32
