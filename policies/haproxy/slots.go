package haproxy

import (
	"slices"

	"stickysim/sim"
)

// slots is the table of map-based hashing and of static-rr: as many slots as the weights, divided by their greatest
// common divisor, add up to, spread smoothly. It is computed anew whenever a server goes down or comes up. When a backup
// serves alone there are as many slots as it weighs, but heavier backups behind it take some, or all, of them: what
// HAProxy does, not what it says.
type slots struct {
	table []sim.ServerID
	turn  int // slot of the next turn

	weight []int // while the table is filled
	fill   filling
}

func (m *slots) rebuild(b *backend, _ *sim.View) {
	if len(b.changes) == 0 && !b.fresh {
		return
	}
	divisor := 0
	for _, s := range b.members {
		divisor = gcd(divisor, b.srv[s].configured)
	}
	divisor = max(1, divisor)
	use, total := b.inUse(), 0
	m.weight = m.weight[:0]
	for _, s := range use {
		w := (b.srv[s].static + divisor - 1) / divisor
		m.weight = append(m.weight, w)
		total += w
	}
	m.table = m.table[:0]
	if b.act == 0 && b.fbck >= 0 { // as long as for that one alone, and yet shared by all backups
		total = m.weight[slices.Index(use, b.fbck)]
	}
	for _, best := range m.fill.spread(m.weight, total) {
		m.table = append(m.table, use[best])
	}
}

// inUse lists the servers that share the load: the usable ones, or, where there is none, the backups.
func (b *backend) inUse() []sim.ServerID {
	var use []sim.ServerID
	for _, s := range b.members {
		if x := &b.srv[s]; x.weight > 0 && x.backup == (b.act == 0) {
			use = append(use, s)
		}
	}
	return use
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (m *slots) at(_ *backend, _ *sim.View, hash uint32, _ sim.ServerID) sim.ServerID {
	return m.table[int(hash)%len(m.table)]
}

// next takes turns over the slots. Full servers are skipped.
func (m *slots) next(b *backend, v *sim.View, avoid sim.ServerID) sim.ServerID {
	if m.turn >= len(m.table) {
		m.turn = 0
	}
	avoided, turn := sim.NoServer, 0
	for i := m.turn; ; {
		s := m.table[i]
		i++
		if !b.full(v, s) {
			if s != avoid {
				m.turn = i
				return s
			}
			avoided, turn = s, i
		}
		if i == len(m.table) {
			i = 0
		}
		if i == m.turn {
			break
		}
	}
	if avoided >= 0 {
		m.turn = turn
	}
	return avoided
}
