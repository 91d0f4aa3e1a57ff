package policies_test

import (
	"fmt"
	"math"
	"testing"

	"stickysim/policies"
	"stickysim/policies/policytest"
	"stickysim/policies/replay"
	"stickysim/sim"
)

// grouped are servers of groups: "aab" is s1 and s2 of group a, and s3 of group b.
func grouped(groups string) []replay.Server {
	var list []replay.Server
	for i, g := range groups {
		list = append(list, replay.Server{Info: sim.ServerInfo{Name: fmt.Sprint("s", i+1), Addr: fmt.Sprint("s", i+1), Weight: 1, Options: map[string]string{"group": string(g)}}})
	}
	return list
}

func weightedOf(sticky string, turns, failover bool, inside string, groups ...string) policies.Weighted {
	return policies.Weighted{Groups: groups, Sticky: sticky, Turns: turns, Failover: failover, Inside: policies.Named(inside)}
}

// Whatever is inside keeps the contract.
func TestWeightedKeepsTheContract(t *testing.T) {
	for _, inside := range []string{"round-robin", "least-connections", "cookie", "stick-table", "maglev", "bounded-load"} {
		for _, sticky := range []string{"none", "cookie", "hash"} {
			c := weightedOf(sticky, false, true, inside)
			if inside == "maglev" {
				c.Inside.Config = policies.Maglev{TableSize: 4093, HashKey: policies.HashKey{Key: "hash"}} // to fill larger ones takes seconds
			}
			e := policies.Entry{Name: "weighted", Default: c, Doc: policies.Doc{Summary: "-", Source: "-", Key: policies.KeyCookie}}
			e.Doc.Key = e.Default.(policies.Weighted).Identifies()
			for _, v := range policytest.Check(e) {
				t.Errorf("%s, sticky %s: %v", inside, sticky, v)
			}
		}
	}
}

// Groups get new clients by their weights, whatever their size: in turn exactly, drawn and hashed within chance.
func TestWeightsOfGroups(t *testing.T) {
	const n = 20_000
	for _, c := range []policies.Weighted{
		weightedOf("cookie", true, true, "round-robin", "a=9", "b", "z=0"), weightedOf("cookie", false, true, "round-robin", "a=9", "b"),
		weightedOf("none", false, false, "random", "a=9", "b"), weightedOf("hash", false, true, "random", "a=9", "b"),
	} {
		r := replay.New(c, grouped("abbbz"), 3)
		inA := 0
		for i := range uint64(n) {
			a := r.Request(replay.Key{Hash: i * 0x9e3779b97f4a7c15})
			if a.Server == 0 {
				inA++
			}
			if a.Server < 0 || a.Server == 4 {
				t.Fatalf("%+v: request %d got server %d", c, i, a.Server)
			}
		}
		band := 5 * math.Sqrt(n*.9*.1)
		if c.Turns {
			band = 0
		}
		if math.Abs(float64(inA)-.9*n) > band {
			t.Errorf("%+v: group a got %d of %d", c, inA, n)
		}
	}
}

// A cookie binds a client to its group; inside it the servers take turns.
func TestGroupsKeepTheirClients(t *testing.T) {
	r := replay.New(weightedOf("cookie", true, true, "round-robin", "a", "b"), grouped("aaabbb"), 3)
	for range 10 {
		first := r.Request(replay.Key{})
		if first.Mark == 0 {
			t.Fatal("the answer does not name the group")
		}
		seen := map[sim.ServerID]bool{first.Server: true}
		for range 5 {
			a := r.Request(replay.Key{Mark: first.Mark})
			if a.Mark != 0 || a.Server/3 != first.Server/3 {
				t.Fatalf("server %d after %d, mark %d", a.Server, first.Server, a.Mark)
			}
			seen[a.Server] = true
		}
		if len(seen) != 3 {
			t.Errorf("six requests of a client went to %d of three servers", len(seen))
		}
	}
	if a := r.Request(replay.Key{Mark: 9}); a.Server < 0 || a.Mark == 0 {
		t.Errorf("a mark of no group: %+v", a)
	}
}

// A group without servers gives its clients to the others for good, or none is there for them. One that drains keeps them.
func TestGroupsThatAreDown(t *testing.T) {
	for _, failover := range []bool{true, false} {
		r := replay.New(weightedOf("cookie", false, failover, "cookie", "a", "b"), grouped("ab"), 3)
		r.SetStatus(0, sim.Draining)
		bound, _ := r.Request(replay.Key{Mark: 1}), 0
		if failover != (bound.Server == 1) || failover != (bound.Mark == 2) {
			t.Errorf("failover %v: client without a cookie of the server that drains: %+v", failover, bound)
		}
		r.SetStatus(0, sim.Up)
		home := r.Request(replay.Key{Mark: 1})
		r.SetStatus(0, sim.Draining)
		if a := r.Request(replay.Key{Mark: 1, Packed: home.Cookie}); a.Server != 0 {
			t.Errorf("failover %v: the server that drains does not keep its client: %+v", failover, a)
		}
		r.SetStatus(0, sim.Down)
		a := r.Request(replay.Key{Mark: 1, Packed: home.Cookie})
		if failover && (a.Server != 1 || a.Mark != 2) || !failover && a.Status != 503 {
			t.Errorf("failover %v, down: %+v", failover, a)
		}
	}
}

// Of clients that a hash divides, only those of a group that is down go elsewhere.
func TestHashedGroupsStay(t *testing.T) {
	r := replay.New(weightedOf("hash", false, true, "ip-hash", "a=2", "b", "c"), grouped("abc"), 3)
	var before [3000]sim.ServerID
	for i := range before {
		before[i] = r.Request(replay.Key{Hash: uint64(i) * 0x9e3779b97f4a7c15}).Server
	}
	r.SetStatus(0, sim.Down)
	for i := range before {
		if now := r.Request(replay.Key{Hash: uint64(i) * 0x9e3779b97f4a7c15}).Server; now == 0 || before[i] != 0 && now != before[i] {
			t.Fatalf("client %d went from %d to %d", i, before[i], now)
		}
	}
}

// A retry stays in its group while that has servers that have not failed.
func TestRetriesStayInTheGroup(t *testing.T) {
	r := replay.New(weightedOf("cookie", true, true, "round-robin", "a", "b"), grouped("aab"), 3)
	r.Redispatch(2)
	r.SetDead(0, true)
	for range 10 {
		if a := r.Request(replay.Key{Mark: 1}); a.Server != 1 {
			t.Errorf("%+v, want the other server of the group", a)
		}
	}
	r.SetDead(1, true)
	if a := r.Request(replay.Key{Mark: 1}); a.Server != 2 || a.Mark != 2 {
		t.Errorf("%+v, want the other group", a)
	}
}

func TestGroupsAreChecked(t *testing.T) {
	for text, c := range map[string]policies.Weighted{
		"weight":    weightedOf("none", false, true, "random", "a=x"),
		"no name":   weightedOf("none", false, true, "random", "a", "a=3"),
		"above 0":   weightedOf("none", false, true, "random", "a=0"),
		"no effect": weightedOf("hash", true, true, "random", "a"),
		"groups":    weightedOf("none", false, true, "random", make([]string, 32)...),
		"canary":    weightedOf("none", false, true, "canary", "a"),
	} {
		if err := policies.Check(c); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}
