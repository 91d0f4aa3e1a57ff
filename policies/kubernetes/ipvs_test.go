package kubernetes

import (
	"fmt"
	"slices"
	"testing"

	"stickysim/policies"
	"stickysim/policies/policytest"
	"stickysim/sim"
)

// The vector is of lib/tests/siphash_kunit.c in Linux: bytes 0, 1, 2, 3 on a 64-bit machine.
func TestSipHash(t *testing.T) {
	if got := sipHash(0x03020100, [2]uint64{0x0706050403020100, 0x0f0e0d0c0b0a0908}); got != 0x88d38328 {
		t.Errorf("%#x, want 0x88d38328", got)
	}
}

// The golden ratio as the kernel has it: the high bits of the product.
func TestHash32(t *testing.T) {
	for x, want := range map[uint32]uint32{0: 0, 1: 0x61, 2: 0xc3, 0x0a000001: 0x27} {
		if got := hash32(x, 8); got != want {
			t.Errorf("hash_32(%#x) = %#x, want %#x", x, got, want)
		}
	}
}

// A weight of n makes n places in a row; an endpoint of weight 0 keeps one.
func TestPlacesAreDealtInTurn(t *testing.T) {
	places := make([]sim.ServerID, 8)
	weights := []int{2, 0, 1}
	deal(places, []sim.ServerID{0, 1, 2}, func(s sim.ServerID) int { return weights[s] })
	if want := []sim.ServerID{0, 0, 1, 2, 0, 0, 1, 2}; !slices.Equal(places, want) {
		t.Errorf("%v, want %v", places, want)
	}
}

func ipvsBench(t *testing.T, c policies.Config, weights ...int) *policytest.Bench {
	t.Helper()
	ids := make([]sim.ServerID, len(weights))
	for i := range ids {
		ids[i] = sim.ServerID(i)
	}
	return policytest.Build(c, 5, ids, weights)
}

// The schedulers that look at connections, with connections and weights per endpoint.
func TestSchedulersByConnections(t *testing.T) {
	for _, x := range []struct {
		config  policies.Config
		flying  []int32
		weights []int
		want    sim.ServerID
	}{
		{IPVSLeastConnections{}, []int32{2, 1, 1}, []int{9, 1, 1}, 1}, // the first of equals; weights do not count
		{IPVSWeightedLeastConnections{}, []int32{2, 1, 1}, []int{9, 1, 1}, 0},
		{IPVSWeightedLeastConnections{}, []int32{0, 0, 0}, []int{1, 9, 1}, 0}, // idle: the first, whatever the weights
		{IPVSShortestExpectedDelay{}, []int32{0, 0, 0}, []int{1, 9, 1}, 1},
		{IPVSShortestExpectedDelay{}, []int32{0, 3, 0}, []int{1, 2, 1}, 0}, // 1/1 before 4/2
		{IPVSNeverQueue{}, []int32{1, 1, 0}, []int{1, 9, 1}, 2},            // 2/9 would be shorter, but this one is idle
		{IPVSNeverQueue{}, []int32{1, 1, 1}, []int{1, 9, 1}, 1},
	} {
		b := ipvsBench(t, x.config, x.weights...)
		for s, n := range x.flying {
			b.SetLoad(sim.ServerID(s), n)
		}
		if got := b.Pick(b.Request(1, 0)); got != x.want {
			t.Errorf("%T with %v connections and weights %v: %d, want %d", x.config, x.flying, x.weights, got, x.want)
		}
	}
}

func TestWeightedRoundRobinTakesTheHeaviestFirst(t *testing.T) {
	b := ipvsBench(t, IPVSWeightedRoundRobin{}, 4, 3, 2)
	var got []sim.ServerID
	for i := range 18 {
		got = append(got, b.Pick(b.Request(sim.ClientID(i), 0)))
	}
	// The example of the LVS documentation: A A B A B C A B C.
	want := []sim.ServerID{0, 0, 1, 0, 1, 2, 0, 1, 2}
	if !slices.Equal(got, append(want, want...)) {
		t.Errorf("%v, want %v twice", got, want)
	}
}

func TestDestinationHashingUsesOneEndpoint(t *testing.T) {
	b := policytest.New(IPVSDestinationHashing{Service: "10.96.0.10"}, 7, 6)
	first := b.Pick(b.Request(0, 0))
	for c := range sim.ClientID(100) {
		if s := b.Pick(b.Request(c, 0)); s != first {
			t.Fatalf("client %d: endpoint %d, others %d", c, s, first)
		}
	}
}

// kube-proxy hashes the port too (FlagSourceHash): a client's connections spread. Without it they stay.
func TestMaglevHashesThePort(t *testing.T) {
	for port, want := range map[bool]int{true: 5, false: 1} {
		b := policytest.New(IPVSMaglev{Port: port}, 5, 7)
		seen := map[sim.ServerID]bool{}
		for i := range 100 {
			seen[b.Pick(b.Request(1, i))] = true
		}
		if len(seen) != want {
			t.Errorf("port %v: one client reaches %d endpoints, want %d", port, len(seen), want)
		}
	}
}

