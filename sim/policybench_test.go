//go:build unix

package sim_test

import (
	"os"
	"testing"

	"stickysim/policies"
	_ "stickysim/policies/all"
	"stickysim/sim"
)

// mostForPolicy is the most that a request under any policy may cost, in requests under least-connections.
const mostForPolicy = 1.5

// BenchmarkPolicy compares each policy with least-connections at 1,000 servers and 100,000 users who send 20 requests each,
// so that their first ones, which some policies weigh all servers for, do not count for more than they do in a session. It
// takes minutes, so it needs STICKYSIM_FULL.
func BenchmarkPolicy(b *testing.B) {
	if os.Getenv("STICKYSIM_FULL") == "" {
		b.Skip("needs STICKYSIM_FULL")
	}
	const servers, users, requests = 1000, 100000, 20 * 100000
	usual := newEngineSide("least-connections", servers, users, requests, nil)
	most := 2 * usual.unfinished()
	for _, e := range policies.All() {
		if f, ok := e.Default.(policies.Fitter); ok && f.Fits(infosOf(usual.model)) != nil {
			continue
		}
		b.Run("policy="+e.Name, func(b *testing.B) {
			side := newEngineSide(e.Name, servers, users, requests, nil)
			held := side.unfinished() <= most
			within := func(ratio float64) bool { return !held || ratio <= mostForPolicy }
			if got := duel(b, side, usual, [2]string{"policy", "usual"}, within); b.N >= rounds && !within(got) {
				b.Errorf("a request costs %.2f times as much as under least-connections, more than %.2f", got, mostForPolicy)
			}
			if !held {
				b.ReportMetric(1, "queues")
			}
		})
	}
}

func infosOf(m *sim.Model) []sim.ServerInfo {
	var all []sim.ServerInfo
	for i := range m.Servers {
		all = append(all, m.Servers[i].Info)
	}
	return all
}

// unfinished is how many requests are in flight at the end. Where they are many, it is the queues that cost time, not the policy:
// of those that send most requests to a few servers, or all that arrive together to one.
func (e engineSide) unfinished() (n int64) {
	for _, p := range sim.Run(e.model, 1, 0, sim.Options{}).Populations {
		n += p.InFlight
	}
	return n
}
