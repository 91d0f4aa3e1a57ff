package scenarios_test

import (
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"stickysim/scenarios"
	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/experiment"
)

// The address of a company of 90 people is on another of five servers in each replication. Ranked in each, the hottest server
// is as busy in the rows of servers, in the series and in the metrics as in its maximum; a mean by name would hide it.
func TestHotServerIsNotAveragedAway(t *testing.T) {
	t.Parallel()
	runs := count(t, "hot-address")
	spec, err := scenarios.Load(os.DirFS("../testdata/counts"), "hot-address.yaml")
	if err != nil {
		t.Fatal(err)
	}
	study, err := experiment.Run(studyOf(t, spec, nil), experiment.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v := &study.Variants[0]
	hot := v.Servers[0].Of(sim.UtilizationFigure).Mean
	if v.Servers[0].Rank != 1 || len(v.Servers) != 5 || hot < .92 || hot > .95 {
		t.Errorf("rank %d of %d is busy for %g", v.Servers[0].Rank, len(v.Servers), hot)
	}
	within := 1e-9
	runs.is(t, "ip-hash", "server.utilization{rank=1}", hot, within)
	runs.is(t, "ip-hash", "server.utilization.max", hot, within)
	sum, u := 0.0, v.Series.Of(sim.UtilizationSeries)[:v.Series.Points]
	for i, x := range u {
		sum += x
		if next := v.Series.Of(sim.UtilizationSeries)[v.Series.Points+i]; x < next {
			t.Errorf("at point %d rank 2 is busier than rank 1", i)
		}
	}
	if mean := sum / float64(len(u)); mean < hot-1e-6 || mean > hot+.03 {
		t.Errorf("the hottest at each moment is busy for %g on average, and the hottest for %g", mean, hot)
	}
	names := 0.0
	for s := range 5 {
		names = max(names, runs.mean(t, "ip-hash", fmt.Sprintf("server.utilization{server=server-%d}", s+1)))
	}
	if names > .7 {
		t.Errorf("the address is nearly always on the same server: %g", names)
	}
	hottest := slices.IndexFunc(v.First, func(f experiment.FirstServer) bool { return f.Rank == 1 })
	if f := v.First[hottest].Of(sim.UtilizationFigure); math.Abs(f-hot) > .05 {
		t.Errorf("%s has rank 1 in the first replication, and is busy for %g", v.First[hottest].Name, f)
	}
}

// A fifth server that joins in the last minute of an hour counts for a minute in all measures of balance; its share is one
// of that minute. It never has its share of the sessions, and the result says so.
func TestLateServer(t *testing.T) {
	t.Parallel()
	late, never := count(t, "late-server"), count(t, "late-server", "timeline=[]")
	for _, quantity := range []string{"utilization", "requests", "sessions", "memory"} {
		for _, measure := range []string{"cv", "jain", "gini", "peak_to_mean"} {
			name := "server." + quantity + "." + measure
			late.is(t, "cookie", name, never.mean(t, "cookie", name), .005)
		}
	}
	late.is(t, "cookie", "server.requests.share{rank=1}", never.mean(t, "cookie", "server.requests.share{rank=1}"), .003)
	late.is(t, "cookie", "server.requests.share{server=server-5}", .2*60/300/2, .02) // of 300 s a session lasts, in the mean of the minute
	late.is(t, "cookie", "rebalance.censored", 1, 0)
	for _, r := range late["cookie"] {
		if !slices.ContainsFunc(r.Warnings, func(w diag.Warning) bool { return w.Code == "rebalance-censored" }) {
			t.Error("nothing says that the new server never had its share")
		}
	}
}

// Two of three servers crash every half hour, which overloads the third for a while: figures per hour are the same whatever
// the length of the run, within their intervals.
func TestFiguresPerHour(t *testing.T) {
	t.Parallel()
	var long counted
	for _, hours := range []float64{4, 1, .5} {
		runs := count(t, "two-crashes", fmt.Sprintf("duration=%gh", hours))
		for _, r := range runs["round-robin"] {
			if n := metric("hotspot.count")(r); n != 2*hours {
				t.Errorf("%g h: %g hot spots", hours, n)
			}
		}
		if long == nil {
			long = runs
			continue
		}
		runs.is(t, "round-robin", "hotspot.time", long.mean(t, "round-robin", "hotspot.time"), .01)
		runs.is(t, "round-robin", "budget.burn.hour{window=5m}", long.mean(t, "round-robin", "budget.burn.hour{window=5m}"), .6)
	}
}
