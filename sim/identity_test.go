package sim_test

import (
	"fmt"
	"math"
	"testing"

	"stickysim/policies"
	_ "stickysim/policies/all"
	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/metric"
	"stickysim/workloads"
)

// A policy does the same whether or not it knows that clients have hashes and addresses of their own, though clients come and go, and
// others get their slots.
func TestOwnHashesAndAddressesChangeNoPick(t *testing.T) {
	think, _ := dist.NewExp(4)
	work, _ := dist.NewExp(.1)
	arrivals, err := workloads.NewRegular(.05)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range policies.All() {
		m := &sim.Model{Duration: 2 * sim.Minute, Balancers: sim.Balancers{Count: 1}}
		for i := range 12 {
			info := sim.ServerInfo{Name: fmt.Sprint("s", i), Addr: fmt.Sprintf("10.0.0.%d:80", i+1), Weight: 1}
			m.Servers = append(m.Servers, sim.Server{Info: info, Cores: 2, Speed: 1, Queue: -1})
		}
		m.Template = m.Servers[0]
		life, _ := dist.NewExp(10)
		m.Populations = []sim.Population{{Name: "visitors", Sessions: arrivals, Life: life, Think: think, Demand: work, Cookies: 1},
			{Name: "users", Users: 50, Think: think, Demand: work, Cookies: 1}}
		m.Timeline = []sim.Action{{Kind: sim.Crash, At: sim.Minute, Targets: []sim.ServerID{0}, Zone: -1}}
		if f, ok := e.Default.(policies.Fitter); ok && f.Fits(infosOf(m)) != nil {
			continue
		}
		knew := false
		m.NewPolicy = func(env sim.Env) sim.Balancer {
			knew = env.OwnHash && env.OwnAddr
			return e.Default.New(env)
		}
		want := valuesOf(sim.Run(m, 1, 0, sim.Options{}))
		m.NewPolicy = func(env sim.Env) sim.Balancer {
			env.OwnHash, env.OwnAddr = false, false
			return e.Default.New(env)
		}
		got := valuesOf(sim.Run(m, 1, 0, sim.Options{}))
		if !knew {
			t.Fatal("the policies do not know")
		}
		for id, value := range want {
			if got[id] != value {
				t.Errorf("%s: %s is %v, and %v where the policy knows less", e.Name, id, math.Float64frombits(value), math.Float64frombits(got[id]))
			}
		}
	}
}

// valuesOf is the bits of all figures of a replication.
func valuesOf(res *sim.Result) map[metric.ID]uint64 {
	values := map[metric.ID]uint64{}
	for _, m := range res.Metrics {
		values[m.ID] = math.Float64bits(m.Value)
	}
	return values
}
