package experiment

import (
	"math"
	"testing"

	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/metric"
	"stickysim/sim/rng"
	"stickysim/sim/stats"
)

// replicated is a summary with one value per replication of some metrics; of a ratio, the numerator over 1000.
func replicated(values map[string][]float64) *summary {
	s := newSummary(&sim.Model{})
	n := 0
	for _, v := range values {
		n = len(v)
	}
	for i := range n {
		var list []sim.Metric
		for _, f := range metric.All() {
			v, ok := values[f.Name]
			if !ok {
				continue
			}
			m := sim.Metric{ID: f.ID(), Value: v[i]}
			if f.Each != "" {
				m.Ratio, m.Num, m.Den, m.Value = true, v[i], 1000, v[i]/1000
			}
			list = append(list, m)
		}
		s.columns.add(list)
	}
	return s
}

func pairOf(base, other map[string][]float64) map[string]Comparison {
	s := &Study{Variants: []Variant{{Name: "base"}, {Name: "other"}}}
	found := map[string]Comparison{}
	for _, c := range compare(s, []*summary{replicated(base), replicated(other)}, .05) {
		found[c.Metric.String()] = c
	}
	return found
}

func constant(v float64, n int) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = v
	}
	return list
}

// None against hundreds in every replication is decided, whether they vary or not; one against none in five is not, and it
// is said how many would do; what never differs is equal.
func TestDifferencesWithoutVariance(t *testing.T) {
	for _, lost := range [][]float64{{950, 950, 950, 950, 950, 950}, {23700, 23650, 23810, 23760}} {
		n := len(lost)
		c := pairOf(map[string][]float64{"sessions.lost": lost, "visits.hit.ratio": constant(1000, n), "requests.failed": constant(0, n)},
			map[string][]float64{"sessions.lost": constant(0, n), "visits.hit.ratio": constant(0, n), "requests.failed": constant(0, n)})
		for _, name := range []string{"sessions.lost", "visits.hit.ratio"} {
			if x := c[name]; x.Standing() != Better || x.Needs != 0 || !(x.Difference.Hi < 0) {
				t.Errorf("%d replications, %s: %+v", n, name, x)
			}
		}
		if x := c["requests.failed"]; x.Standing() != Equal || x.Needs != 0 || x.Decided {
			t.Errorf("0 and 0: %+v", x)
		}
		if x := c["availability.requests"]; x.Standing() != Unknown {
			t.Errorf("a figure that none has: %+v", x)
		}
	}
	x := pairOf(map[string][]float64{"requests.failed": constant(0, 5)}, map[string][]float64{"requests.failed": constant(1, 5)})["requests.failed"]
	if x.Standing() != Undecided || x.Needs < 6 || x.Needs > 12 {
		t.Errorf("1 against 0, 5 times: %+v", x)
	}
	// 2^(1-n) <= .05 from 6 on, where no floor says more.
	y := pairOf(map[string][]float64{"latency.mean": constant(1, 5)}, map[string][]float64{"latency.mean": constant(2, 5)})["latency.mean"]
	if y.Standing() != Undecided || y.Needs != 6 || y.Difference.Kind != stats.KindRange {
		t.Errorf("2 s against 1 s, 5 times: %+v", y)
	}
}

