package sim

import (
	"fmt"
	"runtime"
	"testing"
)

// closedModel is the yardstick's model: users who think exp(10 s) on servers of 4 cores at load 0.7.
func closedModel(servers, users int, requests float64) *Model {
	rate := float64(users) / 10 * .99
	return &Model{
		Duration: FromSeconds(requests / rate), Servers: fleet(servers, 4, FCFS), NewPolicy: stickyPolicy,
		Balancers:   Balancers{Count: 1},
		Populations: []Population{{Name: "users", Users: users, Think: exp(10), Demand: exp(.7 * 4 * float64(servers) * 10 / float64(users)), Cookies: 1}},
	}
}

func BenchmarkEngine(b *testing.B) {
	for _, size := range []struct{ servers, users int }{{10, 1000}, {100, 100000}, {1000, 1000000}} {
		b.Run(fmt.Sprintf("servers=%d/users=%d", size.servers, size.users), func(b *testing.B) {
			m := closedModel(size.servers, size.users, 3e6)
			b.ReportAllocs()
			sent, rep := 0.0, 0
			for b.Loop() {
				b.StopTimer() // start-up is a benchmark of its own
				r := newRun(m, 1, rep, Options{})
				rep++
				b.StartTimer()
				r.simulate()
				sent += float64(r.pops[0].stats.sent)
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e9/sent, "ns/req")
			b.ReportMetric(sent/b.Elapsed().Seconds()/1e6, "Mreq/s")
		})
	}
}

func BenchmarkStart(b *testing.B) {
	m := closedModel(1000, 1000000, 1e5)
	for b.Loop() {
		newRun(m, 1, 0, Options{})
	}
}

// BenchmarkMemoryPerClient is the heap a run holds, per user.
func BenchmarkMemoryPerClient(b *testing.B) {
	const users = 1000000
	m := closedModel(1000, users, 3e5)
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		r := newRun(m, 1, 0, Options{})
		r.simulate()
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/users, "B/client")
		runtime.KeepAlive(r)
	}
}
