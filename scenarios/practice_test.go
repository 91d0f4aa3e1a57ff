package scenarios_test

import (
	"bytes"
	"math"
	"os"
	"strings"
	"testing"

	"stickysim/reports"
	"stickysim/scenarios"
	"stickysim/sim"
	"stickysim/sim/experiment"
)

// practice is the result of a scenario of testdata/practice, and its first screen with single spaces.
func practice(t *testing.T, file string) (res *experiment.Result, screen string) {
	t.Helper()
	spec, err := scenarios.Load(os.DirFS("../testdata/practice"), file+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	study := studyOf(t, spec, nil)
	if res, err = experiment.Run(study, experiment.Options{Jobs: 1}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := reports.WriteTable(&b, res, reports.Options{}); err != nil {
		t.Fatal(err)
	}
	return res, strings.Join(strings.Fields(b.String()), " ")
}

// columnOf is a metric of an alternative in each replication.
func columnOf(t *testing.T, res *experiment.Result, alternative, name string) []float64 {
	t.Helper()
	for _, v := range res.Variants {
		for _, m := range v.Metrics {
			if v.Name == alternative && m.ID.String() == name {
				return m.Values
			}
		}
	}
	t.Fatalf("%s has no %s", alternative, name)
	return nil
}

// each checks that a figure lies within limits in every replication.
func each(t *testing.T, res *experiment.Result, alternative, name string, low, high float64) {
	t.Helper()
	for i, v := range columnOf(t, res, alternative, name) {
		if !(v >= low && v <= high) {
			t.Errorf("%s of %s is %.4g in replication %d, want %.4g to %.4g", name, alternative, v, i, low, high)
		}
	}
}

func says(t *testing.T, screen string, sentences ...string) {
	t.Helper()
	for _, s := range sentences {
		if !strings.Contains(screen, s) {
			t.Errorf("the first screen does not say %q:\n%s", s, screen)
		}
	}
}

// One pod has all connections and more work than it can do: 50 clients that ask twice a second for 12 ms. The autoscaler makes
// four pods of it, of which the mean is below the target, and the new ones stay empty.
func TestKeepAliveConnectionsStayOnTheFirstPod(t *testing.T) {
	t.Parallel()
	res, screen := practice(t, "keep-alive")
	each(t, res, "kubernetes/random", "sessions.one_server", .99, 1)
	each(t, res, "kubernetes/random", "server.utilization.max", .999, 1)
	each(t, res, "kubernetes/random", "server.utilization.mean", .25, .27)
	each(t, res, "kubernetes/random", "autoscaler.events", 1, 1)
	each(t, res, "kubernetes/random", "rebalance.censored", 3, 3)
	each(t, res, "kubernetes/random", "throughput", 82, 84) // of 100
	each(t, res, "kubernetes/random", "hotspot.hidden{dashboard=utilization}", 1, 1)
	each(t, res, "kubernetes/random", "hotspot.hidden{dashboard=p50}", 0, .2) // requests wait ever longer
	says(t, screen, "sends the 50 sessions to one server: it is over 99.9 % busy, the fleet's mean is 26 %", "median latency does not",
		"they still wait for their answer when the run ends", "some never have it in the run", "queues were still growing")
}

// While both primaries are down, a stick table sends everybody to the backup. Who is there stays until the end of the session,
// 20 minutes on average, or until a minute without a request, which follows every request with a probability of exp(-6).
func TestBackupsKeepTheirClients(t *testing.T) {
	t.Parallel()
	spec, err := scenarios.Load(os.DirFS("../testdata/practice"), "backup.yaml")
	if err != nil {
		t.Fatal(err)
	}
	study := studyOf(t, spec, nil)
	for _, v := range study.Variants {
		r := sim.Run(v.Model, study.Seed, 0, sim.Options{})
		step := r.Series.Step.Seconds()
		for _, minutes := range []float64{10, 20, 30} {
			at, all := int((6+minutes)*60/step), 0.0
			for s := range r.Servers {
				all += float64(r.Series.OfServer(sim.SessionsSeries, sim.ServerID(s))[at])
			}
			spare := float64(r.Series.OfServer(sim.SessionsSeries, 2)[at]) / all
			want := 0.0
			if v.Name == "haproxy/stick-table" {
				want = math.Exp(-minutes/20 - minutes*6*math.Exp(-6))
			}
			if math.Abs(spare-want) > .04 {
				t.Errorf("%s: %.0f minutes after the primaries are back, the backup has %.3f of the sessions, want %.3f", v.Name, minutes, spare, want)
			}
		}
	}
}

// Every other request finds the other server's files, so every visit of three requests or more is hit.
func TestSessionFilesBehindRoundRobin(t *testing.T) {
	t.Parallel()
	res, screen := practice(t, "php-files")
	each(t, res, "nginx/round_robin", "visits.hit.ratio", 1, 1)
	each(t, res, "nginx/ip_hash", "sessions.lost", 0, 0)
	each(t, res, "nfs-or-redis", "sessions.lost", 0, 0)
	says(t, screen, "Fewest lost visits: nginx/ip_hash and nfs-or-redis with none.", "nginx/round_robin loses 100 % of visits: the policy sends them to servers that do not have their state.")
}

// Of 600 editors on three servers, the first restart logs 200 out, who go to the other two; the second 300, and the third
// the 450 who are there by then: 950 logins, and everybody at least once.
func TestRollingRestartsLogPeopleOutMoreThanOnce(t *testing.T) {
	t.Parallel()
	res, screen := practice(t, "rolling-restart")
	each(t, res, "local", "visits.hit.ratio", .995, 1)
	each(t, res, "local", "sessions.lost", 900, 1000)
	for _, name := range []string{"replicated2", "store", "stateless"} {
		each(t, res, name, "visits.hit.ratio", 0, .005)
	}
	says(t, screen, "Fewest lost visits: replicated2, stateless and store with none.", "local loses 100 % of visits (950 sessions per run): their server was drained or replaced at 5m")
}

// Probes every 2 s meet each pause of 2.5 s at the same moment of it, as both repeat after 30 s: with one failure for down, the
// server goes down in every pause or in none, by whether a probe begins in its first 1.5 s; with three it never does.
func TestProbesThatMeetPauses(t *testing.T) {
	t.Parallel()
	res, screen := practice(t, "pauses")
	for _, name := range []string{"cookie", "hash"} {
		each(t, res, name+"-fall3", "sessions.lost", 0, 0)
		hit := 0
		for i, v := range columnOf(t, res, name+"-fall1", "visits.hit.ratio") {
			if v > 0 {
				hit++
			}
			if v > 0 && math.Abs(v-.23) > .07 { // a quarter of the users are there, and nearly all of them ask in some pause
				t.Errorf("%s-fall1 hits %.3f of the visits in replication %d, want about .23 or none", name, v, i)
			}
		}
		if hit < 6 || hit > 11 { // of 12 with a probability of 3/4
			t.Errorf("%s-fall1 loses visits in %d of 12 replications", name, hit)
		}
	}
	says(t, screen, "Fewest lost visits: hash-fall3 and cookie-fall3 with none.", "the mean describes neither", "the balancer takes their server for down and sends them to others")
}
