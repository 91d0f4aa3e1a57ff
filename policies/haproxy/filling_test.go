package haproxy

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// spreadSlowly is HAProxy's own way: every server is looked at for every slot.
func spreadSlowly(weight []int, total int) (slots []int32) {
	score := make([]int, len(weight))
	for range total {
		best, most := 0, -1
		for i, w := range weight {
			score[i] += w
			if rounds := (score[i] + total) / total; rounds > most && total > 1 {
				best, most = i, rounds
			}
		}
		score[best] -= total
		slots = append(slots, int32(best))
	}
	return slots
}

// Slots are those that HAProxy computes, for equal and different weights, and for a backup that others share with.
func TestSlotsAreSpreadAsHAProxyDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var f filling
	for range 2000 {
		weight, total := make([]int, 1+r.IntN(12)), 0
		for i := range weight {
			weight[i] = 1 + r.IntN([]int{1, 4, 256}[r.IntN(3)])
			total += weight[i]
		}
		if r.IntN(3) == 0 {
			total = weight[r.IntN(len(weight))]
		}
		if got, want := f.spread(weight, total), spreadSlowly(weight, total); !slices.Equal(got, want) {
			t.Fatalf("weights %v, %d slots: %v, want %v", weight, total, got, want)
		}
	}
}

// A fleet of a hundred thousand servers gets its slots at once.
func TestSlotsOfLargeFleets(t *testing.T) {
	weight := slices.Repeat([]int{1, 2}, 50_000)
	var f filling
	if got := len(f.spread(weight, 150_000)); got != 150_000 {
		t.Errorf("%d slots", got)
	}
}
