package workloads

import (
	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

var _ = registerProcess(Process{
	Name:     "renewal",
	Also:     []string{"interarrival", "gaps"},
	Summary:  "independent gaps of one distribution",
	Params:   []string{"gap"},
	Examples: []string{"renewal(erlang(k=5 mean=500ms))"},
	build:    buildRenewal,
})

// Renewal has independent gaps between arrivals, all of one distribution. The first arrival comes after a residual gap,
// so the process is stationary from the start (Cox, Renewal Theory, 1962, section 2.2).
type Renewal struct{ gap dist.Dist }

// NewRenewal returns the process whose gaps in seconds follow gap, of mean 1 µs to 10⁹ s. Gaps of 0 are groups that
// arrive together. Written renewal(erlang(k=5 mean=500ms)).
func NewRenewal(gap dist.Dist) (Renewal, error) {
	p := Renewal{gap}
	if gap == nil {
		return p, faulty("gap", "must be a distribution", "write renewal(erlang(k=5 mean=500ms))")
	}
	mean := gap.Mean()
	if !(mean >= 1/mostRate && mean <= mostSeconds) {
		return p, faulty("gap", "must have a mean from 1us to "+dist.Seconds.Format(mostSeconds)+", got "+num(mean)+" s", "")
	}
	return p, nil
}

// Rate is 1 over the mean gap.
func (p Renewal) Rate() float64 { return 1 / p.gap.Mean() }

func (p Renewal) String() string { return "renewal(" + p.gap.String() + ")" }

// Start returns the arrivals addressed by k.
func (p Renewal) Start(k rng.Key) sim.Arrivals { return &renewals{k: k, gap: p.gap} }

type renewals struct {
	k   rng.Key
	gap dist.Dist
	n   uint64
}

func (a *renewals) Next(t sim.Time) sim.Time {
	k := a.k.At(a.n)
	a.n++
	if a.n == 1 {
		total, age := dist.Equilibrium(k, a.gap)
		return after(t, total-age)
	}
	return after(t, a.gap.Sample(k))
}

func buildRenewal(c *call) (sim.ArrivalProcess, error) {
	a, ok := c.take("gap")
	if !ok {
		return nil, &dist.Error{Message: "renewal needs the distribution of its gaps", Hint: "write " + c.usage()}
	}
	gap, err := dist.ParseWith(a.text, dist.Seconds, c.resolve)
	if err != nil {
		c.fail(place(err, a.at, ""))
		return nil, err
	}
	return NewRenewal(gap)
}
