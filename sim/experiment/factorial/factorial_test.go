package factorial_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"stickysim/scenarios"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/factorial"
)

func study(t *testing.T, entries string) *experiment.Study {
	t.Helper()
	spec, err := scenarios.Parse("test", []byte(`
version: 1
name: factors
duration: 10m
warmup: 0s
replications: 6
servers: {count: 4, cores: 64}
health: oracle
workload:
  - {population: custom, name: visitors, sessions: poisson(1/s), life: exp(5m), think: exp(15s), service: 1ms, cookies: 100%, state: {size: 1KiB}, on_loss: leave}
  - {population: custom, name: nat, users: 20, addresses: 1, think: exp(15s), service: 1ms}
policies: [{cookie: {balance: random}}]
timeline:
`+entries))
	if err != nil {
		t.Fatal(err)
	}
	b := scenarios.Build(spec, nil)
	if err := b.Problems.Err(); err != nil {
		t.Fatal(err)
	}
	return b.Study
}

// Crashes of different servers at one instant add up exactly: no interaction. Of one server, the second does nothing where the
// first is on: the effect of each is half of what it does alone, and the interaction takes all of it away. A third factor
// that has nothing to do with it changes none of this.
func TestExactContrasts(t *testing.T) {
	t.Parallel()
	for _, second := range []string{"server-2", "server-1"} {
		s := study(t, "  - {at: 5m, name: a, crash: {servers: [server-1]}}\n  - {at: 5m, name: b, crash: {servers: ["+second+"]}}\n")
		r, err := factorial.Run(s, []string{"a", "b", "nat"}, experiment.Options{})
		if err != nil {
			t.Fatal(err)
		}
		alt := &r.Alternatives[0]
		if len(alt.Rows) != 6 || alt.Rows[3].Label() != "a × b" {
			t.Fatalf("rows %+v", alt.Rows)
		}
		a, pair, together, beyond := alt.Rows[0].Effects.Of(factorial.People), alt.Rows[3].Effects.Of(factorial.People), alt.Together.Of(factorial.People), alt.Beyond.Of(factorial.People)
		alone := alt.Alone[0].Effects.Of(factorial.People)
		for i := range alone.Values {
			m := alone.Values[i]
			want := [...]float64{m, 0, m + alt.Alone[1].Effects.Of(factorial.People).Values[i], 0}
			if second == "server-1" {
				want = [...]float64{m / 2, -m, m, -m}
			}
			// A few users of nat are new people, and affected by nothing here.
			got := [...]float64{a.Values[i], pair.Values[i], together.Values[i] - alt.Alone[2].Effects.Of(factorial.People).Values[i], beyond.Values[i]}
			for k := range want {
				if math.Abs(got[k]-want[k]) > 1e-9 {
					t.Errorf("%s, replication %d: effect, interaction, together and beyond are %v, want %v", second, i, got, want)
					break
				}
			}
		}
		if !alone.Decided || alone.Estimate.Mean < 50 || beyond.None() != (second == "server-2") {
			t.Errorf("%s: alone %+v, beyond %+v", second, alone.Estimate, beyond.Estimate)
		}
	}
}

// Factors are found by name, and by kind all of one; others are refused with what there is.
func TestFactorsThatAreUnknown(t *testing.T) {
	s := study(t, "  - {at: 5m, name: a, crash: {servers: [server-1]}}\n  - {at: 6m, crash: {servers: 1}}\n  - {at: 7m, preempt: {}}\n")
	s.Replications.Min, s.Replications.Max = 1, 1
	if r, err := factorial.Run(s, []string{"crash", "preempt at 7m"}, experiment.Options{}); err != nil || fmt.Sprint(r.Factors) != "[crash preempt at 7m]" || len(r.Alternatives[0].Rows) != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	for _, names := range [][]string{{"crash"}, {"crash", "crash"}, {"crash", "deploy"}} {
		var unknown *factorial.Unknown
		if _, err := factorial.Run(s, names, experiment.Options{}); !errors.As(err, &unknown) || !strings.Contains(strings.Join(unknown.Known, " "), "preempt at 7m visitors nat") {
			t.Errorf("%v: %v", names, err)
		}
	}
}
