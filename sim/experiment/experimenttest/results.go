// Package experimenttest holds results for tests of code that renders, writes or reads results: an ordinary one, and one
// for each way in which a result can be extreme.
//
// Floor 4.
package experimenttest

import (
	"bytes"
	"fmt"
	"math"
	"sync"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/dist"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
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

// once carries out a study, when its result is first asked for. The studies are valid, so an error is a bug here.
func once(make func() *experiment.Study) func() *experiment.Result {
	return sync.OnceValue(func() *experiment.Result {
		res, err := experiment.Run(make(), experiment.Options{})
		if err != nil {
			panic(err)
		}
		return res
	})
}

var three = once(func() *experiment.Study {
	return study("checkout", 6,
		experiment.Variant{Name: "cookie", Policy: "cookie: {ttl: 1h}", State: "local", Model: shop(5, sim.Local, byHash{1})},
		experiment.Variant{Name: "hot-hash", Policy: "ip-hash", State: "local", Model: shop(5, sim.Local, byHash{2.2})},
		experiment.Variant{Name: "stateless", Policy: "random", State: "none", Model: shop(5, sim.NoState, anywhere{})})
})

// Three is the usual case: three alternatives on five servers, one of which crashes.
func Three() *experiment.Result { return three() }

var alone = once(func() *experiment.Study {
	return study("alone", 1, experiment.Variant{Name: "round-robin", Model: shop(1, sim.NoState, anywhere{})})
})

// Alone is one alternative on one server, in one replication: no interval, no comparison.
func Alone() *experiment.Result { return alone() }

// turned prefers another server in each replication.
type turned struct {
	byHash
	turn int
}

func (p turned) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	s := p.byHash.Pick(q, v)
	if s == sim.NoServer {
		return s
	}
	return v.Eligible[(int(s)+p.turn)%len(v.Eligible)]
}

var moving = once(func() *experiment.Study {
	m := shop(5, sim.NoState, nil)
	m.Timeline = nil
	m.NewPolicy = func(e sim.Env) sim.Balancer { return turned{byHash{2.2}, e.Hash.Stream("hot").IntN(5)} }
	return study("moving", 6, experiment.Variant{Name: "hash", Model: m})
})

// Moving is one alternative whose hot server is another one in each replication.
func Moving() *experiment.Result { return moving() }

