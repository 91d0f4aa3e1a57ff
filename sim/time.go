package sim

import (
	"math"
	"time"
)

// Time is an instant: nanoseconds since the start of the run, warm-up included. Spans are Time too where they
// are added to instants in the hot loop; public settings name their unit.
type Time int64

// Common spans, and Never, an instant no run reaches.
const (
	Nanosecond  Time = 1
	Microsecond      = 1000 * Nanosecond
	Millisecond      = 1000 * Microsecond
	Second           = 1000 * Millisecond
	Minute           = 60 * Second
	Hour             = 60 * Minute
	Never       Time = math.MaxInt64 / 4
)

// Seconds returns t in seconds.
func (t Time) Seconds() float64 { return float64(t) / float64(Second) }

// String formats t as a duration, for example "31m4s".
func (t Time) String() string { return time.Duration(t).String() }

// FromSeconds converts a span in seconds to the nearest nanosecond. Spans beyond Never, and NaN, become Never;
// negative spans become 0.
func FromSeconds(s float64) Time {
	ns := s * float64(Second)
	if !(ns < float64(Never)) {
		return Never
	}
	if ns <= 0 {
		return 0
	}
	return Time(ns + 0.5)
}

// ServerID numbers the servers of a run in the order in which they came into being; an ID is never used again,
// so a replaced server has a new one. A server that restarts in place keeps its ID and gets a new incarnation.
type ServerID int32

// NoServer is the answer of a balancer that has no server to send a request to.
const NoServer ServerID = -1

// ClientID is the slot of an active client. It is unique among the clients active at one time, and used again later.
type ClientID uint32