// Every place of the table belongs to an endpoint, in shares that differ by one place, or in proportion to weight.
func TestMaglevShares(t *testing.T) {
	for _, weights := range [][]int{{1, 1, 1, 1, 1}, {1, 3}, {200, 100}} {
		p := IPVSMaglev{}.New(sim.Env{Servers: len(weights)}).(*ipvs)
		v := world(len(weights))
		sum := 0
		for s, w := range weights {
			v.Servers[s].Addr, v.Weight[s] = fmt.Sprintf("10.0.0.%d:8080", s+1), float64(w)
			sum += w
		}
		p.Rebuild(v)
		counts := make([]int, len(weights))
		for _, s := range p.scheduler.(*ipvsMaglev).places {
			counts[s]++
		}
		for s, w := range weights {
			if want := float64(maglevPlaces*w) / float64(sum); float64(counts[s]) < want-3 || float64(counts[s]) > want+3 {
				t.Errorf("weights %v: %v places, want %.1f for endpoint %d", weights, counts, want, s)
			}
		}
	}
}

// An endpoint that terminates: hashing refuses its clients while it has connections and finds others when it has none;
// the other schedulers pass it over.
func TestTerminatingEndpoint(t *testing.T) {
	for _, x := range []struct {
		config  policies.Config
		refuses bool
	}{
		{IPVSSourceHashing{}, true}, {IPVSMaglev{Port: true}, true}, {IPVSMaglev{}, true}, {IPVSDestinationHashing{Service: "10.96.0.1"}, true},
		{IPVSRoundRobin{}, false}, {IPVSWeightedRoundRobin{}, false}, {IPVSLeastConnections{}, false}, {IPVSNeverQueue{}, false},
	} {
		for _, connected := range []bool{true, false} {
			b := policytest.New(x.config, 3, 8)
			home := b.Pick(b.Request(1, 0)) // dh has but one
			if connected {
				b.SetLoad(home, 2)
			}
			b.SetStatus(home, sim.Draining)
			refused := 0
			for c := range sim.ClientID(200) {
				switch s := b.Pick(b.Request(c, 1)); s {
				case home:
					t.Fatalf("%T: a new connection to the terminating endpoint", x.config)
				case sim.NoServer:
					refused++
				}
			}
			if want := x.refuses && connected; (refused > 0) != want {
				t.Errorf("%+v, connected %v: %d of 200 refused", x.config, connected, refused)
			}
			b.SetLoad(home, 0)
			b.Remove(home)
			if s := b.Pick(b.Request(1, 2)); s == sim.NoServer {
				t.Errorf("%T: refused though the endpoint is gone", x.config)
			}
		}
	}
}

// sessionAffinity: the timeout counts from the last connection, is two minutes at least, and does not hold a client to an
// endpoint that takes nothing new.
func TestPersistence(t *testing.T) {
	for timeout, effective := range map[sim.Time]sim.Time{10 * sim.Second: 120 * sim.Second, sim.Hour: sim.Hour} {
		c := IPVSRoundRobin{IPVS{Timeout: timeout}}
		if c.Identifies() != policies.KeyAddress {
			t.Error("persistent clients are not identified by address")
		}
		b := policytest.New(c, 5, 9)
		home := b.Serve(b.Request(1, 0))
		for i := range 3 {
			b.Pass(effective - sim.Second)
			b.Serve(b.Request(2, i))
			if s := b.Serve(b.Request(1, 1+i)); s != home {
				t.Fatalf("timeout %v: endpoint %d, was %d", timeout, s, home)
			}
		}
		b.Pass(effective)
		late := b.Request(1, 9)
		if s := b.Serve(late); late.Why != sim.TableExpired || s == home {
			t.Errorf("timeout %v: after %v endpoint %d again, why %v", timeout, effective, s, late.Why)
		} else {
			home = s
		}
		b.SetStatus(home, sim.Draining)
		q := b.Request(1, 10)
		if s := b.Serve(q); s == home || s < 0 || q.Why != sim.ServerUnusable {
			t.Errorf("terminating: endpoint %d, why %v", s, q.Why)
		}
	}
}

// Schedulers with session affinity keep the contract of sticky policies.
func TestPersistenceConforms(t *testing.T) {
	p := IPVS{Timeout: sim.Hour}
	for _, x := range []struct {
		config policies.Config
		claims policies.Claims
	}{
		{IPVSRoundRobin{p}, policies.Claims{Sticky: true, Uniform: true}},
		{IPVSWeightedRoundRobin{p}, policies.Claims{Sticky: true, Weighted: true}},
		{IPVSLeastConnections{p}, policies.Claims{Sticky: true}},
		{IPVSSourceHashing{p}, policies.Claims{Sticky: true, Refuses: true}},
		{IPVSMaglev{Port: true, IPVS: p}, policies.Claims{Sticky: true, Uniform: true, Refuses: true}},
		{IPVSMaglev{}, policies.Claims{Sticky: true, Uniform: true, Weighted: true, Minimal: true, LeaveMoves: 0.05, Refuses: true}},
	} {
		e := policies.Entry{Default: x.config, Doc: policies.Doc{Summary: "s", Source: "s", Key: policies.KeyAddress, Claims: x.claims}}
		for _, v := range policytest.Check(e) {
			t.Errorf("%+v: %v", x.config, v)
		}
	}
}
