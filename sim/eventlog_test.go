package sim

import (
	"strings"
	"testing"
)

// From the moment at which counting begins, the lines of the log add up to the tables.
func TestLogAddsUp(t *testing.T) {
	for seed := uint64(1); seed <= 40; seed++ {
		m := swarmModel(seed)
		res := Run(m, seed, 0, Options{Log: true})
		sums := map[string]float64{}
		for i, e := range res.Log {
			if i > 0 && e.At < res.Log[i-1].At {
				t.Fatalf("seed %d: the log goes back from %v to %v", seed, res.Log[i-1].At, e.At)
			}
			if e.At > m.Warmup {
				sums[e.Event+" "+e.Detail] += float64(e.Count)
			}
		}
		check := func(metricName, line string) {
			if got, want := sums[line], figure(t, res, metricName); got != want {
				t.Errorf("seed %d: the log tells of %g %s, the table of %g", seed, got, line, want)
			}
		}
		for _, c := range Causes() {
			check("sessions.lost{cause="+c.String()+"}", "sessions lost "+c.String())
		}
		for _, f := range Failures() {
			check("requests.failed{cause="+f.String()+"}", "requests failed "+f.String())
		}
		check("sessions.evicted", "states evicted ")
	}
}

// No event costs more sessions than it had at stake, whatever the policy and the placement: a revoked token and a session
// that began after a crash are not the crash's.
func TestFatesAddUp(t *testing.T) {
	for seed := uint64(1); seed <= 120; seed++ {
		for _, e := range Run(swarmModel(seed), seed, 0, Options{Log: true}).Log {
			if f := e.Impact; f != nil && (f.Lost < 0 || f.Stateless < 0 || f.Lost+f.Stateless > f.Pinned) {
				t.Errorf("seed %d: %v, %s of server %d: %s", seed, e.At, e.Event, e.Server, e.Detail)
			}
		}
	}
}

// 400 sessions live on four servers, three in four of them with state there. One of the servers dies: the log says how
// many of its sessions that cost, when the server dies and when a balancer notices.
func TestLogTellsFates(t *testing.T) {
	with, without := sessionsOf(1, 300, 5), sessionsOf(1./3, 300, 5)
	without.Name, without.Stateful = "stateless", false
	m := fleetModel(4, with, 900)
	m.Populations = append(m.Populations, without)
	m.NewPolicy = cookiePolicy
	m.Health = Health{Interval: 5 * Second, Fall: 3, Rise: 1, Refuse: true}
	m.Timeline = []Action{{Kind: Crash, Name: "power cut", At: 300 * Second, Targets: []ServerID{2}, Repair: fixed(100), Zone: -1}}
	res := Run(m, 1, 0, Options{Log: true})
	told := 0
	for _, e := range res.Log {
		if e.Impact == nil {
			continue
		}
		told++
		f := e.Impact
		near(t, e.Event+", pinned", float64(f.Pinned), 100, 35)
		near(t, e.Event+", stateless", float64(f.Stateless), .25*float64(f.Pinned), 18)
		near(t, e.Event+", lost", float64(f.Lost), float64(f.Pinned-f.Stateless)*60/61, 6)
		if e.Server != 2 || !strings.Contains(e.Detail, " sessions on c: ") {
			t.Errorf("%s of server %d: %q", e.Event, e.Server, e.Detail)
		}
		if e.Event == "server crashed" && (!strings.HasPrefix(e.Detail, "power cut; ") || float64(f.Lost) != figure(t, res, "sessions.lost{cause=crash}")) {
			t.Errorf("the crash is told as %q, %d lost; %g are", e.Detail, f.Lost, figure(t, res, "sessions.lost{cause=crash}"))
		}
	}
	if told != 2 {
		t.Errorf("%d fates told; want those of the crash and of its detection", told)
	}
}

// What a server that is stopped costs, its drain has cost: the line that began it says the same of those who stayed to the end.
func TestLogTellsWhatDrainsCost(t *testing.T) {
	m := fleetModel(4, sessionsOf(1, 300, 5), 900)
	m.NewPolicy = cookiePolicy
	m.Timeline = []Action{{Kind: Drain, At: 300 * Second, Targets: []ServerID{2}, Deadline: 60 * Second, Zone: -1}}
	res := Run(m, 1, 0, Options{Log: true})
	lost := figure(t, res, "sessions.lost{cause=drain-cut}")
	told := map[string]int64{}
	for _, e := range res.Log {
		if e.Impact != nil {
			told[e.Event] = e.Impact.Lost
		}
	}
	if stopped := told["stopped"]; stopped < 30 || float64(stopped) > lost || told["leaving"] != stopped || told["draining"] > stopped || told["draining"] < stopped*9/10 {
		t.Errorf("%g sessions are cut off; the log tells of %v", lost, told)
	}
}
