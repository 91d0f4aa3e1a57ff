package workloads

import (
	"strings"

	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

var _ = registerProcess(Process{
	Name:     "mmpp",
	Also:     []string{"bursty", "markov", "on-off"},
	Summary:  "bursts: the rate is that of a state, and states follow a Markov chain",
	Examples: []string{"mmpp(30/s:10s 5/s:20s)", "mmpp(30/s:(0 0.1/s) 5/s:(0.05/s 0))"},
	build:    buildMMPP,
})

// MMPP is the Markov-modulated Poisson process: the rate is that of a state, and the states follow a Markov chain in
// continuous time. It makes bursts, and correlation over the length of a state. It starts in a state drawn from the
// stationary distribution (Fischer & Meier-Hellstern, Performance Evaluation 18, 1993).
type MMPP struct {
	rates      []float64
	hold       []float64   // mean seconds in a state
	switching  [][]float64 // rates from state to state; nil = each state is followed by the next
	stationary []float64   // running sum of the stationary distribution
	mean       float64
}

// maxStates bounds the chain.
const maxStates = 64

// NewMMPP returns the process with 2 to 64 states: rates in arrivals per second, 0 allowed but not for all, and hold,
// the mean seconds spent in each state. Each state is followed by the next and the last by the first. A chain that
// switches more than 10⁵ times per arrival is an error. Written mmpp(30/s:10s 5/s:20s).
func NewMMPP(rates, hold []float64) (*MMPP, error) {
	p := &MMPP{rates: append([]float64(nil), rates...), hold: append([]float64(nil), hold...)}
	if err := p.checkStates(); err != nil {
		return nil, err
	}
	weights := append([]float64(nil), p.hold...)
	return p.settle(weights)
}

// NewMMPPChain is [NewMMPP] with any chain: switching[i][j] is the rate per second of going from state i to state j,
// its diagonal is ignored, and every state must be reachable from every other. Written
// mmpp(30/s:(0 0.1/s) 5/s:(0.05/s 0)).
func NewMMPPChain(rates []float64, switching [][]float64) (*MMPP, error) {
	n := len(rates)
	p := &MMPP{rates: append([]float64(nil), rates...), hold: make([]float64, n), switching: make([][]float64, n)}
	if len(switching) != n {
		return nil, wrong("needs a row of switching rates for every state", "write mmpp(30/s:(0 0.1/s) 5/s:(0.05/s 0))")
	}
	for i, row := range switching {
		if len(row) != n {
			return nil, faulty(numbered("state", i), "needs "+num(float64(n))+" switching rates, one per state, got "+num(float64(len(row))), "")
		}
		p.switching[i] = append([]float64(nil), row...)
		p.switching[i][i] = 0
		out := 0.0
		for _, rate := range p.switching[i] {
			if err := checkRate("switching", rate, 0); err != nil {
				return nil, about(numbered("state", i), err)
			}
			out += rate
		}
		if out == 0 {
			return nil, faulty(numbered("state", i), "is never left", "give it a rate to another state")
		}
		p.hold[i] = 1 / out
	}
	if err := p.checkStates(); err != nil {
		return nil, err
	}
	weights, ok := stationary(p.switching)
	if !ok {
		return nil, faulty("switching", "some state cannot be reached from every other", "")
	}
	return p.settle(weights)
}

func (p *MMPP) checkStates() error {
	if len(p.rates) < 2 || len(p.rates) > maxStates || len(p.hold) != len(p.rates) {
		return wrong("needs 2 to "+num(maxStates)+" states, each with a rate and its mean time", "write mmpp(30/s:10s 5/s:20s)")
	}
	for i, rate := range p.rates {
		if err := checkRate("rate", rate, 0); err != nil {
			return about(numbered("state", i), err)
		}
		if err := checkSeconds("hold", p.hold[i], 1e-6); err != nil {
			return about(numbered("state", i), err)
		}
	}
	return nil
}

// settle normalises the weights of the stationary distribution and checks what follows from it.
func (p *MMPP) settle(weights []float64) (*MMPP, error) {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	sum, switches := 0.0, 0.0
	for i := range weights {
		share := weights[i] / total
		sum += share
		p.stationary = append(p.stationary, sum)
		p.mean += share * p.rates[i]
		switches += share / p.hold[i]
	}
	if p.mean < leastRate {
		return nil, wrong("needs a rate above 0 in some state", "")
	}
	if switches > maxSteps*p.mean {
		return nil, faulty("hold", "makes more than "+num(maxSteps)+" switches to an arrival", "that is poisson("+FormatRate(p.mean)+")")
	}
	return p, nil
}

// Rate is the mean over the stationary distribution.
func (p *MMPP) Rate() float64 { return p.mean }

func (p *MMPP) String() string {
	states := make([]string, len(p.rates))
	for i, rate := range p.rates {
		states[i] = FormatRate(rate) + ":"
		if p.switching == nil {
			states[i] += dist.Seconds.Format(p.hold[i])
			continue
		}
		row := make([]string, len(p.switching[i]))
		for j, r := range p.switching[i] {
			if row[j] = "0"; r > 0 {
				row[j] = FormatRate(r)
			}
		}
		states[i] += "(" + strings.Join(row, " ") + ")"
	}
	return "mmpp(" + strings.Join(states, " ") + ")"
}

// Start returns the arrivals addressed by k.
func (p *MMPP) Start(k rng.Key) sim.Arrivals { return startCox(p, k) }

// RateAt is the mean rate: the states are drawn.
func (p *MMPP) RateAt(sim.Time) float64 { return p.mean }

// Peak is the rate of the busiest state.
func (p *MMPP) Peak() float64 {
	most := 0.0
	for _, rate := range p.rates {
		most = max(most, rate)
	}
	return most
}

func (p *MMPP) path(k rng.Key) path {
	u, first := k.Stream("start").Float64(), 0
	for first < len(p.stationary)-1 && p.stationary[first] <= u {
		first++
	}
	return &mmppPath{MMPP: p, k: k, state: first}
}

func buildMMPP(c *call) (sim.ArrivalProcess, error) {
	var rates, hold []float64
	var rows [][]float64
	for _, a := range readKeyed(c, "state", func(a arg) arg { return a }) {
		rate, err := ParseRate(a.key)
		if err != nil {
			c.fail(place(err, a.keyAt, "rate"))
		}
		rates = append(rates, rate)
		if strings.HasPrefix(a.text, "(") {
			rows = append(rows, readRow(c, a))
		} else {
			hold = append(hold, c.read(a, "hold", dist.ParseDuration))
		}
	}
	if len(rows) == 0 {
		return NewMMPP(rates, hold)
	}
	if len(hold) > 0 {
		return nil, wrong("give every state a mean time, or every state a row of switching rates", "write "+c.usage())
	}
	return NewMMPPChain(rates, rows)
}

// readRow reads (0, 0.1/s).
func readRow(c *call, a arg) []float64 {
	items, err := splitArgs(a.text, a.at, 0, c.Process)
	if err != nil {
		c.fail(err)
	}
	row := make([]float64, len(items))
	for i, item := range items {
		row[i] = c.read(item, "switching", ParseRate)
	}
	return row
}
