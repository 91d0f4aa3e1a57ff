package sim

import (
	"math"
	"testing"
)

// wandering sends everything to one server, another one every two minutes.
type wandering struct{}

func (wandering) Pick(_ *Request, v *View) ServerID {
	return v.Eligible[int((v.Now+Hour)/(2*Minute))%len(v.Eligible)]
}

// A hot spot that moves to another of four servers every two minutes is not there in the run as a whole; in each minute one
// server has everything, four times the mean.
func TestHotSpotThatWanders(t *testing.T) {
	m := queue(4, 1, FCFS, 45, fixed(.02), 40*60)
	m.NewPolicy = func(Env) Balancer { return wandering{} }
	res := Run(m, 1, 0, Options{})
	near(t, "cv of the run", figure(t, res, "server.utilization.cv"), 0, .03)
	near(t, "cv of a minute", figure(t, res, "server.utilization.cv{window=60s}"), math.Sqrt(3), .01)
	near(t, "p95 of the cv", figure(t, res, "server.utilization.cv.p95{window=60s}"), math.Sqrt(3), .01)
	near(t, "peak over mean of the run", figure(t, res, "server.utilization.peak_to_mean"), 1, .05)
	near(t, "peak over mean of a minute", figure(t, res, "server.utilization.peak_to_mean{window=60s}"), 4, .05)
	near(t, "hottest of a minute", figure(t, res, "server.utilization.max{window=60s}"), .9, .02)
	near(t, "mean of a minute", figure(t, res, "server.utilization.mean{window=60s}"), .9/4, .005)
	near(t, "rank 1", figure(t, res, "server.utilization{rank=1}"), .9/4, .02)
}

// biased sends a share of the requests to the first server, and the others elsewhere.
type biased struct{ first float64 }

func (p biased) Pick(q *Request, v *View) ServerID {
	if q.Draw.At(1).Float64() < p.first {
		return v.Eligible[0]
	}
	return v.Eligible[1+q.Draw.At(2).IntN(len(v.Eligible)-1)]
}

// What shows a hot spot is a quantile that reaches beyond the share of the requests that are on the hot server: of 20
// servers one gets 8 or 3 % of the requests, and is overloaded.
func TestWhoSeesAHotSpot(t *testing.T) {
	for _, c := range []struct {
		share    float64
		p95, p99 float64 // share of the time in which they show nothing
	}{{.08, 0, 0}, {.03, 1, 0}} {
		m := queue(20, 1, FCFS, 50/c.share, fixed(.0199), 900)
		m.NewPolicy = func(Env) Balancer { return biased{c.share} }
		if c.share < .05 { // the others would be as busy
			for i := range m.Servers[1:] {
				m.Servers[i+1].Cores = 8
			}
		}
		res := Run(m, 1, 0, Options{})
		if len(res.Hotspots) == 0 || res.Hotspots[0].Server != 0 || figure(t, res, "hotspot.time") < .9 {
			t.Fatalf("hot spots: %v", res.Hotspots)
		}
		for name, want := range map[string]float64{"": 1, "{dashboard=utilization}": 1, "{dashboard=p50}": 1, "{dashboard=p95}": c.p95, "{dashboard=p99}": c.p99} {
			near(t, "hotspot.hidden"+name, figure(t, res, "hotspot.hidden"+name), want, .1)
		}
	}
}

// Hot spots are found in windows of their own, whatever the grid of the plots: a server that is overloaded for five
// minutes of ten. Time in which a server is dead is not hot.
func TestHotSpotsDoNotDependOnTheGrid(t *testing.T) {
	for _, grid := range []Time{Second, 7 * Second, 10 * Minute} {
		m := queue(2, 1, FCFS, 60, fixed(.01), 30*60)
		m.Grid = grid
		for i := range 3 {
			m.Timeline = append(m.Timeline, Action{Kind: Slow, Factor: .25, At: Time(i)*10*Minute + 2*Minute, Targets: []ServerID{0}, Repair: fixed(300), Zone: -1})
		}
		res := Run(m, 1, 0, Options{})
		if len(res.Hotspots) != 3 {
			t.Fatalf("grid of %v: hot spots %v", grid, res.Hotspots)
		}
		for i, h := range res.Hotspots {
			near(t, "begin", h.From.Seconds(), float64(600*i+120), 15)
			near(t, "end", h.To.Seconds(), float64(600*i+120)+300+21, 25) // 30 arrive and 25 are answered a second for 300 s, then 100
		}
	}
}

// A server that joins has its share when it holds 90 % of the mean server's sessions for a minute, which takes
// −ln(1 − .9) mean lives when the balancer sends it its fair share of the new sessions; one that joins too late never has.
func TestTimeToRebalance(t *testing.T) {
	for _, c := range []struct {
		at       Time
		censored float64
	}{{600 * Second, 0}, {1300 * Second, 1}} {
		m := fleetModel(4, sessionsOf(60, 120, 30), 1500)
		m.NewPolicy = cookiePolicy
		m.MaxServers = 5
		m.Timeline = []Action{{Kind: ScaleTo, At: c.at, Servers: 5}}
		res := Run(m, 1, 0, Options{})
		near(t, "censored", figure(t, res, "rebalance.censored"), c.censored, 0)
		if c.censored > 0 {
			near(t, "time until the end", figure(t, res, "rebalance.time"), 200, 0)
			if len(res.Warnings) != 1 || res.Warnings[0].Code != "rebalance-censored" || res.Warnings[0].Metric != "rebalance.time" {
				t.Errorf("warnings: %+v", res.Warnings)
			}
		} else {
			near(t, "time to 90 % of the share", figure(t, res, "rebalance.time"), 120*math.Log(10), 60)
		}
	}
}

// The minutes in which a deterministic queue is above its limit are known: a server at a tenth of its speed from 10 to 15 min
// is over, and so is one that is dead; one that nothing asks of is not.
func TestMinutesAboveALatencyLimit(t *testing.T) {
	model := func(limit LatencyLimit, a ...Action) *Model {
		m := queue(1, 1, FCFS, 2, fixed(.01), 1800)
		m.Timeline, m.LatencyLimits = a, []LatencyLimit{limit}
		return m
	}
	slow := Action{Kind: Slow, At: 10 * Minute, Servers: 1, Zone: -1, Factor: .1, Repair: fixed(300)}
	dead := Action{Kind: Crash, At: 10 * Minute, Servers: 1, Zone: -1, Repair: fixed(420)}
	limit := LatencyLimit{Quantile: .5, Limit: 50 * Millisecond}
	for _, c := range []struct {
		name string
		m    *Model
		want float64
	}{
		{"slow", model(limit, slow), 300}, {"mean", model(LatencyLimit{Limit: 50 * Millisecond}, slow), 300}, {"dead", model(limit, dead), 420},
		{"never", model(limit), 0}, {"always", model(LatencyLimit{Quantile: .5, Limit: 9 * Millisecond}), 1800},
		{"of none", model(LatencyLimit{Quantile: .5, Population: "q", Limit: 0}, slow), 0},
	} {
		if got := figure(t, Run(c.m, 1, 0, Options{}), "latency.exceeded"); got != c.want {
			t.Errorf("%s: %g s, want %g", c.name, got, c.want)
		}
	}
}
