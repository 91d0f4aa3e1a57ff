package hpa

import (
	"testing"
	"time"
)

// rules are those of generateScalingRules: pods and percent with their periods in seconds; 0 leaves a policy out.
func rules(pods, podsPeriod, percent, percentPeriod int) Rules {
	var r Rules
	if pods != 0 {
		r.Policies = append(r.Policies, Policy{Pods, pods, time.Duration(podsPeriod) * time.Second})
	}
	if percent != 0 {
		r.Policies = append(r.Policies, Policy{Percent, percent, time.Duration(percentPeriod) * time.Second})
	}
	return r
}

// spread puts changes in the middle of equal parts of the last two minutes.
func spread(by ...int) []change {
	var list []change
	part := 2 * time.Minute / time.Duration(len(by))
	for i, n := range by {
		list = append(list, change{n, now - 2*time.Minute + part*time.Duration(i) + part/2})
	}
	return list
}

// TestRates are the cases of TestScalingWithRules, with those of calculateScaleUpLimitWithScalingRules,
// calculateScaleDownLimitWithBehaviors and selectPolicy.
func TestRates(t *testing.T) {
	up, down := DefaultScaleUp(), DefaultScaleDown()
	choose := func(r Rules, s Select) Rules { r.Select = s; return r }
	for _, c := range []struct {
		name            string
		ups, downs      []change
		min, max        int
		up, down        Rules
		current, wanted int
		want            int
		limit           Limit
	}{
		{"within range", nil, nil, 3, 8, up, down, 5, 7, 7, Unlimited},
		{"below min", nil, nil, 2, 8, up, down, 3, 1, 2, AtMin},
		{"min 0", nil, nil, 0, 10, up, down, 1, 0, 0, Unlimited},
		{"max below the rate", nil, nil, 1, 10, up, down, 9, 1000, 10, AtMax},
		{"more than max", nil, nil, 100, 150, up, down, 100, 1000, 150, AtMax},
		{"a percent of 3 adds one", nil, nil, 1, 2000, rules(0, 0, 1, 60), down, 3, 1000, 4, UpRate},
		{"20 pods down", nil, nil, 3, 2000, up, rules(20, 60, 0, 0), 1000, 3, 980, DownRate},
		{"default up", nil, nil, 1, 1000, up, down, 10, 50, 20, UpRate},
		{"default up from 1", nil, nil, 1, 1000, up, down, 1, 50, 5, UpRate},
		{"pods above percent", nil, nil, 1, 1000, rules(100, 60, 100, 60), down, 10, 500, 110, UpRate},
		{"percent above pods", nil, nil, 1, 1000, rules(2, 60, 100, 60), down, 10, 500, 20, UpRate},
		{"large pods", nil, nil, 1, 1000, rules(100, 60, 0, 0), down, 10, 50, 50, Unlimited},
		{"pod limit", nil, nil, 1, 1000, rules(30, 60, 0, 0), down, 10, 50, 40, UpRate},
		{"percent limit", nil, nil, 1, 1000, rules(0, 0, 200, 60), down, 10, 50, 30, UpRate},
		{"down, pods above percent", nil, nil, 1, 1000, up, rules(20, 60, 1, 60), 100, 2, 80, DownRate},
		{"down, pods little above percent", nil, nil, 1, 1000, up, rules(2, 60, 1, 60), 100, 2, 98, DownRate},
		{"down to min", nil, nil, 1, 1000, up, rules(100, 60, 0, 0), 10, 0, 1, AtMin},
		{"down to min by percent", nil, nil, 5, 1000, up, rules(0, 0, 100, 60), 10, 2, 5, AtMin},
		{"down pod limit", nil, nil, 1, 1000, up, rules(5, 60, 0, 0), 10, 2, 5, DownRate},
		{"down percent", nil, nil, 1, 1000, up, rules(0, 0, 50, 60), 10, 5, 5, Unlimited},
		{"a tenth of 7 leaves 6, cut off", nil, nil, 1, 1000, up, rules(0, 0, 10, 60), 7, 1, 6, DownRate},
		{"up events, max", spread(1, 5, 9), nil, 1, 200, rules(300, 60, 0, 0), down, 100, 500, 200, AtMax},
		{"up events, percent, max", spread(1, 5, 9), nil, 1, 200, rules(0, 0, 10000, 60), down, 100, 500, 200, AtMax},
		{"many up events forbid more", spread(1, 5, 9), nil, 1, 1000, rules(5, 120, 0, 0), down, 100, 500, 100, UpRate},
		{"pods after up events", spread(1, 5, 9), nil, 1, 1000, rules(150, 120, 0, 0), down, 100, 500, 235, UpRate},
		{"percent after up events", spread(1, 5, 9), nil, 1, 1000, rules(0, 0, 200, 120), down, 100, 500, 255, UpRate},
		{"down events, default", nil, spread(1, 5, 9), 1, 1000, up, down, 10, 5, 5, Unlimited},
		{"down events, pods to min", nil, spread(1, 5, 9), 1, 1000, up, rules(115, 120, 0, 0), 100, 0, 1, AtMin},
		{"down events, percent to min", nil, spread(1, 5, 9), 5, 1000, up, rules(0, 0, 100, 120), 100, 2, 5, AtMin},
		{"down events forbid more", nil, spread(1, 5, 9), 1, 1000, up, rules(5, 120, 0, 0), 100, 2, 100, DownRate},
		{"percent after down events", nil, spread(2, 4, 6), 1, 1000, up, rules(0, 0, 50, 120), 100, 0, 56, DownRate},
		{"percent after many down events", nil, spread(10, 10, 10), 1, 1000, up, rules(0, 0, 10, 120), 100, 0, 100, DownRate},
		{"below zero", nil, spread(10, 10, 10), 1, 1000, up, rules(0, 0, 1000, 120), 10, 5, 5, Unlimited},
		{"half of the up events are too old", spread(8, 12, 9, 11), nil, 1, 1000, rules(30, 60, 0, 0), down, 100, 200, 110, UpRate},
		{"up events count for the way down", spread(8, 12), nil, 1, 1000, up, rules(25, 120, 0, 0), 100, 10, 55, DownRate},
		{"down events count for the way up", nil, spread(8, 12), 1, 1000, rules(5, 120, 0, 0), down, 100, 200, 125, UpRate},
		{"an event at the edge of the period is over", []change{{4, now - time.Minute}}, nil, 1, 1000, rules(4, 60, 0, 0), down, 10, 50, 14, UpRate},
		{"Min on the way up", nil, nil, 1, 1000, choose(rules(4, 60, 100, 60), MinChange), down, 10, 50, 14, UpRate},
		{"Min on the way up, 1 replica", nil, nil, 1, 1000, choose(rules(2, 60, 50, 60), MinChange), down, 1, 50, 2, UpRate},
		{"Min on the way down", nil, nil, 1, 1000, up, choose(rules(2, 60, 50, 60), MinChange), 5, 1, 3, DownRate},
		{"Disabled up", nil, nil, 1, 1000, choose(rules(4, 60, 0, 0), Disabled), down, 5, 9, 5, UpRate},
		{"Disabled down", nil, nil, 1, 1000, up, choose(rules(4, 60, 0, 0), Disabled), 10, 2, 10, DownRate},
	} {
		h := History{ups: c.ups, downs: c.downs}
		cfg := Config{Min: c.min, Max: c.max, Behavior: &Behavior{c.up, c.down}, Cluster: published}
		if got, why := h.limit(&cfg, now, c.current, c.wanted); got != c.want || why != c.limit {
			t.Errorf("%s: %d, %v; want %d, %v", c.name, got, why, c.want, c.limit)
		}
	}
}

// TestPlainRates are the cases of TestConvertDesiredReplicasWithRules and calculateScaleUpLimit.
func TestPlainRates(t *testing.T) {
	for _, c := range []struct {
		current, wanted, min, max, want int
		limit                           Limit
	}{
		{5, 7, 3, 8, 7, Unlimited}, {3, 1, 2, 8, 2, AtMin}, {1, 0, 0, 10, 0, Unlimited}, {20, 1000, 1, 10, 10, AtMax},
		{3, 1000, 1, 2000, 6, UpRate}, {1, 1000, 1, 2000, 4, UpRate}, {100, 1000, 1, 2000, 200, UpRate},
	} {
		var h History
		cfg := Config{Min: c.min, Max: c.max, Cluster: published}
		if got, why := h.limit(&cfg, now, c.current, c.wanted); got != c.want || why != c.limit {
			t.Errorf("%+v: %d, %v", c, got, why)
		}
	}
}
