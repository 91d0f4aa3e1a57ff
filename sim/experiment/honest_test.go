package experiment

import (
	"math"
	"slices"
	"testing"

	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/metric"
	"stickysim/sim/rng"
	"stickysim/sim/stats"
)

// fleet is five servers with sessions in their memory, each of which crashes about so often (in hours).
func fleet(mtbf float64) *sim.Model {
	requests, _ := dist.NewGeometric(10)
	think, _ := dist.NewExp(10)
	demand, _ := dist.NewExp(.05)
	repair, _ := dist.NewDeterministic(120)
	every, _ := dist.NewExp(mtbf * 3600)
	m := &sim.Model{Duration: sim.FromSeconds(3600), Equilibrium: true, Balancers: sim.Balancers{Count: 1}, State: sim.Placement{Kind: sim.Local},
		NewPolicy:   func(sim.Env) sim.Balancer { return pinned{} },
		Populations: []sim.Population{{Name: "v", Sessions: poisson(.3), Requests: requests, Think: think, Demand: demand, Cookies: 1, Stateful: true, State: 1000}},
		Health:      sim.Health{Interval: 5 * sim.Second, Timeout: 2 * sim.Second, Fall: 3, Rise: 2},
		Timeline:    []sim.Action{{Kind: sim.Crash, Every: every, Each: true, Servers: 1, Zone: -1, Repair: repair}}}
	for i := range 5 {
		m.Servers = append(m.Servers, sim.Server{Info: sim.ServerInfo{Name: string(rune('a' + i)), Weight: 1}, Cores: 2, Speed: 1, Queue: 200})
	}
	return m
}

var lost = metric.Must("sessions.lost").ID()

