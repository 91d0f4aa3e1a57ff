//go:build unix

package sim_test

import (
	"math"
	"testing"

	"stickysim/policies"
	"stickysim/sim"
)

// asked is a policy that is asked about every request and every answer, and hears of every attempt, whatever it says about itself.
type asked struct{ sim.Powers }

func (asked) Repeats() bool    { return false }
func (asked) Reads() sim.Needs { return sim.NeedsHash | sim.NeedsAddr | sim.NeedsDraw }

// What a policy need not be asked changes no figure of a run in which servers fail, are full, and lose clients' cookies.
func TestPoliciesNeedNotBeAsked(t *testing.T) {
	t.Parallel()
	for _, e := range policies.All() {
		if f, ok := e.Default.(policies.Fitter); ok && f.Fits(infosOf(benchModel(e.Name, 5, 50, 1))) != nil {
			continue
		}
		for seed := range uint64(6) {
			var figures [2][]sim.Metric
			for i := range figures {
				m := benchModel(e.Name, 5, 50, 2000)
				stormy(m, seed)
				if made := m.NewPolicy; i == 1 {
					m.NewPolicy = func(env sim.Env) sim.Balancer {
						a := &asked{sim.PowersOf(made(env))}
						a.FollowAll()
						return a
					}
				}
				figures[i] = sim.Run(m, seed, 0, sim.Options{}).Metrics
			}
			for j, x := range figures[0] {
				if y := figures[1][j]; math.Float64bits(x.Value) != math.Float64bits(y.Value) {
					t.Errorf("%s, seed %d: %s is %v, and %v where the policy is asked about every request", e.Name, seed, x.Name(), x.Value, y.Value)
					break
				}
			}
		}
	}
}

// stormy makes servers crash, come back and drain, and by seed: keep state and be probed, be full and ejected, or lose no cookie
// of people without a timeout.
func stormy(m *sim.Model, seed uint64) {
	m.Timeline = []sim.Action{
		{Kind: sim.Crash, Every: expLaw(20), Repair: expLaw(10), Servers: 1, Zone: -1},
		{Kind: sim.Drain, Every: expLaw(60), Repair: expLaw(10), Servers: 1, Zone: -1, Deadline: 5 * sim.Second},
	}
	if seed < 4 {
		m.Populations[0].CookieLoss = .05
		timeout(m, expLaw(10))
	}
	if seed&1 == 1 {
		state(m, sim.Placement{Kind: sim.Local})
		m.Health = sim.Health{Interval: 2 * sim.Second, Timeout: sim.Second, Fall: 2, Rise: 1}
	}
	if seed&2 == 2 {
		m.Health.Passive = sim.Passive{Failures: 2, Eject: 10 * sim.Second}
		eachServer(m, func(s *sim.Server) { s.Queue, s.Info.Limit = 3, 5 })
	}
}
