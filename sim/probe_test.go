package sim

import (
	"math"
	"testing"
)

// Balancers notice that a server has become silent, or refuses, when the real programs do. The times of HAProxy 2.6 are from
// recordings: with the first probe after a uniform part of the interval, the others follow inter after the end of the last.
func TestDetectionFollowsTheProductsPeriod(t *testing.T) {
	t.Parallel()
	haproxy := func(inter, timeout Time) Health {
		return Health{Interval: inter, FromEnd: true, Timeout: timeout, Fall: 3, Rise: 2}
	}
	fast := haproxy(2*Second, 500*Millisecond)
	fast.Changing = 200 * Millisecond
	ticker := haproxy(2*Second, 500*Millisecond)
	ticker.FromEnd = false
	host := haproxy(2*Second, Never)
	host.Connect = Second
	for _, c := range []struct {
		name        string
		host        bool
		health      Health
		least, span float64 // seconds until the server is marked down: least, and how much more at most
	}{
		{"refuses, inter 1s", false, haproxy(Second, Second), 2, 1},
		{"silent, inter 1s, timeout check 1s", true, haproxy(Second, Second), 5, 1},
		{"silent, inter 2s, timeout check 500ms", true, haproxy(2*Second, 500*Millisecond), 5.5, 2},
		{"silent, fastinter 200ms", true, fast, 1.9, 2},
		{"silent, a period from start to start", true, ticker, 4.5, 2},
		{"silent, own timeout of connections", true, host, 7, 2},
	} {
		var least, most, sum float64 = math.Inf(1), 0, 0
		const n = 60
		for rep := range n {
			m := crashed(c.host)
			m.Populations[0].Users, m.Duration = 3, 2*Minute
			m.Health = c.health
			d := figure(t, Run(m, 1, rep, Options{}), "detect.time.mean")
			least, most, sum = min(least, d), max(most, d), sum+d
		}
		if mean := c.least + c.span/2; least < c.least || most > c.least+c.span*1.001 || math.Abs(sum/n-mean) > c.span*.15 {
			t.Errorf("%s: marked down after %.2f to %.2f s, %.2f in the mean; want %g to %g", c.name, least, most, sum/n, c.least, c.least+c.span)
		}
	}
}

// A server that is back is up after its probes have passed: the first follows the last failed one, at the interval of a server
// that is down, the others at that of a server whose state changes.
func TestRecoveryFollowsTheProductsPeriod(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		health      Health
		least, span float64 // seconds from the repair until the server is marked up
	}{
		{"inter 1s", Health{Interval: Second, FromEnd: true, Fall: 3, Rise: 2}, 1, 1},
		{"downinter 10s", Health{Interval: Second, Down: 10 * Second, FromEnd: true, Fall: 3, Rise: 2}, 1, 10},
		{"downinter 10s, fastinter 100ms", Health{Interval: Second, Down: 10 * Second, Changing: 100 * Millisecond, FromEnd: true, Fall: 3, Rise: 3}, .2, 10},
	} {
		var least, most float64 = math.Inf(1), 0
		for rep := range 60 {
			m := crashed(false)
			m.Populations[0].Users, m.Duration = 3, 3*Minute
			m.Health = c.health
			m.Timeline[0].Repair = exp(20)
			repaired := Never
			for _, e := range Run(m, 1, rep, Options{Log: true}).Log {
				switch {
				case e.Event == "server repaired" && e.At < 2*Minute:
					repaired = e.At
				case e.Event == "marked up" && e.At > repaired:
					d := (e.At - repaired).Seconds()
					least, most = min(least, d), max(most, d)
				}
			}
		}
		if least < c.least-1e-9 || most > c.least+c.span*1.001 || least > c.least+c.span*.2 || most < c.least+c.span*.8 {
			t.Errorf("%s: marked up after %.2f to %.2f s; want %g to %g", c.name, least, most, c.least, c.least+c.span)
		}
	}
}

// Balancers without probes never notice by themselves that a server has died. Failed requests can show it.
func TestWithoutProbesOnlyFailuresTell(t *testing.T) {
	for _, passive := range []bool{false, true} {
		m := crashed(false)
		m.Health = Health{Interval: Never}
		if passive {
			m.Health.Passive = Passive{Failures: 2, Eject: 5 * Second}
		}
		marked := 0
		for _, e := range Run(m, 1, 0, Options{Log: true}).Log {
			if e.Event == "marked down" {
				marked++
			}
		}
		if (marked > 0) != passive {
			t.Errorf("with passive checks %v: the dead server is marked down %d times", passive, marked)
		}
	}
}
