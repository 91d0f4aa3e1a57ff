package sim

import "testing"

// A server that is configured down or draining gets no new client, whatever becomes of it: not after a crash and its
// repair, nor after it was started anew in place. The rest of the fleet answers everything.
func TestConfiguredStatus(t *testing.T) {
	for name, happens := range map[string][]Action{
		"nothing": nil,
		"crash":   {{Kind: Crash, At: 100 * Second, Targets: []ServerID{0, 1}, Repair: fixed(10), Zone: -1}},
		"restart": {{Kind: Deploy, At: 100 * Second, Strategy: Strategy{Kind: InPlace, MaxUnavailable: 1, Drain: Second}}},
	} {
		for _, h := range []Health{{}, {Interval: Second, Timeout: Second, Fall: 1, Rise: 1}, {Interval: Second, Timeout: Second, Fall: 1, Rise: 1, UnderLoad: true}} {
			m := fleetModel(4, sessionsOf(5, 20, 1), 600)
			m.Servers[0].Status, m.Servers[1].Status = Down, Draining
			m.NewPolicy, m.Health, m.Timeline = uniformPolicy, h, happens
			m.Balancers.Redispatch = 3
			res := Run(m, 1, 0, Options{})
			for s, got := range res.Servers {
				if (s < 2) != (got.Requests == 0) {
					t.Errorf("%s, probes every %v: server %d got %d requests", name, h.Interval, s, got.Requests)
				}
			}
		}
	}
}
