package workloads

import (
	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

var _ = registerProcess(Process{
	Name:     "flash",
	Also:     []string{"spike", "surge", "burst", "flash-crowd", "slashdot", "peak"},
	Summary:  "a flash crowd over another process",
	Params:   []string{"process", "at", "factor", "ramp", "for"},
	Examples: []string{"flash(poisson(2/s) at=30m factor=5 ramp=60s for=10m)"},
	build:    buildFlash,
})

// Flash is a flash crowd on top of another process: the rate of the process is multiplied by a factor that rises linearly
// from 1, stays, and falls back to 1. A factor below 1 is a dip.
type Flash struct {
	base cox
	// at, ramp and hold are seconds: the begin, the length of either ramp, and the time at the peak between them.
	at, factor, ramp, hold float64
}

// NewFlash returns base with a crowd of factor (0 to 1000) that begins at the given second, takes ramp seconds to rise
// and as many to fall, and lasts hold seconds between. base must have a rate that can be multiplied: any process but
// Regular, Renewal and Times. Written flash(poisson(2/s) at=30m factor=5 ramp=60s for=10m); factor 5 and
// ramp 60s are the defaults.
func NewFlash(base sim.ArrivalProcess, at, factor, ramp, hold float64) (Flash, error) {
	p := Flash{at: at, factor: factor, ramp: ramp, hold: hold}
	rated, ok := base.(cox)
	if !ok {
		return p, faulty("process", "has no rate that can be multiplied", "regular, renewal and times have none")
	}
	p.base = rated
	if !(factor >= 0 && factor <= 1000) {
		return p, faulty("factor", "must be from 0 to 1000, got "+num(factor), "")
	}
	if p.Peak() > mostRate {
		return p, faulty("factor", "gives a peak above "+FormatRate(mostRate), "")
	}
	for _, err := range []error{checkSeconds("at", at, 0), checkSeconds("ramp", ramp, 0), checkSeconds("for", hold, 0)} {
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

// Rate is the rate of the process beneath: a crowd that comes once does not count in the long run.
func (p Flash) Rate() float64 { return p.base.Rate() }

func (p Flash) String() string {
	return "flash(" + p.base.String() + " at=" + dist.Seconds.Format(p.at) + " factor=" + num(p.factor) +
		" ramp=" + dist.Seconds.Format(p.ramp) + " for=" + dist.Seconds.Format(p.hold) + ")"
}

// Start returns the arrivals addressed by k.
func (p Flash) Start(k rng.Key) sim.Arrivals { return startCox(p, k) }

// RateAt is the rate of the process beneath, times the factor at t.
func (p Flash) RateAt(t sim.Time) float64 {
	return p.base.RateAt(t) * (&flashPath{Flash: p}).multiplier(t.Seconds())
}

// Peak bounds the rate.
func (p Flash) Peak() float64 { return p.base.Peak() * max(1, p.factor) }

// Beyond is the crowd, or what is beyond the end in the process beneath.
func (p Flash) Beyond(end sim.Time) (what string, at sim.Time) {
	if at = sim.FromSeconds(p.at); at >= end {
		return "the flash crowd", at
	}
	if below, ok := p.base.(Scripted); ok {
		return below.Beyond(end)
	}
	return "", 0
}

func (p Flash) path(k rng.Key) path { return &flashPath{Flash: p, below: p.base.path(k)} }

type flashPath struct {
	Flash
	below path
}

func (p *flashPath) piece(t sim.Time) (sim.Time, float64) {
	until, most := p.below.piece(t)
	end, high := p.phase(t)
	return min(until, end), most * high
}

// phase is the end of the part of the crowd that holds t, and the highest factor in it.
func (p *flashPath) phase(t sim.Time) (end sim.Time, high float64) {
	high = 1
	for i, length := range [...]float64{p.at, p.ramp, p.hold, p.ramp} {
		end += sim.FromSeconds(length)
		if i > 0 {
			high = max(1, p.factor)
		}
		if i == 2 {
			high = p.factor
		}
		if t < end {
			return end, high
		}
	}
	return sim.Never, 1
}

func (p *flashPath) rate(t sim.Time) float64 { return p.below.rate(t) * p.multiplier(t.Seconds()) }

// multiplier is the factor at second t.
func (p *flashPath) multiplier(t float64) float64 {
	share := 1.0
	switch since := t - p.at; {
	case since < 0:
		share = 0
	case since < p.ramp:
		share = since / p.ramp
	case since > p.ramp+p.hold:
		share = max(0, 1-(since-p.ramp-p.hold)/max(p.ramp, 1e-9))
	}
	return 1 + (p.factor-1)*share
}

func buildFlash(c *call) (sim.ArrivalProcess, error) {
	a, ok := c.take("process")
	if !ok {
		return nil, &dist.Error{Message: "flash needs a process", Hint: "write " + c.usage()}
	}
	base, err := parseProcess(a.text, a.at, c.resolve, c.depth+1)
	if err != nil {
		c.fail(err)
		return nil, err
	}
	return NewFlash(base, c.seconds("at", needed), c.share("factor", 5), c.seconds("ramp", 60), c.seconds("for", needed))
}
