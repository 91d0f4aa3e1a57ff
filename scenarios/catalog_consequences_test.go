package scenarios_test

import (
	"math"
	"testing"

	"stickysim/sim"
)

// Consequences that no scenario scripts: they follow by themselves from a crash, a crowd, an address or a deployment.

// utilization is the mean over the servers that are up, between two instants.
func utilization(runs []*sim.Result, from, to sim.Time) float64 {
	sum, n := 0.0, 0.0
	for _, r := range runs {
		s := &r.Series
		for i, u := range s.Utilization {
			begin := r.Start + sim.Time(i%s.Points)*s.Step
			if u == u && begin >= from && begin+s.Step <= to {
				sum += float64(u)
				n++
			}
		}
	}
	return sum / n
}

// done is what the servers of a run have done on average: core-seconds of work, and answers.
func done(runs []*sim.Result) (work, answers float64) {
	for _, r := range runs {
		for i := range r.Servers {
			work += r.Servers[i].Busy
			answers += float64(r.Servers[i].Answered)
		}
	}
	return work / float64(len(runs)), answers / float64(len(runs))
}

// crowd is some users who ask, wait for the answer, and think.
type crowd struct{ users, think, service float64 }

// wait is how long crowds wait at a server that they keep busy: as long as it takes to make them ask for no more work
// than its cores can do.
func wait(cores float64, crowds ...crowd) float64 {
	low, high := 0.0, 1000.0
	for range 50 {
		w, asked := (low+high)/2, 0.0
		for _, c := range crowds {
			asked += c.users * c.service / (c.think + w + c.service)
		}
		if asked > cores {
			low = w
		} else {
			high = w
		}
	}
	return low
}

// 600 sessions, each with 50 ms of work every 10 s, and a crash among four servers: those that are left have 4/3 of the
// work they had. That 150 users log in again is 1.5 s of work each on top, as much as six half busy cores do in 75 s.
func TestReloginStorm(t *testing.T) {
	const n, login, service, crash = 4, 1.5, 0.05, 8 * sim.Minute
	study := fromCatalog(t, "relogin-storm")
	storm, free, stored := play(t, study, "sticky-local", n), play(t, study, "sticky-free-login", n), play(t, study, "sticky-store", n)

	lost := average(storm, "sessions.lost{cause=crash}")
	within(t, "sessions lost", lost, 150, 4.5*math.Sqrt(150.0/n))
	within(t, "sessions lost with a store", average(stored, "sessions.lost"), 0, 0)

	// Work is conserved: the logins, less what those who wait in line do not ask for meanwhile.
	work, answers := done(storm)
	ordinary, usual := done(free)
	within(t, "work of the logins", work-ordinary+(usual-answers)*service, lost*login, 0.02*lost*login)

	before := utilization(storm, crash-3*sim.Minute, crash)
	peak := func(runs []*sim.Result) float64 { return utilization(runs, crash+10*sim.Second, crash+40*sim.Second) }
	within(t, "peak with a store, relative", peak(stored)/before, 4.0/3, 0.1)
	within(t, "peak if logins cost nothing, relative", peak(free)/before, 4.0/3, 0.1)
	within(t, "peak with logins", peak(storm), 1, 0.02)
	if slow, usual := average(storm, "latency.p99"), average(stored, "latency.p99"); slow < 10*usual {
		t.Errorf("p99 latency %.3g s with logins, %.3g s with a store", slow, usual)
	}
}

// 110 requests a second, 0.1 s of work each, for 16 cores: 69 %. If waiting is longer than patience, nobody is answered in
// time and every request is sent four times, which is 275 % and keeps waiting long, for ever. Of a budget of 20 % come
// 83 % at most, so the queues end. Stickiness makes no difference.
func TestRetryStorm(t *testing.T) {
	const n = 2
	study := fromCatalog(t, "retry-storm")
	for _, v := range study.Variants { // measured from six minutes after the crowd has gone
		v.Model.Warmup, v.Model.Duration = 15*sim.Minute, 10*sim.Minute
	}
	for _, variant := range []string{"stateless-no-retry", "stateless-budget", "sticky-no-retry", "sticky-budget"} {
		runs := play(t, study, variant, n)
		within(t, "answered, "+variant, average(runs, "availability.requests"), 1, 1e-3)
		within(t, "attempts, "+variant, average(runs, "requests.attempts"), 1, 1e-3)
		within(t, "utilization, "+variant, average(runs, "server.utilization.mean"), 0.6875, 0.03)
	}
	for _, variant := range []string{"stateless-retries", "sticky-retries"} {
		runs := play(t, study, variant, n)
		within(t, "answered, "+variant, average(runs, "availability.requests"), 0, 1e-3)
		within(t, "attempts, "+variant, average(runs, "requests.attempts"), 4, 0.03) // some of the last are still to come
		within(t, "utilization, "+variant, average(runs, "server.utilization.mean"), 1, 1e-3)
	}
	for _, v := range study.Variants { // without the crowd, nothing of it
		v.Model.Timeline = nil
	}
	within(t, "answered without a crowd", average(play(t, study, "stateless-retries", n), "availability.requests"), 1, 1e-3)
}

// The server of a company's address is too busy, and the company waits for it. Probes that notice move it on to the next
// server, where it is the same and everybody has to log in, until no server is left that was not taken out.
func TestHotSpotCascade(t *testing.T) {
	const n = 3
	study := fromCatalog(t, "hot-spot-cascade")
	takenOut := map[string]int{"stateless": 0, "cookie": 0, "address-blind-probes": 0, "address": 4}
	for _, v := range study.Variants {
		servers := map[sim.ServerID]bool{}
		for _, e := range sim.Run(v.Model, study.Seed, 0, sim.Options{Log: true}).Log {
			if e.Event == "marked down" {
				servers[e.Server] = true
			}
		}
		if len(servers) != takenOut[v.Name] {
			t.Errorf("%s: %d servers are taken out, want %d", v.Name, len(servers), takenOut[v.Name])
		}
	}
	blind, cascade := play(t, study, "address-blind-probes", n), play(t, study, "address", n)
	// With the company on its server are 75 of the 300 visitors.
	want := wait(2, crowd{250, 5, 0.05}, crowd{75, 10, 0.1}) + 0.05
	within(t, "latency of the company", average(blind, "latency.mean{population=company}"), want, 0.4)
	within(t, "sessions lost", average(blind, "sessions.lost"), 0, 0)
	if p := average(cascade, "latency.mean{population=company}"); p < 2*want {
		t.Errorf("the company waits %.3g s, where its server is taken out for being slow; %.3g s where not", p, want)
	}
	// In twenty minutes, everybody loses a session once a minute and more.
	if lost := average(cascade, "sessions.lost{cause=remapped}"); lost < 20*550 {
		t.Errorf("the cascade loses %.0f sessions of 550 users", lost)
	}
}
