package nginx

import (
	"fmt"
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// The indexed round robin decides as one that looks at every peer: with weights, failures and their recovery, max_conns,
// backups, retries, clients that are bound to a peer, and changes of the fleet.
func TestIndexedTurnsAgreeWithAScan(t *testing.T) {
	for seed := range uint64(6) {
		const n = 12
		root := rng.Root(seed)
		servers := make([]sim.ServerInfo, n)
		for i := range servers {
			servers[i] = sim.ServerInfo{Name: fmt.Sprint("s", i), Addr: fmt.Sprintf("10.0.0.%d:80", i), Weight: 1 + root.At(uint64(i)).IntN(4), Backup: i >= n-2}
			if i%5 == 0 {
				servers[i].Limit = 3
			}
			if i%3 == 0 {
				servers[i].Options = map[string]string{"max_fails": "3", "fail_timeout": "4s"}
			}
		}
		var instances [2]sim.Instance
		var ups [2]*roundRobin
		for k := range instances {
			u := newUpstream(sim.Env{Servers: n}, DefaultRetrying())
			if k == 1 {
				u = u.scanned()
			}
			u.sticky = true
			ups[k] = &roundRobin{u}
			instances[k] = sim.NewInstance(n)
			instances[k].Know(servers)
			instances[k].Use(ups[k])
			for s := range servers {
				instances[k].Join(sim.ServerID(s), float64(servers[s].Weight))
			}
			instances[k].Changed()
		}
		var flying []sim.ServerID
		for step := range 3000 {
			d := root.Stream("step").At(uint64(step))
			q := sim.Request{Draw: d}
			sid := uint64(0)
			if d.At(9).IntN(3) == 0 {
				sid = ups[0].sidOf(sim.ServerID(d.At(10).IntN(n)))
			}
			if len(flying) > 0 && d.At(1).IntN(3) == 0 {
				q.Tried = flying[:min(len(flying), 1+d.At(2).IntN(3))]
			}
			var picked [2]sim.ServerID
			for k := range instances {
				x := &instances[k]
				x.At(sim.Time(step) * sim.Second / 4)
				if s := sim.ServerID(d.At(3).IntN(n)); d.At(4).IntN(30) == 0 {
					x.SetStatus(s, sim.Status(d.At(5).IntN(3)))
					x.SetWeight(s, float64(d.At(6).IntN(4)))
					x.Changed()
				}
				own := q
				if picked[k] = ups[k].pick(&own, x.View(), sid); picked[k] >= 0 {
					x.Began(picked[k])
				}
				if len(flying) > 0 && d.At(7).IntN(10) > 3 {
					x.Ended(flying[0], []sim.Outcome{sim.Answered, sim.Answered, sim.Unreachable}[d.At(8).IntN(3)])
				}
			}
			if picked[0] != picked[1] {
				t.Fatalf("seed %d, step %d: picked %d, a scan picks %d", seed, step, picked[0], picked[1])
			}
			if len(flying) > 0 && d.At(7).IntN(10) > 3 {
				flying = flying[1:]
			}
			if picked[0] >= 0 {
				flying = append(flying, picked[0])
			}
		}
	}
}
