package policies

import (
	"fmt"
	"testing"

	"stickysim/sim"
)

// BenchmarkPick is one decision for a client that comes for the second time, among idle servers.
func BenchmarkPick(b *testing.B) {
	for _, e := range All() {
		for _, n := range []int{10, 100, 1000} {
			b.Run(fmt.Sprintf("policy=%s/servers=%d", e.Name, n), func(b *testing.B) {
				f := newFleet(e.Default, n, 1)
				requests := make([]*sim.Request, 1024)
				for i := range requests {
					q := f.request(uint64(i), 0)
					f.serve(q)
					q.Cookie, q.SetCookie = q.SetCookie, 0
					requests[i] = q
				}
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					f.b.Pick(requests[i&1023], f.v)
					i++
				}
			})
		}
	}
}

// BenchmarkRequest is a decision with the begin and the end of its attempt, at three requests in flight per server.
func BenchmarkRequest(b *testing.B) {
	for _, name := range []string{"least-connections", "two-choices", "bounded-load"} {
		for _, n := range []int{10, 100, 1000} {
			b.Run(fmt.Sprintf("policy=%s/servers=%d", name, n), func(b *testing.B) {
				e, _ := Lookup(name)
				f := newFleet(e.Default, n, 1)
				flying := make([]sim.ServerID, 3*n)
				requests := make([]*sim.Request, 1024)
				for i := range requests {
					requests[i] = f.request(uint64(i), 0)
				}
				for i := range flying {
					flying[i] = sim.ServerID(i % n)
					f.begin(flying[i])
				}
				i := 0
				for b.Loop() {
					q := requests[i&1023]
					old := flying[i]
					f.end(old)
					s := f.Pick(q)
					f.begin(s)
					flying[i] = s
					if i++; i == len(flying) {
						i = 0
					}
				}
			})
		}
	}
}

// BenchmarkRebuild is what a change of status costs: a server goes down, and comes back.
func BenchmarkRebuild(b *testing.B) {
	for _, e := range All() {
		if _, ok := newFleet(e.Default, 1, 1).b.(sim.Rebuilder); !ok {
			continue
		}
		b.Run(fmt.Sprintf("policy=%s/servers=1000", e.Name), func(b *testing.B) {
			f := newFleet(e.Default, 1000, 1)
			for b.Loop() {
				f.set(500, sim.Down)
				f.set(500, sim.Up)
			}
		})
	}
}
