package hpa

import (
	"testing"
	"time"
)

func past(pairs ...int) []recommendation {
	list := []recommendation{}
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, recommendation{pairs[i], now - time.Duration(pairs[i+1])*time.Second})
	}
	return list
}

// TestStabilization are the cases of TestNormalizeDesiredReplicas and TestNormalizeDesiredReplicasWithBehavior.
func TestStabilization(t *testing.T) {
	for _, c := range []struct {
		name            string
		past            []recommendation
		current, wanted int
		up, down        int // windows in seconds; -1: no behaviour
		want            int
	}{
		{"plain, empty", past(), 9, 5, -1, 0, 5},
		{"plain", past(4, 120, 5, 60), 9, 3, -1, 0, 5},
		{"plain, lower ones", past(1, 120, 2, 60), 9, 3, -1, 0, 3},
		{"plain, old ones", past(10, 600, 9, 540), 9, 3, -1, 0, 3},
		{"plain, some old", past(10, 600, 4, 60, 5, 120, 9, 540), 9, 3, -1, 0, 5},
		{"plain, the edge of the window counts", past(7, 300), 9, 3, -1, 0, 7},
		{"plain, on the way up too", past(8, 60), 5, 6, -1, 0, 8},
		{"empty", past(), 100, 5, 0, 0, 5},
		{"down", past(4, 120, 5, 60), 100, 3, 0, 180, 5},
		{"up", past(4, 120, 5, 60), 1, 7, 300, 0, 4},
		{"no down window", past(1, 120, 2, 60), 100, 3, 300, 0, 3},
		{"no up window", past(4, 120, 5, 60), 1, 3, 0, 300, 3},
		{"old ones on the way down", past(10, 600, 9, 540), 100, 3, 0, 0, 3},
		{"old ones on the way up", past(10, 600, 9, 540), 1, 100, 0, 0, 100},
		{"some old on the way down", past(10, 600, 4, 60, 5, 120, 9, 540), 100, 3, 0, 180, 5},
		{"some old on the way up", past(10, 6000, 6, 60, 5, 120, 9, 180), 1, 100, 300, 0, 5},
		{"both windows", past(8, 120, 7, 240), 5, 10, 300, 600, 7},
		{"both windows down", past(5, 300, 4, 480), 8, 3, 300, 600, 5},
		{"the edge of a window is over", past(7, 300), 9, 3, 0, 300, 3},
		{"between the windows' proposals nothing moves", past(4, 60, 9, 120), 6, 7, 300, 300, 6},
		{"down is not undone by the way up", past(9, 120), 6, 7, 0, 300, 7},
	} {
		h := History{recommendations: c.past}
		cfg := Config{Min: 1, Max: 1000, Cluster: published}
		if c.up >= 0 {
			cfg.Behavior = &Behavior{Rules{Stabilization: time.Duration(c.up) * time.Second}, Rules{Stabilization: time.Duration(c.down) * time.Second}}
		}
		if got := h.stabilize(&cfg, now, c.current, c.wanted); got != c.want {
			t.Errorf("%s: %d; want %d", c.name, got, c.want)
		}
		if last := h.recommendations[len(h.recommendations)-1]; last != (recommendation{c.wanted, now}) {
			t.Errorf("%s: the proposal was not remembered, but %+v", c.name, last)
		}
	}
}

// load makes n pods of 1 core that share a load in cores, as utilisation or, uncut, as value.
func load(n int, cores float64, most int64) []Pod {
	value := min(int64(1000*cores/float64(n)), most)
	pods := make([]Pod, n)
	for i := range pods {
		pods[i] = Pod{Ready: true, Samples: []Sample{{Value: value, Request: 1000, At: now, Window: time.Minute}}}
	}
	return pods
}

// TestFixedPoints holds the rule to ceil(n·u/target) with tolerance: load 7, target 0.7. Sizes in
// [load/(1.1·target), load/(0.9·target)] stay: 10 and 11. In whole percents, as utilisations are, 77 % of 70 % at 9 stay
// too.
func TestFixedPoints(t *testing.T) {
	stays := func(n int, m Metric) bool {
		cfg := Config{Min: 1, Max: 100, Metrics: []Metric{m}, Cluster: published}
		return cfg.propose(0, n, load(n, 7, 1e6), tolerances{.1, .1}, now).replicas == n
	}
	for n := 1; n <= 30; n++ {
		if got, want := stays(n, Metric{Kind: AverageValue, Target: 700, CPU: true}), n == 10 || n == 11; got != want {
			t.Errorf("value: %d stays: %v", n, got)
		}
		if got, want := stays(n, Metric{Kind: Utilization, Target: 70, CPU: true}), n >= 9 && n <= 11; got != want {
			t.Errorf("percent: %d stays: %v", n, got)
		}
	}
	var h History
	cfg := Config{Min: 1, Max: 100, Metrics: []Metric{{Kind: Utilization, Target: 70, CPU: true}}, Behavior: &Behavior{rules(100, 15, 0, 0), DefaultScaleDown()}, Cluster: published}
	if got := h.Decide(&cfg, now, 4, load(4, 7, 1e6)); got.Replicas != 10 {
		t.Errorf("from 4: %d; want 10", got.Replicas)
	}
	var sizes []int
	for n, at := 4, now; len(sizes) < 4; at += 15 * time.Second {
		var fresh History
		n = fresh.Decide(&cfg, at, n, load(n, 7, 1000)).Replicas
		sizes = append(sizes, n)
	}
	if want := [4]int{6, 9, 9, 9}; [4]int(sizes) != want {
		t.Errorf("saturating at 1: %v; want %v", sizes, want)
	}
	cfg.Metrics[0] = Metric{Kind: AverageValue, Target: 700, CPU: true}
	n := 4
	for _, want := range []int{6, 9, 10, 10} { // the value is not cut to a percent, so 9 is left
		var fresh History
		if n = fresh.Decide(&cfg, now, n, load(n, 7, 1000)).Replicas; n != want {
			t.Errorf("value saturating at 1: %d; want %d", n, want)
		}
	}
}

