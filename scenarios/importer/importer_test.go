package importer_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"stickysim/policies"
	_ "stickysim/policies/all"
	"stickysim/scenarios"
	"stickysim/scenarios/importer"
	_ "stickysim/scenarios/importer/all"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// Every pool of a real configuration becomes a valid scenario with its servers and policy, at about half load.
func TestRealConfigurations(t *testing.T) {
	pools := 0
	samples(t, func(product, file string, data []byte) {
		c, err := importer.Import(importer.File(file, data), product, file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			return
		}
		for i := range c.Pools {
			if c.Pools[i].Params != nil {
				pools++
				becomes(t, file, c, &c.Pools[i])
			}
		}
	})
	if pools < 70 {
		t.Errorf("only %d pools; the configurations have more", pools)
	}
}

// becomes checks the scenario of a pool.
func becomes(t *testing.T, file string, c *ir.Config, p *ir.Pool) {
	t.Helper()
	yaml, err := importer.ToScenario(c, p)
	if err != nil {
		t.Errorf("%s: %s: %v", file, p.Name, err)
		return
	}
	if dir := os.Getenv("STICKYSIM_IMPORTS"); dir != "" { // for other programs to read
		name := strings.NewReplacer("/", "_", ":", "_").Replace(filepath.Base(file) + "_" + p.Name)
		if err := os.WriteFile(filepath.Join(dir, name+".yaml"), yaml, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	spec, err := scenarios.Parse(file, yaml)
	if err != nil {
		t.Fatalf("%s: %s: %v", file, p.Name, err)
	}
	b := scenarios.Build(spec, nil)
	if err := b.Problems.Err(); err != nil {
		t.Fatalf("%s: %s: %v\n%s", file, p.Name, err, yaml)
	}
	v := b.Study.Variants[0]
	if name, _, _ := strings.Cut(v.Policy, " "); name != p.Policy {
		t.Errorf("%s: %s: policy %s, want %s", file, p.Name, name, p.Policy)
	}
	if fleet := importer.Fleet(p); len(v.Model.Servers) != len(fleet) {
		t.Errorf("%s: %s: %d servers, want %d", file, p.Name, len(v.Model.Servers), len(fleet))
	} else {
		for i, s := range v.Model.Servers {
			if s.Status != fleet[i].Status || !reflect.DeepEqual(s.Info, written(fleet[i].Info)) {
				t.Errorf("%s: %s: server %+v, want %+v", file, p.Name, s, fleet[i])
			}
		}
	}
	if u := b.Load[0].Utilization(); u < 0.45 || u > 0.55 {
		t.Errorf("%s: %s: utilization %.2f, want 0.5", file, p.Name, u)
	}
}

// written is a server as scenario files have it.
func written(s sim.ServerInfo) sim.ServerInfo {
	if len(s.Options) == 0 {
		s.Options = nil
	}
	return s
}

// What a configuration says about servers, checks and policy is in the scenario, and what it names cannot break out of
// its quotes or comments.
func TestHostileNames(t *testing.T) {
	hostile := "a\": {}\n# x\u2028policies: [random]"
	e, _ := policies.Lookup("cookie")
	p := ir.Pool{
		Place: ir.Place{File: hostile, Line: 3}, Name: hostile, Policy: "cookie", Params: e.Default,
		Servers: []ir.Server{
			{Info: sim.ServerInfo{Name: hostile, Addr: "yes", Weight: 3, Options: map[string]string{"route": "null", "b: c": "#"}}},
			{Info: sim.ServerInfo{Name: hostile, Addr: "10.0.0.1:80", Weight: 1, Backup: true, Limit: 5}},
			{Info: sim.ServerInfo{Name: "gone"}, Status: sim.Down, Place: ir.Place{Line: 9}},
		},
		Health: &sim.Health{Interval: sim.Never, Passive: sim.Passive{Failures: 2, Eject: sim.Second}},
		Key:    ir.KeySource{Kind: "header", Text: hostile},
	}
	c := &ir.Config{Product: "nginx", Pools: []ir.Pool{p}, Remarks: []ir.Remark{{Place: ir.Place{File: hostile, Line: 1}, Drawer: ir.NotCarried, Text: hostile}}}
	yaml, err := importer.ToScenario(c, &c.Pools[0])
	if err != nil {
		t.Fatal(err)
	}
	spec, err := scenarios.Parse("x", yaml)
	if err != nil {
		t.Fatal(err)
	}
	b := scenarios.Build(spec, nil)
	m := b.Study.Variants[0].Model
	if len(b.Study.Variants) != 1 || b.Study.Variants[0].Policy != "cookie" || len(m.Servers) != 3 || m.Servers[2].Status != sim.Down {
		t.Fatalf("%d alternatives, %d servers:\n%s", len(b.Study.Variants), len(m.Servers), yaml)
	}
	one, two := m.Servers[0].Info, m.Servers[1].Info
	if one.Addr != "yes" || one.Weight != 3 || one.Options["route"] != "null" || one.Options["b: c"] != "#" || !two.Backup || two.Limit != 5 || one.Name == two.Name {
		t.Errorf("servers %+v and %+v", one, two)
	}
	if h := m.Health; h.Interval != sim.Never || h.Passive != p.Health.Passive {
		t.Errorf("health %+v", h)
	}
}

func TestAtVersion(t *testing.T) {
	for _, x := range []struct{ policy, version, want string }{
		{"caddy/ip_hash", "2.6.2", "old"}, {"caddy/ip_hash", "v2.7", "new"}, {"caddy/ip_hash", "3", "new"},
		{"caddy/random_choose", "2.10.0", "old"}, {"caddy/random_choose", "2.11.1", "new"}, {"caddy/header", "1.0", "old"},
	} {
		e, _ := policies.Lookup(x.policy)
		p := ir.Pool{Policy: x.policy, Params: e.Default}
		if err := importer.AtVersion(&p, "caddy", x.version); err != nil {
			t.Fatal(err)
		}
		for _, param := range policies.Params(p.Params) {
			if param.Name == "version" && param.Default != x.want {
				t.Errorf("%s of %s: %s, want %s", x.policy, x.version, param.Default, x.want)
			}
		}
	}
	for _, bad := range []string{"", "new", "2.x"} {
		if err := importer.AtVersion(&ir.Pool{}, "caddy", bad); err == nil {
			t.Errorf("AtVersion(%q): no error", bad)
		}
	}
}

func TestChoose(t *testing.T) {
	turns, _ := policies.Lookup("round-robin")
	sticky, _ := policies.Lookup("cookie")
	pool := func(name string, e policies.Entry, servers int) ir.Pool {
		return ir.Pool{Name: name, Policy: e.Name, Params: e.Default, Servers: make([]ir.Server, servers)}
	}
	designated := pool("app", turns, 1)
	designated.Default = true
	static, small, large, kept := ir.Pool{Name: "static"}, pool("small", turns, 1), pool("large", turns, 9), pool("kept", sticky, 2)
	for want, pools := range map[string][]ir.Pool{
		"small": {static, small},
		"large": {small, large, pool("as large", turns, 9)},
		"kept":  {static, large, kept},
		"app":   {static, large, kept, designated},
	} {
		if p, err := importer.Choose(&ir.Config{Pools: pools}, ""); err != nil || p.Name != want {
			t.Errorf("Choose() = %v, %v, want %s", p, err, want)
		}
	}
	c := &ir.Config{Pools: []ir.Pool{static, small, kept}}
	if p, err := importer.Choose(c, "small"); err != nil || p.Name != "small" {
		t.Errorf("Choose(small) = %v, %v", p, err)
	}
	if _, err := importer.Choose(c, "x"); err == nil || !strings.Contains(err.Error(), "known: kept, small, static") {
		t.Errorf("Choose(x): %v", err)
	}
	if _, err := importer.Choose(&ir.Config{}, ""); err == nil {
		t.Error("Choose of nothing: no error")
	}
}
