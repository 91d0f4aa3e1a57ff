package scenarios_test

import (
	"math"
	"os"
	"strings"
	"testing"

	"stickysim/scenarios"
	"stickysim/sim"
)

// counted are the replications of a scenario in testdata/counts, by alternative.
type counted map[string][]*sim.Result

// count runs a scenario of testdata/counts; changes are of its fields, as in --set.
func count(t *testing.T, file string, changes ...string) counted {
	t.Helper()
	spec, err := scenarios.Load(os.DirFS("../testdata/counts"), file+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		path, value, _ := strings.Cut(change, "=")
		if spec, err = spec.Set(path, value); err != nil {
			t.Fatal(err)
		}
	}
	study := studyOf(t, spec, nil)
	runs := counted{}
	for _, v := range study.Variants {
		for n := range study.Replications.Min {
			runs[v.Name] = append(runs[v.Name], sim.Run(v.Model, study.Seed, n, sim.Options{Log: true}))
		}
	}
	return runs
}

// mean is a figure of an alternative, averaged over its replications.
func (c counted) mean(t *testing.T, alternative, name string) float64 {
	t.Helper()
	if len(c[alternative]) == 0 {
		t.Fatalf("no alternative is called %s", alternative)
	}
	sum := 0.0
	for _, r := range c[alternative] {
		sum += metric(name)(r)
	}
	return sum / float64(len(c[alternative]))
}

// is compares a figure of an alternative with the right value; NaN is undefined.
func (c counted) is(t *testing.T, alternative, name string, want, within float64) {
	t.Helper()
	got := c.mean(t, alternative, name)
	if math.IsNaN(want) != math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s of %s is %.5g, want %.5g ± %.2g", name, alternative, got, want, within)
	}
}

// A visit of three requests to ten servers at random loses its state with the second or the third, unless both stay on one
// server: whether people log in again, start again or leave.
func TestVisitsDoNotDependOnWhatFollowsALoss(t *testing.T) {
	t.Parallel()
	runs := count(t, "visits-of-three")
	for _, name := range []string{"random", "random-leave", "random-restart"} {
		runs.is(t, name, "visits.hit.ratio", .99, .01)
		runs.is(t, name, "users.affected", .99, .01)
	}
	runs.is(t, "rr", "visits.hit.ratio", .99, .01)
	runs.is(t, "one", "visits.hit.ratio", 0, 0)
	runs.is(t, "random", "visits.losses", 1.8, .02)
	runs.is(t, "random", "sessions.lost.ratio", 1.8/2.8, .01)
	runs.is(t, "random-leave", "visits.losses", .99, .01)
	runs.is(t, "random-leave", "sessions.lost.ratio", .99, .01)
}

// So do fixed users, who come back: one who was thrown out continues the visit.
func TestVisitsOfUsers(t *testing.T) {
	t.Parallel()
	users := "workload=[{population: custom, name: v, users: 300, requests: 3, think: exp(5s), service: exp(20ms), state: {size: 1000B}}]"
	runs := count(t, "visits-of-three", users)
	for _, name := range []string{"random", "random-leave"} {
		runs.is(t, name, "visits.hit.ratio", .99, .01)
		runs.is(t, name, "users.affected", 1, 0)
	}
}

// Affinity is where requests are answered: every session that a crash costs has broken it once, however the request came to
// another server, and a policy that is not sticky has none.
func TestAffinityIsWhereRequestsAreAnswered(t *testing.T) {
	t.Parallel()
	runs := count(t, "redispatched")
	for _, name := range []string{"retry", "redispatch", "keep"} {
		for _, r := range runs[name] {
			// A relogin is the first request of a session to be answered elsewhere, or the first at all for the client.
			if lost, broken := metric("sessions.lost")(r), metric("affinity.broken")(r)*metric("requests.good")(r); lost < 20 || math.Abs(broken/lost-1) > .06 {
				t.Errorf("%s: %.0f sessions are lost, about %.1f requests answered elsewhere", name, lost, broken)
			}
		}
		runs.is(t, name, "affinity.broken{cause=not-sticky}", 0, 0)
	}
	runs.is(t, "redispatch", "affinity.broken{cause=server-unusable}", runs.mean(t, "redispatch", "affinity.broken"), 0)
}

func TestAffinityAsMeasuredLive(t *testing.T) {
	t.Parallel()
	runs := count(t, "killed")
	runs.is(t, "haproxy/cookie", "affinity.broken", .0045, .0007)
	for _, name := range []string{"affinity.hit", "affinity.broken", "affinity.broken{cause=remapped}"} {
		runs.is(t, "haproxy/roundrobin", name, math.NaN(), 0)
	}
}

