package sim

import (
	"slices"
	"testing"
)

// An entry that is switched off does nothing, and every other one strikes the same servers at the same times for as long.
func TestEntriesThatAreOffLeaveTheOthersAlone(t *testing.T) {
	model := func(off ...int) *Model {
		m := queue(6, 1, FCFS, 3, exp(1), 3600)
		m.Timeline = []Action{
			{Kind: Slow, Name: "first", At: 10 * Minute, Servers: 2, Zone: -1, Factor: .5, Repair: exp(60)},
			{Kind: Slow, Name: "each", At: LongAgo, Every: exp(1200), Each: true, Zone: -1, Factor: .5, Repair: exp(30)},
			{Kind: Slow, Name: "every", At: LongAgo, Every: exp(300), Servers: 1, Zone: -1, Factor: .5, Repair: exp(5)},
			{Kind: Slow, Name: "last", At: 20 * Minute, Servers: 3, Zone: -1, Factor: .5, Repair: exp(60)},
		}
		for _, i := range off {
			m.Timeline[i].Off = true
		}
		return m
	}
	type blow struct {
		at     Time
		server ServerID
		name   string
	}
	struck := func(r *Result, names ...string) (list []blow) {
		for _, e := range r.Log {
			if e.Event == "server slowed" && slices.Contains(names, e.Detail) {
				list = append(list, blow{e.At, e.Server, e.Detail})
			}
		}
		return list
	}
	all := Run(model(), 1, 0, Options{Log: true})
	for off, name := range []string{"first", "each", "every", "last"} {
		others := slices.DeleteFunc([]string{"first", "each", "every", "last"}, func(n string) bool { return n == name })
		r := Run(model(off), 1, 0, Options{Log: true})
		if n := len(struck(r, name)); n > 0 || len(struck(all, name)) == 0 {
			t.Errorf("%s: %d times with it off, %d with it on", name, n, len(struck(all, name)))
		}
		if want, got := struck(all, others...), struck(r, others...); !slices.Equal(want, got) {
			t.Errorf("without %s, the others are\n%v, want\n%v", name, got, want)
		}
	}
}

// A rank strikes that server, and beyond the fleet the coolest.
func TestVictimsByRank(t *testing.T) {
	for _, c := range []struct{ rank, servers, first, n int }{{1, 1, 1, 1}, {3, 1, 3, 1}, {4, 1, 4, 1}, {9, 1, 4, 1}, {3, 2, 3, 2}, {4, 2, 3, 2}, {2, 9, 1, 4}} {
		m := queue(4, 1, FCFS, .4, exp(1), 2000)
		for i := range m.Servers {
			m.Servers[i].Speed = float64(2 * (i + 1)) // the faster, the cooler
		}
		m.Timeline = []Action{{Kind: Pause, At: 1000 * Second, Servers: c.servers, Rank: c.rank, Zone: -1, Repair: exp(1)}}
		r := Run(m, 1, 0, Options{})
		if len(r.Strikes) != c.n || r.Strikes[0].Rank != c.first || r.Strikes[c.n-1].Rank != c.first+c.n-1 {
			t.Errorf("rank %d of %d servers: struck %+v", c.rank, c.servers, r.Strikes)
		}
	}
}
