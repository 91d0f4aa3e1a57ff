package scenarios

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"stickysim/sim"
	"stickysim/sim/hpa"
)

const scaled = "servers: {count: 4, cores: 1}\nduration: 1h\nworkload: [{name: w, sessions: 4/s, requests: 1, service: 500ms}]\n"

func TestAutoscalers(t *testing.T) {
	t.Parallel()
	compiled := compiledSchema(t)
	third := 1.0 / 4
	for _, c := range []struct {
		text string
		want sim.Autoscaler
	}{
		{"{hpa: {metric: utilization, target: 60%, min: 3, max: 20}}",
			sim.Autoscaler{Min: 3, Max: 20, Target: 0.6, Period: 15 * sim.Second, Tolerance: 0.1, Stabilize: 5 * sim.Minute, Drain: 5 * sim.Minute}},
		{"{hpa: {metric: request_rate, target: 12.5, min: 3, max: 20, window: 1m, delay: 30s, initialization: 2m, victim: fewest_sessions, stabilize: 2m, " +
			"behavior: {scale_up: {stabilization: 1m, policies: [{pods: 2, period: 30s}, {percent: 50, period: 1m}], select: min, tolerance: 25%}}}}",
			sim.Autoscaler{Min: 3, Max: 20, Metric: sim.RequestRate, Target: 12.5, Period: 15 * sim.Second, Tolerance: 0.1, Stabilize: 2 * sim.Minute, Drain: 5 * sim.Minute,
				Window: sim.Minute, Delay: 30 * sim.Second, Initialization: 2 * sim.Minute, Victim: sim.FewestSessions,
				Behavior: &hpa.Behavior{
					ScaleUp: hpa.Rules{Stabilization: time.Minute, Select: hpa.MinChange, Tolerance: &third,
						Policies: []hpa.Policy{{Type: hpa.Pods, Value: 2, Period: 30 * time.Second}, {Type: hpa.Percent, Value: 50, Period: time.Minute}}},
					ScaleDown: hpa.Rules{Stabilization: 2 * time.Minute, Policies: hpa.DefaultScaleDown().Policies},
				}}},
		{"{hpa: {min: 1, max: 9, behavior: {scale_down: {select: disabled}}}, schedule: [{at: 10m, every: 1h, min: 3, max: 5}]}",
			sim.Autoscaler{Min: 1, Max: 9, Target: 0.65, Period: 15 * sim.Second, Tolerance: 0.1, Stabilize: 5 * sim.Minute, Drain: 5 * sim.Minute,
				Behavior: &hpa.Behavior{ScaleUp: hpa.DefaultScaleUp(), ScaleDown: hpa.Rules{Stabilization: 5 * time.Minute, Policies: hpa.DefaultScaleDown().Policies, Select: hpa.Disabled}},
				Schedule: &sim.Schedule{Sizes: []sim.ScheduledSize{{At: 10 * sim.Minute, Every: sim.Hour, Min: 3, Max: 5}}}}},
		{"{step: {target: 0.5, min: 2, max: 8, adjust: percent, least: 2, in_points: 5, warm_up: 1m, steps: [{upper: -0.2, by: -25}, {lower: 0.1, by: 50}]}}",
			sim.Autoscaler{Rule: sim.StepScale, Min: 2, Max: 8, Target: 0.5, Period: sim.Minute, WarmUp: sim.Minute, Drain: 5 * sim.Minute,
				Step: &sim.StepScaling{Adjust: sim.PercentChangeInCapacity, Least: 2, OutPoints: 1, InPoints: 5,
					Steps: []sim.Step{{Lower: math.Inf(-1), Upper: -0.2, By: -25}, {Lower: 0.1, Upper: math.Inf(1), By: 50}}}}},
		{"{target_tracking: {metric: in_flight, target: 3, min: 2, max: 8, cooldown_in: 5m, out_only: true}}",
			sim.Autoscaler{Rule: sim.TrackTarget, Metric: sim.InFlight, Min: 2, Max: 8, Target: 3, Period: sim.Minute, WarmUp: 5 * sim.Minute, Drain: 5 * sim.Minute,
				Tracking: &sim.TargetTracking{OutPoints: 3, InPoints: 15, InBelow: 0.9, CooldownIn: 5 * sim.Minute, OutOnly: true}}},
		{"{schedule: [{at: 5m, servers: 7}, {at: 20m, servers: 3}], drain: 10s, victim: oldest}",
			sim.Autoscaler{Rule: sim.ScheduledOnly, Min: 1, Max: 7, Drain: 10 * sim.Second, Victim: sim.Oldest,
				Schedule: &sim.Schedule{Sizes: []sim.ScheduledSize{{At: 5 * sim.Minute, Size: 7}, {At: 20 * sim.Minute, Size: 3}}}}},
	} {
		text := scaled + "autoscaler: " + c.text + "\n"
		b := build(t, text)
		m := b.Study.Variants[0].Model
		if !reflect.DeepEqual(*m.Autoscaler, c.want) {
			t.Errorf("%s\n  %+v\nwant\n  %+v", c.text, *m.Autoscaler, c.want)
		}
		if err := compiled.Validate(asJSON(t, []byte(text))); err != nil {
			t.Errorf("%s: the schema refuses it: %v", c.text, err)
		}
		if refused := figureOf(t, m, "servers.refused"); refused != 0 {
			t.Errorf("%s: %g servers refused, room for %d", c.text, refused, m.MaxServers)
		}
	}
}

