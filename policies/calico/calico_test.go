package calico

import (
	"testing"

	"stickysim/policies"
	"stickysim/policies/policytest"
	"stickysim/sim"
)

// With session affinity it keeps the contract of sticky policies.
func TestAffinityConforms(t *testing.T) {
	e := policies.Entry{Default: EBPF{Timeout: sim.Hour}, Doc: policies.Doc{Summary: "s", Source: "s", Key: policies.KeyAddress,
		Claims: policies.Claims{Uniform: true, Sticky: true}}}
	for _, v := range policytest.Check(e) {
		t.Error(v)
	}
}

// Affinity ends when its time is up, however often the client connects.
func TestAffinityIsNotProlonged(t *testing.T) {
	b := policytest.New(EBPF{Timeout: 100 * sim.Second}, 50, 1)
	home := b.Serve(b.Request(1, 0))
	b.Pass(99 * sim.Second)
	if s := b.Serve(b.Request(1, 1)); s != home {
		t.Errorf("after 99 s: backend %d, was %d", s, home)
	}
	b.Pass(sim.Second)
	q := b.Request(1, 2)
	if s := b.Serve(q); q.Why != sim.TableExpired || s == home {
		t.Errorf("after 100 s: backend %d, was %d, why %v", s, home, q.Why)
	}
}

// At connect time all pods of a node are one client.
func TestConnectTimeKnowsNoAddress(t *testing.T) {
	for connect, want := range map[bool]int{true: 1, false: 20} {
		b := policytest.New(EBPF{Timeout: sim.Hour, ConnectTime: connect}, 1000, 2)
		homes := map[sim.ServerID]bool{}
		for c := range sim.ClientID(20) {
			homes[b.Serve(b.Request(c, 0))] = true
		}
		if len(homes) > want || len(homes) < want-2 {
			t.Errorf("connect time %v: 20 clients have %d backends, want %d", connect, len(homes), want)
		}
	}
}

func TestBackendThatTerminatesLosesItsClients(t *testing.T) {
	b := policytest.New(EBPF{Timeout: sim.Hour}, 5, 3)
	home := b.Serve(b.Request(1, 0))
	b.SetStatus(home, sim.Draining)
	q := b.Request(1, 1)
	if s := b.Serve(q); s == home || q.Why != sim.ServerUnusable {
		t.Errorf("backend %d, was %d, why %v", s, home, q.Why)
	}
	if again, _ := b.Balancer.(sim.Retrier).Retry(q, 0, sim.Unreachable, b.View); again {
		t.Error("a connection is repeated")
	}
	if policies.Check(EBPF{Timeout: 1}) == nil {
		t.Error("a timeout below a second is accepted")
	}
}
