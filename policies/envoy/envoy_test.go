package envoy

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// world is a View of servers at 127.0.0.1, ports from first.
func world(n, first int, weights ...float64) *sim.View {
	v := &sim.View{}
	for i := range n {
		v.Servers = append(v.Servers, sim.ServerInfo{
			Name: fmt.Sprint(first + i), Addr: fmt.Sprintf("127.0.0.1:%d", first+i), Weight: 1,
		})
		v.Members = append(v.Members, sim.ServerID(i))
		w := 1.0
		if i < len(weights) {
			w = weights[i]
		}
		v.Weight = append(v.Weight, w)
	}
	v.Status = make([]sim.Status, n)
	v.InFlight = make([]int32, n)
	v.Sessions = make([]int32, n)
	settle(v)
	return v
}

// settle derives Eligible from Status.
func settle(v *sim.View) {
	v.Epoch++
	v.Eligible = v.Eligible[:0]
	for _, s := range v.Members {
		if v.Status[s] == sim.Up && v.Weight[s] > 0 {
			v.Eligible = append(v.Eligible, s)
		}
	}
}

func start(c policies.Config, v *sim.View) sim.Balancer {
	b := c.New(sim.Env{Rand: rng.Root(7), Servers: len(v.Servers), Clients: 100})
	b.(sim.Rebuilder).Rebuild(v)
	return b
}

func lookup[C policies.Config](t testing.TB, name string) C {
	t.Helper()
	e, ok := policies.Lookup(name)
	if !ok {
		t.Fatalf("%s is not registered", name)
	}
	return e.Default.(C)
}

func TestHashesHavePublishedValues(t *testing.T) {
	for text, want := range map[string][2]uint64{ // envoy test/common/common/hash_test.cc
		"foo":      {3728699739546630719, 9631199822919835226},
		"bar":      {5234164152756840025, 11474628671133349555},
		"foo\nbar": {8917841378505826757, 16306510975912980159},
		"lyft":     {4400747396090729504, 12847078931730529320},
		"":         {17241709254077376921, 6142509188972423790},
	} {
		if got := xxhash.Sum64String(text); got != want[0] {
			t.Errorf("xxHash64(%q) = %d, want %d", text, got, want[0])
		}
		if got := murmur2([]byte(text), murmurSeed); got != want[1] {
			t.Errorf("murmur2(%q) = %d, want %d", text, got, want[1])
		}
	}
}

func TestSeededHashAgreesWithLibrary(t *testing.T) {
	text := []byte("The quick brown fox jumps over the lazy dog, then over the lazy fox, then home.")
	for n := range text {
		if got, want := xxh64(text[:n], 0), xxhash.Sum64(text[:n]); got != want {
			t.Fatalf("xxh64 of %d bytes = %x, want %x", n, got, want)
		}
		d := xxhash.NewWithSeed(1)
		d.Write(text[:n])
		if got, want := xxh64(text[:n], 1), d.Sum64(); got != want {
			t.Fatalf("xxh64 of %d bytes, seed 1 = %x, want %x", n, got, want)
		}
	}
}

func TestRingHasPublishedPoints(t *testing.T) {
	base := lookup[RingHash](t, "envoy/ring-hash")
	for _, c := range []struct {
		name   string
		set    func(*RingHash)
		first  int
		points []point // envoy test/…/ring_hash_lb_test.cc: Basic, BasicWithMurmur2, BasicWithHostname
	}{
		{"xx_hash", func(*RingHash) {}, 90, []point{
			{833437586790550860, 4}, {928266305478181108, 2}, {1033482794131418490, 0}, {3551244743356806947, 5},
			{3851675632748031481, 3}, {5583722120771150861, 1}, {6311230543546372928, 1}, {7700377290971790572, 3},
			{13144177310400110813, 5}, {13444792449719432967, 2}, {15516499411664133160, 4}, {16117243373044804889, 0},
		}},
		{"murmur_hash_2", func(c *RingHash) { c.HashFunction = "murmur_hash_2" }, 80, []point{
			{1358027074129602068, 5}, {4361834613929391114, 3}, {7224494972555149682, 4}, {7701421856454313576, 1},
			{8649315368077433379, 2}, {8739448859063030639, 4}, {9887544217113020895, 1}, {10150910876324007731, 2},
			{15168472011420622455, 3}, {15427156902705414897, 0}, {16375050414328759093, 5}, {17613279263364193813, 0},
		}},
		{"hostname", func(c *RingHash) { c.UseHostname = true }, 90, []point{
			{1975508444536362413, 5}, {2376063919839173711, 5}, {2386806903309390596, 3}, {6749904478991551885, 4},
			{6803900775736438537, 3}, {7225015537174310577, 2}, {8787465352164086522, 0}, {11282020843382717940, 2},
			{13723418369486627818, 1}, {13776502110861797421, 0}, {14338313586354474791, 1}, {15364271037087512980, 4},
		}},
	} {
		config := base
		config.MinimumRingSize = 12
		c.set(&config)
		p := start(config, world(6, c.first)).(*ringHash)
		if !slices.Equal(p.points, c.points) {
			t.Errorf("%s: ring\n%v, want\n%v", c.name, p.points, c.points)
		}
	}
}

