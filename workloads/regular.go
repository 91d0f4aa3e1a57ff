package workloads

import (
	"math"

	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

var _ = registerProcess(Process{
	Name:     "regular",
	Also:     []string{"fixed", "constant", "cron"},
	Summary:  "arrivals at equal distances",
	Fixed:    true,
	Params:   []string{"every"},
	Examples: []string{"regular(every=500ms)"},
	build:    func(c *call) (sim.ArrivalProcess, error) { return NewRegular(c.seconds("every", needed)) },
})

// Regular has arrivals at every, 2·every, 3·every and so on, and at 0, −every, −2·every in the warm-up. For a random first arrival write renewal(10s).
type Regular struct{ every float64 }

// NewRegular returns arrivals with the given distance in seconds, at least a microsecond. Written regular(every=500ms).
func NewRegular(every float64) (Regular, error) {
	return Regular{every}, checkSeconds("every", every, 1/mostRate)
}

// Rate is 1/every.
func (p Regular) Rate() float64 { return 1 / p.every }

func (p Regular) String() string { return "regular(every=" + dist.Seconds.Format(p.every) + ")" }

// Start returns the arrivals; there is nothing random about them.
func (p Regular) Start(rng.Key) sim.Arrivals { return &ticks{every: p.every} }

type ticks struct {
	every float64
	phase float64 // share of the distance by which the one at time 0 is late
	n     float64 // of the last arrival; the one at time 0 is 0
	began bool
}

// Next multiplies instead of adding, so that a third of a second does not drift.
func (a *ticks) Next(t sim.Time) sim.Time {
	if !a.began {
		a.began, a.n = true, math.Floor(t.Seconds()/a.every-a.phase)
	}
	a.n++
	return sim.Instant((a.n + a.phase) * a.every)
}
