package policies

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"stickysim/sim"
)

// everything has a parameter of each type.
type everything struct {
	On    bool     `yaml:"on" doc:"a switch"`
	Count int      `yaml:"count" check:"min=1,max=9" doc:"a number"`
	Share float64  `yaml:"share" check:"min=0,max=1" doc:"a share"`
	Mode  string   `yaml:"mode" check:"oneof=|a|b" doc:"a mode"`
	List  []string `yaml:"list" doc:"some"`
	Wait  sim.Time `yaml:"wait" check:"min=1" doc:"a span"`
	Size  Bytes    `yaml:"size" doc:"a size"`
	nested
	Inner nested `yaml:",inline"`
}

type nested struct {
	Depth int `yaml:"depth" doc:"from inside"`
}

func (everything) New(sim.Env) sim.Balancer { return nil }

func TestParams(t *testing.T) {
	c := everything{true, 3, 0.25, "", []string{"x", "y"}, 90 * sim.Minute, 512, nested{1}, nested{2}}
	var got []string
	for _, p := range Params(c) {
		got = append(got, strings.Join([]string{p.Name, p.Type, p.Default, p.Bounds(), p.Doc}, "|"))
	}
	want := []string{
		"on|bool|true||a switch",
		"count|integer|3|at least 1, at most 9|a number",
		"share|number|0.25|at least 0, at most 1|a share",
		`mode|text||one of "", a, b|a mode`,
		"list|list|x, y||some",
		"wait|duration|1h30m|at least 1|a span",
		"size|size|512||a size",
		"depth|integer|1||from inside",
		"depth|integer|2||from inside",
	}
	if !slices.Equal(got, want) {
		t.Errorf("Params:\n got %q\nwant %q", got, want)
	}
	if err := Check(c); err != nil {
		t.Errorf("Check of good values: %v", err)
	}
}

func TestCheck(t *testing.T) {
	bad := everything{Count: 10, Share: -0.5, Mode: "c", Wait: sim.Millisecond}
	want := "count: must be at most 9, got 10\nshare: must be at least 0, got -0.5\n" +
		`mode: must be one of "", a, b, got "c"` + "\nwait: must be at least 1, got 1ms"
	if err := Check(bad); err == nil || err.Error() != want {
		t.Errorf("Check:\n got %v\nwant %s", err, want)
	}
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Maglev{65536, HashKey{"hash"}}, "table_size: must be a prime, for example 65537"},
		{Maglev{1, HashKey{"hash"}}, "table_size: must be at least 2, got 1"},
		{Cookie{Balance: Named("cookie"), OnFailure: "repick"},
			"balance: must be " + Set("keyless").String() + `, got "cookie"`},
		{Jump{HashKey{"ip"}}, `key: must be one of hash, address, got "ip"`},
		{TwoChoices{1}, "choices: must be at least 2, got 1"},
	} {
		if err := Check(c.config); err == nil || err.Error() != c.want {
			t.Errorf("Check(%+v) = %v; want %s", c.config, err, c.want)
		}
	}
}

func TestDuration(t *testing.T) {
	for span, want := range map[sim.Time]string{
		0: "0", sim.Second: "1s", sim.Minute: "1m", 90 * sim.Second: "1m30s", sim.Hour: "1h", 10 * sim.Second: "10s",
		sim.Hour + sim.Second: "1h0m1s", 20 * sim.Minute: "20m", 250 * sim.Millisecond: "250ms", 10 * sim.Hour: "10h",
	} {
		if got := duration(span); got != want {
			t.Errorf("duration(%v) = %s; want %s", span, got, want)
		}
	}
}