// A server works on for clients that have given up: it calls the store and verifies tokens for them as for all others. Half of
// the answers here reach no client.
func TestWorkForClientsThatHaveGivenUp(t *testing.T) {
	t.Parallel()
	runs := count(t, "given-up")
	for name, capacity := range map[string]float64{"store": 60, "verify": 50, "none": 60} {
		for _, r := range runs[name] {
			answered := 0.0
			for i := range r.Servers {
				answered += float64(r.Servers[i].Answered)
			}
			if rate := answered / 1200; math.Abs(rate-capacity) > .03*capacity {
				t.Errorf("%s: %.1f answers per second, want %.0f", name, rate, capacity)
			}
			if good := metric("requests.good")(r); good > .7*answered {
				t.Errorf("%s: %.0f of %.0f answers reach a client", name, good, answered)
			}
			if name != "store" {
				continue
			}
			if calls := metric("store.operations")(r); math.Abs(calls-2*answered) > 20 {
				t.Errorf("%.0f operations of the store for %.0f answers, want two each", calls, answered)
			}
		}
	}
}

// Where servers break off the work for clients that have given up, a request leaves at the rate at which its client gives up,
// wherever it is: of n there, n·θ + min(n, cores)·μ leave per second, served in turn or all at once.
func TestServersThatBreakOffWork(t *testing.T) {
	t.Parallel()
	const lambda, mu, theta, cores = 30, 10, 5, 2
	p, sum, number, working := 1., 1., 0., 0.
	for n := 1.; n < 100; n++ {
		p *= lambda / (n*theta + math.Min(n, cores)*mu)
		sum, number, working = sum+p, number+n*p, working+math.Min(n, cores)*p
	}
	failing, busy := theta*number/sum/lambda, working/sum/cores
	for _, change := range [][]string{nil, {"servers.discipline=ps"}, {"timeline=[{at: 59m59s, slow: {servers: 1, factor: 0.99, for: 1s}}]"}} { // with a timeline, services can be interrupted
		runs := count(t, "broken-off", change...)
		runs.is(t, "round-robin", "availability.requests", 1-failing, .01)
		runs.is(t, "round-robin", "server.utilization.mean", busy, .01)
	}
	// Where servers finish it, all of the offered work keeps the two cores busy; left in the queue only, what has begun is finished.
	runs := count(t, "broken-off", "clients.abandon=false")
	runs.is(t, "round-robin", "server.utilization.mean", 1, .01)
	p, sum, number, working = 1, 1, 0, 0
	for n := 1.; n < 100; n++ {
		p *= lambda / (math.Max(n-cores, 0)*theta + math.Min(n, cores)*mu)
		sum, number, working = sum+p, number+math.Max(n-cores, 0)*p, working+math.Min(n, cores)*p
	}
	runs = count(t, "broken-off", "clients.abandon=true")
	runs.is(t, "round-robin", "availability.requests", 1-theta*number/sum/lambda, .01)
	runs.is(t, "round-robin", "server.utilization.mean", working/sum/cores, .01)
}

// A user who gives up after 60 ms, and thinks for a second, keeps a server that needs 100 ms, or 200 ms at half its speed,
// busy for 60 ms each time if it breaks off the work, and for all of it if it does not.
func TestWorkBrokenOffByOneUser(t *testing.T) {
	t.Parallel()
	user := "workload=[{population: custom, name: v, users: 1, think: 1s, service: 100ms, timeout: 60ms}]"
	for _, discipline := range []string{"fcfs", "ps"} {
		for speed, all := range map[string]float64{"1": .1, "0.5": .2} {
			for abandon, busy := range map[string]float64{"always": .06, "false": all} {
				runs := count(t, "broken-off", user, "servers.cores=1", "servers.speed="+speed, "servers.discipline="+discipline, "clients.abandon="+abandon)
				runs.is(t, "round-robin", "server.utilization.mean", busy/1.06, .002)
				runs.is(t, "round-robin", "availability.requests", 0, 0)
			}
		}
	}
}

// A cookie without a lifetime ends with the browser: by default with the session, or when the browser restarts. A user who
// comes back 700 times then reaches all servers alike, instead of always the first one.
func TestCookiesEndWithTheBrowser(t *testing.T) {
	t.Parallel()
	runs := count(t, "returning")
	for name, want := range map[string][2]float64{"session": {.2, .3}, "always-open": {1, 1}, "lasting": {1, 1}, "twice-an-hour": {.21, 1}} {
		for _, r := range runs[name] {
			most, all := int64(0), int64(0)
			for i := range r.Servers {
				most, all = max(most, r.Servers[i].Answered), all+r.Servers[i].Answered
			}
			if share := float64(most) / float64(all); share < want[0] || share > want[1] {
				t.Errorf("%s: the busiest server gives %.2f of the answers, want %.2f to %.2f", name, share, want[0], want[1])
			}
		}
		runs.is(t, name, "affinity.hit", 1, map[bool]float64{true: .01}[name == "twice-an-hour"])
	}
	lost := 0.0
	for _, r := range runs["twice-an-hour"] {
		lost += metric("sessions.lost{cause=cookie}")(r)
	}
	if lost < 1 || lost > 8 { // four restarts a run, most of them in a session
		t.Errorf("%.0f sessions are lost in two runs with a browser that restarts four times, and finds another server with four in five", lost)
	}
}

