package apache

import (
	"fmt"
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// scanned is a balancer that looks at every member for every request, as mod_proxy_balancer does.
type scanned struct {
	known   []member
	members []*member
	name    string
	total   int
}

func (b *scanned) rebuild(v *sim.View) {
	b.members = b.members[:0]
	for _, s := range v.Members {
		m := &b.known[s]
		if !m.begun {
			*m = newMember(s, v.Servers[s])
		}
		m.factor = max(1, int(v.Weight[s]*100+0.5))
		b.members = append(b.members, m)
	}
}

func (b *scanned) retried(m *member, now sim.Time) {
	if m.failed && (m.ignore || now > m.since+m.retry) {
		m.failed = false
	}
}

func (b *scanned) recover(now sim.Time) {
	for _, m := range b.members {
		if b.retried(m, now); !m.failed {
			return
		}
	}
	for _, m := range b.members {
		m.failed = false
	}
}

func (b *scanned) better(m, best *member, v *sim.View) bool {
	if b.name == "bytraffic" {
		return best == nil || float64(m.answers)/float64(m.factor) < float64(best.answers)/float64(best.factor)
	}
	m.status += m.factor
	b.total += m.factor
	if b.name == "bybusyness" && best != nil && v.InFlight[m.id] != v.InFlight[best.id] {
		return v.InFlight[m.id] < v.InFlight[best.id]
	}
	return best == nil || m.status > best.status
}

func (b *scanned) best(v *sim.View) sim.ServerID {
	for set := range maxLBSet + 1 {
		if m := b.bestOf(set, v); m != nil {
			m.status -= b.total
			b.total = 0
			return m.id
		}
	}
	return sim.NoServer
}

func (b *scanned) bestOf(set int, v *sim.View) *member {
	var best *member
	missing := 0
	for _, m := range b.members {
		if m.set != set || m.spare || m.standby {
			continue
		}
		b.retried(m, v.Now)
		if m.draining(v) || !m.usable(v) {
			missing++
		} else if b.better(m, best, v) {
			best = m
		}
	}
	reserve := func(m *member) bool {
		b.retried(m, v.Now)
		return m.set == set && !m.draining(v) && m.usable(v)
	}
	for _, m := range b.members {
		if missing > 0 && m.spare && reserve(m) {
			missing--
			if b.better(m, best, v) {
				best = m
			}
		}
	}
	if best != nil {
		return best
	}
	for _, m := range b.members {
		if !m.spare && m.standby && reserve(m) && b.better(m, best, v) {
			best = m
		}
	}
	return best
}

func (b *scanned) find(route sim.Cookie, v *sim.View, depth int) *member {
	for _, standby := range [2]bool{false, true} {
		for _, m := range b.members {
			if m.standby != standby || m.route != route {
				continue
			}
			if b.retried(m, v.Now); m.usable(v) {
				return m
			}
			if m.redirect != 0 && depth < len(b.members) {
				if to := b.find(m.redirect, v, depth+1); to != nil {
					return to
				}
			}
		}
	}
	return nil
}

func (b *scanned) pick(route sim.Cookie, v *sim.View) sim.ServerID {
	b.recover(v.Now)
	if route > noRoute {
		if m := b.find(route, v, 1); m != nil {
			total := 0
			for _, w := range b.members {
				if b.name != "bysessions" && w.usable(v) {
					w.status += w.factor
					total += w.factor
				}
			}
			m.status -= total
			return m.id
		}
	}
	return b.best(v)
}

// Elections from the index are those of a scan: with lbsets, spares, standbys, routes and their redirects, members in error and
// their return, loads, and changes of the fleet.
func TestElectionsAgreeWithAScan(t *testing.T) {
	for seed := range uint64(12) {
		const n = 14
		root := rng.Root(seed)
		servers := make([]sim.ServerInfo, n)
		for i := range servers {
			d := root.Stream("server").At(uint64(i))
			pick := func(k uint64, of ...string) string { return of[d.At(k).IntN(len(of))] }
			servers[i] = sim.ServerInfo{Name: fmt.Sprint("s", i), Addr: fmt.Sprint("s", i), Weight: 1, Options: map[string]string{
				"route": fmt.Sprint("r", d.At(1).IntN(n)), "redirect": pick(2, "", "r1", "r2"), "retry": pick(3, "", "2", "7"),
				"lbset": pick(4, "0", "0", "0", "1", "2"), "status": pick(5, "", "", "", "+H", "+R", "+N", "+I", "+E", "+D"),
			}}
			if seed%3 == 0 { // all plain
				servers[i].Options = map[string]string{"route": fmt.Sprint("r", i), "retry": "5"}
			}
		}
		name := []string{"byrequests", "bybusyness", "bytraffic", "bysessions"}[seed%4]
		indexed := StickySession{Method: name}.New(sim.Env{Servers: n}).(*sticky)
		reference := &scanned{known: make([]member, n), name: name}
		x := sim.NewInstance(n)
		x.Know(servers)
		x.Use(indexed)
		for s := range servers {
			x.Join(sim.ServerID(s), 1)
		}
		x.Changed()
		reference.rebuild(x.View())
		var flying []sim.ServerID
		for step := range 4000 {
			d := root.Stream("step").At(uint64(step))
			x.At(sim.Time(step) * sim.Second / 4)
			if d.At(1).IntN(40) == 0 {
				s := sim.ServerID(d.At(2).IntN(n))
				x.SetStatus(s, sim.Status(d.At(3).IntN(3)))
				x.SetWeight(s, float64(d.At(4).IntN(4)))
				x.Changed()
				reference.rebuild(x.View())
			}
			q := sim.Request{Draw: d, Cookie: noRoute}
			if d.At(5).IntN(2) == 0 {
				q.Cookie = mark(fmt.Sprint("r", d.At(6).IntN(n)))
			}
			want := reference.pick(q.Cookie, x.View())
			got := indexed.Pick(&q, x.View())
			if got != want {
				t.Fatalf("seed %d, step %d, %s: picked %d, a scan picks %d", seed, step, name, got, want)
			}
			if got >= 0 {
				x.Began(got)
				flying = append(flying, got)
			}
			for len(flying) > d.At(7).IntN(30) {
				s, o := flying[0], sim.Answered
				if d.At(8).IntN(25) == 0 {
					o = sim.Unreachable
				}
				if m := &reference.known[s]; o == sim.Answered {
					m.answers++
				} else if !m.ignore {
					m.failed, m.since = true, x.View().Now
				}
				flying = flying[1:]
				x.Ended(s, o)
			}
		}
	}
}