// A difference may be undecided and yet known to be too small to matter.
// n is the number of replications in which a figure is defined, also where it is a ratio of the sums of all of them; of a difference
// and of a margin, those in which both figures are.
func TestCountsOfReplications(t *testing.T) {
	available := metric.Read("availability.requests")
	shares := func(dens ...float64) *summary {
		s := &summary{columns: columns{index: map[metric.ID]*column{}}}
		for i, den := range dens {
			s.columns.add([]sim.Metric{{ID: available, Value: float64(i%2) / den, Ratio: true, Num: den * float64(i%2), Den: den}})
			if den == 0 {
				s.columns.index[available].values[i] = math.NaN()
			}
			s.faults.seen = append(s.faults.seen, 0)
		}
		return s
	}
	a, b := shares(1, 1, 0, 1, 1, 1), shares(1, 0, 0, 1, 1, 1)
	c := contrastOf(a.columns.of(available), b.columns.of(available))
	if r := c.comparison(false, .05); r.Difference.N != 4 || r.Ratio.N != 4 {
		t.Errorf("difference of %d and ratio of %d replications, want 4", r.Difference.N, r.Ratio.N)
	}
	s := &Study{Variants: []Variant{{Name: "a", Model: fleet(300)}, {Name: "b", Model: fleet(300)}}}
	objectives(t, s, "policy(a).availability.requests > 1%", "policy(a).availability.requests > policy(b).availability.requests * 0.1")
	for i, want := range []int{5, 4} {
		if v := judge(s, []*summary{a, b}, .05, nil)[i]; v.Value.N != 5 || v.Margin.N != want {
			t.Errorf("verdict %d: value of %d and margin of %d replications, want 5 and %d", i, v.Value.N, v.Margin.N, want)
		}
	}
}

func TestNegligible(t *testing.T) {
	base, other := constant(1, 20), constant(1, 20)
	for i := range base {
		base[i] += .02 * rng.Root(1).At(uint64(i)).Norm()
		other[i] = base[i] + .005*rng.Root(2).At(uint64(i)).Norm()
	}
	c := pairOf(map[string][]float64{"latency.mean": base}, map[string][]float64{"latency.mean": other})["latency.mean"]
	if c.Decided || !c.Negligible() {
		t.Errorf("half a percent: %+v", c)
	}
	for i := range other {
		other[i] += .1 * rng.Root(3).At(uint64(i)).Norm()
	}
	if c := pairOf(map[string][]float64{"latency.mean": base}, map[string][]float64{"latency.mean": other})["latency.mean"]; c.Negligible() {
		t.Errorf("ten percent: %+v", c)
	}
}

// An interval excludes 0 exactly where the comparison is decided, and its level is that of the decision.
func TestIntervalsAgreeWithDecisions(t *testing.T) {
	names := []string{"latency.p95", "latency.mean", "requests.failed", "visits.hit.ratio", "sessions.lost", "throughput"}
	decided := 0
	for trial := range uint64(300) {
		k := rng.Root(12).At(trial)
		n := 4 + int(trial%30)
		sides := [2]map[string][]float64{{}, {}}
		for m, name := range names {
			for side := range sides {
				for i := range n {
					draw := k.At(uint64(m)).At(uint64(i))
					sides[side][name] = append(sides[side][name], math.Floor(10*draw.At(9).Exp()+10*draw.At(uint64(side)).Exp()+float64(m*side)))
				}
			}
		}
		for _, c := range pairOf(sides[0], sides[1]) {
			d := c.Difference
			if !d.Defined() || d.Kind != stats.KindInterval {
				continue
			}
			if off := d.Lo > 0 || d.Hi < 0; off != c.Decided || d.Confidence < .95 {
				t.Fatalf("trial %d: %+v", trial, c)
			}
			if c.Decided {
				decided++
			} else if c.Needs >= 0 && c.Needs <= n {
				t.Errorf("trial %d: %d replications leave it undecided, and %d would decide it", trial, n, c.Needs)
			}
		}
	}
	if decided < 50 {
		t.Errorf("only %d differences are decided", decided)
	}
}

// Of figures that do not differ, pairing is said to have done harm in at most 5 % of studies; of opposed ones, always.
func TestHarmfulPairing(t *testing.T) {
	studies := 0
	for trial := range uint64(300) {
		sides := [2]map[string][]float64{{}, {}}
		for m, name := range []string{"latency.p95", "latency.mean", "requests.failed", "throughput"} {
			for side := range sides {
				for i := range uint64(8) {
					sides[side][name] = append(sides[side][name], 100+rng.Root(5).At(trial).At(uint64(m)).At(uint64(side)).At(i).Norm())
				}
			}
		}
		for _, c := range pairOf(sides[0], sides[1]) {
			if c.Widened {
				studies++
				break
			}
		}
	}
	if studies > 15+8 {
		t.Errorf("pairing was harmful in %d of 300 studies", studies)
	}
	up, down := []float64{1, 2, 3, 4, 5, 6, 7.5, 8}, []float64{8, 7, 6, 5, 4, 3.2, 2, 1}
	if c := pairOf(map[string][]float64{"throughput": up}, map[string][]float64{"throughput": down})["throughput"]; !c.Widened || !(c.VRF < 1) {
		t.Errorf("opposed: %+v", c)
	}
}