// A crash of one server in five costs the sessions there. What share of those active then that is does not depend on how long
// the run lasts.
func TestWhatACrashCosts(t *testing.T) {
	t.Parallel()
	for _, duration := range []string{"30m", "1h", "4h", "16h"} {
		runs := count(t, "one-crash", "duration="+duration)
		runs.is(t, "cookie", "incident.lost.ratio", .2, .01)
		runs.is(t, "cookie", "incident.lost.ratio{action=crash}", .2, .01)
		runs.is(t, "cookie", "incident.count", 1, 0)
	}
}

// What follows an incident indirectly goes back to it, too: a change of the fleet moves the clients of a hash of the address
// to servers that have never failed, and a deployment ends every server.
func TestWhatIncidentsCost(t *testing.T) {
	t.Parallel()
	for change, want := range map[string]map[string][2]float64{
		"timeline=[{at: 20m, crash: {servers: [server-5], repair: 2m}}]": {"nginx/ip_hash": {.2, .02}, "cookie": {.2, .02}},
		"timeline=[{at: 20m, scale: {to: 6}}]":                           {"nginx/ip_hash": {5. / 6, .05}, "cookie": {0, 0}},
		"timeline=[{at: 20m, deploy: {drain: 10s}}]":                     {"nginx/ip_hash": {.98, .03}, "cookie": {.98, .03}},
		"timeline=[{at: 20m, policy: random}]":                           {"nginx/ip_hash": {.8, .02}, "cookie": {.8, .02}},
		"timeline=[{at: 20m, pause: {servers: 1, for: 2m}}]":             {"nginx/ip_hash": {.2 * (1 - 1/math.E), .02}}, // those who ask meanwhile
	} {
		runs := count(t, "one-crash", "replications=1", "policies=[cookie, nginx/ip_hash]", change)
		for name, w := range want {
			runs.is(t, name, "incident.lost.ratio", w[0], w[1])
		}
	}
}

// A cache in front of a store keeps a copy on every server that has read it: of k requests spread at random over n servers,
// those find one that come to a server again. One that changes the state invalidates the copies elsewhere.
func TestCachesKeepWhatServersHaveRead(t *testing.T) {
	t.Parallel()
	const k, n = 10, 5
	again := 1 - (1-math.Pow(1-1./n, k))*n/k
	runs := count(t, "cached")
	runs.is(t, "sticky", "cache.hit", 1-1./k, .01)
	runs.is(t, "random", "cache.hit", again, .01)
	runs.is(t, "round-robin", "cache.hit", again, .01) // between two requests of a session there are those of others
	changed := count(t, "cached", "workload.0.state.changes=100%")
	changed.is(t, "random", "cache.hit", (1-1./k)/n, .01)
	changed.is(t, "sticky", "cache.hit", 1-1./k, .01)
	alone := count(t, "cached", "workload=[{name: v, users: 1, requests: 10, think: 1s, service: 20ms, state: {changes: 0%}}]", "policies=[{variant: x, policy: round-robin, state: {cached_store: {latency: 1ms}}}]")
	alone.is(t, "x", "cache.hit", 1-n/10., .01)
}

// A store that is gone for a minute of thirty fails the requests of that minute, unless the servers hold copies and clients
// stick to them: then only sessions that begin meanwhile.
func TestWhatAStoreOutageCosts(t *testing.T) {
	t.Parallel()
	runs := count(t, "store-outage")
	runs.is(t, "store", "availability.requests", 1-1/30., .004)
	runs.is(t, "cached-sticky", "availability.requests", .998, .001)
	runs.is(t, "local", "availability.requests", 1, 0)
	runs.is(t, "token", "users.affected", 0, 0)
	runs.is(t, "cached-sticky", "visits.hit.ratio", 0, 0)
}

// When a fleet of three becomes one of six, a session sticks to the old three until it ends: after t the new ones hold
// (1 - exp(-t/15min))/2 of the sessions, and without affinity their half at once.
func TestScaledOutFleets(t *testing.T) {
	t.Parallel()
	runs := count(t, "scaled-out")
	share := func(r *sim.Result, minute float64) float64 {
		at, fresh, all := int(minute*60/r.Series.Step.Seconds()), 0.0, 0.0
		for k := range r.Servers {
			n := float64(r.Series.OfServer(sim.SessionsSeries, sim.ServerID(k))[at])
			if all += n; k >= 3 {
				fresh += n
			}
		}
		return fresh / all
	}
	for _, minutes := range []float64{5, 10, 20, 29} {
		if got, want := share(runs["cookie"][0], 10+minutes), (1-math.Exp(-minutes/15))/2; math.Abs(got-want) > .025 {
			t.Errorf("after %.0f min the new servers hold %.3f of the sessions, want %.3f", minutes, got, want)
		}
	}
	if got := share(runs["stateless"][0], 20); math.Abs(got-.5) > .03 {
		t.Errorf("without affinity the new servers hold %.3f of the sessions, want half", got)
	}
}
