package scenarios_test

import (
	"fmt"
	"math"
	"testing"

	"stickysim/scenarios"
	"stickysim/sim/experiment"
)

// A place of maxconn is taken until the answer is back: one place, 10 ms of work and 10 ms of latency are 50 requests a second.
func TestBalancerLatencyHoldsAPlaceOfALimit(t *testing.T) {
	for latency, want := range map[string]float64{"0": 100, "10ms": 50} {
		spec, err := scenarios.Parse("limit", fmt.Appendf(nil, `
name: limit
duration: 1m
warmup: 5s
replications: 1
servers: [{name: a, cores: 8, limit: 1}]
balancers: {latency: %s}
health: none
clients: {timeout: 100s, retries: 0}
workload: [{population: custom, name: users, users: 20, think: 10ms, service: 10ms, state: none}]
policies: [haproxy/roundrobin]
`, latency))
		if err != nil {
			t.Fatal(err)
		}
		res, err := experiment.Run(studyOf(t, spec, nil), experiment.Options{Jobs: 1})
		if err != nil {
			t.Fatal(err)
		}
		if got := columnOf(t, res, "haproxy/roundrobin", "throughput")[0]; math.Abs(got-want) > .5 {
			t.Errorf("latency %s: %g requests a second, want %g", latency, got, want)
		}
	}
}
