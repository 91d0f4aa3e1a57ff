package experiment

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/stats"
)

// single is an M/M/1 queue at load .7: the mean time in it is 10/3 s.
func single() *sim.Model {
	demand, _ := dist.NewExp(1)
	one, _ := dist.NewDeterministic(1)
	return &sim.Model{Warmup: 500 * sim.Second, Duration: 3000 * sim.Second, Balancers: sim.Balancers{Count: 1}, NewPolicy: func(sim.Env) sim.Balancer { return pinned{} },
		Servers:     []sim.Server{{Info: sim.ServerInfo{Name: "a", Weight: 1}, Cores: 1, Speed: 1, Queue: -1}},
		Populations: []sim.Population{{Name: "v", Sessions: planned{poisson(.7)}, Requests: one, Demand: demand}}}
}

// planned is a Poisson process that says how many sessions it plans.
type planned struct{ poisson }

func (p planned) RateAt(sim.Time) float64 { return p.Rate() }
func (p planned) Peak() float64           { return p.Rate() }

// Control variates make the interval of a queue's mean much narrower, and it holds what theory says. They change no
// replication, and no difference between alternatives.
func TestControlVariates(t *testing.T) {
	run := func(controls bool) *Result {
		fast := single()
		fast.Servers[0].Speed = 1.2
		s := &Study{Name: "queue", Seed: 1, Variants: []Variant{{Name: "a", Model: single()}, {Name: "b", Model: fast}},
			Replications: Replications{Min: 100, Max: 100, Controls: controls}}
		res, err := Run(s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	plain, with := run(false), run(true)
	mean, less := plain.Variants[0].Metric(usual).Estimate, with.Variants[0].Metric(usual).Estimate
	t.Logf("%.3f [%.3f, %.3f]; with controls %.3f [%.3f, %.3f], %.1f times the replications", mean.Mean, mean.Lo, mean.Hi, less.Mean, less.Lo, less.Hi, less.VRF)
	if less.Lo > 10./3 || less.Hi < 10./3 || less.HalfWidth() > .8*mean.HalfWidth() || math.Abs(less.VRF/math.Pow(mean.HalfWidth()/less.HalfWidth(), 2)-1) > .1 {
		t.Errorf("%v, without controls %v; in truth 3.333", less, mean)
	}
	if fmt.Sprint(plain.Comparisons) != fmt.Sprint(with.Comparisons) {
		t.Error("differences change with controls")
	}
	for v := range plain.Variants {
		if n := len(with.Variants[v].Metrics) - len(plain.Variants[v].Metrics); n != len(variates) {
			t.Errorf("%d metrics are added, want %d", n, len(variates))
		}
		for _, m := range plain.Variants[v].Metrics {
			c := with.Variants[v].Metric(m.ID)
			if !slices.EqualFunc(m.Values, c.Values, func(a, b float64) bool { return a == b || a != a && b != b }) {
				t.Errorf("%s changes in some replication", m.ID)
			}
			if e := c.Estimate; e.Kind == stats.KindInterval && (e.Mean < e.Lo || e.Mean > e.Hi) {
				t.Errorf("%s: %g is not within %g and %g", m.ID, e.Mean, e.Lo, e.Hi)
			}
		}
	}
}

// Where control variates are asked for and there are none, a warning says why.
func TestNoControlVariates(t *testing.T) {
	still, _ := dist.NewDeterministic(.5)
	fixed := single()
	fixed.Populations[0].Demand, fixed.Populations[0].Sessions = still, everySecond{}
	for want, s := range map[string]*Study{
		"no control variates: they take 20 replications, not 3":                    {Variants: []Variant{{Name: "a", Model: single()}}, Replications: Replications{Min: 3, Max: 3, Controls: true}},
		"no control variates: its clients draw nothing of which the mean is known": {Variants: []Variant{{Name: "a", Model: fixed}}, Replications: Replications{Min: 20, Max: 20, Controls: true}},
	} {
		res, err := Run(s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		found := ""
		for _, w := range res.Warnings {
			if w.Code == uncontrolled.Name {
				found = w.Message
			}
		}
		if found != want {
			t.Errorf("%q, want %q", found, want)
		}
	}
}
