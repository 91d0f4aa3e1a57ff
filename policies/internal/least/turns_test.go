package least

import (
	"testing"

	"stickysim/sim/rng"
)

// Turns agree with a smooth weighted round robin that looks at every place, whatever its load, and whoever leaves and comes back.
func TestTurnsAgreeWithAScan(t *testing.T) {
	var turns Turns
	for n := 1; n < 40; n += 1 + n/4 {
		draws := rng.Root(uint64(n))
		places := make([]Place, n)
		for i := range places {
			places[i].Weight = float64(1 + draws.At(uint64(i)).IntN(4))
		}
		turns.Fill(n, func(i int) Place { return places[i] })
		for step := range 1000 {
			d := draws.Stream("step").At(uint64(step))
			switch i := d.At(0).IntN(n); {
			case d.At(1).IntN(8) > 0:
			case places[i].Out:
				places[i].Out = false
				turns.Enter(i, places[i].Load, places[i].Credit)
			case d.At(2).IntN(2) == 0:
				places[i].Load = float64(d.At(3).IntN(3))
				turns.Move(i, places[i].Load)
			default:
				places[i].Out = true
				if turns.Credit(i) != places[i].Credit {
					t.Fatalf("step %d: place %d has credit %v, want %v", step, i, turns.Credit(i), places[i].Credit)
				}
				turns.Leave(i)
			}
			best, total := round(places)
			turns.Round()
			got, credit := turns.Best()
			if got != best || turns.Total() != total {
				t.Fatalf("step %d: best %d of %v, want %d; total %v, want %v", step, got, places, best, turns.Total(), total)
			}
			if best >= 0 {
				if credit != places[best].Credit {
					t.Fatalf("step %d: credit %v, want %v", step, credit, places[best].Credit)
				}
				places[best].Credit -= total
				turns.Pay(best, total)
			}
		}
	}
}

// round is one round over all places, and the best place then.
func round(places []Place) (best int, total float64) {
	best = -1
	for i := range places {
		p := &places[i]
		if p.Out {
			continue
		}
		total += p.Weight
		p.Credit += p.Weight
		if best < 0 || p.Load < places[best].Load || p.Load == places[best].Load && p.Credit > places[best].Credit {
			best = i
		}
	}
	return best, total
}
