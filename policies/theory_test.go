package policies

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"stickysim/sim"
)

// theory returns the reference points of the hashing families, by id.
func theory(t *testing.T) map[string]float64 {
	t.Helper()
	data, err := os.ReadFile("testdata/theory.json")
	if err != nil {
		t.Fatal(err)
	}
	var points []struct {
		ID  string  `json:"id"`
		Ref float64 `json:"ref"`
	}
	if err := json.Unmarshal(data, &points); err != nil {
		t.Fatal(err)
	}
	refs := map[string]float64{}
	for _, p := range points {
		refs[p.ID] = p.Ref
	}
	return refs
}

// sample collects one value per seed.
type sample struct{ n, sum, squares float64 }

func (s *sample) add(x float64) { s.n++; s.sum += x; s.squares += x * x }

func (s *sample) mean() float64 { return s.sum / s.n }

func (s *sample) variance() float64 { return (s.squares - s.sum*s.sum/s.n) / (s.n - 1) }

// meets fails unless want lies in the 99.9 % interval of the mean, widened by slack on either side.
func (s *sample) meets(t *testing.T, id string, want, slack float64) {
	t.Helper()
	half := 3.3*math.Sqrt(s.variance()/s.n) + slack
	if got := s.mean(); math.Abs(got-want) > half {
		t.Errorf("%s: got %.6g over %g seeds; want %.6g ± %.2g", id, got, s.n, want, half)
	}
}

// arcs returns the share of the key space that each of n servers owns on a ring of v points per server.
func arcs(n, v int, seed uint64) []float64 {
	f := newFleet(ConsistentHash{Replicas: v, HashKey: HashKey{Key: "hash"}}, n, seed)
	r := &f.b.(*consistentHash).ring
	shares := make([]float64, n)
	before := r.points[len(r.points)-1]
	for i, p := range r.points {
		shares[r.owners[i]] += float64(p-before) / 0x1p64 // wraps round at the first point
		before = p
	}
	return shares
}

// V12: shares on a ring are Dirichlet(v, …, v).
func TestTheoryRingShares(t *testing.T) {
	refs := theory(t)
	for _, c := range []struct {
		id      string
		n, v    int
		cv      bool
		replica uint64
	}{
		{"V12-a", 5, 1, false, 20000}, {"V12-b", 5, 100, false, 1000}, {"V12-c", 10, 160, false, 500},
		{"V12-f", 5, 100, true, 1000}, {"V12-h", 10, 1, true, 20000},
	} {
		var max, square sample
		for seed := range c.replica {
			largest, sum := 0.0, 0.0
			for _, s := range arcs(c.n, c.v, seed) {
				largest = math.Max(largest, s)
				d := float64(c.n)*s - 1
				sum += d * d / float64(c.n)
			}
			max.add(float64(c.n) * largest)
			square.add(sum)
		}
		if c.cv {
			// The reference is the root of the expected square, not the expected root.
			square.meets(t, c.id, refs[c.id]*refs[c.id], 0)
		} else {
			max.meets(t, c.id, refs[c.id], 0)
		}
	}
}

func maglevTable(n int, seed uint64) (*fleet, []sim.ServerID) {
	f := newFleet(Maglev{TableSize: 65537, HashKey: HashKey{Key: "hash"}}, n, seed)
	return f, f.b.(*maglev).table
}

// V13: Maglev's shares are equal to within one entry, and few survivors' entries move.
func TestTheoryMaglev(t *testing.T) {
	refs := theory(t)
	largest := func(n int) float64 {
		_, table := maglevTable(n, 1)
		counts := make([]float64, n)
		most := 0.0
		for _, s := range table {
			counts[s]++
			most = math.Max(most, counts[s])
		}
		return most
	}
	if got := largest(5); got != refs["V13-a"] {
		t.Errorf("V13-a: most entries of 5 servers: got %g, want %g", got, refs["V13-a"])
	}
	if got := 100 * largest(100) / 65537; math.Abs(got-refs["V13-b"]) > 1e-9 {
		t.Errorf("V13-b: max/mean share of 100 servers: got %.10g, want %.10g", got, refs["V13-b"])
	}
	var excess sample
	for seed := range uint64(24) {
		f, table := maglevTable(10, seed)
		before := append([]sim.ServerID(nil), table...)
		gone := sim.ServerID(seed % 10)
		f.set(gone, sim.Down)
		moved, stayers := 0.0, 0.0
		for i, s := range before {
			if s == gone {
				continue
			}
			stayers++
			if table[i] != s {
				moved++
			}
		}
		excess.add(moved / stayers)
	}
	excess.meets(t, "V13-d", refs["V13-d"], 3*9.1e-5)
}

// homes returns the server of each of n keys.
func (f *fleet) homes(n int) []sim.ServerID {
	homes := make([]sim.ServerID, n)
	for i := range homes {
		homes[i] = f.b.Pick(f.request(uint64(i), 0), f.v)
	}
	return homes
}

// moved compares the homes of keys before and after a change: the share that moved, and of the keys whose server is
// still there, the share that moved to another than the new server.
func moved(before, after []sim.ServerID, gone, joined sim.ServerID) (all, needless float64) {
	stayers := 0.0
	for i, s := range before {
		if s != after[i] {
			all++
		}
		if s == gone {
			continue
		}
		stayers++
		if after[i] != s && after[i] != joined {
			needless++
		}
	}
	return all / float64(len(before)), needless / stayers
}