func TestRingLookup(t *testing.T) {
	config := lookup[RingHash](t, "envoy/ring-hash")
	config.MinimumRingSize = 12
	p := start(config, world(6, 90)).(*ringHash)
	for _, c := range []struct {
		h       uint64
		attempt int
		want    sim.ServerID
	}{ // Basic and BasicWithRetryHostPredicate
		{0, 0, 4}, {math.MaxUint64, 0, 4}, {3551244743356806947, 0, 5}, {3551244743356806948, 0, 3},
		{16117243373044804880, 0, 0}, {0, 1, 2}, {0, 2, 0}, {0, 13, 2},
	} {
		if got := p.lookup(c.h, c.attempt); got != c.want {
			t.Errorf("lookup(%d, %d) = %d, want %d", c.h, c.attempt, got, c.want)
		}
	}
}

func TestWeightedTinyRing(t *testing.T) {
	config := lookup[RingHash](t, "envoy/ring-hash")
	config.MinimumRingSize, config.MaximumRingSize = 6, 6
	p := start(config, world(3, 90, 1, 2, 3)).(*ringHash)
	want := []point{ // HostWeightedTinyRing
		{928266305478181108, 2}, {4443673547860492590, 2}, {5583722120771150861, 1},
		{6311230543546372928, 1}, {13444792449719432967, 2}, {16117243373044804889, 0},
	}
	if !slices.Equal(p.points, want) {
		t.Errorf("ring\n%v, want\n%v", p.points, want)
	}
}

func TestMaglevHasPublishedTables(t *testing.T) {
	base := lookup[Maglev](t, "envoy/maglev")
	for _, c := range []struct {
		name     string
		size     int
		hostname bool
		world    *sim.View
		want     []sim.ServerID
	}{ // envoy test/…/maglev_lb_test.cc: Basic, BasicWithHostName, Weighted, LocalityWeighted… (8 : 2)
		{"basic", 7, false, world(6, 90), []sim.ServerID{2, 4, 0, 1, 5, 0, 3}},
		{"hostname", 7, true, world(6, 90), []sim.ServerID{2, 5, 0, 3, 4, 1, 0}},
		{"1:2", 17, false, world(2, 90, 1, 2), []sim.ServerID{1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1}},
		{"1:1", 17, false, world(2, 90), []sim.ServerID{1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1}},
		{"8:2", 17, false, world(2, 90, 8, 2), []sim.ServerID{1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0}},
	} {
		config := base
		config.TableSize, config.UseHostname = c.size, c.hostname
		if p := start(config, c.world).(*maglev); !slices.Equal(p.table, c.want) {
			t.Errorf("%s: table %v, want %v", c.name, p.table, c.want)
		}
	}
	config := base
	config.TableSize = 7
	p := start(config, world(6, 90)).(*maglev)
	for attempt, want := range []sim.ServerID{1, 0, 5} { // BasicWithRetryHostPredicate
		if got := p.lookup(10, attempt); got != want {
			t.Errorf("attempt %d: host %d, want %d", attempt, got, want)
		}
	}
}

// TestBoundedOrder expects the order in which envoy's bounded_load_hlb_test.cc passes over five hosts.
func TestBoundedOrder(t *testing.T) {
	for seed, want := range map[uint32][]int32{2: {2, 1, 0, 4, 3}, 6: {4, 0, 2, 3, 1}, 7: {0, 1, 4, 3, 2}} {
		var m mersenne
		m.seed(seed)
		order := []int32{0, 1, 2, 3, 4}
		for i := range order {
			j := i + m.intN(len(order)-i)
			order[i], order[j] = order[j], order[i]
		}
		if !slices.Equal(order, want) {
			t.Errorf("seed %d: order %v, want %v", seed, order, want)
		}
	}
}

// TestMersenne checks the 10000th number from the default seed, which the C++ standard requires of mt19937.
func TestMersenne(t *testing.T) {
	var m mersenne
	m.seed(5489)
	for range 9999 {
		m.uint32()
	}
	if got := m.uint32(); got != 4123659995 {
		t.Errorf("10000th number %d, want 4123659995", got)
	}
}

func TestBalanceFactorBoundsRequestsInFlight(t *testing.T) {
	config := lookup[RingHash](t, "envoy/ring-hash")
	config.BalanceFactor = 125
	v := world(10, 8000)
	p := start(config, v)
	total := 0
	for i := range 1000 {
		q := &sim.Request{Key: []byte("one hot key"), Draw: rng.Root(1).At(uint64(i))}
		v.InFlight[p.Pick(q, v)]++
		total++
	}
	// A host may be one over its slots: Envoy compares before it adds the request.
	limit := int32(math.Ceil(math.Ceil(1.25*float64(total+1))/10)) + 1
	if got := slices.Max(v.InFlight); got > limit {
		t.Errorf("greatest host has %d in flight, limit %d", got, limit)
	}
	if got := slices.Max(v.InFlight); got < limit-3 {
		t.Errorf("greatest host has %d in flight: the key's own host must be filled up to %d", got, limit)
	}
}

