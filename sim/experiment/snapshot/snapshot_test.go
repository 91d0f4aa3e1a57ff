package snapshot

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

func estimate(mean, lo, hi float64) stats.Estimate {
	return stats.Estimate{Mean: mean, Lo: lo, Hi: hi, N: 10}
}

func TestApart(t *testing.T) {
	nan := math.NaN()
	bound := stats.Estimate{Mean: 0, Lo: 0, Hi: .3, Kind: stats.KindBound, N: 10}
	for _, c := range []struct {
		a, b stats.Estimate
		want bool
	}{
		{estimate(5, 4, 6), estimate(5, 4, 6), false},
		{estimate(5, 4, 6), estimate(7, 6, 8), false},
		{estimate(5, 4, 6), estimate(8, 6.1, 9), true},
		{bound, estimate(.2, .1, .4), false},
		{bound, estimate(.5, .4, .6), true},
		{estimate(5, 5, 5), estimate(5, 5, 5), false},
		{estimate(5, 5, 5), estimate(6, 6, 6), true},
		{estimate(5, nan, nan), estimate(5, 4, 6), false},
		{estimate(nan, nan, nan), estimate(nan, nan, nan), false},
		{estimate(nan, nan, nan), estimate(5, 4, 6), true},
	} {
		if got := apart(c.a, c.b); got != c.want || apart(c.b, c.a) != got {
			t.Errorf("%v and %v: apart is %v; want %v", c.a, c.b, got, c.want)
		}
	}
}

// judged is a result with a verdict on a figure of an alternative.
func judged(name string, e stats.Estimate) *experiment.Result {
	id := metric.Must("latency.p95").ID()
	return &experiment.Result{Name: name, Seed: 3, Duration: 1800, Objectives: []experiment.Objective{{Subject: experiment.Term{Metric: id}}},
		Variants: []experiment.VariantResult{{Name: "a \"b\" <c>", Metrics: []experiment.Metric{{ID: id, Unit: "s", Estimate: e}}}},
		Verdicts: []experiment.Verdict{{Alternative: "a \"b\" <c>"}, {Alternative: "a \"b\" <c>"}}}
}

// A file reads back, written twice it has the same bytes, and a scenario is replaced by its name.
func TestFile(t *testing.T) {
	var f File
	f.Put(Of(judged("shop", estimate(.5, .4, .6))))
	f.Put(Of(judged("bank", estimate(math.NaN(), math.NaN(), math.NaN()))))
	f.Put(Of(judged("shop", estimate(.25, .2, .3))))
	var first, second bytes.Buffer
	if err := f.Write(&first); err != nil {
		t.Fatal(err)
	}
	back, err := Read(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatalf("%v\n%s", err, first.Bytes())
	}
	if err := back.Write(&second); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("read and written again (%v):\n%s\nwas\n%s", err, second.Bytes(), first.Bytes())
	}
	if n := strings.Count(first.String(), "\n   {"); n != 2 {
		t.Errorf("%d figures; want one for each scenario:\n%s", n, first.Bytes())
	}
	shop := back.Scenario("shop")
	if shop == nil || back.Scenario("none") != nil {
		t.Fatal("scenarios are not found by name")
	}
	if moves := shop.Moves(Of(judged("shop", estimate(.25, .2, .3)))); len(moves) != 0 {
		t.Errorf("the same figures have moved: %v", moves)
	}
	moves := shop.Moves(Of(judged("shop", estimate(.5, .4, .6))))
	if len(moves) != 1 || moves[0].Old.Mean != .25 || moves[0].New.Mean != .5 || moves[0].Missing {
		t.Errorf("got %v; want one move from 0.25 to 0.5", moves)
	}
	empty := Scenario{Name: "shop"}
	if moves := empty.Moves(Of(judged("shop", estimate(.5, .4, .6)))); len(moves) != 1 || !moves[0].Missing {
		t.Errorf("got %v; want one figure that the snapshot does not have", moves)
	}
}

func TestReadRefuses(t *testing.T) {
	for want, text := range map[string]string{
		"not a snapshot":  "{",
		"schema: must be": `{"schema":"stickysim/result/1"}`,
		"not between":     `{"schema":"stickysim/snapshot/1","scenarios":[{"name":"a","figures":[{"metric":"latency.p95","mean":5,"lo":1,"hi":2}]}]}`,
		"occurs twice":    `{"schema":"stickysim/snapshot/1","scenarios":[{"name":"a"},{"name":"a"}]}`,
	} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v; want an error with %q", text, err, want)
		}
	}
}
