package scenarios

import (
	"testing"
)

// A connection to a host that is gone fails after host_timeout. A crashed process refuses at once, unless connect_timeout is
// written, which holds for both.
func TestConnectTimeouts(t *testing.T) {
	for _, c := range []struct {
		balancers     string
		process, host float64 // mean latency, ms: at least
		less          float64 // mean latency of a process that refuses
	}{
		{"{redispatch: 2}", 0, 30, 40},
		{"{redispatch: 2, host_timeout: 3s}", 0, 60, 40},
		{"{redispatch: 2, connect_timeout: 3s}", 60, 60, 1000},
		{"{redispatch: 2, connect_timeout: 3s, host_timeout: 1ms}", 60, 60, 1000},
	} {
		latency := func(of string) float64 {
			b := build(t, `servers: {count: 4}
duration: 2m
warmup: 0
balancers: `+c.balancers+`
clients: {timeout: 20s}
workload: [{name: w, users: 50, think: exp(1s), service: exp(20ms)}]
policies: [round-robin]
timeline: [{at: 30s, crash: {of: `+of+`, repair: 30s}}]
`)
			return 1000 * figureOf(t, b.Study.Variants[0].Model, "latency.mean")
		}
		process, host := latency("process"), latency("host")
		if process < c.process || process > c.less || host < c.host {
			t.Errorf("%s: mean latency %.1f ms where a process crashed and %.1f where a host did", c.balancers, process, host)
		}
	}
}