var wide = once(func() *experiment.Study {
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

// Wide has eight alternatives with names too long for any table, and forty servers.
func Wide() *experiment.Result { return wide() }

var judged = once(func() *experiment.Study {
	s := study("judged", 6,
		experiment.Variant{Name: "cookie", State: "local", Model: shop(5, sim.Local, byHash{1})},
		experiment.Variant{Name: "random", State: "none", Model: shop(5, sim.NoState, anywhere{})})
	s.Gate = []string{"cookie"}
	for _, text := range []string{"latency.p95 < 300ms", "sessions.lost.ratio < 1%", "policy(cookie).latency.p95 <= policy(random).latency.p95", "latency.p95 <= baseline * 1.05",
		"sessions.lost{cause=crash} < 0.1", "latency.p99 < 20ms"} {
		o, err := experiment.ParseObjective(text, s.Scope())
		if err != nil {
			panic(err)
		}
		s.Objectives = append(s.Objectives, o)
	}
	s.Objectives[5].Warn, s.Objectives[0].On = true, []string{"cookie"}
	return s
})

// Judged has objectives that are met, missed and undecided, and one that only warns.
func Judged() *experiment.Result { return judged() }

// Crowded has eight alternatives without any figures, but with thirty objectives that they miss, or leave undecided.
func Crowded() *experiment.Result {
	r := Empty()
	r.Name, r.Baseline, r.Variants = "crowded", "envoy/maglev behind 0 | a | pipe", nil
	for i := range 8 {
		r.Variants = append(r.Variants, experiment.VariantResult{Name: fmt.Sprintf("envoy/maglev behind %d | a | pipe", i), Replications: 9})
	}
	for i := range 30 {
		o, err := experiment.ReadObjective(fmt.Sprintf("policy(%s).latency.p95{population=shopper} <= policy(%s).latency.p95{population=bot} * 1.%04d", r.Variants[0].Name, r.Variants[1].Name, i+1))
		if err != nil {
			panic(err)
		}
		r.Objectives = append(r.Objectives, o)
		for k := range r.Variants {
			e := stats.Estimate{Mean: float64(i+1) / 7, Lo: .1, Hi: 5, Confidence: .999, N: 2}
			margin := e
			if k%2 > 0 {
				margin.Mean, margin.Lo, margin.Hi = -e.Mean, -e.Hi, -e.Lo
			}
			r.Verdicts = append(r.Verdicts, experiment.Verdict{Objective: i, Alternative: r.Variants[k].Name, State: experiment.VerdictState(2 * (k % 2)), Counts: true, Value: e, Limit: .1, Margin: margin, Needs: -(k + 1) % 2, Why: "the limit is within the interval"})
		}
	}
	return r
}

// Empty is the least that is a result: one alternative without metrics, servers or time series.
func Empty() *experiment.Result {
	return &experiment.Result{Schema: experiment.Schema, Name: "empty", Confidence: .95, Baseline: "a", WarmupMethod: "none",
		Variants: []experiment.VariantResult{{Name: "a"}}}
}

// Broken is a result by hand in which no figure is defined, with names that are hard to print.
func Broken() *experiment.Result {
	nan := math.NaN()
	none := stats.Estimate{Mean: nan, Lo: nan, Hi: nan, Confidence: .95}
	r := &experiment.Result{Schema: experiment.Schema, Name: "broken\x1b[2J | *name*\nof two lines", Confidence: .95, Baseline: "a\tb", WarmupMethod: "none",
		Warnings: []diag.Warning{{Code: "x|y", Severity: diag.Severe, Place: "a\nb", Alternative: "a\tb", Message: "this | that " + fmt.Sprint(make([]int, 200))}}, Interrupted: true}
	for _, name := range []string{"a\tb", "a b", "日本語の名前" + fmt.Sprint(make([]int, 40))} {
		v := experiment.VariantResult{Name: name, Replications: 1, Servers: []experiment.ServerEstimate{{Name: "<b>|"}}, Series: experiment.SeriesMean{Step: 1, Points: 2, Names: []string{"<b>|"}}}
		for _, f := range metric.ServerFigures() {
			v.Servers[0].Set(f, none)
		}
		for _, s := range metric.AllSeries() {
			v.Series.Set(s, []float64{nan, nan})
		}
		for _, m := range []string{"latency.p95", "sessions.lost", "sessions.lost{cause=crash}", "server.utilization.max", "latency.p95{population=a|b}"} {
			v.Metrics = append(v.Metrics, experiment.Metric{ID: metric.Read(m), Unit: "s", Estimate: none, Values: []float64{nan}})
		}
		r.Variants = append(r.Variants, v)
		if name != r.Baseline {
			r.Comparisons = append(r.Comparisons, experiment.Comparison{Variant: name, Metric: metric.Must("latency.p95").ID(), Unit: "s", Difference: none, Ratio: none, VRF: math.Inf(1)})
		}
	}
	return r
}

// All are the results of this package by name. They are shared: do not change them.
func All() map[string]*experiment.Result {
	return map[string]*experiment.Result{"three": Three(), "alone": Alone(), "moving": Moving(), "wide": Wide(), "judged": Judged(), "crowded": Crowded(), "empty": Empty(), "broken": Broken()}
}

// Texts are files that fuzzing can start from, made from a result.json: with extreme numbers in place of undefined ones,
// and two by hand that hold next to nothing.
func Texts(resultJSON []byte) [][]byte {
	texts := [][]byte{
		resultJSON,
		[]byte(`{"schema":"stickysim/result/1","confidence":0.5,"baseline":"a","duration":1e300,"variants":[{"name":"a"}]}`),
		[]byte(`{"schema":"stickysim/result/1","confidence":0.5,"baseline":"","duration":-1,"variants":[{},{"name":"b"}],
		"comparisons":[{"variant":"b","metric":"latency.p95","difference":{"mean":-1e308,"lo":-1e308,"hi":1e308},"decided":true}]}`),
	}
	for _, number := range []string{"1e308", "-1e-320", "3"} {
		texts = append(texts, bytes.ReplaceAll(resultJSON, []byte("null"), []byte(number)))
	}
	return texts
}