// Replications are added until the comparisons of the first screen are decided, and no further than that.
func TestUntilDecided(t *testing.T) {
	s := study(queue(2, 1, 12, 100), 4, 5)
	s.Variants = append(s.Variants, Variant{Name: "pinned", Model: func() *sim.Model {
		m := *s.Variants[0].Model
		m.NewPolicy = func(sim.Env) sim.Balancer { return pinned{} }
		demand, _ := dist.NewExp(.103)
		m.Populations = []sim.Population{m.Populations[0]}
		m.Populations[0].Demand = demand
		return &m
	}()})
	s.Replications = Replications{Min: 5, Max: 400, Decided: true}
	res, err := Run(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := res.Variants[0].Replications
	if n < 10 || n >= 400 {
		t.Errorf("%d replications", n)
	}
	for _, c := range res.Comparisons {
		if f := c.Metric.Of(); f.Show.First > 0 && c.Standing() == Undecided && !c.Negligible() {
			t.Errorf("%s is undecided after %d replications", f.Name, n)
		}
		if c.Difference.Confidence < 1-stats.LookAlpha(.05, 1) {
			t.Errorf("%s: level %g does not allow for the looks", c.Metric, c.Difference.Confidence)
		}
	}
	s.Replications.Max = 10
	if res, err = Run(s, Options{}); err != nil || n > 10 && codesOf(res)[0] != undecided.Name {
		t.Errorf("10 replications do not decide it, and the warnings are %v (%v)", codesOf(res), err)
	}
}

// A crash of a drawn server is shown by the rank of the server, and matters where one server has most of the sessions.
func TestVictims(t *testing.T) {
	m := fleet(1)
	repair, _ := dist.NewDeterministic(120)
	m.Duration = 1200 * sim.Second
	m.Timeline = []sim.Action{{Kind: sim.Crash, At: 600 * sim.Second, Servers: 1, Zone: -1, Repair: repair}}
	m.NewPolicy = func(sim.Env) sim.Balancer { return lopsided{} }
	res, err := Run(study(m, 2, 20), Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := res.Variants[0].Victims
	seen, ranks := 0, map[int]float64{}
	for _, v := range rows {
		seen += len(v.Replications)
		if !v.Matters || v.Action != 0 || len(v.Servers) == 0 {
			t.Errorf("%+v", v)
		}
		for _, x := range v.Metrics {
			if x.Metric.Family == "visits.hit.ratio" {
				ranks[v.Rank] = x.Value
			}
		}
	}
	if len(rows) < 2 || seen != 20 || !(ranks[1] > 3*ranks[3]) {
		t.Errorf("rows %+v", rows)
	}
}

// lopsided sends three sessions of four to the first server.
type lopsided struct{}

func (lopsided) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	if k := rng.Key(q.Hash).IntN(4 * (len(v.Eligible) - 1)); k < len(v.Eligible)-1 {
		return v.Eligible[1+k]
	}
	return v.Eligible[0]
}

// Replications that are all equal are said to be one sample.
func TestEqualReplications(t *testing.T) {
	m := queue(1, 1, 1, 50)
	one, _ := dist.NewDeterministic(.1)
	m.Populations[0].Demand, m.Populations[0].Sessions = one, everySecond{}
	res, err := Run(study(m, 1, 6), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if codes := codesOf(res); len(codes) == 0 || codes[0] != equalReplications.Name {
		t.Errorf("warnings %v", codes)
	}
}

type everySecond struct{}

func (everySecond) Start(rng.Key) sim.Arrivals { return everySecond{} }
func (everySecond) Next(t sim.Time) sim.Time   { return t + sim.Second }
func (everySecond) Rate() float64              { return 1 }
func (everySecond) String() string             { return "every second" }