// binomial fails unless a share of n keys is within 3.3 standard deviations of p.
func binomial(t *testing.T, id string, got, p float64, n int) {
	t.Helper()
	if half := 3.3 * math.Sqrt(p*(1-p)/float64(n)); math.Abs(got-p) > half {
		t.Errorf("%s: got %.5f, want %.5f ± %.5f", id, got, p, half)
	}
}

// V14: a server that joins at the end takes 1/(N+1) of the keys, from all, and nothing else moves.
func TestTheoryJump(t *testing.T) {
	refs := theory(t)
	const keys = 100_000
	f := newFleet(Jump{HashKey{Key: "hash"}}, 10, 7)
	before := f.homes(keys)
	all, old := moved(before, func() []sim.ServerID { f.add(1); return f.homes(keys) }(), sim.NoServer, 10)
	binomial(t, "V14-a", all, refs["V14-a"], keys)
	if old != refs["V14-b"] {
		t.Errorf("V14-b: moved between old servers: got %g, want %g", old, refs["V14-b"])
	}
	// The last can leave again without a trace; the first cannot.
	f.set(10, sim.Down)
	if _, needless := moved(before, f.homes(keys), 10, sim.NoServer); needless != 0 {
		t.Errorf("the last server left: %g of the others' keys moved, want none", needless)
	}
	f.set(0, sim.Down)
	if _, needless := moved(before, f.homes(keys), 0, sim.NoServer); needless < 0.5 {
		t.Errorf("the first server left: only %g of the others' keys moved", needless)
	}
}

// V15: no server gets more than ceil((1+eps) m/n), and without a bound that binds the ring decides.
func TestTheoryBoundedLoad(t *testing.T) {
	refs := theory(t)
	fill := func(eps float64, seed uint64) (most, spill float64) {
		key := HashKey{Key: "hash"}
		f := newFleet(BoundedLoad{Epsilon: eps, Replicas: 100, HashKey: key}, 10, seed)
		plain := newFleet(ConsistentHash{Replicas: 100, HashKey: key}, 10, seed)
		for i := range uint64(1000) {
			s := f.b.Pick(f.request(i, 0), f.v)
			f.begin(s)
			if s != plain.b.Pick(plain.request(i, 0), plain.v) {
				spill++
			}
			most = max(most, float64(f.v.InFlight[s]))
		}
		return most, spill / 1000
	}
	for seed := range uint64(50) {
		if most, _ := fill(0.25, seed); most > refs["V15-a"] || most < 100 {
			t.Errorf("V15-a: seed %d: most in flight %g, want 100 to %g", seed, most, refs["V15-a"])
		}
		if most, spill := fill(0.01, seed); most > 101 || spill < 0.05 {
			t.Errorf("epsilon 0.01, seed %d: most in flight %g, spill %g; want at most 101, and spill", seed, most, spill)
		}
	}
	if _, spill := fill(1000, 1); spill != refs["V15-c"] {
		t.Errorf("V15-c: spill without a bound that binds: got %g, want %g", spill, refs["V15-c"])
	}
}

// V16: the share of keys that a change remaps.
func TestTheoryDisruption(t *testing.T) {
	refs := theory(t)
	const keys = 100_000
	for _, c := range []Config{HeaderHash{}, IPHash{Prefix: 32}} {
		f := newFleet(c, 5, 3)
		before := f.homes(keys)
		f.set(4, sim.Down)
		all, needless := moved(before, f.homes(keys), 4, sim.NoServer)
		binomial(t, fmt.Sprintf("V16-a %T", c), all, refs["V16-a"], keys)
		binomial(t, fmt.Sprintf("V16-g %T", c), needless, refs["V16-g"], keys*4/5)

		f = newFleet(c, 10, 3)
		before = f.homes(keys)
		f.add(1)
		all, _ = moved(before, f.homes(keys), sim.NoServer, sim.NoServer)
		binomial(t, fmt.Sprintf("V16-b %T", c), all, refs["V16-b"], keys)
	}
	for _, c := range []Config{ConsistentHash{Replicas: 100, HashKey: HashKey{"hash"}}, Rendezvous{HashKey{"hash"}}} {
		var share sample
		for seed := range uint64(100) {
			f := newFleet(c, 5, seed)
			before := f.homes(2000)
			gone := sim.ServerID(seed % 5)
			f.set(gone, sim.Down)
			all, needless := moved(before, f.homes(2000), gone, sim.NoServer)
			if needless != 0 {
				t.Fatalf("%T: %g of the others' keys moved, want none", c, needless)
			}
			share.add(all)
		}
		share.meets(t, fmt.Sprintf("V16-d %T", c), refs["V16-d"], 0)
	}
}

// Of the clients with a cookie, only those of the server that left move.
func TestTheoryCookieDisruption(t *testing.T) {
	f := newFleet(Cookie{Balance: Named("random"), OnFailure: "repick"}, 5, 3)
	var cookies []sim.Cookie
	var before, after []sim.ServerID
	for i := range uint64(2000) {
		q := f.request(i, 0)
		before = append(before, f.serve(q))
		cookies = append(cookies, q.SetCookie)
	}
	f.set(2, sim.Removed)
	for i, c := range cookies {
		q := f.request(uint64(i), 1)
		q.Cookie = c
		after = append(after, f.serve(q))
	}
	if _, needless := moved(before, after, 2, sim.NoServer); needless != theory(t)["V16-h"] {
		t.Errorf("V16-h: got %g, want 0", needless)
	}
}
