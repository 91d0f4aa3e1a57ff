package importer

import (
	"reflect"
	"testing"
	"time"

	"stickysim/policies"
	"stickysim/scenarios"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
	"stickysim/sim/hpa"
)

// An autoscaler comes back from the scenario as it was put in.
func TestScalingRoundTrip(t *testing.T) {
	third := 0.33
	up := hpa.DefaultScaleUp()
	up.Tolerance, up.Stabilization = &third, 90*time.Second
	plain := sim.Autoscaler{Min: 1, Max: 12, Target: 0.6, Period: 15 * sim.Second, Tolerance: 0.1, Stabilize: sim.Minute, Drain: sim.Minute}
	full := plain
	full.Behavior = &hpa.Behavior{ScaleUp: up, ScaleDown: hpa.Rules{Stabilization: time.Hour, Select: hpa.Disabled, Policies: []hpa.Policy{{Type: hpa.Pods, Value: 3, Period: 30 * time.Minute}}}}
	e, _ := policies.Lookup("round-robin")
	for _, want := range []sim.Autoscaler{plain, full} {
		c := &ir.Config{Product: "Kubernetes", Pools: []ir.Pool{{Name: "web", Policy: "round-robin", Params: e.Default, Scaling: &want, Servers: []ir.Server{{Info: sim.ServerInfo{Name: "a", Addr: "a", Weight: 1}}}}}}
		yaml, err := ToScenario(c, &c.Pools[0])
		if err != nil {
			t.Fatalf("%v\n%s", err, yaml)
		}
		spec, err := scenarios.Parse("x", yaml)
		if err != nil {
			t.Fatal(err)
		}
		if got := scenarios.Build(spec, nil).Study.Variants[0].Model.Autoscaler; !reflect.DeepEqual(*got, want) {
			t.Errorf("%+v\nwant %+v\n%s", *got, want, yaml)
		}
	}
}
