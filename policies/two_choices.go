package policies

import (
	"slices"

	"stickysim/sim"
	"stickysim/sim/rng"
)

var _ = Register("two-choices", TwoChoices{Choices: 2}, Doc{
	Summary: "the least loaded of a few servers drawn at random",
	Also:    []string{"p2c", "power-of-two-choices", "power-of-two", "least_request", "least-request"},
	Detail: "Draws without replacement; the fewest requests in flight per weight win, ties at random in proportion to " +
		"weight. O(choices²), whatever the number of servers. Counts only what this balancer instance has in flight.",
	Source: "Mitzenmacher 2001 (IEEE TPDS 12); Vvedenskaya, Dobrushin, Karpelevich 1996",
	Claims: Claims{Uniform: true, Sample: 2},
})

// TwoChoices picks the least loaded of a few servers drawn at random without replacement: power of two choices.
//
// Freshness: requests in flight are exact for this instance and blind to the others'.
type TwoChoices struct {
	Choices int `yaml:"choices" check:"min=2,max=64" doc:"servers drawn to choose from"`
}

// New makes an instance.
func (c TwoChoices) New(sim.Env) sim.Balancer {
	return &twoChoices{drawn: make([]int32, 0, c.Choices), choices: c.Choices}
}

type twoChoices struct {
	choices int
	alike   bool    // all eligible servers have the same weight
	drawn   []int32 // scratch
}

// Rebuild notes whether weights matter.
func (p *twoChoices) Rebuild(v *sim.View) { p.alike = equalWeights(v) }

// Reads implements [sim.Reader].
func (p *twoChoices) Reads() sim.Needs { return sim.NeedsDraw }

// Pick implements [sim.Balancer].
func (p *twoChoices) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	n := len(v.Eligible)
	if n <= 1 || p.choices != 2 || len(q.Tried) > 0 {
		return p.oneOfSome(q, v)
	}
	// A first attempt with two choices, as it nearly always is: the same draws and comparisons, one by one.
	i, again := q.Draw.At(0).IntN(n-1), q.Draw.At(1)
	j := again.IntN(n)
	if j == i {
		j = n - 1
	}
	s, other, tie := v.Eligible[i], v.Eligible[j], again.At(0)
	if !p.alike {
		return lessLoaded(s, other, tie, v)
	}
	// The first bit of the draw, which says whether it is below a half, counts with the loads: a branch for ties would be guessed
	// wrong half the time.
	if 2*v.InFlight[other]+int32(uint64(tie)>>63) <= 2*v.InFlight[s] {
		s = other
	}
	return s
}

// lessLoaded is the one of two servers that has less in flight per weight.
func lessLoaded(a, b sim.ServerID, tie rng.Key, v *sim.View) sim.ServerID {
	wa, wb := v.Weight[a], v.Weight[b]
	switch d := float64(v.InFlight[b])*wa - float64(v.InFlight[a])*wb; {
	case d < 0:
		return b
	case d == 0 && tie.Float64()*(wa+wb) < wb:
		return b
	}
	return a
}

// oneOfSome is Pick of any attempt with any number of choices.
func (p *twoChoices) oneOfSome(q *sim.Request, v *sim.View) sim.ServerID {
	c := candidatesFor(q, v)
	p.drawn = p.drawn[:0]
	best, least, weight, tied := sim.NoServer, 0.0, 0.0, 0.0
	// Floyd's sampling (Bentley & Floyd 1987): every subset is equally likely, without rejection.
	for j := max(c.n-p.choices, 0); j < c.n; j++ {
		draw := q.Draw.At(uint64(len(p.drawn)))
		i := int32(draw.IntN(j + 1))
		if slices.Contains(p.drawn, i) {
			i = int32(j)
		}
		p.drawn = append(p.drawn, i)
		s := c.at(int(i))
		w := v.Weight[s]
		l := float64(v.InFlight[s])
		// Loads per weight, compared without dividing.
		switch d := l*weight - least*w; {
		case best == sim.NoServer || d < 0:
			best, least, weight, tied = s, l, w, w
		case d == 0:
			tied += w
			if draw.At(0).Float64()*tied < w {
				best, least, weight = s, l, w
			}
		}
	}
	return best
}
