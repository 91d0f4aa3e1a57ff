package reports

import (
	"fmt"
	"math"
	"sync"
	"testing"

	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/experiment"
	"stickysim/sim/rng"
	"stickysim/sim/stats"
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

// byHash sends a client to the server its hash names; skew > 1 prefers the first servers.
type byHash struct{ skew float64 }

func (p byHash) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	u := math.Pow(float64(q.Hash>>11)/(1<<53), p.skew)
	return v.Eligible[min(int(u*float64(len(v.Eligible))), len(v.Eligible)-1)]
}

type anywhere struct{}

func (anywhere) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	return v.Eligible[q.Draw.IntN(len(v.Eligible))]
}

// shop is a fleet with sessions in the servers' memory, one of which crashes half way.
func shop(servers int, placement sim.PlacementKind, policy sim.Balancer) *sim.Model {
	requests, _ := dist.NewGeometric(20)
	think, _ := dist.NewExp(5)
	demand, _ := dist.NewExp(.04)
	repair, _ := dist.NewDeterministic(60)
	m := &sim.Model{Warmup: 100 * sim.Second, Duration: 600 * sim.Second, Balancers: sim.Balancers{Count: 1}, State: sim.Placement{Kind: placement},
		NewPolicy: func(sim.Env) sim.Balancer { return policy },
		Populations: []sim.Population{
			{Name: "shopper", Sessions: poisson(.4 * float64(servers)), Requests: requests, Think: think, Demand: demand, Cookies: 1, Stateful: true, State: 5e4},
			{Name: "bot", Sessions: poisson(.02 * float64(servers)), Requests: requests, Think: think, Demand: demand}},
		Timeline: []sim.Action{{Kind: sim.Crash, At: 250 * sim.Second, Servers: 1, Zone: -1, Repair: repair}}}
	for i := range servers {
		m.Servers = append(m.Servers, sim.Server{Info: sim.ServerInfo{Name: fmt.Sprintf("10.0.0.%d:3000", 11+i), Weight: 1}, Cores: 1, Speed: 1, Queue: 100})
	}
	return m
}

func study(name string, replications int, variants ...experiment.Variant) *experiment.Study {
	return &experiment.Study{Name: name, Description: "A shop loses a server.", Seed: 1, Variants: variants,
		Replications: experiment.Replications{Min: replications, Max: replications}}
}

// run carries out a study once per test binary.
func run(t testing.TB, key string, make func() *experiment.Study) *experiment.Result {
	t.Helper()
	memo.Lock()
	defer memo.Unlock()
	if memo.results[key] == nil {
		res, err := experiment.Run(make(), experiment.Options{})
		if err != nil {
			t.Fatal(err)
		}
		memo.results[key] = res
	}
	return memo.results[key]
}

var memo = struct {
	sync.Mutex
	results map[string]*experiment.Result
}{results: map[string]*experiment.Result{}}

// three is the usual case: three variants on five servers.
func three(t testing.TB) *experiment.Result {
	return run(t, "three", func() *experiment.Study {
		return study("checkout", 6,
			experiment.Variant{Name: "cookie", Policy: "cookie: {ttl: 1h}", State: "local", Model: shop(5, sim.Local, byHash{1})},
			experiment.Variant{Name: "hot-hash", Policy: "ip-hash", State: "local", Model: shop(5, sim.Local, byHash{2.2})},
			experiment.Variant{Name: "stateless", Policy: "random", State: "none", Model: shop(5, sim.NoState, anywhere{})})
	})
}

// alone is one variant on one server, in one replication: no interval, no comparison.
func alone(t testing.TB) *experiment.Result {
	return run(t, "alone", func() *experiment.Study {
		return study("alone", 1, experiment.Variant{Name: "round-robin", Model: shop(1, sim.NoState, anywhere{})})
	})
}

// wide has eight variants with names too long for any table and forty servers.
func wide(t testing.TB) *experiment.Result {
	return run(t, "wide", func() *experiment.Study {
		s := study("wide", 2)
		for i := range 8 {
			policy := sim.Balancer(byHash{1 + .3*float64(i)})
			if i == 3 {
				policy = anywhere{}
			}
			m := shop(40, sim.Local, policy)
			m.Warmup, m.Duration, m.Timeline[0].At = 60*sim.Second, 120*sim.Second, 100*sim.Second
			s.Variants = append(s.Variants, experiment.Variant{
				Name: fmt.Sprintf("haproxy/stick-table: {key: src, expire: 30m, size: 1m} behind %d | a | pipe", i), Model: m})
		}
		return s
	})
}

// broken is a result by hand in which nothing is defined, with names from the gutter.
func broken() *experiment.Result {
	nan := math.NaN()
	none := stats.Estimate{Mean: nan, Lo: nan, Hi: nan, Confidence: .95}
	r := &experiment.Result{Schema: experiment.Schema, Name: "broken\x1b[2J | *name*\nof two lines", Confidence: .95, Baseline: "a\tb", WarmupMethod: "none",
		Warnings: []string{"this | that " + fmt.Sprint(make([]int, 200))}, Interrupted: true}
	for _, name := range []string{"a\tb", "a b", "日本語の名前" + fmt.Sprint(make([]int, 40))} {
		v := experiment.VariantResult{Name: name, Servers: []experiment.ServerEstimate{{Name: "<b>|", Share: none, Utilization: none, Requests: none,
			Sessions: none, Memory: none, Errors: none, Down: none, LatencyMean: none, LatencyP50: none, LatencyP95: none, LatencyP99: none}},
			Series: experiment.SeriesMean{Step: 1, Points: 2, Utilization: []float64{nan, nan}, Requests: []float64{nan, nan}, InSystem: []float64{nan, nan},
				Sessions: []float64{nan, nan}, Errors: []float64{nan, nan}, LostSessions: []float64{nan, nan}, Servers: []float64{nan, nan},
				Load: []float64{nan, nan}, Median: []float64{nan, nan}, Answered: []float64{nan, nan}, Failed: []float64{nan, nan}}}
		for _, m := range []string{"latency.p95", "sessions.lost", "sessions.lost{cause=crash}", "server.utilization.max", "latency.p95{population=a|b}"} {
			v.Metrics = append(v.Metrics, experiment.Metric{Name: m, Unit: "s", Estimate: none, Values: []float64{nan}})
		}
		r.Variants = append(r.Variants, v)
		if name != r.Baseline {
			r.Comparisons = append(r.Comparisons, experiment.Comparison{Variant: name, Metric: "latency.p95", Unit: "s", Difference: none, Ratio: none, VRF: math.Inf(1)})
		}
	}
	return r
}

// cases are results of every kind.
func cases(t testing.TB) map[string]*experiment.Result {
	return map[string]*experiment.Result{"three": three(t), "alone": alone(t), "wide": wide(t), "broken": broken()}
}
