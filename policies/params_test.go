package policies

import (
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
		got = append(got, strings.Join([]string{p.Name, p.Type, p.Default, p.Bounds, p.Doc}, "|"))
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
		{Cookie{Balance: "cookie", OnFailure: "repick"},
			`balance: must be one of round-robin, random, two-choices, least-connections, least-sessions, got "cookie"`},
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

// The policies that balance parameters allow are the textbook ones without a key.
func TestBalances(t *testing.T) {
	var keyless []string
	for _, e := range All() {
		if e.Doc.Key == KeyNone && !strings.Contains(e.Name, "/") {
			keyless = append(keyless, e.Name)
		}
	}
	if got := slices.Sorted(slices.Values(balances)); !slices.Equal(got, keyless) {
		t.Errorf("balances are %v, policies without a key %v", got, keyless)
	}
	for _, e := range All() {
		for _, p := range Params(e.Default) {
			if p.Name == "balance" && p.Bounds != "one of "+strings.Join(balances, ", ") {
				t.Errorf("%s: balance: %s; want %v", e.Name, p.Bounds, balances)
			}
		}
	}
}

func TestNew(t *testing.T) {
	if b, err := New("random", sim.Env{}); b == nil || err != nil {
		t.Errorf(`New("random") = %v, %v`, b, err)
	}
	if _, err := New("randum", sim.Env{}); err == nil || !strings.HasPrefix(err.Error(), `policy "randum" is unknown (known: bounded-load, `) {
		t.Errorf(`New("randum"): got error %v`, err)
	}
}
