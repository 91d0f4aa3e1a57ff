package nginx

import (
	"encoding/json"
	"os"
	"testing"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// Every key has the variant that nginx gives it (testdata/README.md), and a server of that upstream, or none.
func TestVariantsAreThoseOfNginx(t *testing.T) {
	data, err := os.ReadFile("testdata/split_clients.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	v := &sim.View{}
	for i, group := range []string{"a", "b", "c", "d", ""} {
		s := sim.ServerID(i)
		v.Servers = append(v.Servers, sim.ServerInfo{Name: "s-" + group, Weight: 1, Options: map[string]string{policies.GroupOption: group}})
		v.Members, v.Eligible = append(v.Members, s), append(v.Eligible, s)
		v.Status, v.Weight, v.InFlight = append(v.Status, sim.Up), append(v.Weight, 1), append(v.InFlight, 0)
	}
	for column, c := range []SplitClients{
		{Key: "${arg_k}", Parts: []string{"20% a", "* b"}},
		{Key: "${arg_k}AAA", Parts: []string{"0.5% a", "2.0% b", "33.33% c", "* d"}},
		{Key: "$arg_k:$arg_k", Parts: []string{"10% a", "10% b", "10% a"}},
		{Key: "${arg_k}", Parts: []string{"50% a", "50% b"}},
	} {
		c.Inside = policies.Named("round-robin")
		if err := policies.Check(c); err != nil {
			t.Fatal(err)
		}
		b := c.New(sim.Env{Rand: rng.Root(1), Servers: len(v.Servers)})
		b.(sim.Rebuilder).Rebuild(v)
		for _, row := range rows {
			got := ""
			if s := b.Pick(&sim.Request{Key: []byte(row[0])}, v); s >= 0 {
				got = v.Servers[s].Options[policies.GroupOption]
			}
			if got != row[column+1] {
				t.Fatalf("%v: key %q is of %q, want %q", c.Parts, row[0], got, row[column+1])
			}
		}
	}
}

func TestPartsThatNginxRefuses(t *testing.T) {
	for _, parts := range [][]string{{"0% a"}, {"20 a"}, {"a"}, {"101% a"}, {"60% a", "50% b"}, {"* a", "10% b"}, {"1.234% a"}, {"-1% a"}} {
		if policies.Check(SplitClients{Key: "$remote_addr", Parts: parts, Inside: policies.Named("random")}) == nil {
			t.Errorf("%q is accepted", parts)
		}
	}
}
