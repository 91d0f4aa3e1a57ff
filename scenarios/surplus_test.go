package scenarios_test

import (
	"fmt"
	"math"
	"testing"

	"stickysim/scenarios"
	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/stats"
)

// Control variates are 0 in mean, whoever the clients are, when their arrivals change and when they fail, and what is known of
// a figure beside them stays true with them.
func TestControlVariatesAreZeroInMean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, rest string }{
		{"users", "workload: [{name: a, users: 30, think: exp(1s), service: exp(50ms), requests: unlimited}]"},
		{"users with sessions", "workload: [{name: a, users: 30, think: lognormal(mean=1s cv=2), service: exp(50ms), requests: geometric(mean=5)}]"},
		{"sessions of some requests", "workload: [{name: a, sessions: poisson(2/s), think: exp(1s), service: lognormal(mean=50ms cv=1), requests: geometric(mean=4)}]"},
		{"sessions of some time", "workload: [{name: a, sessions: poisson(1/s), life: exp(20s), think: exp(1s), service: exp(50ms)}]\nstart: equilibrium"},
		{"both", "workload: [{name: a, sessions: poisson(1/s), life: exp(20s), think: exp(1s), service: exp(50ms), requests: geometric(mean=10)}]"},
		{"a daily rhythm, a step, a random rate", "workload: [{name: a, sessions: sinusoid(mean=2/s amplitude=0.9 period=40s), service: exp(50ms), requests: 1}, {name: b, sessions: 'steps(0s: 1/s, 25s: 6/s)', service: exp(50ms), requests: 1}, {name: c, sessions: 'mmpp(1/s:20s 8/s:10s)', service: exp(50ms), requests: 2, think: 1s}]"},
		{"a crowd at a larger load", "workload: [{name: a, sessions: 'flash(poisson(1/s) at=20s factor=4 ramp=5s for=10s)', service: exp(50ms), requests: 1}]\nload: 1.7"},
		{"arrivals that hasten", "workload: [{name: a, sessions: sinusoid(mean=2/s amplitude=0.5 period=1m), service: exp(50ms), requests: 1}]\ntimeline: [{at: 20s, arrivals: {factor: 300%, for: 15s}}]"},
		{"failures", "workload: [{name: a, sessions: poisson(9/s), think: exp(1s), service: exp(200ms), requests: geometric(mean=2), timeout: 1s}]\ntimeline: [{at: 20s, crash: {servers: 1, repair: 20s}}]"},
	} {
		text := fmt.Sprintf("duration: 1m\nwarmup: 10s\nreplications: {min: 200, controls: true}\nservers: {count: 2, cores: 2, queue: 5}\npolicies: [round-robin]\n%s\n", c.rest)
		spec, err := scenarios.Parse(c.name, []byte(text))
		if err != nil {
			t.Fatal(c.name, err)
		}
		res, err := experiment.Run(studyOf(t, spec, nil), experiment.Options{})
		if err != nil {
			t.Fatal(c.name, err)
		}
		for _, f := range []string{sim.SurplusWork.Name, sim.SurplusRequests.Name} {
			values := columnOf(t, res, "round-robin", f)
			var w stats.Welford
			for _, v := range values {
				w.Add(v)
			}
			if off := w.Mean() / (w.SD() / math.Sqrt(float64(len(values)))); !(w.SD() > 0) || math.Abs(off) > 4 {
				t.Errorf("%s: %s is %.3g ± %.3g in %d replications, %.1f standard errors from 0", c.name, f, w.Mean(), w.SD(), len(values), off)
			}
		}
		sent, good, failed, open := meanOf(res, "requests.sent"), meanOf(res, "requests.good"), meanOf(res, "requests.failed"), meanOf(res, "requests.in_flight")
		if math.Abs(sent-good-failed-open) > 1e-6*sent {
			t.Errorf("%s: %.6g requests are not %.6g answered, %.6g failed and %.6g in flight", c.name, sent, good, failed, open)
		}
		t.Logf("%-40s mean latency %.2f, p95 %.2f, requests %.1f times the replications", c.name, vrf(res, "latency.mean"), vrf(res, "latency.p95"), vrf(res, "requests.good"))
	}
}

// vrf is what control variates have made of the variance of a figure; 0 where there are none.
func vrf(r *experiment.Result, name string) float64 {
	for i := range r.Variants[0].Metrics {
		if m := &r.Variants[0].Metrics[i]; m.ID.String() == name {
			return m.Estimate.VRF
		}
	}
	return 0
}
