package lighttpd

import (
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// The server that is found bit after bit is the one that a look at every server finds, also where marks are equal.
func TestFarthestIsTheGreatestXOR(t *testing.T) {
	for n := 1; n < 60; n++ {
		d := rng.Root(uint64(n))
		g := newGreatest(sim.Env{Servers: n}, n%2 == 0)
		v := &sim.View{}
		for i := range n {
			g.hosts.known[i], g.list[i] = true, host{mark: uint32(d.At(uint64(i)).Uint64()) >> (n % 3 * 14), port: uint32(i % 3)}
			v.Members, v.Eligible = append(v.Members, sim.ServerID(i)), append(v.Eligible, sim.ServerID(n-1-i))
		}
		g.Rebuild(v)
		for k := range uint64(200) {
			mark := uint32(d.Stream("key").At(k).Uint64()) >> (k % 20)
			got := g.scan(mark, v)
			g.until = v.Now + 1 // as after a refused connection: every server is looked at
			want := g.scan(mark, v)
			if g.until = 0; got != want {
				t.Fatalf("%d servers, mark %x: server %d, want %d", n, mark, got, want)
			}
		}
	}
}
