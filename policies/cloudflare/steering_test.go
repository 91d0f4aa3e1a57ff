package cloudflare

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// plain is a look at every endpoint, as the policies are described.
func plain(p *steering, q *sim.Request, v *sim.View) sim.ServerID {
	if p.policy == "hash" {
		best, least := v.Eligible[0], math.Inf(1)
		for _, s := range v.Eligible {
			age := -math.Log(1-p.seed.Stream(v.Servers[s].Name).At(q.Addr.Hash64()).Float64()) / v.Weight[s]
			if age < least && !slices.Contains(q.Tried, s) {
				best, least = s, age
			}
		}
		return best
	}
	chance := func(s sim.ServerID) float64 {
		switch {
		case slices.Contains(q.Tried, s):
			return 0
		case p.policy == "random":
			return v.Weight[s]
		}
		return v.Weight[s] / float64(1+v.InFlight[s])
	}
	total := 0.0
	for _, s := range v.Eligible {
		total += chance(s)
	}
	x, last := q.Draw.Float64()*total, v.Eligible[0]
	for _, s := range v.Eligible {
		if w := chance(s); w > 0 {
			if last = s; x < w {
				break
			}
			x -= w
		}
	}
	return last
}

// Steering agrees with a look at every endpoint: with weights, loads, retries and changes of the pool.
func TestSteeringAgreesWithAScan(t *testing.T) {
	const n = 37
	for _, policy := range []string{"random", "hash", "least_connections", "least_outstanding_requests"} {
		root := rng.Root(5).Stream(policy)
		servers := make([]sim.ServerInfo, n)
		for i := range servers {
			servers[i] = sim.ServerInfo{Name: fmt.Sprint("s", i), Weight: 1}
		}
		p := &balancer{Failover{"none"}, newSteering(policy, sim.Env{Servers: n, Hash: root.Stream("hash")})}
		x := sim.NewInstance(n)
		x.Know(servers)
		x.Use(p)
		for s := range servers {
			x.Join(sim.ServerID(s), 1)
		}
		x.Changed()
		var flying []sim.ServerID
		for step := range 5000 {
			d := root.At(uint64(step))
			if d.At(0).IntN(50) == 0 {
				s := sim.ServerID(d.At(1).IntN(n))
				x.SetStatus(s, sim.Status(d.At(2).IntN(3)))
				x.SetWeight(s, []float64{0, .3, 1, 1, 2, 5}[d.At(3).IntN(6)])
				x.Changed()
			}
			client := d.At(4).IntN(500)
			q := sim.Request{Draw: d.At(5), Client: sim.ClientID(client), Addr: sim.Addr4(uint32(client))}
			if d.At(6).IntN(5) == 0 && len(flying) > 1 {
				q.Tried = flying[:2]
			}
			want := plain(&p.steering, &q, x.View())
			got := p.Pick(&q, x.View())
			if got != want {
				t.Fatalf("%s, step %d: picked %d, a scan picks %d", policy, step, got, want)
			}
			x.Began(got)
			for flying = append(flying, got); len(flying) > d.At(7).IntN(80); flying = flying[1:] {
				x.Ended(flying[0], sim.Answered)
			}
		}
	}
}
