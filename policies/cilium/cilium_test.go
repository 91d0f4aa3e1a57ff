package cilium

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/policytest"
	"stickysim/sim"
	"stickysim/sim/rng"
)

func maglevWith(change func(*Maglev)) Maglev {
	e, _ := policies.Lookup("cilium/maglev")
	c := e.Default.(Maglev)
	change(&c)
	return c
}

// The table of TestReproducible in cilium's pkg/maglev/maglev_test.go: runs of backends, as backend(places).
const reproducible = "2(5),3(1),2(3),1(1),2(2),0(1),2(1),3(1),2(1),3(1),2(1),1(1),2(7),1(1),2(14),3(1),2(1)," +
	"1(2),2(12),3(1),2(3),1(1),2(4),3(1),2(8),3(1),2(2),1(1),2(16),1(2),2(3),3(1),2(11),1(2),2(4),3(1),2(3)," +
	"1(1),2(4),3(1),2(1),0(1),1(1),2(8),1(1),2(7),1(1),2(4),3(1),2(1),3(1),2(9),1(2),2(5),1(1),2(7),3(1),2(1)," +
	"3(1),1(1),2(8),1(1),2(4),0(1),2(1),1(1),2(5),3(1),2(3),1(1),2(4),3(1),2(3),1(1),2(12),0(1),3(1),2(3),3(1)," +
	"2(4),3(1),2(2),1(1),2(7)"

// fleet is a view of backends as Cilium's own tests make them: backend n has address 0.0.0.n, port n.
func fleet(numbers, weights []int) *sim.View {
	v := &sim.View{}
	for i, n := range numbers {
		v.Servers = append(v.Servers, sim.ServerInfo{Name: fmt.Sprint("b", n), Addr: fmt.Sprintf("0.0.0.%d:%d", n, n)})
		v.Members = append(v.Members, sim.ServerID(i))
		v.Eligible = append(v.Eligible, sim.ServerID(i))
		v.Status = append(v.Status, sim.Up)
		v.Weight = append(v.Weight, float64(weights[i]))
		v.InFlight = append(v.InFlight, 0)
	}
	return v
}

func tableOf(c Maglev, v *sim.View) []sim.ServerID {
	p := c.New(sim.Env{Servers: len(v.Servers)}).(*maglevService)
	p.Rebuild(v)
	return p.maglev.table
}

func TestTableIsCiliums(t *testing.T) {
	table := tableOf(maglevWith(func(c *Maglev) { c.TableSize = 251 }), fleet([]int{1, 3, 4, 5}, []int{2, 13, 111, 10}))
	var runs []string
	for from, i := 0, 1; i <= len(table); i++ {
		if i == len(table) || table[i] != table[from] {
			runs = append(runs, fmt.Sprintf("%d(%d)", table[from], i-from))
			from = i
		}
	}
	if got := strings.Join(runs, ","); got != reproducible {
		t.Errorf("table\n%s\nwant\n%s", got, reproducible)
	}
}

// The counts of TestWeightedBackendWithRemoval in the same file.
func TestWeightsMakePlaces(t *testing.T) {
	counts := make([]int, 4)
	for _, s := range tableOf(maglevWith(func(c *Maglev) { c.TableSize = 1021 }), fleet([]int{1, 2, 3, 4}, []int{2, 13, 111, 10})) {
		counts[s]++
	}
	if got := fmt.Sprint(counts); got != "[16 98 832 75]" {
		t.Errorf("places %s, want [16 98 832 75]", got)
	}
}

// One of three backends goes: less than 1 % of the others' places change hands (TestBackendRemoval there).
func TestBackendRemoval(t *testing.T) {
	c := maglevWith(func(c *Maglev) { c.TableSize = 1021 })
	before := tableOf(c, fleet([]int{1, 2, 3}, []int{1, 1, 1}))
	after := tableOf(c, fleet([]int{1, 2}, []int{1, 1}))
	moved := 0
	for i, s := range before {
		if s < 2 && after[i] != s {
			moved++
		}
	}
	if moved*100 >= len(before) {
		t.Errorf("%d of %d places moved needlessly", moved, len(before))
	}
}

// The mixing steps are those of lookup3: its own example, from the comments of lookup3.c.
func TestMixing(t *testing.T) {
	const text = "Four score and seven years ago"
	for seed, want := range map[uint32]uint32{0: 0x17770551, 1: 0xcd628161} {
		var padded [36]byte
		copy(padded[:], text)
		word := func(i int) uint32 { return binary.LittleEndian.Uint32(padded[4*i:]) }
		a := 0xdeadbeef + uint32(len(text)) + seed
		b, c := a, a
		for i := range 2 {
			a, b, c = mix(a+word(3*i), b+word(3*i+1), c+word(3*i+2))
		}
		if got := final(a+word(6), b+word(7), c); got != want {
			t.Errorf("seed %d: %#x, want %#x", seed, got, want)
		}
	}
}