// figureOf runs a model once.
func figureOf(t *testing.T, m *sim.Model, name string) float64 {
	t.Helper()
	for _, v := range sim.Run(m, 1, 0, sim.Options{}).Metrics {
		if v.Name() == name {
			return v.Value
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

// Two alternatives do not share what their autoscalers refer to.
func TestAutoscalersOfVariants(t *testing.T) {
	t.Parallel()
	b := build(t, scaled+"autoscaler: {step: {min: 1, max: 9, steps: [{lower: 0, by: 1}]}}\npolicies:\n  - round-robin\n"+
		"  - {variant: b, policy: cookie, autoscaler: {step: {least: 3}}}\n  - {variant: c, policy: cookie, autoscaler: {hpa: {min: 1, max: 5}}}\n  - {variant: d, policy: cookie, autoscaler: none}\n")
	equal(t, "base", b.Study.Variants[0].Model.Autoscaler.Step.Least, 0)
	equal(t, "variant", b.Study.Variants[1].Model.Autoscaler.Step.Least, 3)
	equal(t, "another rule", b.Study.Variants[2].Model.Autoscaler.Rule, sim.HPA)
	equal(t, "none", b.Study.Variants[3].Model.Autoscaler, nil)
}

func TestBadAutoscalers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"{hpa: {min: 5, max: 4}}", "autoscaler.hpa: has min above max"},
		{"{hpa: {max: 4}}", "autoscaler.hpa: needs min"},
		{"{hpa: {min: 1, max: 4, targt: 50%}}", `did you mean "target"?`},
		{"{hpa: {min: 1, max: 4, metric: utilisation}}", `did you mean "utilization"?`},
		{"{hpa: {min: 1, max: 4, metric: sessions}}", "autoscaler.hpa: needs target"},
		{"{hpa: {min: 1, max: 4, target: 300%}}", "autoscaler.hpa.target: must be a utilization"},
		{"{hpa: {min: 1, max: 4}, step: {min: 1, max: 4, steps: [{by: 1}]}}", "autoscaler.step: has hpa and step"},
		{"{hpa: {min: 1, max: 4}, victim: oldest}", "autoscaler.victim: belongs to hpa"},
		{"{drain: 5s}", "autoscaler: needs a rule"},
		{"{hpa: {min: 1, max: 4, behavior: {scale_up: {policies: []}}}}", "autoscaler.hpa.behavior.scale_up.policies: must have 1 to 100 elements"},
		{"{hpa: {min: 1, max: 4, behavior: {scale_up: {policies: [{period: 15s}]}}}}", "policies[0]: needs pods or percent"},
		{"{hpa: {min: 1, max: 4, behavior: {scale_up: {policies: [{pods: 1, percent: 5, period: 15s}]}}}}", "policies[0].percent: has pods and percent"},
		{"{hpa: {min: 1, max: 4, behavior: {scale_up: {policies: [{pods: 1, period: 31m}]}}}}", "policies[0].period: must be at most 30m0s"},
		{"{hpa: {min: 1, max: 4, behavior: {scale_down: {select: most}}}}", "autoscaler.hpa.behavior.scale_down.select: must be one of max, min, disabled"},
		{"{hpa: {min: 1, max: 4, behavior: {scaledown: {}}}}", `did you mean "scale_down"?`},
		{"{step: {min: 1, max: 4}}", "autoscaler.step: needs steps"},
		{"{step: {min: 1, max: 4, steps: [{lower: 1, upper: 0, by: 1}]}}", "autoscaler.step.steps[0]: has lower at or above upper"},
		{"{step: {min: 1, max: 4, steps: [{lower: 0, by: 1}, {lower: 0.1, by: 2}]}}", "autoscaler.step.steps[1]: overlaps"},
		{"{target_tracking: {min: 1, max: 4, in_below: 2}}", "autoscaler.target_tracking.in_below: must be from"},
		{"{schedule: [{at: 5m}]}", "autoscaler.schedule[0]: changes nothing"},
		{"{schedule: [{servers: 4}]}", "autoscaler.schedule[0]: needs at"},
		{"{schedule: [{at: 1m, min: 4, max: 3}]}", "autoscaler.schedule[0]: has min above max"},
		{"hpa", "must be a mapping"},
	} {
		list := problems(scaled + "autoscaler: " + c.text + "\n").Errors()
		if len(list) != 1 || !strings.Contains(list.Error(), c.want) {
			t.Errorf("%s: %v; want one problem: %s", c.text, list, c.want)
			continue
		}
		if list[0].Line != 4 || list[0].Col < 13 {
			t.Errorf("%s: at %d:%d", c.text, list[0].Line, list[0].Col)
		}
	}
}

// Deployments, preemptions and crashes of a fleet that was scaled out find room for all the servers they make.
func TestRoomForScaledFleets(t *testing.T) {
	t.Parallel()
	for _, timeline := range []string{
		"{at: 10m, every: 10m, deploy: {strategy: rolling, max_surge: 100%, drain: 10s}}",
		"{every: exp(2m), preempt: {servers: 1, notice: 10s, replace: true}}",
		"{each: exp(1h), crash: {}}",
	} {
		b := build(t, `servers: {count: 2, cores: 1, startup: 10s}
duration: 4h
warmup: 0
workload: [{name: w, sessions: 24/s, requests: 1, service: 500ms}]
autoscaler: {hpa: {min: 2, max: 20, stabilize: 4h, drain: 10s}}
timeline: [`+timeline+"]\n")
		m := b.Study.Variants[0].Model
		if refused := figureOf(t, m, "servers.refused"); refused != 0 || len(m.Timeline) != 1 {
			t.Errorf("%s: %g servers refused, room for %d", timeline, refused, m.MaxServers)
		}
	}
}
