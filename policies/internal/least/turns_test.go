package least

import (
	"slices"
	"testing"

	"stickysim/sim/rng"
)

// Turns agree with a smooth weighted round robin that looks at every place, whatever its load, and whoever leaves and comes back.
func TestTurnsAgreeWithAScan(t *testing.T) {
	checkTurns(t, &Turns{}, 1, 0)
	checkTurns(t, &Turns{}, 1./64, 0)
	checkTurns(t, &Turns{Loads: true}, 1, 0)
}

// So do rounds of those with the least load for their weight.
func TestTiedTurnsAgreeWithAScan(t *testing.T) { checkTurns(t, &Turns{Loads: true, Tied: true}, 1, 0) }

// So do places whose keys are the same, though their debts and loads are not.
func TestRoughTurnsAgreeWithAScan(t *testing.T) {
	checkTurns(t, &Turns{Loads: true}, 1./64, 0)
	checkTurns(t, &Turns{Loads: true}, 1<<46, 0)
	checkTurns(t, &Turns{Loads: true}, 1, 1<<16-3)
	checkTurns(t, &Turns{Loads: true, Tied: true}, 1./64, 0)
}

// checkTurns checks turns with weights that are multiples of the given one, and loads of at least least.
func checkTurns(t *testing.T, turns *Turns, weight float64, least int32) {
	for n := 1; n < 40; n += 1 + n/4 {
		draws := rng.Root(uint64(n))
		places := make([]Place, n)
		for i := range places {
			places[i].Weight = weight * float64(1+draws.At(uint64(i)).IntN(1+n%2*3))
			places[i].Load = least
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
				if turns.Loads {
					places[i].Load = least + int32(d.At(3).IntN(4))
				}
				turns.Move(i, places[i].Load)
			default:
				places[i].Out = true
				if turns.Credit(i) != places[i].Credit {
					t.Fatalf("step %d: place %d has credit %v, want %v", step, i, turns.Credit(i), places[i].Credit)
				}
				turns.Leave(i)
			}
			all, tied := places, 0
			if turns.Tied {
				all, tied = tiedOf(places)
			}
			best, total := round(all)
			if turns.Tied && tied > 1 && d.At(4).IntN(2) == 0 {
				if got := turns.TakeTied(); got != best {
					t.Fatalf("step %d: took %d of %v, want %d", step, got, places, best)
				}
				earn(places, all)
				places[best].Credit -= total
				continue
			}
			earned := turns.Total()
			if turns.Tied {
				load, weight, n, weights := turns.Least()
				if earned = weights; n != tied {
					t.Fatalf("step %d: %d of %v have the least load, want %d", step, n, places, tied)
				}
				turns.RoundOf(load, weight)
			} else {
				turns.Round()
			}
			got, credit := turns.Best()
			if got != best || earned != total {
				t.Fatalf("step %d: best %d of %v, want %d; total %v, want %v", step, got, places, best, earned, total)
			}
			earn(places, all)
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

// So do many turns in a row, which need no tree, whatever is between them.
func TestLinedTurnsAgreeWithAScan(t *testing.T) {
	lined := 0
	for n := 1; n < 40; n += 1 + n/4 {
		draws := rng.Root(uint64(n))
		places, turns := make([]Place, n), &Turns{}
		for i := range places {
			places[i].Weight = 3
		}
		turns.Fill(n, func(i int) Place { return places[i] })
		for step := range 3000 {
			d := draws.At(uint64(step))
			if i := d.At(0).IntN(n); d.At(1).IntN(30*n) > 0 {
			} else if places[i].Out = !places[i].Out; places[i].Out {
				turns.Leave(i)
			} else {
				turns.Enter(i, 0, places[i].Credit)
			}
			best, total := round(places)
			if i := d.At(2).IntN(n); d.At(3).IntN(20) == 0 && !places[i].Out && places[i].Credit > places[i].Weight-1e3 {
				turns.Charge(i, 1e3)
				places[i].Credit -= total
				continue
			}
			if got := turns.Take(); got != best {
				t.Fatalf("step %d: took %d of %v, want %d", step, got, places, best)
			}
			if best >= 0 {
				places[best].Credit -= total
			}
			if turns.lined {
				lined++
			}
		}
	}
	if lined == 0 {
		t.Error("places are never in line")
	}
}

// earn gives places the credit that those have that took part in a round.
func earn(places, all []Place) {
	for i := range all {
		if !all[i].Out {
			places[i].Credit = all[i].Credit
		}
	}
}

// tiedOf leaves out all places but those with the least load for their weight, which are then equal, and counts these.
func tiedOf(places []Place) (tied []Place, n int) {
	tied = slices.Clone(places)
	for i := range tied {
		for _, p := range places {
			tied[i].Out = tied[i].Out || !p.Out && float64(p.Load)/p.Weight < float64(tied[i].Load)/tied[i].Weight
		}
		if !tied[i].Out {
			n++
		}
	}
	for i := range tied {
		tied[i].Load = 0
	}
	return tied, n
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
