//go:build unix

package sim_test

import (
	"runtime"
	"testing"

	"stickysim/sim"
	"stickysim/testdata/cputime"
)

// churn is a fleet of 20 servers that is replaced, server by server, so many times in a run of so many requests.
func churn(times int, requests float64) *sim.Model {
	m := benchModel("round-robin", 20, 2000, requests)
	m.MaxServers = 20 * (times + 1)
	for i := range times {
		m.Timeline = append(m.Timeline, sim.Action{Kind: sim.Deploy, At: m.Duration * sim.Time(i) / sim.Time(times), Zone: -1,
			Strategy: sim.Strategy{Kind: sim.Rolling, MaxSurge: 4, Drain: sim.Second}})
	}
	return m
}

// A request costs no more where ten times as many servers come and go, with as many there at a time.
func TestServersThatLeftCostNothing(t *testing.T) {
	const requests = 1e6
	ratio := 0.0
	for rep := range 5 {
		few, made := 0, 0
		usual := cputime.Of(func() { few = len(sim.Run(churn(10, requests), 1, rep, sim.Options{}).Servers) })
		more := cputime.Of(func() { made = len(sim.Run(churn(100, requests), 1, rep, sim.Options{}).Servers) })
		if made < 9*few {
			t.Fatalf("%d and %d servers", few, made)
		}
		if ratio = float64(more) / float64(usual); ratio <= 1.5 {
			return
		}
	}
	t.Errorf("a request costs %.2f times as much where ten times as many servers come and go", ratio)
}

// A server of a large fleet takes no more than 15 KB in a run, what is thrown away included.
func TestBytesOfAServer(t *testing.T) {
	allocated := func(servers int) float64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		sim.Run(benchModel("ip-hash", servers, 20000, 2e5), 1, 0, sim.Options{})
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	if got := (allocated(3000) - allocated(100)) / 2900; got > 15e3 {
		t.Errorf("%.0f bytes a server, more than 15,000", got)
	}
}
