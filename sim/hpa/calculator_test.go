package hpa

import (
	"testing"
	"time"
)

// The tables of this package are the cases of kubernetes/kubernetes, pkg/controller/podautoscaler,
// replica_calculator_test.go and horizontal_test.go (their names are those of the tests there), which run the
// controller with the flags below, and cases at the edges computed by hand from the published rules.
var published = Controller{Tolerance: 0.1, DownscaleStabilization: 5 * time.Minute, CPUInitializationPeriod: 2 * time.Minute, InitialReadinessDelay: 10 * time.Second}

// now is an instant long after the start of pods that are said to have been there for long.
const now = time.Hour

// fleet makes a pod per letter: r ready for long, u not ready and never was, h ready but just started, p pending,
// f failed, d being deleted. Values are given in order; pods beyond have none.
func fleet(letters string, request int64, values []int64) []Pod {
	pods := make([]Pod, len(letters))
	for i, l := range letters {
		p := Pod{Ready: true, Samples: []Sample{{Missing: i >= len(values), Request: request, At: now, Window: time.Minute}}}
		switch l {
		case 'u':
			p.Ready, p.Started, p.Changed = false, now-time.Minute, now-time.Minute
		case 'h':
			p.Started, p.Changed = now-time.Minute, now-30*time.Second
		case 'p':
			p.Phase, p.Ready = Pending, false
		case 'f':
			p.Phase, p.Ready = Failed, false
		case 'd':
			p.Deleting = true
		}
		if i < len(values) {
			p.Samples[0].Value = values[i]
		}
		pods[i] = p
	}
	return pods
}

func TestProposals(t *testing.T) {
	const core = 1000
	cpu := func(percent int64) Metric { return Metric{Kind: Utilization, Target: percent, CPU: true} }
	qps := func(milli int64) Metric { return Metric{Kind: AverageValue, Target: milli} }
	for _, c := range []struct {
		name     string
		metric   Metric
		replicas int
		pods     string
		values   []int64
		want     int
		current  int64
	}{
		{"ScaleUp", cpu(30), 3, "rrr", []int64{300, 500, 700}, 5, 50},
		{"ScaleUpUnreadyLessScale", cpu(30), 3, "urr", []int64{300, 500, 700}, 4, 60},
		{"ScaleUpHotCpuLessScale", cpu(30), 3, "hrr", []int64{300, 500, 700}, 4, 60},
		{"ScaleUpUnreadyNoScale", cpu(30), 3, "ruu", []int64{400, 500, 700}, 3, 40},
		{"ScaleHotCpuNoScale", cpu(30), 3, "rhh", []int64{400, 500, 700}, 3, 40},
		{"ScaleUpIgnoresFailedPods", cpu(30), 2, "rrff", []int64{500, 700}, 4, 60},
		{"ScaleUpIgnoresDeletionPods", cpu(30), 2, "rrdd", []int64{500, 700}, 4, 60},
		{"ScaleUpCM", qps(15000), 3, "rrr", []int64{20000, 10000, 30000}, 4, 20000},
		{"ScaleUpCMUnreadyHotCpuNoLessScale", qps(15000), 3, "rru", []int64{50000, 10000, 30000}, 6, 30000},
		{"ScaleUpCMUnreadyHotCpuScaleWouldScaleDown", qps(15000), 3, "uru", []int64{50000, 15000, 30000}, 7, 31666},
		{"ScaleDown", cpu(50), 5, "rrrrr", []int64{100, 300, 500, 250, 250}, 3, 28},
		{"ScaleDownCM", qps(20000), 5, "rrrrr", []int64{12000, 12000, 12000, 12000, 12000}, 3, 12000},
		{"ScaleDownIncludeUnreadyPods", cpu(50), 5, "rrruu", []int64{100, 300, 500, 250, 250}, 2, 30},
		{"ScaleDownExcludeUnscheduledPods", cpu(50), 5, "rpppp", []int64{100}, 1, 10},
		{"ScaleDownIgnoreHotCpuPods", cpu(50), 5, "rrrhh", []int64{100, 300, 500, 250, 250}, 2, 30},
		{"ScaleDownIgnoresFailedPods", cpu(50), 5, "rrrrrff", []int64{100, 300, 500, 250, 250}, 3, 28},
		{"ScaleDownIgnoresDeletionPods", cpu(50), 5, "rrrrrdd", []int64{100, 300, 500, 250, 250}, 3, 28},
		{"Tolerance", cpu(100), 3, "rrr", []int64{1010, 1030, 1020}, 3, 102},
		{"ToleranceCM", qps(20000), 3, "rrr", []int64{20000, 21000, 21000}, 3, 20666},
		{"MissingMetrics", cpu(100), 4, "rrrr", []int64{400, 95}, 3, 24},
		{"MissingMetricsNoChangeEq", cpu(100), 2, "rr", []int64{1000}, 2, 100},
		{"MissingMetricsNoChangeGt", cpu(100), 2, "rr", []int64{1900}, 2, 190},
		{"MissingMetricsNoChangeLt", cpu(100), 2, "rr", []int64{600}, 2, 60},
		{"MissingMetricsUnreadyChange", cpu(50), 3, "urr", []int64{100, 450}, 3, 45},
		{"MissingMetricsHotCpuNoChange", cpu(50), 3, "hrr", []int64{100, 450}, 3, 45},
		{"MissingMetricsUnreadyScaleUp", cpu(50), 3, "urr", []int64{100, 2000}, 4, 200},
		{"MissingMetricsHotCpuScaleUp", cpu(50), 3, "hrr", []int64{100, 2000}, 4, 200},
		{"MissingMetricsUnreadyScaleDown", cpu(50), 4, "urrr", []int64{100, 100, 100}, 3, 10},
		// Edges of the tolerance: the ratios 1.1 and 0.9 themselves do nothing, a percent beyond does.
		{"ratio 1.1", cpu(100), 10, "rrrrrrrrrr", tens(1100), 10, 110},
		{"ratio 1.11", cpu(100), 10, "rrrrrrrrrr", tens(1110), 12, 111},
		{"ratio 0.9", cpu(100), 10, "rrrrrrrrrr", tens(900), 10, 90},
		{"ratio 0.89", cpu(100), 10, "rrrrrrrrrr", tens(890), 9, 89},
		{"a percent is cut off, not rounded", cpu(100), 10, "rrrrrrrrrr", tens(1109), 10, 110},
		{"missing values of metrics without utilisation count as the target", qps(10000), 4, "rrrr", []int64{2000, 2000}, 3, 2000},
		{"missing pods use the target where that is above what they request", cpu(200), 3, "rrr", []int64{500, 500}, 2, 50},
		{"more pods than replicas must not scale up on the way down", cpu(50), 2, "rrrrr", []int64{300, 300, 300, 300}, 2, 30},
		{"idle", cpu(50), 4, "rrrr", []int64{0, 0, 0, 0}, 0, 0},
	} {
		cfg := Config{Min: 1, Max: 1000, Metrics: []Metric{c.metric}, Cluster: published}
		got := cfg.propose(0, c.replicas, fleet(c.pods, core, c.values), tolerances{.1, .1}, now)
		if want := (proposal{c.want, c.current, true}); got != want {
			t.Errorf("%s: %+v; want %+v", c.name, got, want)
		}
	}
}

