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
	drawn   []int32 // scratch
}

// Reads implements [sim.Reader].
func (p *twoChoices) Reads() sim.Needs { return sim.NeedsDraw }

// Pick implements [sim.Balancer].
func (p *twoChoices) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	if p.choices == 2 && len(q.Tried) == 0 && len(v.Eligible) > 1 {
		return oneOfTwo(q.Draw, v)
	}
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

// oneOfTwo is Pick of a first attempt with two choices, as it nearly always is: the same draws and comparisons, one by one.
func oneOfTwo(draw rng.Key, v *sim.View) sim.ServerID {
	n := len(v.Eligible)
	i, again := draw.At(0).IntN(n-1), draw.At(1)
	j := again.IntN(n)
	if j == i {
		j = n - 1
	}
	a, b := v.Eligible[i], v.Eligible[j]
	wa, wb := v.Weight[a], v.Weight[b]
	switch d := float64(v.InFlight[b])*wa - float64(v.InFlight[a])*wb; {
	case d < 0:
		return b
	case d == 0 && again.At(0).Float64()*(wa+wb) < wb:
		return b
	}
	return a
}
