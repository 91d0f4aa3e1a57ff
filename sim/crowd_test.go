package sim

import (
	"math/rand/v2"
	"testing"
)

// The most common address is counted right, whatever the order, in one crowd or in several that are joined.
func TestCrowd(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 1))
	r := &run{servers: make(serverList, 3)}
	for range 200 {
		all, want := r.newCrowd(0), map[uint32]int{}
		for range g.IntN(4) {
			part := r.newCrowd(0)
			for range g.IntN(50) {
				a := uint32(g.IntN(1 + g.IntN(40)))
				part.addresses = append(part.addresses, a)
				part.servers[a%3]++
				want[a]++
			}
			part.atAddress()
			all.join(part)
		}
		most, on := 0, [3]int{}
		for a, n := range want {
			most = max(most, n)
			on[a%3] += n
		}
		if got, server := all.atAddress(), all.onServer(); got != most || server != int64(max(on[0], on[1], on[2])) {
			t.Fatalf("%d at one address and %d on one server, want %d and %d", got, server, most, max(on[0], on[1], on[2]))
		}
	}
}
