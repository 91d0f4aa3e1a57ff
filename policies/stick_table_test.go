package policies

import (
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

func TestStickTableReasons(t *testing.T) {
	base := StickTable{Key: "hash", Size: 2, Expire: sim.Minute, Balance: Named("round-robin")}
	nopurge := base
	nopurge.NoPurge = true
	down := func(f *fleet) { f.set(0, sim.Down) }
	others := func(f *fleet) { f.serve(f.request(7, 0)); f.serve(f.request(8, 0)) }
	later := func(f *fleet) { f.v.Now = sim.Minute }
	for _, tt := range []struct {
		name   string
		c      StickTable
		change func(f *fleet)
		client uint64
		want   sim.Reason
	}{
		{"known", base, func(*fleet) {}, 0, sim.None},
		{"its server is down", base, down, 0, sim.ServerUnusable},
		{"expired", base, later, 0, sim.TableExpired},
		{"expired and purged", base, func(f *fleet) { later(f); others(f) }, 0, sim.TableExpired},
		{"evicted", base, others, 0, sim.TableEvicted},
		{"never seen", base, others, 99, sim.None},
		{"full table keeps the old", nopurge, others, 0, sim.None},
		{"full table refuses the new", nopurge, others, 8, sim.TableEvicted},
	} {
		f := newFleet(tt.c, 3, 1)
		home := f.serve(f.request(0, 0))
		tt.change(f)
		q := f.request(tt.client, 1)
		s := f.b.Pick(q, f.v)
		if q.Why != tt.want || tt.client == 0 && tt.want == sim.None && s != home {
			t.Errorf("%s: server %d (home %d), why %d; want why %d", tt.name, s, home, q.Why, tt.want)
		}
	}
}

func TestStickTableSliding(t *testing.T) {
	for _, sliding := range []bool{false, true} {
		f := newFleet(StickTable{Key: "src", Size: 10, Expire: sim.Minute, Sliding: sliding, Balance: Named("round-robin")}, 3, 1)
		for _, at := range []sim.Time{0, 50 * sim.Second, 100 * sim.Second} {
			f.v.Now = at
			q := f.request(0, int(at))
			f.serve(q)
			if expired := q.Why == sim.TableExpired; expired != (!sliding && at == 100*sim.Second) {
				t.Errorf("sliding %v: at %v expired is %v", sliding, at, expired)
			}
		}
	}
}

// A table that expires entries after their last answer takes the new server of a client whose old one failed.
func TestStickTableRebinds(t *testing.T) {
	f := newFleet(StickTable{Key: "src", Size: 10, Sliding: true, Balance: Named("round-robin")}, 3, 1)
	home := f.serve(f.request(0, 0))
	f.set(home, sim.Down)
	other := f.serve(f.request(0, 1))
	f.set(home, sim.Up)
	if got := f.serve(f.request(0, 2)); got != other || other == home {
		t.Errorf("homes %d, then %d, after the repair %d; want the second to stay", home, other, got)
	}
	if got := f.b.(*stickTable).table.entries.Len(); got != 1 {
		t.Errorf("the table holds %d clients; want 1", got)
	}
}

// model is a table as a list, oldest first.
type modelEntry struct {
	key    uint64
	server sim.ServerID
	until  sim.Time
}

// The table answers as a plain list does, through growth, eviction, expiry and collisions of hashes.
func TestTableAgainstModel(t *testing.T) {
	for _, c := range []struct {
		size        int
		expire      sim.Time
		renew, keep bool
	}{{20, 100, true, false}, {20, 100, false, false}, {20, 0, true, false}, {20, 100, true, true}, {1000, 300, true, false}, {1, 50, true, false}} {
		tb := newTable(c.size, 4, c.expire, false)
		var list []modelEntry
		draws := rng.Root(9)
		now := sim.Time(0)
		for step := range 20_000 {
			d := draws.At(uint64(step))
			now += sim.Time(d.At(0).IntN(3))
			// Keys that differ in high bits only collide in the index.
			key := uint64(d.At(1).IntN(60))<<58 | uint64(d.At(2).IntN(4))
			got, _ := tb.lookup(0, key, now)
			if want := modelLookup(list, key, now); got != want {
				t.Fatalf("%+v step %d: lookup(%#x) = %d; want %d", c, step, key, got, want)
			}
			s := sim.ServerID(d.At(3).IntN(3))
			tb.store(0, key, s, now, c.renew, c.keep)
			list = modelStore(list, key, s, now, c.size, c.expire, c.renew, c.keep)
			if tb.entries.Len() > c.size || tb.entries.Len() < len(list) {
				t.Fatalf("%+v step %d: %d entries; at most %d, at least the %d live ones", c, step, tb.entries.Len(), c.size, len(list))
			}
		}
	}
}

func modelLookup(list []modelEntry, key uint64, now sim.Time) sim.ServerID {
	for _, e := range list {
		if e.key == key && e.until > now {
			return e.server
		}
	}
	return sim.NoServer
}

func modelStore(list []modelEntry, key uint64, s sim.ServerID, now sim.Time, size int, expire sim.Time, renew, keep bool) []modelEntry {
	var live []modelEntry
	known := -1
	for _, e := range list {
		if e.until > now {
			if e.key == key {
				known = len(live)
			}
			live = append(live, e)
		}
	}
	switch {
	case known >= 0 && live[known].server == s && !renew:
		return live
	case known >= 0:
		live = append(live[:known], live[known+1:]...)
	case len(live) == size && keep:
		return live
	case len(live) == size:
		live = live[1:]
	}
	until := sim.Never
	if expire > 0 {
		until = now + expire
	}
	return append(live, modelEntry{key, s, until})
}

// Where a client was found last changes nothing: clients that share a key, that change it, or whose entry has been dropped.
func TestHintsChangeNothing(t *testing.T) {
	hinted, searched := newTable(20, 40, 10*sim.Second, false), newTable(20, 40, 10*sim.Second, false)
	for step := range 20000 {
		d := rng.Root(3).At(uint64(step))
		client, now := sim.ClientID(d.At(0).IntN(40)), sim.Time(step)*sim.Second/4
		key := rng.Root(uint64(d.At(1).IntN(3)) + uint64(client)/2).Uint64()
		s, why := hinted.lookup(client, key, now)
		want, wantWhy := searched.lookup(0, key, now)
		if s != want || why != wantWhy {
			t.Fatalf("step %d: server %d (%v), want %d (%v)", step, s, why, want, wantWhy)
		}
		if d.At(2).IntN(3) > 0 {
			hinted.store(client, key, sim.ServerID(step%7), now, true, false)
			searched.store(0, key, sim.ServerID(step%7), now, true, false)
		}
	}
}
