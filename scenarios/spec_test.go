package scenarios

import (
	"strings"
	"testing"

	"stickysim/sim"
	"stickysim/sim/diag"
)

const small = `
servers: {count: 2}
workload:
  - {population: shopper, sessions: 1/s}
  - {population: nat, name: office, users: 10}
state: {token: {ttl: 1h}}
policies:
  - cookie
  - round-robin
  - variant: other
    policy: {two-choices: {choices: 3}}
    state: store
    servers: {cores: 2}
    workload: {office: {users: 20}}
`

func set(t *testing.T, text string, pairs ...string) Built {
	t.Helper()
	spec, err := Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if spec, err = spec.Set(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return Build(spec, logs())
}

// model is the model of a variant.
func model(b Built, variant string) *sim.Model {
	for _, v := range b.Study.Variants {
		if v.Name == variant {
			return v.Model
		}
	}
	return nil
}

func TestVariantsOverride(t *testing.T) {
	t.Parallel()
	b := build(t, small)
	base, other := model(b, "cookie"), model(b, "other")
	equal(t, "placement", base.State.Kind, sim.Token)
	equal(t, "placement of the variant", other.State.Kind, sim.Store)
	equal(t, "servers of the variant", len(other.Servers), 2)
	equal(t, "cores", base.Servers[0].Cores, defaultGroup.Cores)
	equal(t, "cores of the variant", other.Servers[0].Cores, 2)
	equal(t, "users", base.Populations[1].Users, 10)
	equal(t, "users of the variant", other.Populations[1].Users, 20)
	equal(t, "populations of the variant", len(other.Populations), 2)
	equal(t, "policy", b.Study.Variants[2].Policy, "two-choices {choices: 3}")
	equal(t, "state", b.Study.Variants[2].State, "store")
}

func TestSet(t *testing.T) {
	t.Parallel()
	m := func(b Built, variant string) *sim.Model {
		t.Helper()
		if b.Study == nil {
			t.Fatal(b.Problems)
		}
		return model(b, variant)
	}
	equal(t, "count", len(m(set(t, small, "servers.count", "7"), "cookie").Servers), 7)
	equal(t, "duration", m(set(t, small, "duration", "3m"), "cookie").Duration, 3*sim.Minute)
	equal(t, "by index", m(set(t, small, "workload[1].users", "3"), "cookie").Populations[1].Users, 3)
	equal(t, "by number", m(set(t, small, "workload.1.users", "3"), "cookie").Populations[1].Users, 3)
	equal(t, "by name", m(set(t, small, "workload.office.users", "4"), "cookie").Populations[1].Users, 4)
	equal(t, "in a variant", len(m(set(t, small, "policies.other.servers.count", "9"), "other").Servers), 9)
	equal(t, "beside a variant", len(m(set(t, small, "policies.other.servers.count", "9"), "cookie").Servers), 2)
	equal(t, "new mapping", m(set(t, small, "health.passive.failures", "5"), "cookie").Health.Passive.Failures, 5)
	equal(t, "new list", m(set(t, small, "timeline", "[{at: 1m, crash: {}}]"), "cookie").Timeline[0].At, sim.Minute)
	equal(t, "mapping", m(set(t, small, "state", "{store: {calls: 7}}"), "cookie").State.Store.Calls, 7)
	equal(t, "into a choice", m(set(t, small, "state.token.ttl", "2h"), "cookie").State.TTL, 2*sim.Hour)
	equal(t, "seed", set(t, small, "seed", "9").Study.Seed, 9)
	equal(t, "replications", set(t, small, "replications.max", "50", "replications.precision", "5%").Study.Replications.Max, 50)
	equal(t, "parameter", set(t, small, "policies.cookie.ttl", "2h").Study.Variants[0].Policy, "cookie {ttl: 2h}")
	equal(t, "twice", set(t, small, "policies.cookie.ttl", "2h", "policies.cookie.balance", "random").Study.Variants[0].Policy, "cookie {ttl: 2h, balance: random}")
	equal(t, "parameter of a variant", set(t, small, "policies.other.policy.two-choices.choices", "4").Study.Variants[2].Policy, "two-choices {choices: 4}")
}

func TestSetLeavesTheSpecAlone(t *testing.T) {
	t.Parallel()
	spec, err := Parse("test.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	before := Build(spec, nil).Study.Variants[0].Model.Populations
	if _, err := spec.Set("workload.office.users", "4"); err != nil {
		t.Fatal(err)
	}
	equal(t, "users", Build(spec, nil).Study.Variants[0].Model.Populations[1].Users, before[1].Users)
}

func TestBadSet(t *testing.T) {
	t.Parallel()
	spec, err := Parse("test.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, value, want string }{
		{"", "1", "needs a path"},
		{"servers..count", "1", "is not a path"},
		{"workload[5].users", "1", "it has 0 to 1 (shopper, office)"},
		{"workload.home.users", "1", `has no element "home"`},
		{"servers.count", "[1", "is not YAML"},
		{strings.Repeat("a.", 200) + "a", "1", "too many steps"},
	} {
		_, err := spec.Set(c.path, c.value)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Set(%q, %q) = %v, want %q", c.path, c.value, err, c.want)
		}
	}
	for _, c := range []struct{ path, value, want string }{
		{"servers.cuont", "4", `--set servers.cuont: servers.cuont: unknown field; did you mean "count"?`},
		{"servers.count", "many", `--set servers.count: servers.count: must be a whole number, got "many"`},
		{"servers.count", "", `--set servers.count: servers.count: must be a whole number, got ""`},
	} {
		if b := set(t, small, c.path, c.value); b.Study != nil || !strings.Contains(b.Problems.Error(), c.want) {
			t.Errorf("Set(%q, %q) gives %v, want %s", c.path, c.value, b.Problems, c.want)
		}
	}
}

func TestOnly(t *testing.T) {
	t.Parallel()
	spec, err := Parse("test.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	spec, err = spec.Only("maglev", "other")
	if err != nil {
		t.Fatal(err)
	}
	s := Build(spec, nil).Study
	equal(t, "first", s.Variants[0].Name, "maglev")
	equal(t, "second", s.Variants[1].State, "store")
	spec, _ = spec.Only("magleff")
	list := Build(spec, nil).Problems
	if len(list) != 1 || !strings.HasPrefix(list[0].String(), `--policies: policies[0]: unknown policy "magleff"; did you mean "maglev"?`) {
		t.Error(list)
	}
}

// A fleet may outgrow its list of names, as sweeps make it.
func TestNames(t *testing.T) {
	t.Parallel()
	text := "servers: {names: [a, b]}\nworkload: [{population: nat, users: 1}]\n"
	m := set(t, text).Study.Variants[0].Model
	equal(t, "servers", len(m.Servers), 2)
	equal(t, "address", m.Servers[1].Info.Addr, "b")
	m = set(t, text, "servers.count", "3").Study.Variants[0].Model
	equal(t, "third", m.Servers[2].Info.Name, "server-3")
	m = set(t, text, "servers.count", "1").Study.Variants[0].Model
	equal(t, "one", len(m.Servers), 1)
}

// Anchors, aliases and merge keys, as scenario files use them.
func TestAliases(t *testing.T) {
	t.Parallel()
	m := build(t, `
x-web: &web {think: 1s, service: 1ms}
servers: {count: 1}
workload:
  - {<<: *web, name: a, users: 1}
  - {<<: *web, name: b, users: 1, think: 2s}
`).Study.Variants[0].Model
	equal(t, "merged", m.Populations[0].Think.Mean(), 1)
	equal(t, "overridden", m.Populations[1].Think.Mean(), 2)
}

// No text makes the decoder panic, hang or give a study together with an error.
func FuzzBuild(f *testing.F) {
	for _, c := range bad {
		f.Add(c.text)
	}
	f.Add(contract)
	f.Add(small)
	f.Fuzz(func(t *testing.T, text string) {
		spec, err := Parse("test.yaml", []byte(text))
		if err != nil {
			if len(err.(diag.List)) == 0 {
				t.Fatal("an error without a problem")
			}
			return
		}
		b := Build(spec, logs())
		if (b.Study == nil) != (b.Problems.Err() != nil) {
			t.Fatalf("study %v with problems %v", b.Study, b.Problems)
		}
		if s, err := spec.Set("servers.count", "3"); err == nil {
			Build(s, logs())
		}
	})
}