// Every policy that a parameter may name makes a valid configuration, plain and with its parameters written out.
func TestInnerPolicies(t *testing.T) {
	found := 0
	for _, e := range All() {
		for _, p := range Params(e.Default) {
			if p.Type != "policy" {
				continue
			}
			set, ok := SetOf(p.check)
			if !ok || !set.holds(p.value.Interface().(Policy)) {
				t.Errorf("%s: %s: the default %s is not in the set %q", e.Name, p.Name, p.Default, set)
			}
			for _, name := range set.Names() {
				inner, _ := Lookup(name)
				for _, i := range []Policy{Named(name), {name, inner.Default}} {
					found++
					c := withParam(e.Default, p.Name, i)
					if err := Check(c); err != nil {
						t.Errorf("%s: {%s: %s}: %v", e.Name, p.Name, i, err)
					} else if c.New(sim.Env{Servers: 3, Clients: 10}) == nil || i.String() != name {
						t.Errorf("%s: {%s: %s} makes no policy", e.Name, p.Name, i)
					}
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d combinations", found)
	}
}

// withParam is a copy of c with one parameter changed.
func withParam(c Config, name string, i Policy) Config {
	v := reflect.New(reflect.TypeOf(c)).Elem()
	v.Set(reflect.ValueOf(c))
	eachField(v, func(field string, _ reflect.StructField, v reflect.Value) {
		if field == name {
			v.Set(reflect.ValueOf(i))
		}
	})
	return v.Interface().(Config)
}

// Textbook policies that do not identify clients, and no others, can balance inside a sticky one.
func TestKeyless(t *testing.T) {
	names := Set("keyless").Names()
	for _, e := range All() {
		want := e.Doc.Key == KeyNone && !strings.Contains(e.Name, "/")
		if got := slices.Contains(names, e.Name); got != want {
			t.Errorf("%s is keyless: %v, want %v", e.Name, got, want)
		}
		if got := Set("single").has(&e); got != (e.Name != "canary" && e.Name != "split" && e.Name != "weighted") {
			t.Errorf("%s is single: %v", e.Name, got)
		}
	}
}

func TestInnerParameters(t *testing.T) {
	i := Policy{"two-choices", TwoChoices{3}}
	if got := i.String(); got != "{two-choices: {choices: 3}}" {
		t.Errorf("String() = %s", got)
	}
	for _, c := range []struct {
		inner Policy
		want  string
	}{
		{i, ""},
		{Policy{"two-choices", TwoChoices{1}}, "balance: choices: must be at least 2, got 1"},
		{Policy{"random", TwoChoices{3}}, "balance: has parameters of another policy (policies.TwoChoices)"},
		{Policy{"ip-hash", nil}, "balance: must be " + Set("keyless").String() + `, got "ip-hash"`},
	} {
		got := ""
		if err := Check(Cookie{Balance: c.inner, OnFailure: "repick"}); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("Check with balance %s: %s; want %s", c.inner, got, c.want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a policy that is not registered was made")
		}
	}()
	Named("randum").New(sim.Env{})
}

// What a policy identifies clients by follows from its parameters.
func TestKey(t *testing.T) {
	for _, c := range []struct {
		policy Policy
		want   Key
	}{
		{Named("random"), KeyNone},
		{Named("maglev"), KeyHash},
		{Policy{"maglev", Maglev{65537, HashKey{"address"}}}, KeyAddress},
		{Named("stick-table"), KeyAddress},
		{Policy{"stick-table", StickTable{Key: "hash"}}, KeyHash},
		{Policy{"cookie", Cookie{Balance: Named("two-choices")}}, KeyCookie},
	} {
		if got := c.policy.Key(); got != c.want {
			t.Errorf("%s identifies clients by %s, want %s", c.policy, got, c.want)
		}
	}
}

func TestParts(t *testing.T) {
	split := Split{A: Named("cookie"), B: Policy{"two-choices", TwoChoices{3}}}
	for _, c := range []struct {
		policy Policy
		want   string
	}{
		{Named("maglev"), "[maglev]"},
		{Named("canary"), "[round-robin round-robin]"},
		{Policy{"split", split}, "[cookie {two-choices: {choices: 3}}]"},
	} {
		if got := fmt.Sprint(c.policy.Parts()); got != c.want {
			t.Errorf("%s decides by %s, want %s", c.policy.Name, got, c.want)
		}
	}
}
