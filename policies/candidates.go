package policies

import (
	"math"
	"slices"

	"stickysim/policies/internal/least"
	"stickysim/sim"
)

// candidates are the servers that a textbook policy chooses from: the eligible ones that have not failed the request
// before, or all eligible ones when each has failed it.
type candidates struct {
	v     *sim.View
	tried []sim.ServerID // servers to skip
	n     int            // number of candidates; 0 = no server is eligible
}

func candidatesFor(q *sim.Request, v *sim.View) candidates {
	c := candidates{v: v, n: len(v.Eligible)}
	if len(q.Tried) > 0 {
		c.skip(q.Tried)
	}
	return c
}

func (c *candidates) skip(tried []sim.ServerID) {
	n := 0
	for _, s := range c.v.Eligible {
		if !slices.Contains(tried, s) {
			n++
		}
	}
	if n > 0 {
		c.tried, c.n = tried, n
	}
}

// has reports whether the eligible server s is a candidate.
func (c *candidates) has(s sim.ServerID) bool {
	return len(c.tried) == 0 || !slices.Contains(c.tried, s)
}

// at returns candidate number i, from 0; i is below n.
func (c *candidates) at(i int) sim.ServerID {
	if len(c.tried) == 0 {
		return c.v.Eligible[i]
	}
	for _, s := range c.v.Eligible {
		if !c.has(s) {
			continue
		}
		if i == 0 {
			return s
		}
		i--
	}
	return sim.NoServer
}

// modulo returns candidate x mod n, or NoServer when there is none.
func modulo(x uint64, q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	if len(q.Tried) == 0 {
		return v.Eligible[x%uint64(len(v.Eligible))]
	}
	c := candidatesFor(q, v)
	return c.at(int(x % uint64(c.n)))
}

// loadIndex finds the eligible server with the least load per weight. Ties are broken at random in proportion to weight.
type loadIndex struct{ least.Index[sim.ServerID] }

func (x *loadIndex) rebuild(load []int32, v *sim.View) {
	x.Fill(v.Eligible, func(s sim.ServerID) (perWeight, share float64) { return float64(load[s]) / v.Weight[s], v.Weight[s] })
}

func (x *loadIndex) moved(s sim.ServerID, load []int32, v *sim.View) {
	x.Move(s, float64(load[s])/v.Weight[s])
}

// pick returns the candidate with the least load, or NoServer when there is none.
func (x *loadIndex) pick(load []int32, q *sim.Request, v *sim.View) sim.ServerID {
	switch {
	case len(q.Tried) > 0:
		return leastLoaded(load, q, v)
	case len(v.Eligible) == 0:
		return sim.NoServer
	}
	return x.At(q.Draw.Float64() * x.Share())
}

// leastLoaded returns the candidate with the least load per weight, or NoServer when there is none. Ties are broken
// at random in proportion to weight. It looks at every eligible server, as only retries need.
func leastLoaded(load []int32, q *sim.Request, v *sim.View) sim.ServerID {
	c := candidatesFor(q, v)
	least, tied := math.Inf(1), 0.0
	for _, s := range v.Eligible {
		if !c.has(s) {
			continue
		}
		w := v.Weight[s]
		switch l := float64(load[s]) / w; {
		case l < least:
			least, tied = l, w
		case l == least:
			tied += w
		}
	}
	chosen, x := sim.NoServer, q.Draw.Float64()*tied
	for _, s := range v.Eligible {
		if w := v.Weight[s]; float64(load[s])/w == least && c.has(s) {
			chosen = s
			if x -= w; x < 0 {
				break
			}
		}
	}
	return chosen
}

// equalWeights reports whether all eligible servers have the same weight.
func equalWeights(v *sim.View) bool {
	if len(v.Eligible) == 0 {
		return true
	}
	first := v.Weight[v.Eligible[0]]
	for _, s := range v.Eligible {
		if v.Weight[s] != first {
			return false
		}
	}
	return true
}
