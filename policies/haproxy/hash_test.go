package haproxy

import (
	"math/bits"
	"slices"
	"testing"

	"stickysim/policies"
	"stickysim/policies/replay"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// sdbm and djb2 by their textbook recurrences, CRC-32 by its check value.
func TestHashFunctions(t *testing.T) {
	key := []byte("123456789")
	s, d := uint32(0), uint32(5381)
	for _, c := range key {
		s, d = s*65599+uint32(c), d*33+uint32(c)
	}
	for name, want := range map[string]uint32{"sdbm": s, "": s, "djb2": d, "crc32": 0xcbf43926, "none": 123456789} {
		if got := hashFuncs[name](key); got != want {
			t.Errorf("%q: %#x, want %#x", name, got, want)
		}
	}
	if decimal([]byte("-7x9")) != ^uint32(6) || decimal(nil) != 0 {
		t.Error("none does not read the leading number")
	}
}

// Every step of the avalanche can be undone, so no two nodes of a ring meet; and it does what its name says.
func TestAvalancheIsBijective(t *testing.T) {
	seen := make([]uint32, 1<<20)
	for x := range seen {
		seen[x] = avalanche(uint32(x) * 4099)
	}
	slices.Sort(seen)
	if len(slices.Compact(seen)) < 1<<20 {
		t.Fatal("two numbers have one avalanche")
	}
	changed := 0
	for x := range uint32(1000) {
		changed += bits.OnesCount32(avalanche(x) ^ avalanche(x+1000))
	}
	if changed < 14_000 || changed > 18_000 {
		t.Errorf("%d of 32,000 bits change with the key, want about half", changed)
	}
}

func fleet(n int, weight func(i int) int) []replay.Server {
	servers := make([]replay.Server, n)
	for i := range servers {
		servers[i].Info = sim.ServerInfo{Name: "s" + string(rune('A'+i%26)) + string(rune('a'+i/26)), Weight: weight(i)}
	}
	return servers
}

// The ring's index answers as a search over all nodes does.
func TestRingAgainstSearch(t *testing.T) {
	r := replay.New(Header{Options: DefaultOptions(), Hashing: Hashing{HashType: "consistent"}}, fleet(30, func(i int) int { return i % 7 }), 1)
	b := r.Balancer().(*backend)
	ring := b.algo.(*hashed).hashTable.(*ring)
	nodes := &ring.sides[0]
	if !slices.IsSorted(nodes.list) || len(nodes.list) != 16*(4*21+0+1) {
		t.Fatalf("%d nodes, sorted %v", len(nodes.list), slices.IsSorted(nodes.list))
	}
	distance := func(node int, hash uint32) uint32 { return min(nodes.key(node)-hash, hash-nodes.key(node)) }
	for i := range 5000 {
		hash := uint32(rng.Root(1).At(uint64(i)).Uint64())
		got, best := ring.at(b, r.View(), hash, sim.NoServer), 0
		for node := range nodes.list {
			if distance(node, hash) < distance(best, hash) {
				best = node
			}
		}
		if want := nodes.owner(best); got != want {
			t.Fatalf("hash %#x: server %d, nearest is %d", hash, got, want)
		}
	}
}

// No pick allocates, whatever the algorithm.
func TestPickDoesNotAllocate(t *testing.T) {
	for _, e := range policies.All() {
		if len(e.Name) < 8 || e.Name[:8] != "haproxy/" {
			continue
		}
		r := replay.New(e.Default, fleet(100, func(i int) int { return 1 + i*255/99 }), 1)
		key := replay.Key{Text: []byte("user-12345"), Addr: sim.Addr4(0x0a000001)}
		if n := testing.AllocsPerRun(200, func() { r.Route(&key) }); n > 0 {
			t.Errorf("%s: %v allocations per pick", e.Name, n)
		}
	}
}

func BenchmarkPick(b *testing.B) {
	for _, e := range policies.All() {
		if len(e.Name) < 8 || e.Name[:8] != "haproxy/" {
			continue
		}
		benchmarkPick(b, e.Name, e.Default)
	}
	benchmarkPick(b, "consistent", Header{Options: DefaultOptions(), Hashing: Hashing{HashType: "consistent"}})
	benchmarkPick(b, "bounded", Header{Options: DefaultOptions(), Hashing: Hashing{HashType: "consistent", BalanceFactor: 125}})
}

func benchmarkPick(b *testing.B, name string, cfg policies.Config) {
	b.Run("policy="+name, func(b *testing.B) {
		r := replay.New(cfg, fleet(100, func(i int) int { return 1 + i*255/99 }), 1)
		lb, v := r.Balancer(), r.View()
		watch := lb.(sim.Watcher)
		q, text := sim.Request{}, []byte("user-00000000")
		for i := 0; b.Loop(); i++ {
			x := rng.Key(i).Uint64()
			for j := range 8 {
				text[5+j] = 'a' + byte(x>>(4*j)&15)
			}
			q = sim.Request{Key: text, Addr: sim.Addr4(uint32(x)), Draw: rng.Key(x)}
			if s := lb.Pick(&q, v); s >= 0 {
				v.InFlight[s]++
				watch.Began(s, v)
				v.InFlight[s]--
				watch.Ended(s, sim.Answered, v)
			}
		}
	})
}

func BenchmarkRebuild(b *testing.B) {
	r := replay.New(Header{Options: DefaultOptions(), Hashing: Hashing{HashType: "consistent"}}, fleet(100, func(int) int { return 256 }), 1)
	for i := 0; b.Loop(); i++ {
		r.SetStatus(0, sim.Status(i%2)*sim.Down)
	}
}
