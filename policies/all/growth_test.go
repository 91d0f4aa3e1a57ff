//go:build unix

package all

import (
	"runtime/debug"
	"testing"
	"time"

	"stickysim/policies"
	"stickysim/policies/policytest"
	"stickysim/sim"
	"stickysim/testdata/cputime"
)

// ride is a policy at three requests in flight per server.
type ride struct {
	bench    *policytest.Bench
	requests []*sim.Request
	flying   []sim.ServerID
	turn     int
}

func newRide(c policies.Config, servers int) *ride {
	ids, weights := make([]sim.ServerID, servers), make([]int, servers)
	for i := range ids {
		ids[i], weights[i] = sim.ServerID(i), 1
	}
	r := &ride{bench: policytest.Build(c, 1, ids, weights), requests: make([]*sim.Request, 512)}
	for i := range r.requests {
		q := r.bench.Request(sim.ClientID(i), 0)
		r.bench.Serve(q)
		q.Cookie, q.SetCookie, q.Mark, q.SetMark = q.SetCookie, 0, q.SetMark, 0
		r.requests[i] = q
	}
	for i := range 3 * servers {
		if s := r.bench.Pick(r.requests[i%len(r.requests)]); s >= 0 {
			r.bench.Begin(s)
			r.flying = append(r.flying, s)
		}
	}
	return r
}

// cost is the CPU time of a request: the best of some runs.
func (r *ride) cost() float64 {
	const runs, requests = 4, 1500
	best := time.Hour
	for range runs {
		began := cputime.Used()
		for k := range requests {
			i := k * 7919 % len(r.flying)
			r.bench.End(r.flying[i], sim.Answered)
			if s := r.bench.Pick(r.requests[r.turn%len(r.requests)]); s >= 0 {
				r.flying[i] = s
			}
			r.bench.Begin(r.flying[i])
			r.turn++
		}
		best = min(best, cputime.Used()-began)
	}
	return float64(best) / requests
}

// Ten times the servers cost at most 1.5 times as much a request. Beside the policy, a request costs at least ten times what
// least-connections needs for its pick.
func TestPicksDoNotGrowWithTheFleet(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for _, e := range policies.All() {
		if !policytest.New(e.Default, 1000, 1).Fits() {
			continue
		}
		few, many, usual := newRide(e.Default, 100), newRide(e.Default, 1000), newRide(policies.LeastConnections{}, 100)
		ratio := 0.0
		for range 3 { // other processes disturb
			rest := 10 * usual.cost()
			if ratio = (many.cost() + rest) / (few.cost() + rest); ratio <= 1.5 {
				break
			}
		}
		if ratio > 1.5 {
			t.Errorf("%s: a request costs %.2f times as much with 1000 servers as with 100", e.Name, ratio)
		}
	}
}