func tens(v int64) []int64 { return []int64{v, v, v, v, v, v, v, v, v, v} }

func TestNothingToGoBy(t *testing.T) {
	for name, pods := range map[string][]Pod{
		"no pods":             nil,
		"no metrics":          fleet("rrr", 1000, nil),
		"only pods not ready": fleet("uph", 1000, []int64{500, 500, 500}),
		"nothing requested":   fleet("rr", 0, []int64{500, 500}),
	} {
		cfg := Config{Min: 1, Max: 9, Metrics: []Metric{{Kind: Utilization, Target: 50, CPU: true}}, Cluster: published}
		if got := cfg.propose(0, 3, pods, tolerances{.1, .1}, now); got.ok {
			t.Errorf("%s: proposes %d", name, got.replicas)
		}
	}
}

// TestStanding are the cases of TestGroupPods.
func TestStanding(t *testing.T) {
	ago := func(d time.Duration) time.Duration { return now - d }
	for _, c := range []struct {
		name             string
		cpu, ready       bool
		started, changed time.Duration
		at, window       time.Duration
		want             standing
	}{
		{"not ready, memory", false, false, ago(time.Minute), ago(time.Minute), now, time.Minute, counted},
		{"ready with fresh metrics in the initialisation period", true, true, ago(time.Minute), ago(30 * time.Second), now, 30 * time.Second, counted},
		{"ready without fresh metrics in the initialisation period", true, true, ago(time.Minute), ago(30 * time.Second), now, 60 * time.Second, unready},
		{"not ready in the initialisation period", true, false, ago(10 * time.Second), ago(10 * time.Second), now, 5 * time.Second, unready},
		{"ready without fresh metrics after the initialisation period", true, true, ago(3 * time.Minute), ago(3 * time.Minute), ago(2 * time.Minute), time.Minute, counted},
		{"not ready after the initialisation period, but was", true, false, ago(10 * time.Minute), ago(9 * time.Minute), now, time.Minute, counted},
		{"never ready", true, false, ago(10 * time.Minute), ago(10*time.Minute - 5*time.Second), now, time.Minute, unready},
		{"the end of the initialisation period counts", true, false, ago(2 * time.Minute), ago(time.Minute), now, time.Minute, counted},
	} {
		p := Pod{Ready: c.ready, Started: c.started, Changed: c.changed, Samples: []Sample{{At: c.at, Window: c.window, Value: 1, Request: 1}}}
		if got := p.standing(0, &Metric{CPU: c.cpu}, &published, now); got != c.want {
			t.Errorf("%s: %d; want %d", c.name, got, c.want)
		}
	}
}
