package policies

import (
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// A first attempt is picked like one that a server has failed which is not among those to choose from.
func TestOneOfTwo(t *testing.T) {
	t.Parallel()
	const most = 10
	p := TwoChoices{Choices: 2}.New(sim.Env{})
	for seed := range uint64(20000) {
		k := rng.Root(seed)
		n := 2 + k.At(0).IntN(most-1)
		v := sim.NewPart(n + 1)
		v.Weight, v.InFlight = make([]float64, n+1), make([]int32, n+1)
		for i := range n {
			at := k.At(uint64(i) + 1)
			v.Eligible = append(v.Eligible, sim.ServerID(i))
			v.Weight[i], v.InFlight[i] = .7, int32(at.At(1).IntN(3))
			if seed%2 == 0 {
				v.Weight[i] = float64(1 + at.At(0).IntN(3))
			}
		}
		p.(sim.Rebuilder).Rebuild(&v)
		q := &sim.Request{Draw: k.Stream("draw")}
		first := p.Pick(q, &v)
		q.Tried = []sim.ServerID{sim.ServerID(n)}
		if again := p.Pick(q, &v); first != again {
			t.Fatalf("seed %d: picks %d at first, %d with all that is general", seed, first, again)
		}
	}
}
