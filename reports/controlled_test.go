package reports

import (
	"strings"
	"testing"

	"stickysim/sim/experiment"
)

// The first screen, and Markdown, say what control variates are worth.
func TestControlVariatesAreWorthReplications(t *testing.T) {
	made := func(vrf ...float64) *experiment.Result {
		r := handmade("latency.p95", alternative{"a", map[string][]float64{"latency.p95": {1, 2}, "latency.mean": {.5, .6}}},
			alternative{"b", map[string][]float64{"latency.p95": {2, 3}, "latency.mean": {.7, .8}}})
		for v := range r.Variants {
			for i := range r.Variants[v].Metrics {
				m := &r.Variants[v].Metrics[i]
				m.Estimate.N = 20
				m.Estimate.VRF = vrf[v]
				if m.ID == latencyMean.ID() {
					m.Estimate.VRF *= 10
				}
			}
		}
		return r
	}
	for want, vrf := range map[string][]float64{
		"": {0, 0},
		"400 to 600 for mean latency, and 40 to 60 for p95": {2, 3},
		"400 for mean latency, and 40 for p95":              {2, 2},
	} {
		r := made(vrf...)
		text := strings.Join(strings.Fields(tableOf(t, r, Options{})), " ")
		if got := strings.Contains(text, "Control variates"); got != (want != "") || !strings.Contains(text, want) {
			t.Errorf("%v: %q is not on the screen:\n%s", vrf, want, text)
		}
		if d := compose(r, space{width: 80}); strings.Contains(strings.Join(d.facts, " "), "Control variates") != (want != "") {
			t.Errorf("%v: %q", vrf, d.facts)
		}
	}
}
