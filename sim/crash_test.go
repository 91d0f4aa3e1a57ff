package sim

import (
	"testing"
)

// crashed is a fleet of three of which one crashes after a minute and is never repaired, as its users meet it: each of them
// stays with its server, and goes elsewhere when it cannot connect.
func crashed(host bool) *Model {
	m := queue(3, 1, FCFS, 5, fixed(.01), 300)
	m.NewPolicy = cookiePolicy
	m.Populations = []Population{{Name: "users", Users: 300, Think: exp(5), Demand: fixed(.01), Cookies: 1}}
	m.Balancers = Balancers{Count: 1, ConnectTimeout: 3 * Second, Redispatch: 1}
	m.Health = Health{Interval: 2 * Second, Timeout: Second, Fall: 3, Rise: 2}
	m.Timeline = []Action{{Kind: Crash, At: Minute, Targets: []ServerID{0}, Zone: -1, Host: host}}
	return m
}

// What died decides how long a connection and a probe take to fail, unless the model says that they all do alike.
func TestWhatDiedDecidesHowLongItTakesToFail(t *testing.T) {
	for _, c := range []struct {
		name            string
		host            bool
		balancers       Answering
		health          Answering
		detect, slowest float64 // bounds of the detection, in seconds, from its least; and the connection's timeout
	}{
		{name: "process", detect: 4, slowest: 0},
		{name: "host", host: true, detect: 5, slowest: 3},
		{name: "process, silent for all", balancers: Silent, health: Silent, detect: 5, slowest: 3},
		{name: "host, refusing for all", host: true, balancers: Refusing, health: Refusing, detect: 4, slowest: 0},
		{name: "process, silent to probes", health: Silent, detect: 5, slowest: 0},
	} {
		m := crashed(c.host)
		m.Balancers.Dead, m.Health.Dead = c.balancers, c.health
		res := Run(m, 1, 0, Options{})
		if d := figure(t, res, "detect.time.mean"); d < c.detect || d > c.detect+2 {
			t.Errorf("%s: marked down after %g s, want %g to %g", c.name, d, c.detect, c.detect+2)
		}
		if l := float64(res.Populations[0].Latency.Max()) / 1e9; l < c.slowest || l > c.slowest+.5 {
			t.Errorf("%s: the slowest answer took %g s, want %g and some work", c.name, l, c.slowest)
		}
	}
}

// Requests in flight on a process that dies break at once. Those on a host that is gone wait for the timeout of their client
// or for the return of the host, whatever comes first.
func TestRequestsInFlightOnADeadHostHang(t *testing.T) {
	for _, c := range []struct {
		name         string
		host         bool
		repair       float64 // 0 = never
		timeout      float64 // of the client; 0 = none
		broken, late bool
	}{
		{name: "process", timeout: 20, broken: true},
		{name: "host", host: true, timeout: 20, late: true},
		{name: "host that is soon back", host: true, repair: 5, timeout: 20, broken: true},
		{name: "host that is back too late", host: true, repair: 60, timeout: 20, late: true},
		{name: "host, without a timeout", host: true},
	} {
		m := crashed(c.host)
		m.Populations[0].Demand, m.Populations[0].Users = fixed(2), 12
		m.Populations[0].Think = fixed(.001)
		if c.timeout > 0 {
			m.Populations[0].Timeout = fixed(c.timeout)
		}
		if c.repair > 0 {
			m.Timeline[0].Repair = fixed(c.repair)
		}
		res := Run(m, 1, 0, Options{})
		broken, timedOut := figure(t, res, "requests.failed{cause=broken}") > 0, figure(t, res, "requests.failed{cause=timeout}") > 0
		hung := figure(t, res, "requests.in_flight") > 0
		if broken != c.broken || timedOut != c.late {
			t.Errorf("%s: broken %v, timed out %v; want %v, %v (in flight at the end: %v)", c.name, broken, timedOut, c.broken, c.late, hung)
		}
	}
}
