package sim

import "testing"

// Four servers at 80 % and a fifth that is slow: it fails its probes, its clients land on the others, which then have more
// than they can do and fail theirs. Where probes do not feel the load, no server is marked down.
func TestHotSpotCascade(t *testing.T) {
	down := func(underLoad bool) (events, failed float64) {
		m := queue(5, 2, FCFS, 80, exp(.1), 900)
		for i := range m.Servers {
			m.Servers[i].Queue = 400
		}
		m.NewPolicy = stickyPolicy
		m.Health = Health{Interval: 2 * Second, Timeout: Second, Fall: 3, Rise: 2, UnderLoad: underLoad}
		m.Timeline = []Action{{Kind: Slow, At: 200 * Second, Targets: []ServerID{0}, Factor: .5, Repair: fixed(300), Zone: -1}}
		res := Run(m, 1, 0, Options{Log: true})
		for _, e := range res.Log {
			if e.Event == "marked down" && e.Server != 0 {
				events++
			}
		}
		return events, figure(t, res, "requests.failed")
	}
	if n, _ := down(false); n != 0 {
		t.Errorf("%g healthy servers were marked down by probes that do not feel load", n)
	}
	if n, _ := down(true); n == 0 {
		t.Error("the overload of one server did not spread")
	}
}