func TestDecisions(t *testing.T) {
	cpu := Metric{Kind: Utilization, Target: 50, CPU: true}
	two := []Metric{cpu, {Kind: AverageValue, Target: 1000}}
	pods := func(values ...[2]int64) []Pod {
		var list []Pod
		for _, v := range values {
			list = append(list, Pod{Ready: true, Samples: []Sample{
				{Value: v[0], Request: 1000, Missing: v[0] < 0, At: now}, {Value: v[1], Missing: v[1] < 0, At: now}}})
		}
		return list
	}
	narrow := .02
	for _, c := range []struct {
		name     string
		cfg      Config
		replicas int
		pods     []Pod
		want     Decision
	}{
		{"off", Config{Min: 1, Max: 9, Metrics: two}, 0, nil, Decision{0, 0, -1, 0, Switched, Unlimited}},
		{"above max", Config{Min: 1, Max: 3, Metrics: two}, 5, nil, Decision{3, 5, -1, 0, AboveMax, Unlimited}},
		{"below min", Config{Min: 3, Max: 9, Metrics: two}, 2, nil, Decision{3, 2, -1, 0, BelowMin, Unlimited}},
		{"the highest of several metrics", Config{Min: 1, Max: 9, Metrics: two}, 2, pods([2]int64{800, 2500}, [2]int64{800, 2500}), Decision{4, 5, 1, 2500, ByMetric, UpRate}},
		{"no scaling down when a metric fails", Config{Min: 1, Max: 9, Metrics: two}, 2, pods([2]int64{200, -1}, [2]int64{200, -1}), Decision{2, 2, -1, 0, NoMetrics, Unlimited}},
		{"scaling up when a metric fails", Config{Min: 1, Max: 9, Metrics: two}, 2, pods([2]int64{800, -1}, [2]int64{800, -1}), Decision{4, 4, 0, 80, ByMetric, Unlimited}},
		{"all metrics fail", Config{Min: 1, Max: 9, Metrics: two}, 2, pods([2]int64{-1, -1}, [2]int64{-1, -1}), Decision{2, 2, -1, 0, NoMetrics, Unlimited}},
		{"a tolerance of its own", Config{Min: 1, Max: 9, Metrics: []Metric{cpu}, Behavior: &Behavior{Rules{Tolerance: &narrow, Policies: DefaultScaleUp().Policies}, DefaultScaleDown()}},
			2, pods([2]int64{540, 0}, [2]int64{540, 0}), Decision{3, 3, 0, 54, ByMetric, Unlimited}},
		{"the first proposal is the present size", Config{Min: 1, Max: 9, Metrics: []Metric{cpu}}, 2, pods([2]int64{200, 0}, [2]int64{200, 0}), Decision{2, 1, 0, 20, Stabilized, Unlimited}},
	} {
		c.cfg.Cluster = published
		var h History
		if got := h.Decide(&c.cfg, now, c.replicas, c.pods); got != c.want {
			t.Errorf("%s: %+v; want %+v", c.name, got, c.want)
		}
	}
}

// A drop of the load is followed when the window of 5 min holds no higher proposal, and not a turn before.
func TestScaleDownWindow(t *testing.T) {
	cfg := Config{Min: 1, Max: 100, Metrics: []Metric{{Kind: Utilization, Target: 70, CPU: true}}, Behavior: &Behavior{DefaultScaleUp(), DefaultScaleDown()}, Cluster: DefaultController()}
	var h History
	n, at := 10, now
	for ; at < now+10*time.Minute; at += 15 * time.Second {
		if n = h.Decide(&cfg, at, n, load(n, 3, 1e6)).Replicas; n != 10 {
			break
		}
	}
	if n != 5 || at != now+5*time.Minute {
		t.Errorf("%d replicas after %v; want 5 after 5m", n, at-now)
	}
}

func TestRememberedChanges(t *testing.T) {
	r := rules(10, 60, 100, 30)
	list := []change{{8, now - 29*time.Second}, {6, now - 59*time.Second}, {7, now - 61*time.Second}, {9, now - 61*time.Second}}
	var h History
	if got := h.changed(list, now, time.Minute); got != 14 {
		t.Errorf("changed by %d in a minute; want 14", got)
	}
	list = r.store(list, change{5, now})
	if want := []int{8, 6, 7, 5}; len(list) != 4 || list[3].by != want[3] || list[2].by != want[2] {
		t.Errorf("kept %v; want the last outdated one replaced", list)
	}
}
