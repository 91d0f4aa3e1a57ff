//go:build linux

package sim_test

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"stickysim/sim"
)

// peakMemory is the most memory in bytes that the process holds while f runs, above what it holds before.
func peakMemory(b *testing.B, f func()) float64 {
	b.Helper()
	debug.FreeOSMemory()
	before := memoryStatus(b, "VmRSS")
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // forgets the peak
		b.Skip(err)
	}
	f()
	return memoryStatus(b, "VmHWM") - before
}

func memoryStatus(b *testing.B, name string) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip(err)
	}
	_, rest, _ := strings.Cut(string(status), name+":")
	kilobytes, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, err := strconv.ParseFloat(kilobytes, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n * 1024
}

// clientMarks are the most bytes a client, the servers included. The largest fleet of clients is measured with
// STICKYSIM_FULL only: it needs a GB.
var clientMarks = []struct {
	servers, users int
	most           float64
	full           bool
}{{100, 100000, 165, false}, {1000, 1000000, 80, false}, {1000, 10000000, 80, true}}

// serverMarks are the most bytes a server, without the clients. When garbage is collected moves the peak by a twentieth.
var serverMarks = []struct {
	servers int
	most    float64
}{{1000, 13.5e3}, {10000, 10.2e3}}

// BenchmarkMemory reports the peak of a run in bytes.
func BenchmarkMemory(b *testing.B) {
	measure := func(b *testing.B, servers, users int) (peak float64) {
		m := benchModel("ip-hash", servers, users, max(1e6, float64(users)))
		for b.Loop() {
			peak = max(peak, peakMemory(b, func() { sim.Run(m, 1, 0, sim.Options{}) }))
		}
		b.ReportMetric(0, "ns/op")
		return peak
	}
	for _, mark := range clientMarks {
		if mark.full && os.Getenv("STICKYSIM_FULL") == "" {
			continue
		}
		b.Run(fmt.Sprintf("servers=%d/users=%d", mark.servers, mark.users), func(b *testing.B) {
			got := measure(b, mark.servers, mark.users) / float64(mark.users)
			b.ReportMetric(got, "B/client")
			if got > mark.most {
				b.Errorf("%.0f bytes a client, more than %.0f", got, mark.most)
			}
		})
	}
	for _, mark := range serverMarks {
		b.Run(fmt.Sprintf("servers=%d", mark.servers), func(b *testing.B) {
			few := peakMemory(b, func() { sim.Run(benchModel("ip-hash", 10, 100000, 1e6), 1, 0, sim.Options{}) })
			got := (measure(b, mark.servers, 100000) - few) / float64(mark.servers)
			b.ReportMetric(got, "B/server")
			if got > mark.most {
				b.Errorf("%.0f bytes a server, more than %.0f", got, mark.most)
			}
		})
	}
}