// Without affinity the client's port is hashed, so that its connections spread; with it only the address.
func TestPortIsLeftOutUnderAffinity(t *testing.T) {
	for timeout, want := range map[sim.Time]int{0: 5, sim.Hour: 1} {
		c := maglevWith(func(c *Maglev) { c.Timeout = timeout })
		seen := map[sim.ServerID]bool{}
		for node := range 60 { // another node has no entry, but the same table
			b := policytest.New(c, 5, 1)
			seen[b.Serve(b.Request(1, node))] = true
		}
		if len(seen) != want {
			t.Errorf("timeout %v: one client reaches %d backends over 60 nodes, want %d", timeout, len(seen), want)
		}
	}
}

func TestAllNodesAgree(t *testing.T) {
	v := fleet([]int{9, 5, 7}, []int{1, 1, 1})
	w := fleet([]int{5, 7, 9}, []int{1, 1, 1})
	a, b := tableOf(maglevWith(func(*Maglev) {}), v), tableOf(maglevWith(func(*Maglev) {}), w)
	for i := range a {
		if v.Servers[a[i]].Addr != w.Servers[b[i]].Addr {
			t.Fatalf("place %d: %s and %s", i, v.Servers[a[i]].Addr, w.Servers[b[i]].Addr)
		}
	}
}

// The timeout counts from the last connection, and includes its end not at all: [0, timeout).
func TestAffinitySlides(t *testing.T) {
	for _, c := range []policies.Config{Random{Affinity: Affinity{100 * sim.Second}}, maglevWith(func(c *Maglev) { c.Timeout = 100 * sim.Second })} {
		b := policytest.New(c, 50, 2)
		home := b.Serve(b.Request(1, 0))
		for i := range 4 {
			b.Pass(99 * sim.Second)
			if s := b.Serve(b.Request(1, 1+i)); s != home {
				t.Fatalf("%T: backend %d, was %d", c, s, home)
			}
		}
		b.Pass(100 * sim.Second)
		q := b.Request(1, 9)
		if b.Serve(q); q.Why != sim.TableExpired {
			t.Errorf("%T: after the timeout why %v", c, q.Why)
		}
	}
}

// Pods behind one address: at the socket level each is a client of its own, whatever its address; on the wire they are one.
func TestSocketLevelIdentity(t *testing.T) {
	for socket, want := range map[bool]int{true: 20, false: 1} {
		b := policytest.New(Random{Affinity: Affinity{sim.Hour}, Socket: socket}, 1000, 3)
		homes := map[sim.ServerID]bool{}
		for c := range sim.ClientID(20) {
			for i := range 5 {
				q := b.Request(c, i)
				q.Addr = sim.Addr4(1)
				if socket {
					q.Addr = sim.Addr4(uint32(i)) // its address is not looked at
				}
				homes[b.Serve(q)] = true
			}
		}
		if len(homes) < want-2 || len(homes) > want { // two of 20 clients may share a backend of 1000
			t.Errorf("socket level %v: 20 pods have %d backends, want %d", socket, len(homes), want)
		}
	}
}

func TestParameters(t *testing.T) {
	for _, c := range []policies.Config{
		maglevWith(func(c *Maglev) { c.TableSize = 1000 }), maglevWith(func(c *Maglev) { c.Seed = "AAAA" }),
		maglevWith(func(c *Maglev) { c.Timeout = 25 * sim.Hour }), Random{Affinity: Affinity{1}},
	} {
		if policies.Check(c) == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
}

// IPv6 clients are spread as well.
func TestIPv6(t *testing.T) {
	p := maglevWith(func(c *Maglev) { c.Timeout = sim.Hour }).New(sim.Env{Servers: 3}).(*maglevService)
	v := fleet([]int{1, 2, 3}, []int{1, 1, 1})
	p.Rebuild(v)
	counts := make([]int, 3)
	for i := range 3000 {
		k := rng.Root(1).At(uint64(i))
		var a sim.Addr
		binary.BigEndian.PutUint64(a[:], 0x20010db8<<32|k.Uint64()>>32)
		binary.BigEndian.PutUint64(a[8:], k.At(1).Uint64())
		counts[p.Pick(&sim.Request{Addr: a}, v)]++
	}
	for _, n := range counts {
		if n < 850 || n > 1150 { // 5.8 standard deviations
			t.Errorf("shares %v", counts)
		}
	}
}

// Policies with session affinity keep the contract of sticky ones.
func TestAffinityConforms(t *testing.T) {
	for _, c := range []policies.Config{
		Random{Affinity: Affinity{sim.Hour}}, Random{Affinity: Affinity{sim.Hour}, Socket: true}, maglevWith(func(c *Maglev) { c.Timeout = sim.Hour }),
	} {
		e := policies.Entry{Default: c, Doc: policies.Doc{Summary: "s", Source: "s", Key: c.(policies.Identifier).Identifies(),
			Claims: policies.Claims{Uniform: true, Sticky: true}}}
		for _, v := range policytest.Check(e) {
			t.Errorf("%+v: %v", c, v)
		}
	}
}
