package kubernetes

import (
	"slices"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

func world(n int) *sim.View {
	v := &sim.View{Servers: make([]sim.ServerInfo, n), Status: make([]sim.Status, n), InFlight: make([]int32, n), Sessions: make([]int32, n)}
	for i := range n {
		v.Members = append(v.Members, sim.ServerID(i))
		v.Weight = append(v.Weight, 1)
	}
	return settle(v)
}

func settle(v *sim.View) *sim.View {
	v.Eligible = v.Eligible[:0]
	for _, s := range v.Members {
		if v.Status[s] == sim.Up {
			v.Eligible = append(v.Eligible, s)
		}
	}
	return v
}

func request(client int) *sim.Request {
	return &sim.Request{Addr: sim.Addr4(uint32(client)), Draw: rng.Root(9).At(uint64(client))}
}

func TestClientIPTimeoutSlides(t *testing.T) {
	v := world(50)
	p := ClientIP{Timeout: 100 * sim.Second}.New(sim.Env{Clients: 10})
	first := p.Pick(request(1), v)
	for range 5 { // each connection starts the timeout anew
		v.Now += 99 * sim.Second
		q := request(1)
		q.Draw = rng.Root(uint64(v.Now))
		if got := p.Pick(q, v); got != first || q.Why != sim.None {
			t.Fatalf("at %v: endpoint %d, want %d", v.Now, got, first)
		}
	}
	v.Now += 100 * sim.Second
	q := request(1)
	q.Draw = 4711
	if got := p.Pick(q, v); q.Why != sim.TableExpired || got == first {
		t.Errorf("after the timeout: endpoint %d again, why %v", got, q.Why)
	}
}

func TestClientIPLeavesTerminatingEndpoint(t *testing.T) {
	v := world(5)
	p := ClientIP{Timeout: 10800 * sim.Second}.New(sim.Env{})
	first := p.Pick(request(1), v)
	v.Status[first] = sim.Draining
	q := request(1)
	second := p.Pick(q, settle(v))
	if second == first || q.Why != sim.ServerUnusable {
		t.Fatalf("endpoint %d after %d, why %v", second, first, q.Why)
	}
	v.Status[first] = sim.Up
	if got := p.Pick(request(1), settle(v)); got != second {
		t.Errorf("went back to %d", got)
	}
	if again, _ := p.(sim.Retrier).Retry(q, second, sim.Unreachable, v); again {
		t.Error("kube-proxy does not retry")
	}
}

func TestNodesAreIndependent(t *testing.T) {
	v := world(100)
	a, b := ClientIP{Timeout: sim.Hour}.New(sim.Env{}), ClientIP{Timeout: sim.Hour}.New(sim.Env{Instance: 1})
	same := 0
	for i := range 200 {
		q := request(i)
		other := request(i)
		other.Draw = q.Draw.At(1)
		if a.Pick(q, v) == b.Pick(other, v) {
			same++
		}
	}
	if same > 12 {
		t.Errorf("two nodes agree for %d of 200 clients, want about 2", same)
	}
}

func TestPicksDoNotAllocate(t *testing.T) {
	v := world(100)
	for _, e := range own() {
		p, q := e.Default.New(sim.Env{Clients: 10}), request(3)
		if r, ok := p.(sim.Rebuilder); ok {
			r.Rebuild(v)
		}
		if n := testing.AllocsPerRun(100, func() { p.Pick(q, v) }); n != 0 {
			t.Errorf("%s: %v allocations per pick", e.Name, n)
		}
	}
}

func BenchmarkClientIP(b *testing.B) {
	v := world(100)
	p, q := ClientIP{Timeout: sim.Hour}.New(sim.Env{Clients: 10000}), request(1)
	for i := uint32(0); b.Loop(); i++ {
		q.Addr = sim.Addr4(i % 10000)
		p.Pick(q, v)
	}
}

// own lists the policies of this package.
func own() []policies.Entry {
	return slices.DeleteFunc(policies.All(), func(e policies.Entry) bool { return !strings.HasPrefix(e.Name, "kubernetes/") })
}
