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
	checkAgainstScan(t, func(u upstream) method { return &roundRobin{u} }, func(u upstream) method { return &roundRobin{u.scanned()} })
}

// So does the index of the least loaded peers.
func TestIndexedLoadsAgreeWithAScan(t *testing.T) {
	checkAgainstScan(t, func(u upstream) method { return &leastConn{u.leastLoaded()} }, func(u upstream) method { return &scannedLoads{leastConn{u.scanned()}} })
}

// scannedLoads is ngx_http_upstream_get_least_conn_peer as nginx has it.
type scannedLoads struct{ leastConn }

func (b *scannedLoads) pick(q *sim.Request, v *sim.View, sid uint64) sim.ServerID {
	if b.single() {
		return b.only(q, v, sid)
	}
	if !b.onBackups(q) {
		if s := b.scan(b.primary, b.bound(sid, false, q, v), q, v); s != sim.NoServer {
			return s
		}
	}
	return b.scan(b.backup, b.bound(sid, true, q, v), q, v)
}

func (b *scannedLoads) scan(group []peer, bound int, q *sim.Request, v *sim.View) sim.ServerID {
	now := seconds(v)
	if bound >= 0 {
		return group[bound].take(now)
	}
	first, ties := -1, false
	for i := range group {
		p := &group[i]
		if !p.open(q, v, now) {
			continue
		}
		if first < 0 {
			first = i
			continue
		}
		switch c := compareLoad(p, &group[first], v); {
		case c < 0:
			first, ties = i, false
		case c == 0:
			ties = true
		}
	}
	if first < 0 {
		return sim.NoServer
	}
	best := &group[first]
	if ties {
		best = b.roundAmong(group[first:], q, v, now)
	}
	return best.take(now)
}

// roundAmong is a smooth weighted round robin among the peers that are as loaded as the first of group.
func (b *scannedLoads) roundAmong(group []peer, q *sim.Request, v *sim.View, now int64) *peer {
	best, total := &group[0], 0.0
	for i := range group {
		p := &group[i]
		if compareLoad(p, &group[0], v) != 0 || !p.open(q, v, now) {
			continue
		}
		total += p.turn()
		if p.current > best.current {
			best = p
		}
	}
	best.current -= total
	return best
}

func checkAgainstScan(t *testing.T, indexed, scanned func(upstream) method) {
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
		var ups [2]method
		for k := range instances {
			u := newUpstream(sim.Env{Servers: n}, DefaultRetrying())
			u.sids = make([]uint64, n)
			ups[k] = [](func(upstream) method){indexed, scanned}[k](u)
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
				sid = ups[0].shared().sidOf(sim.ServerID(d.At(10).IntN(n)))
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
					x.SetWeight(s, float64(d.At(6).IntN(8))/2) // halves are those of a slow start
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
