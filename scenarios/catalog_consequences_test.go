package scenarios_test

import (
	"math"
	"testing"

	"stickysim/sim"
)

// Consequences that no scenario scripts: they follow from a crash, a flash crowd, an address or a deployment.

// utilization is the mean over the servers that are up, between two instants.
func utilization(runs []*sim.Result, from, to sim.Time) float64 {
	sum, n := 0.0, 0.0
	for _, r := range runs {
		s := &r.Series
		for i := range s.Rows {
			if begin := r.Start + sim.Time(i)*s.Step; begin < from || begin+s.Step > to {
				continue
			}
			for _, u := range s.Rows[i].Of(sim.UtilizationSeries) {
				if u == u {
					sum += float64(u)
					n++
				}
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

// wait is how long crowds wait at a saturated server: the time at which they offer as much work as its cores can do.
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
// work they had. In addition, 150 users log in again, with 1.5 s of work each: as much as six half busy cores do in 75 s.
func TestReloginStorm(t *testing.T) {
	t.Parallel()
	const n, login, service, crash = 4, 1.5, 0.05, 3 * sim.Minute
	study := fromCatalog(t, "relogin-storm")
	storm, free, stored := play(t, study, "sticky-local", n), play(t, study, "sticky-free-login", n), play(t, study, "sticky-store", n)

	lost := average(storm, "sessions.lost{cause=crash}")
	within(t, "sessions lost", lost, 150, 4.5*math.Sqrt(150.0/n))
	within(t, "sessions lost with a store", average(stored, "sessions.lost"), 0, 0)

	// Work is conserved: that of the logins, less that of the requests that waiting users do not send meanwhile.
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

// 110 requests a second, 0.1 s of work each, for 16 cores: 69 %. If waiting exceeds the timeout, no request is
// answered in time and every request is sent four times, which is 275 % and keeps the wait above the timeout permanently. A
// retry budget of 20 % gives at most 83 %, so the queues drain. Stickiness makes no difference.
func TestRetryStorm(t *testing.T) {
	t.Parallel()
	const n = 2
	study := fromCatalog(t, "retry-storm")
	for _, v := range study.Variants { // measured from six minutes after the crowd is over
		v.Model.Warmup, v.Model.Duration, v.Model.Timeline[0].At = 15*sim.Minute, 10*sim.Minute, -7*sim.Minute
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
	for _, v := range study.Variants { // without the crowd, there is no storm
		v.Model.Timeline = nil
	}
	within(t, "answered without a crowd", average(play(t, study, "stateless-retries", n), "availability.requests"), 1, 1e-3)
}

// The server of a company's address is overloaded, and the company waits for it. Probes under load mark it down and so move
// the company to the next server, where all log in again and overload it, until every server was marked down.
func TestHotSpotCascade(t *testing.T) {
	t.Parallel()
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
	// In twenty minutes, every client loses a session at least once a minute.
	if lost := average(cascade, "sessions.lost{cause=remapped}"); lost < 20*550 {
		t.Errorf("the cascade loses %.0f sessions of 550 users", lost)
	}
}

// A server is empty after the longest of its m sessions, s (γ + ln m) of mean s, and then restarts for 30 s. The first has
// a quarter of the 150 sessions, the others a third, for one is always out. Without stickiness a server
// is empty after the requests it has in flight.
func TestDrainDragsDeploy(t *testing.T) {
	t.Parallel()
	const n, servers, restart = 12, 4, 30
	study := fromCatalog(t, "drain-drags-deploy")
	duration := func(s float64) float64 {
		drain := func(m float64) float64 { return s * (0.5772 + math.Log(m)) }
		return drain(37.5) + 3*drain(50) + servers*restart
	}
	spread := func(s float64) float64 { return 4 * s * math.Pi / math.Sqrt(6) * math.Sqrt(servers) / math.Sqrt(n) }
	bound, free := play(t, study, "sticky-store", n), play(t, study, "stateless", 2)
	within(t, "sticky", average(bound, "deploy.time"), duration(life), spread(life))
	within(t, "stateless", average(free, "deploy.time"), servers*restart, 1)
	within(t, "local state is as slow as a store", average(play(t, study, "sticky-local", 1), "deploy.time"), average(bound[:1], "deploy.time"), 0)

	// After a minute the remaining sessions are cut off, and move to servers that are still to be replaced: some are cut off
	// repeatedly, so that there are more cuts than sessions.
	held, cut := [servers]float64{37.5, 37.5, 37.5, 37.5}, 0.0
	for k := range held {
		next := held[k] * math.Exp(-60/life)
		cut += next
		for i := range held {
			held[i] = 50 + (held[i]-50)*math.Exp(-60/life)
			held[i] = 50 + (held[i]+next/3-50)*math.Exp(-restart/life)
		}
		held[k] = 0
	}
	limited := play(t, study, "sticky-deadline", 4)
	within(t, "with a deadline", average(limited, "deploy.time"), servers*(60+restart), 1e-6)
	within(t, "sessions cut off", average(limited, "drain.cut"), cut, 4.5*math.Sqrt(cut/4))
	if n := average(limited, "drain.cut"); n < 150 {
		t.Errorf("only %.0f of 150 sessions are cut off", n)
	}
}

// A session holds 1 MiB and 100 KiB for each of its 300/10.1 further requests, until 10 min after its last. 1.48 begin in
// a second: 1 visitor's, and one per 310 s of each of the 150 in the company.
func TestMemoryPressure(t *testing.T) {
	t.Parallel()
	const n, mebi = 4, 1 << 20
	study := fromCatalog(t, "memory-pressure")
	const last = 1 + 100.0/1024*life/10.1 // MiB in the end, and on the average of its life
	const rate = (1 + 150/310.0) / 4      // at one of four servers
	const idle = 1 / (1/10.1 + 1/life)    // from the last request to the end of a session
	roomy := play(t, study, "cookie-much-memory", n)
	resident := rate * (life - idle + 600) * last * mebi
	within(t, "resident", average(roomy, "server.memory.mean"), resident, 0.04*resident)

	// Spread by cookie, sessions in progress are 435 MiB at each server, which has 640. At the company's they are 860, and
	// elsewhere 290: there, and nowhere else, sessions are lost. A quarter of the visitors are on it.
	even, hot := play(t, study, "cookie", n), play(t, study, "address", n)
	lost := average(hot, "sessions.lost")
	within(t, "lost otherwise", lostOtherwise(hot, "memory-eviction"), 0, 0)
	if lost < 200 || average(even, "sessions.lost") > 0.02*lost {
		t.Errorf("%.0f sessions are lost where a company shares a server, %.1f by cookie", lost, average(even, "sessions.lost"))
	}
	odds := func(population string) float64 {
		p := average(hot, "sessions.lost.ratio{population="+population+"}")
		return p / (1 - p)
	}
	within(t, "losses per session of visitors, to the company's", odds("visitors")/odds("company"), 0.25, 0.06)

	// To carry them all costs pauses: 20 ms and 1 ns for each byte that is alive.
	free := play(t, study, "stateless", n)
	within(t, "lost with a store, and with much memory", average(free, "sessions.lost")+average(roomy, "sessions.lost"), 0, 0)
	none, some, much := average(free, "latency.p99"), average(even, "latency.p99"), average(roomy, "latency.p99")
	if some < 2*none || much < 2*some {
		t.Errorf("p99 latency %.3g s with a store, %.3g s with little memory, %.3g s with much", none, some, much)
	}
	for _, v := range study.Variants {
		v.Model.Warmup, v.Model.Duration = 0, v.Model.Warmup+v.Model.Duration // over all of which pauses are counted
		runs := play(t, study, v.Name, n)
		pause := 4 * v.Model.Duration.Seconds() * average(runs, "gc.time") / average(runs, "gc.pauses")
		within(t, "pause, "+v.Name, pause, 0.02+1e-9*average(runs, "server.memory.mean"), 0.04*pause)
	}
}

// Behind one address the company saturates its server and cannot ask for more, while visitors keep the others busy to 35 %:
// a mean of 51 %, for which four servers are enough. Evenly spread, the same users need 5.7 of eight cores, 71 %, and get
// a fifth server.
func TestHiddenAutoscaling(t *testing.T) {
	t.Parallel()
	const n = 4
	study := fromCatalog(t, "hidden-autoscaling")
	hot := play(t, study, "address", n)
	visitors := (1 + life/10.09) * 0.09 / 8
	within(t, "mean utilization", average(hot, "server.utilization.mean"), (1+3*visitors)/4, 0.02)
	within(t, "utilization of the hottest", average(hot, "server.utilization.max"), 1, 1e-3)
	within(t, "part of the hot spot that the mean utilization hides", average(hot, "hotspot.hidden{dashboard=utilization}"), 1, 0.02)
	within(t, "part that the median latency hides, of which most is the company's", average(hot, "hotspot.hidden{dashboard=p50}"), 0, 0)
	within(t, "decisions of the autoscaler", average(hot, "autoscaler.events"), 0, 0)
	within(t, "latency of the company", average(hot, "latency.mean{population=company}"), wait(2, crowd{300, 5, 0.05}, crowd{75, 10, 0.09})+0.05, 0.4)
	for _, variant := range []string{"stateless", "cookie"} {
		runs := play(t, study, variant, n)
		within(t, "servers, "+variant, average(runs, "servers.mean"), 5, 0.3)
		within(t, "hot spots, "+variant, average(runs, "hotspot.time"), 0, 0)
		if p := average(runs, "latency.p95{population=company}"); p > 0.5 {
			t.Errorf("%s: p95 latency of the company %.3g s", variant, p)
		}
	}
}
