//go:build unix

package sim_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/testdata/cputime"
)

// benchModel has servers of 4 cores, users who think exp(10 s), and load 0.7.
func benchModel(policy string, servers, users int, requests float64) *sim.Model {
	entry, ok := policies.Lookup(policy)
	if !ok {
		panic(policy)
	}
	think, _ := dist.NewExp(10)
	work, _ := dist.NewExp(.7 * 4 * float64(servers) * 10 / float64(users))
	m := &sim.Model{Duration: sim.FromSeconds(requests / (float64(users) / 10 * .99)), NewPolicy: entry.Default.New, Balancers: sim.Balancers{Count: 1},
		Populations: []sim.Population{{Name: "users", Users: users, Think: think, Demand: work, Cookies: 1}}}
	for i := range servers {
		info := sim.ServerInfo{Name: fmt.Sprint("s", i), Addr: fmt.Sprintf("10.0.%d.%d:80", i/250, i%250+1), Weight: 1}
		m.Servers = append(m.Servers, sim.Server{Info: info, Cores: 4, Speed: 1, Queue: -1})
	}
	m.Template = m.Servers[0]
	return m
}

// side is one of the programs that are compared: an engine with its model, or a bare loop.
type side interface {
	// round is the CPU time in ns of a request, without the start.
	round(rep int) float64
}

type engineSide struct {
	model, start *sim.Model
	spare        *sim.Workspace // as experiments have it: new memory costs time in the system, the more the busier that is
	planned      float64        // requests that the model is for, by which the time is divided; 0 = those that are sent
}

func newEngineSide(policy string, servers, users int, requests float64, change func(*sim.Model)) engineSide {
	e := engineSide{benchModel(policy, servers, users, requests), benchModel(policy, servers, users, 1), &sim.Workspace{}, 0}
	for _, m := range []*sim.Model{e.model, e.start} {
		if change != nil {
			change(m)
		}
	}
	return e
}

func (e engineSide) round(rep int) float64 {
	start := cputime.Of(func() { sim.Run(e.start, 1, rep, sim.Options{Workspace: e.spare}) })
	sent := 0.0
	spent := cputime.Of(func() {
		for _, p := range sim.Run(e.model, 1, rep, sim.Options{Workspace: e.spare}).Populations {
			sent += float64(p.Sent)
		}
	})
	if e.planned > 0 {
		sent = e.planned
	}
	return float64(spent-start) / sent
}

type limitSide struct {
	policy         string
	servers, users int
	requests       float64
}

func (l limitSide) round(int) float64 {
	loop := newLimit(l.policy, l.servers, l.users)
	return float64(cputime.Of(func() { loop.loop(int(l.requests)) })) / l.requests
}

// duel runs two sides in turns, a round for each b.N, and reports the medians of both and of the ratio of a round. The
// neighbours on a machine change its speed within minutes; a ratio of two runs side by side is what they change least.
// Where even that is outside its mark, duel measures anew, four times at most: a slow engine is slow each time.
func duel(b *testing.B, above, below side, names [2]string, within func(ratio float64) bool) (ratio float64) {
	var a, c, ratios []float64
	round := func() {
		x, y := above.round(len(a)), below.round(len(a))
		a, c, ratios = append(a, x), append(c, y), append(ratios, x/y)
	}
	for b.Loop() {
		round()
	}
	for again := 0; again < 4 && b.N >= rounds && !within(middle(ratios)); again++ {
		b.Logf("a ratio of %.3f is outside its mark: measured anew", middle(ratios))
		a, c, ratios = nil, nil, nil
		for range b.N {
			round()
		}
	}
	b.ReportMetric(0, "ns/op") // is time on the wall
	b.ReportMetric(middle(a), names[0]+"-ns/req")
	b.ReportMetric(middle(c), names[1]+"-ns/req")
	b.ReportMetric(middle(ratios), "ratio")
	return middle(ratios)
}