func TestMaglevShares(t *testing.T) {
	for _, c := range []struct{ n, least, most int }{{5, 13107, 13108}, {100, 655, 656}} { // floor and ceiling of 65537/n
		p := start(lookup[Maglev](t, "envoy/maglev"), world(c.n, 8000)).(*maglev)
		entries := make([]int, c.n)
		for _, s := range p.table {
			entries[s]++
		}
		if slices.Max(entries) != c.most || slices.Min(entries) != c.least {
			t.Errorf("%d hosts: %d to %d entries, want %d to %d", c.n, slices.Min(entries), slices.Max(entries), c.least, c.most)
		}
	}
}

// TestMaglevExcessDisruption removes one of ten hosts: of the survivors' entries, 0.00269 change hands on average
// (24 random permutation sets of an independent implementation, standard error 0.00009).
func TestMaglevExcessDisruption(t *testing.T) {
	var moved, kept int
	for world10 := range 12 {
		v := world(10, 9000+100*world10)
		p := start(lookup[Maglev](t, "envoy/maglev"), v).(*maglev)
		before := slices.Clone(p.table)
		v.Status[3] = sim.Down
		settle(v)
		p.Rebuild(v)
		for i, s := range before {
			if s != 3 {
				kept++
				if p.table[i] != s {
					moved++
				}
			}
		}
	}
	if got := float64(moved) / float64(kept); math.Abs(got-0.0026949) > 0.0006 {
		t.Errorf("excess disruption %.5f, want 0.00269", got)
	}
}

// TestRingShares compares the spread of arcs with the Dirichlet distribution of v points per host: coefficient of variation
// 0.08935 and N·E[max] 1.1188 for N=5, v=100; 0.0788 … 1.1251 for N=10, v=160.
func TestRingShares(t *testing.T) {
	for _, c := range []struct {
		n, points int
		most, cv  float64
	}{{5, 100, 1.1188248, 0.0893534}, {10, 160, 1.1251394, 0}} {
		config := lookup[RingHash](t, "envoy/ring-hash")
		config.MinimumRingSize = c.n * c.points
		const worlds = 400
		sumMost, sumSquare := 0.0, 0.0
		for w := range worlds {
			v := world(c.n, 1000+w*c.n)
			p := start(config, v).(*ringHash)
			shares := make([]float64, c.n)
			for i, x := range p.points {
				last := p.points[(i+len(p.points)-1)%len(p.points)].hash
				shares[x.host] += float64(x.hash-last) / (1 << 64)
			}
			sumMost += slices.Max(shares) * float64(c.n)
			for _, x := range shares {
				sumSquare += (x*float64(c.n) - 1) * (x*float64(c.n) - 1)
			}
		}
		if got := sumMost / worlds; math.Abs(got-c.most) > 0.012 { // 3 standard errors of 400 worlds
			t.Errorf("N=%d v=%d: N·E[max] = %.4f, want %.4f", c.n, c.points, got, c.most)
		}
		if got := math.Sqrt(sumSquare / worlds / float64(c.n)); c.cv > 0 && math.Abs(got/c.cv-1) > 0.06 {
			t.Errorf("N=%d v=%d: cv %.4f, want %.4f", c.n, c.points, got, c.cv)
		}
	}
}

func TestPicksDoNotAllocate(t *testing.T) {
	v := world(100, 8000)
	for _, e := range own() {
		name, p := e.Name, start(e.Default, v)
		for _, q := range []sim.Request{
			{Key: []byte("session-1234567890"), Addr: sim.Addr4(0x0a000001)},
			{Cookie: 5, Draw: 9}, {Draw: 12, Attempt: 1, Tried: []sim.ServerID{4, 9}},
		} {
			var r sim.Request
			if n := testing.AllocsPerRun(100, func() {
				r = q
				p.Pick(&r, v)
				if b, ok := p.(sim.Binder); ok {
					b.Answered(&r, 3, v)
				}
			}); n != 0 {
				t.Errorf("%s: %v allocations per pick", name, n)
			}
		}
	}
	for _, key := range []string{"source_ip", "cookie"} {
		c := lookup[Maglev](t, "envoy/maglev")
		c.HashKey.Policy, c.BalanceFactor = key, 150
		p, q := start(c, v), &sim.Request{Addr: sim.Addr4(0x0a000001), Cookie: 77}
		if n := testing.AllocsPerRun(100, func() { p.Pick(q, v) }); n != 0 {
			t.Errorf("%s: %v allocations per pick", key, n)
		}
	}
}

func BenchmarkPick(b *testing.B) {
	v := world(100, 8000)
	for _, e := range own() {
		b.Run(e.Name, func(b *testing.B) {
			p, q := start(e.Default, v), &sim.Request{Key: []byte("session-1234567890")}
			for i := uint64(0); b.Loop(); i++ {
				q.Draw = rng.Root(uint64(i))
				p.Pick(q, v)
			}
		})
	}
}

// own lists the policies of this package.
func own() []policies.Entry {
	return slices.DeleteFunc(policies.All(), func(e policies.Entry) bool { return !strings.HasPrefix(e.Name, "envoy/") })
}