// A count that is 0 in the first replications has no precision: more are added up to the most that are allowed. Here one
// crash comes in sixty replications.
func TestZeroIsNotPrecise(t *testing.T) {
	s := study(fleet(300), 31, 5)
	s.Replications = Replications{Min: 5, Max: 60, Precision: .2, Metric: lost}
	res, err := Run(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := res.Variants[0].Replications; n != 60 {
		t.Errorf("stopped after %d replications", n)
	}
}

// Without faults, nothing lost is bounded by the rule of three: over the sessions for a ratio, over the replications for a
// count. With faults at random times of which none struck, a count has no bound.
func TestNothingSeenIsBounded(t *testing.T) {
	calm := fleet(300)
	calm.Timeline = nil
	res, err := Run(study(calm, 1, 6), Options{})
	if err != nil {
		t.Fatal(err)
	}
	v := &res.Variants[0]
	ratio := v.Metric(metric.Read("sessions.lost.ratio")).Estimate
	if ratio.Kind != stats.KindBound || ratio.Mean != 0 || ratio.Lo != 0 || math.Abs(ratio.Hi*6*1110/3-1) > .1 {
		t.Errorf("none of about 6660 sessions: %+v", ratio)
	}
	if e := v.Metric(lost).Estimate; e.Kind != stats.KindBound || math.Abs(e.Hi-.499) > .001 {
		t.Errorf("none in 6 replications: %+v", e)
	}
	if e := v.Metric(metric.Must("availability.requests").ID()).Estimate; e.Kind != stats.KindBound || e.Hi != 1 || !(e.Lo > .9999) {
		t.Errorf("all requests: %+v", e)
	}
	rare, err := Run(study(fleet(1e5), 1, 6), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e := rare.Variants[0].Metric(lost).Estimate; e.Kind != stats.KindRange || len(e.Warnings) != 1 {
		t.Errorf("no fault in 6 replications: %+v", e)
	}
	if !slices.ContainsFunc(codesOf(rare), func(c string) bool { return c == fewFaults.Name }) {
		t.Error("no warning that no fault struck")
	}
}

func codesOf(r *Result) (list []string) {
	for _, w := range r.Warnings {
		list = append(list, w.Code)
	}
	return list
}

// The 99.9th percentile of 40,000 requests is no figure; the 99th is that of an M/M/1, -ln(.01)/5 s = 0.92 s.
func TestQuantilesNeedRequests(t *testing.T) {
	m := queue(1, 1, 5, 20)
	m.Warmup = sim.FromSeconds(20)
	res, err := Run(study(m, 21, 400), Options{})
	if err != nil {
		t.Fatal(err)
	}
	v := &res.Variants[0]
	if e := v.Metric(metric.Read("latency.p99.9")).Estimate; !math.IsNaN(e.Mean) || e.Kind != stats.KindNone || len(e.Warnings) == 0 {
		t.Errorf("p99.9 of 40,000 requests: %+v", e)
	}
	e := v.Metric(metric.Read("latency.p99")).Estimate
	if truth := math.Log(100) / 5; !(e.Lo < truth && truth < e.Hi) {
		t.Errorf("p99 %+v; the truth is %g", e, truth)
	}
}

// Shares stay between 0 and 1, and nothing is negative, whatever the replications.
func TestIntervalsStayWithinBounds(t *testing.T) {
	share := metric.Must("hotspot.time")
	for trial := range uint64(300) {
		n := 5 + int(trial%20)
		c := &column{id: share.ID()}
		for i := range n {
			u := rng.Root(3).At(trial).At(uint64(i)).Float64()
			c.values = append(c.values, 1-math.Pow(u, 9))
		}
		if e := c.estimate(.95, chance{}); !(e.Lo >= 0 && e.Hi <= 1 && e.Lo <= e.Mean && e.Mean <= e.Hi) {
			t.Errorf("trial %d: %+v of %v", trial, e, c.values)
		}
	}
}

// Where few replications differ from the others, their range is given, and no interval.
func TestFewAreNoInterval(t *testing.T) {
	for _, x := range [][]float64{{0, 0, 0, 0, 0, 0, 6, 0}, {1, 1, 1, 1, 1, .5, 1, 1}, {.0012, .0011, 19, .0013, .0012, .0012, 17}} {
		if e := (&columns{}).plain(x, .95); e.Kind != stats.KindRange || e.Lo != slices.Min(x) || e.Hi != slices.Max(x) || len(e.Warnings) == 0 {
			t.Errorf("%v: %+v", x, e)
		}
	}
	if e := (&columns{}).plain([]float64{0, 3, 0, 5, 2, 0, 1, 4}, .95); e.Kind != stats.KindInterval {
		t.Errorf("%+v", e)
	}
}

// Replications that differ in kind are found; homogeneous ones are almost never split.
func TestKinds(t *testing.T) {
	if got := stats.Split([]float64{.0012, .0011, 19, .0013, .0012, .0012, 17}, 0); !slices.Equal(got, []int{2, 6}) {
		t.Errorf("meltdowns %v", got)
	}
	if got := stats.Split([]float64{100, 110, 95, 420, 105}, 2); !slices.Equal(got, []int{3}) {
		t.Errorf("the hot server %v", got)
	}
	shapes := map[string]func(k rng.Key) float64{
		"normal":         func(k rng.Key) float64 { return 10 + k.Norm() },
		"lognormal cv 1": func(k rng.Key) float64 { return math.Exp(.83 * k.Norm()) },
		"exponential":    func(k rng.Key) float64 { return k.Exp() },
		"rare count": func(k rng.Key) float64 {
			n := 0.0
			for at := k.At(0).Exp(); at < .7; at += k.At(uint64(n) + 1).Exp() {
				n++
			}
			return n
		},
	}
	for name, shape := range shapes {
		for _, n := range []int{5, 8, 20, 60} {
			split, tries := 0, 2000
			for trial := range uint64(tries) {
				x := make([]float64, n)
				for i := range x {
					x[i] = shape(rng.Root(9).At(trial).At(uint64(i)))
				}
				least := 0.0
				if name == "rare count" {
					least = 2
				}
				if stats.Split(x, least) != nil {
					split++
				}
			}
			if share := float64(split) / float64(tries); share > .01 {
				t.Errorf("%s, n = %d: %.2f %% are split", name, n, 100*share)
			}
		}
	}
}
