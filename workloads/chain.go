package workloads

import (
	"stickysim/sim"
	"stickysim/sim/rng"
)

// stationary solves πQ = 0 by the elimination of Grassmann, Taksar & Heyman (Operations Research 33, 1985), which
// subtracts nothing and so loses no digits. It reports false when the chain is not irreducible.
func stationary(rates [][]float64) (weights []float64, ok bool) {
	n := len(rates)
	q := make([][]float64, n)
	for i := range q {
		q[i] = append([]float64(nil), rates[i]...)
	}
	for k := n - 1; k > 0; k-- {
		out := 0.0
		for j := range k {
			out += q[k][j]
		}
		if out == 0 {
			return nil, false
		}
		for i := range k {
			q[i][k] /= out
			for j := range k {
				if j != i {
					q[i][j] += q[i][k] * q[k][j]
				}
			}
		}
	}
	weights = make([]float64, n)
	weights[0] = 1
	for k := 1; k < n; k++ {
		for i := range k {
			weights[k] += weights[i] * q[i][k]
		}
		if weights[k] == 0 {
			return nil, false
		}
	}
	return weights, true
}

// mmppPath walks the states of a chain.
type mmppPath struct {
	*MMPP
	k     rng.Key
	n     uint64 // states entered so far
	state int
	until sim.Time
	began bool
}

// stay draws when the current state, entered at t, ends. The first stay of a stationary chain has the distribution of any
// other, because it is exponential.
func (p *mmppPath) stay(t sim.Time) sim.Time {
	return after(t, p.k.At(p.n).Exp()*p.hold[p.state])
}

func (p *mmppPath) piece(t sim.Time) (sim.Time, float64) {
	if !p.began {
		p.began, p.until = true, p.stay(t)
	}
	for t >= p.until && p.until < sim.Never {
		p.state = p.next()
		p.n++
		p.until = p.stay(p.until)
	}
	return p.until, p.rates[p.state]
}

// next draws the state that follows.
func (p *mmppPath) next() int {
	if p.switching == nil {
		return (p.state + 1) % len(p.rates)
	}
	row := p.switching[p.state]
	u, last := p.k.At(p.n).At(0).Float64()/p.hold[p.state], p.state
	for j, rate := range row {
		if rate == 0 {
			continue
		}
		last = j
		if u -= rate; u < 0 {
			break
		}
	}
	return last
}

func (p *mmppPath) rate(sim.Time) float64 { return p.rates[p.state] }
