package goldentest

import (
	"math"
	"slices"
	"testing"

	"stickysim/policies/replay"
)

// unlikely is the significance of the distribution checks: with fixed seeds a check that passes does so always.
const unlikely = 1e-4

// spread compares how often each server was chosen with the recording.
func (r rig) spread(t *testing.T) (decisions, matches int) {
	t.Helper()
	router, err := r.router(r.servers, 1)
	if err != nil {
		t.Fatal(err)
	}
	got, want := make([]int, len(r.servers)), make([]int, len(r.servers))
	index := func(name string) int {
		return slices.IndexFunc(r.servers, func(s replay.Server) bool { return s.Info.Name == name })
	}
	for _, row := range r.Rows {
		l := r.line(row)
		switch {
		case l.op == "close":
			if _, _, err := router.Close(l.req); err != nil {
				t.Fatal(err)
			}
			continue
		case index(l.backend) < 0:
			continue
		}
		k, err := replay.KeyOf(r.key, l.key)
		if err != nil {
			t.Fatal(err)
		}
		a := replay.Answer{}
		if l.op == "open" {
			a, err = router.Open(l.req, k)
		} else {
			a = router.Request(k)
		}
		if err != nil || a.Server < 0 {
			t.Fatalf("%s %s: status %d, %v", l.op, l.req, a.Status, err)
		}
		got[a.Server]++
		want[index(l.backend)]++
		decisions++
	}
	if p := SameShares(got, want); p < unlikely {
		t.Errorf("servers chosen %v times, recorded %v: p = %.2g", got, want, p)
		return decisions, 0
	}
	return decisions, decisions
}

// someOrder looks for an order of the servers, and a seed, that gives the recorded sequence.
func (r rig) someOrder(t *testing.T) (decisions, matches int) {
	t.Helper()
	var best []string
	for _, order := range permutations(r.servers) {
		for seed := range uint64(16) {
			diffs, n, err := r.differences(order, seed)
			if err != nil {
				t.Fatal(err)
			}
			if decisions = n; len(diffs) == 0 {
				return n, n
			}
			if best == nil || len(diffs) < len(best) {
				best = diffs
			}
		}
	}
	r.report(t, best, decisions)
	return decisions, decisions - len(best)
}

func permutations(list []replay.Server) [][]replay.Server {
	if len(list) <= 1 {
		return [][]replay.Server{list}
	}
	var all [][]replay.Server
	for i := range list {
		rest := slices.Concat(list[:i], list[i+1:])
		for _, p := range permutations(rest) {
			all = append(all, append([]replay.Server{list[i]}, p...))
		}
	}
	return all
}

// SameShares returns the probability of counts at least as different as these two, were they drawn from one
// distribution: Pearson's chi-square test of homogeneity.
func SameShares(a, b []int) float64 {
	var na, nb float64
	for i := range a {
		na, nb = na+float64(a[i]), nb+float64(b[i])
	}
	chi, classes := 0.0, 0
	for i := range a {
		both := float64(a[i] + b[i])
		if both == 0 {
			continue
		}
		classes++
		ea, eb := both*na/(na+nb), both*nb/(na+nb)
		chi += (float64(a[i])-ea)*(float64(a[i])-ea)/ea + (float64(b[i])-eb)*(float64(b[i])-eb)/eb
	}
	return chiSquareTail(chi, classes-1)
}

// ChiSquare returns the probability of counts at least as far from the expected shares as these: Pearson's test of
// fit. shares need not be normalised.
func ChiSquare(counts []int, shares []float64) float64 {
	n, total, chi := 0.0, 0.0, 0.0
	for i := range counts {
		n, total = n+float64(counts[i]), total+shares[i]
	}
	for i := range counts {
		e := n * shares[i] / total
		chi += (float64(counts[i]) - e) * (float64(counts[i]) - e) / e
	}
	return chiSquareTail(chi, len(counts)-1)
}

// chiSquareTail is the upper tail of the chi-square distribution by the cube root approximation of Wilson and Hilferty
// (1931): at 1 % good to a few percent of the tail, at 0.01 % to a third.
func chiSquareTail(chi float64, freedom int) float64 {
	if freedom < 1 {
		return 1
	}
	v := 2 / (9 * float64(freedom))
	z := (math.Cbrt(chi/float64(freedom)) - (1 - v)) / math.Sqrt(v)
	return math.Erfc(z/math.Sqrt2) / 2
}
