package cloud

import (
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

func world(n int, weights ...float64) *sim.View {
	v := &sim.View{Status: make([]sim.Status, n), InFlight: make([]int32, n), Weight: make([]float64, n)}
	for i := range n {
		v.Servers = append(v.Servers, sim.ServerInfo{Name: string(rune('a' + i%26))})
		v.Members = append(v.Members, sim.ServerID(i))
		v.Weight[i] = 1
	}
	copy(v.Weight, weights)
	return settle(v)
}

func settle(v *sim.View) *sim.View {
	v.Eligible = v.Eligible[:0]
	for _, s := range v.Members {
		if v.Status[s] == sim.Up {
			v.Eligible = append(v.Eligible, s)
		}
	}
	return v
}

func start(a Algorithm, v *sim.View) *Balancer {
	b := a.New(sim.Env{Rand: rng.Root(3), Servers: len(v.Servers)})
	b.Rebuild(v)
	return b
}

func counts(b sim.Balancer, v *sim.View, n int) []int {
	c := make([]int, len(v.Servers))
	for i := range n {
		c[b.Pick(&sim.Request{Draw: rng.Root(8).At(uint64(i))}, v)]++
	}
	return c
}

func TestWeightsAreKept(t *testing.T) {
	v := world(3, 1, 2, 5)
	if c := counts(start(RoundRobin, v), v, 800); c[0] != 100 || c[1] != 200 || c[2] != 500 {
		t.Errorf("round robin: %v, want exact shares", c)
	}
	for i, n := range counts(start(WeightedRandom, v), v, 80000) { // 5 standard deviations: 700
		if want := int(v.Weight[i] * 10000); n < want-700 || n > want+700 {
			t.Errorf("weighted random: server %d %d times, want %d", i, n, want)
		}
	}
}

func TestLeastOutstandingDrawsTies(t *testing.T) {
	v := world(4)
	v.InFlight[1], v.InFlight[3] = 2, 1
	c := counts(start(LeastOutstanding, v), v, 10000)
	if c[1] != 0 || c[3] != 0 || c[0] < 4750 || c[0] > 5250 {
		t.Errorf("picks %v: want servers 0 and 2 about equally", c)
	}
}

func TestTriedServersAreAvoided(t *testing.T) {
	v := world(3)
	for _, a := range []Algorithm{RoundRobin, LeastOutstanding, WeightedRandom} {
		b := start(a, v)
		for i := range 100 {
			q := &sim.Request{Attempt: 1, Tried: []sim.ServerID{0, 2}, Draw: rng.Root(1).At(uint64(i))}
			if s := b.Pick(q, v); s != 1 {
				t.Errorf("%s: server %d", a, s)
				break
			}
		}
		if s := b.Pick(&sim.Request{Tried: []sim.ServerID{0, 1, 2}}, v); s < 0 {
			t.Errorf("%s: a server that was tried is better than none", a)
		}
	}
}

func TestAffinity(t *testing.T) {
	v := world(4)
	for _, x := range []struct{ sliding, keep bool }{{true, false}, {false, true}} {
		a := &Affinity{Balancer: start(RoundRobin, v), TTL: sim.Hour, Sliding: x.sliding, KeepDraining: x.keep}
		q := &sim.Request{}
		s := a.Pick(q, v)
		a.Answered(q, s, v)
		if q.SetCookie == 0 || q.CookieTTL != sim.Hour || q.Why != sim.CookieMissing {
			t.Fatalf("no cookie for a new client: %+v", q)
		}
		if text := a.FormatCookie(q.SetCookie, v); a.ParseCookie(text, v) != q.SetCookie {
			t.Errorf("cookie %q does not read back", text)
		}
		again := &sim.Request{Cookie: q.SetCookie}
		if got := a.Pick(again, v); got != s {
			t.Fatalf("server %d, want %d", got, s)
		}
		if a.Answered(again, s, v); (again.SetCookie != 0) != x.sliding {
			t.Errorf("sliding %v: refreshed %v", x.sliding, again.SetCookie != 0)
		}
		for status, stays := range map[sim.Status]bool{sim.Draining: x.keep, sim.Down: false, sim.Removed: false} {
			v.Status[s] = status
			a.Rebuild(settle(v))
			if got := a.Pick(&sim.Request{Cookie: q.SetCookie}, v); (got == s) != stays {
				t.Errorf("status %d, keep draining %v: server %d", status, x.keep, got)
			}
		}
		v.Status[s] = sim.Up
		a.Rebuild(settle(v))
		forged := &sim.Request{Cookie: a.ParseCookie("unknown", v)}
		if got := a.Pick(forged, v); got < 0 || forged.Why != sim.CookieRefused {
			t.Errorf("forged cookie: server %d, why %v", got, forged.Why)
		}
	}
}

func TestPicksDoNotAllocate(t *testing.T) {
	v := world(100)
	for _, a := range []Algorithm{RoundRobin, LeastOutstanding, WeightedRandom} {
		p := &Affinity{Balancer: start(a, v)}
		var q sim.Request
		if n := testing.AllocsPerRun(100, func() { q = sim.Request{}; p.Pick(&q, v) }); n != 0 {
			t.Errorf("%s: %v allocations per pick", a, n)
		}
	}
}

func BenchmarkPick(b *testing.B) {
	v := world(100)
	for _, a := range []Algorithm{RoundRobin, LeastOutstanding, WeightedRandom} {
		b.Run(string(a), func(b *testing.B) {
			p, q := start(a, v), &sim.Request{}
			for b.Loop() {
				p.Pick(q, v)
			}
		})
	}
}