func middle(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

// rounds is how many rounds a ratio needs before it is held to its mark.
const rounds = 5

// sizes are those of the published figures, with as many requests as a round needs for its median to be steady; the
// published figures are of more, so that what a run costs once does not show.
var sizes = []struct {
	servers, users int
	requests, many float64
}{{10, 1000, 5e5, 5e6}, {100, 100000, 5e5, 5e6}, {1000, 1000000, 2e6, 5e6}}

// ratioMarks are the least ratios of the bare loop's time to the engine's, by size.
var ratioMarks = []struct {
	policy string
	least  [3]float64
}{
	{"round-robin", [3]float64{.5, .48, .7}},
	{"ip-hash", [3]float64{.54, .5, .62}},
	{"cookie", [3]float64{.5, .42, .54}},
	{"least-connections", [3]float64{.46, .46, .72}},
	{"two-choices", [3]float64{.41, .44, .68}},
}

// BenchmarkRatio compares the bare loop with the engine: 1 is an engine that costs nothing above its events and draws.
func BenchmarkRatio(b *testing.B) {
	for _, mark := range ratioMarks {
		for i, z := range sizes {
			b.Run(fmt.Sprintf("policy=%s/servers=%d/users=%d", mark.policy, z.servers, z.users), func(b *testing.B) {
				requests := z.requests
				if os.Getenv("STICKYSIM_FULL") != "" {
					requests = z.many
				}
				loop, engine := limitSide{mark.policy, z.servers, z.users, requests}, newEngineSide(mark.policy, z.servers, z.users, requests, nil)
				within := func(ratio float64) bool { return ratio >= mark.least[i] }
				if got := duel(b, loop, engine, [2]string{"limit", "engine"}, within); b.N >= rounds && !within(got) {
					b.Errorf("the loop takes %.2f of the time of the engine, less than %.2f", got, mark.least[i])
				}
			})
		}
	}
}

// BenchmarkEngine reports the CPU time of a request without the start of its run, for comparisons with other versions of the
// engine.
func BenchmarkEngine(b *testing.B) {
	for _, mark := range ratioMarks {
		for _, z := range sizes {
			b.Run(fmt.Sprintf("policy=%s/servers=%d/users=%d", mark.policy, z.servers, z.users), func(b *testing.B) {
				engine := newEngineSide(mark.policy, z.servers, z.users, z.many, nil)
				var spent []float64
				for b.Loop() {
					spent = append(spent, engine.round(len(spent)))
				}
				b.ReportMetric(0, "ns/op") // is time on the wall
				b.ReportMetric(middle(spent), "ns/req")
				b.ReportMetric(1e3/middle(spent), "Mreq/s")
			})
		}
	}
}

// growthMarks are the most that a request may cost more in a larger model. Rows without a mark are for the README, and are
// measured with STICKYSIM_FULL only.
var growthMarks = []struct {
	servers, moreServers int
	users, moreUsers     int
	most                 float64
}{
	{100, 1000, 100000, 100000, 1.9},
	{100, 10000, 100000, 100000, 0},
	{100, 100, 1000, 10000, 0},
	{100, 100, 1000, 100000, 1.7},
	{100, 100, 1000, 1000000, 0},
	{100, 100, 1000, 10000000, 0},
}

// BenchmarkGrowth compares a larger model with a smaller one.
func BenchmarkGrowth(b *testing.B) {
	for _, g := range growthMarks {
		if g.most == 0 && os.Getenv("STICKYSIM_FULL") == "" {
			continue
		}
		b.Run(fmt.Sprintf("servers=%d-%d/users=%d-%d", g.servers, g.moreServers, g.users, g.moreUsers), func(b *testing.B) {
			small := newEngineSide("round-robin", g.servers, g.users, 1e6, nil)
			large := newEngineSide("round-robin", g.moreServers, g.moreUsers, max(1e6, 3*float64(g.moreUsers)), nil)
			within := func(ratio float64) bool { return g.most == 0 || ratio <= g.most }
			if got := duel(b, large, small, [2]string{"large", "small"}, within); b.N >= rounds && !within(got) {
				b.Errorf("a request costs %.2f times as much, more than %.2f", got, g.most)
			}
		})
	}
}

// BenchmarkFeature compares each feature with the same model without it.
func BenchmarkFeature(b *testing.B) {
	for _, f := range features {
		b.Run("feature="+f.name, func(b *testing.B) {
			with, without := newEngineSide("cookie", 100, 100000, 1e6, f.add), newEngineSide("cookie", 100, 100000, 1e6, nil)
			within := func(ratio float64) bool { return f.most == 0 || ratio <= f.most }
			if got := duel(b, with, without, [2]string{"with", "without"}, within); b.N >= rounds && !within(got) {
				b.Errorf("a request costs %.2f times as much, more than %.2f", got, f.most)
			}
		})
	}
}

// BenchmarkStart reports the CPU time in ns per client of the start of a run.
func BenchmarkStart(b *testing.B) {
	const users = 1000000
	m := benchModel("round-robin", 1000, users, 1)
	var spent time.Duration
	for b.Loop() {
		spent += cputime.Of(func() { sim.Run(m, 1, 0, sim.Options{}) })
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N)/users, "ns/client")
}
