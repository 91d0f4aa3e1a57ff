package experiment

import (
	"errors"
	"math"
	"os"
	"reflect"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"testing"

	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/metric"
	"stickysim/sim/rng"
)

type poisson float64

func (p poisson) Start(k rng.Key) sim.Arrivals { return &arrivals{float64(p), k, 0} }
func (p poisson) Rate() float64                { return float64(p) }
func (p poisson) String() string               { return "poisson" }

type arrivals struct {
	rate float64
	k    rng.Key
	n    uint64
}

func (a *arrivals) Next(t sim.Time) sim.Time {
	a.n++
	return t + sim.FromSeconds(a.k.At(a.n).Exp()/a.rate)
}

type uniform struct{}

func (uniform) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	return v.Eligible[q.Draw.IntN(len(v.Eligible))]
}

type pinned struct{}

func (pinned) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	return v.Eligible[rng.Key(q.Hash).IntN(len(v.Eligible))]
}

// queue is an M/M/c station with mu = 10 in front of n servers.
func queue(n, cores int, rate, seconds float64) *sim.Model {
	one, _ := dist.NewDeterministic(1)
	service, _ := dist.NewExp(.1)
	m := &sim.Model{Warmup: sim.FromSeconds(seconds / 10), Duration: sim.FromSeconds(seconds), Grid: sim.FromSeconds(seconds / 40), Balancers: sim.Balancers{Count: 1},
		NewPolicy:   func(sim.Env) sim.Balancer { return uniform{} },
		Populations: []sim.Population{{Name: "p", Sessions: poisson(rate), Requests: one, Demand: service, Cookies: 1}}}
	for i := range n {
		m.Servers = append(m.Servers, sim.Server{Info: sim.ServerInfo{Name: string(rune('a' + i)), Weight: 1}, Cores: cores, Speed: 1, Queue: -1})
	}
	return m
}

func study(m *sim.Model, seed uint64, n int) *Study {
	return &Study{Name: "test", Seed: seed, Variants: []Variant{{Name: "only", Model: m}}, Replications: Replications{Min: n, Max: n}}
}

// Runs are short and leave much behind: a heap that may grow further before it is collected saves a quarter of the time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// Intervals contain the truth about as often as they say: of 400 experiments of 10 replications, 92 to 98 % do. Experiments
// are drawn with replacement from replications, each of which is in thirteen of them; with STICKYSIM_FULL=1 each
// is in one. The seeds are fixed.
func TestIntervalsCover(t *testing.T) {
	t.Parallel()
	const experiments, size = 400, 10
	replications := 300
	if os.Getenv("STICKYSIM_FULL") != "" {
		replications = 4000
	}
	for _, c := range []struct {
		name   string
		model  *sim.Model
		metric string
		truth  float64
	}{
		{"M/M/1 rho .5", queue(1, 1, 5, 300), "latency.mean", .2},
		{"M/M/4 rho .7 wait", queue(1, 4, 28, 100), "wait.mean", .0357249},
	} {
		all := make([]*sim.Result, replications)
		for i := range all {
			r := sim.Run(c.model, 1000, i, sim.Options{})
			all[i] = &sim.Result{Metrics: slices.DeleteFunc(r.Metrics, func(m sim.Metric) bool { return m.Name() != c.metric })}
		}
		covered := 0
		for e := range uint64(experiments) {
			some := make([]*sim.Result, size)
			for i := range some {
				some[i] = all[rng.Root(8).At(e).At(uint64(i)).IntN(len(all))]
			}
			s := drawn(c.model, some)
			if iv := s.of(metric.Read(c.metric)).estimate(.95, s.faults); iv.Lo <= c.truth && c.truth <= iv.Hi {
				covered++
			}
		}
		if share := float64(covered) / experiments; share < .92 || share > .98 {
			t.Errorf("%s: %.3f of the intervals cover %g; want .92 to .98", c.name, share, c.truth)
		} else {
			t.Logf("%s: %.3f covered", c.name, share)
		}
	}
}

func TestThreadsDoNotMatter(t *testing.T) {
	s := study(queue(3, 2, 40, 200), 7, 6)
	s.Variants = append(s.Variants, Variant{Name: "pinned", Model: func() *sim.Model {
		m := *s.Variants[0].Model
		m.NewPolicy = func(sim.Env) sim.Balancer { return pinned{} }
		return &m
	}()})
	s.AutoWarmup = true
	one, err := Run(s, Options{Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	two, err := Run(s, Options{Jobs: 2})
	if err != nil {
		t.Fatal(err)
	}
	if !equal(one, two) {
		t.Error("one and two jobs give different results")
	}
	again, _ := Run(s, Options{Jobs: 2})
	if !equal(two, again) {
		t.Error("the same study twice gives different results")
	}
	s.Seed++
	other, _ := Run(s, Options{Jobs: 2})
	if equal(two, other) {
		t.Error("two seeds give the same result")
	}
	v := one.Variants[0].Metric(usual).Values
	if v[0] == v[1] {
		t.Error("two replications are the same")
	}
}

// equal compares results with NaN equal to NaN.
func equal(a, b *Result) bool {
	return reflect.DeepEqual(bitsOf(a), bitsOf(b))
}

func bitsOf(r *Result) []uint64 {
	var out []uint64
	for _, v := range r.Variants {
		for _, m := range v.Metrics {
			for _, x := range append(m.Values, m.Estimate.Mean, m.Estimate.Lo, m.Estimate.Hi) {
				out = append(out, math.Float64bits(x))
			}
		}
		for _, x := range v.Series.Of(sim.UtilizationSeries) {
			out = append(out, math.Float64bits(x))
		}
	}
	for _, c := range r.Comparisons {
		out = append(out, math.Float64bits(c.Difference.Mean), math.Float64bits(c.Ratio.Hi))
	}
	return append(out, math.Float64bits(r.Warmup))
}

// With one server every policy is the same policy.
func TestOneServerMakesPoliciesEqual(t *testing.T) {
	s := study(queue(1, 2, 15, 200), 3, 3)
	m := *s.Variants[0].Model
	m.NewPolicy = func(sim.Env) sim.Balancer { return pinned{} }
	s.Variants = append(s.Variants, Variant{Name: "pinned", Model: &m})
	res, err := Run(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range res.Variants[0].Metrics {
		if o := res.Variants[1].Metrics[i]; !sameValues(m.Values, o.Values) {
			t.Errorf("%s differs: %v and %v", m.Name(), m.Values, o.Values)
		}
	}
	for _, c := range res.Comparisons {
		if c.Decided {
			t.Errorf("%s: a difference was found between equal runs", c.Metric)
		}
	}
}

func sameValues(a, b []float64) bool {
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

func TestSequentialStopping(t *testing.T) {
	s := study(queue(1, 1, 5, 200), 1, 10)
	s.Replications = Replications{Min: 5, Max: 400, Precision: .03}
	res, err := Run(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := res.Variants[0].Metric(usual).Estimate
	if e.N >= 400 || e.N < 10 || e.HalfWidth()/e.Mean > .03 {
		t.Errorf("stopped after %d replications at a relative half-width of %g", e.N, e.HalfWidth()/e.Mean)
	}
}

// A study that is stopped keeps what every variant has finished.
func TestStop(t *testing.T) {
	var calls atomic.Int64
	s := study(queue(1, 1, 5, 200), 1, 1000)
	res, err := Run(s, Options{Jobs: 1, Stop: func() bool { return calls.Add(1) > 2000 }})
	if err != nil {
		t.Fatal(err)
	}
	n := res.Variants[0].Replications
	if !res.Interrupted || n == 0 || n >= 1000 {
		t.Errorf("interrupted %v after %d replications", res.Interrupted, n)
	}
}

type broken struct{}

func (broken) Pick(*sim.Request, *sim.View) sim.ServerID { return 99 }

func TestBrokenInvariantIsAnError(t *testing.T) {
	m := queue(1, 1, 5, 10)
	m.NewPolicy = func(sim.Env) sim.Balancer { return broken{} }
	_, err := Run(study(m, 1, 2), Options{Jobs: 2})
	var inv *sim.InvariantError
	if !errors.As(err, &inv) || inv.Invariant != "routing" {
		t.Errorf("got %v; want the broken invariant", err)
	}
}

func TestWarmupIsFound(t *testing.T) {
	m := queue(1, 1, 9, 2000) // starts empty, settles at 9 in the system
	s := study(m, 1, 3)
	s.AutoWarmup = true
	res, err := Run(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if res.WarmupMethod != "mser-5" || res.Warmup <= 0 || res.Warmup > 1000 {
		t.Errorf("warm-up %g by %s", res.Warmup, res.WarmupMethod)
	}
}
