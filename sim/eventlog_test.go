package sim

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// From the end of the warm-up on, the lines of the log add up to the tables.
func TestLogAddsUp(t *testing.T) {
	for seed := uint64(1); seed <= 40; seed++ {
		m := swarmModel(seed)
		res := Run(m, seed, 0, Options{Log: true})
		sums := map[string]float64{}
		for i, e := range res.Log {
			if i > 0 && e.At < res.Log[i-1].At {
				t.Fatalf("seed %d: the log goes back from %v to %v", seed, res.Log[i-1].At, e.At)
			}
			if e.At > 0 {
				sums[e.Event+" "+e.Detail] += float64(e.Count)
			}
		}
		check := func(metricName, line string) {
			if got, want := sums[line], figure(t, res, metricName); got != want {
				t.Errorf("seed %d: the log has %g %s, the table %g", seed, got, line, want)
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

// Every line about an impact adds up, in its fields and in its text: pinned = stateless + lost + unseen + the rest.
func TestImpactsAddUp(t *testing.T) {
	t.Parallel()
	text := regexp.MustCompile(`(\d+) of \d+ sessions (?:on \S+|in the store): (\d+) lost(?: \([\d.e+]+ % of all\))?, (\d+) stateless(?:, (\d+) recovered or already finished)?(?:, (\d+) not back when the run ended)?$`)
	for seed := uint64(1); seed <= 120; seed++ {
		for _, e := range Run(swarmModel(seed), seed, 0, Options{Log: true}).Log {
			if e.Impact == nil {
				continue
			}
			f, in := e.Impact, text.FindStringSubmatch(e.Detail)
			if in == nil {
				t.Errorf("seed %d: %v, %s of server %d says %q", seed, e.At, e.Event, e.Server, e.Detail)
				continue
			}
			said := make([]int64, 6)
			for i := range in[1:] {
				said[i+1], _ = strconv.ParseInt(in[i+1], 10, 64)
			}
			if said[1] != f.Pinned || said[2] != f.Lost || said[3] != f.Stateless || said[4] != f.Pinned-f.Lost-f.Stateless-f.Unseen || said[4] < 0 || said[5] != f.Unseen {
				t.Errorf("seed %d: %v, %s of server %d: %+v, %s", seed, e.At, e.Event, e.Server, *f, e.Detail)
			}
		}
	}
}

// What the lines about an event say was lost is what was lost to its cause. No loss is in two lines of a kind, so the sum of
// a kind's lines is never more; with state in a store it is the same. With state on servers it may be less, by sessions
// whose state was made anew elsewhere and whose clients had no answer from there yet.
func TestLinesAddUpToLosses(t *testing.T) {
	t.Parallel()
	type row struct {
		event string
		cause Cause
		least float64 // share of the losses that the lines have
	}
	for kind, rows := range map[PlacementKind][]row{
		Local: {{"server crashed", LostCrash, .85}, {"stopped", LostDrainCut, .8}, {"stopped", LostPreemption, .5}, {"stopped", LostScaleIn, .7}},
		Store: {{"store down", LostStoreOutage, 1}},
		Token: {{"store down", LostStoreOutage, 1}},
	} {
		all, seen := make([]int64, len(rows)), make([]int64, len(rows))
		models := uint64(160)
		if kind != Local { // where nothing is left out
			models = 60
		}
		for seed := uint64(1); seed <= models; seed++ {
			m := swarmModel(seed)
			m.State.Kind = kind
			for i := range m.Populations {
				m.Populations[i].Abandon = min(m.Populations[i].Abandon, LeaveQueue) // an answer broken off is one that its client never had
			}
			log := Run(m, seed, 0, Options{Log: true}).Log
			for i, c := range rows {
				lost, lines := lossesAndLines(log, c.event, c.cause)
				if lines > lost {
					t.Errorf("seed %d: %d sessions are lost to %s, lines %q have %d", seed, lost, c.cause, c.event, lines)
				}
				all[i], seen[i] = all[i]+lost, seen[i]+lines
			}
		}
		for i, c := range rows {
			if all[i] < 20 || float64(seen[i]) < c.least*float64(all[i]) {
				t.Errorf("state %d: of %d sessions lost to %s, lines %q have %d", kind, all[i], c.cause, c.event, seen[i])
			}
		}
	}
}

// lossesAndLines counts the sessions lost to a cause in the whole run, and those that the lines of an event say it has lost.
// Of a server's departure only the lines that name the cause are of it.
func lossesAndLines(log []LogEntry, event string, cause Cause) (lost, lines int64) {
	departure := event == "stopped" || event == "leaving"
	for _, e := range log {
		switch {
		case e.Event == "sessions lost" && e.Detail == cause.String():
			lost += e.Count
		case e.Event == event && e.Impact != nil && (!departure || strings.HasPrefix(e.Detail, cause.String()+";")):
			lines += e.Impact.Lost
		}
	}
	return lost, lines
}

// The line about an event has exactly the losses of its cause where nothing else happens to the sessions: a server that
// crashes, one that is stopped with its sessions, one that balancers avoid while it drains, or while they believe that it
// is down, and a store that is emptied.
func TestLinesOfOneEvent(t *testing.T) {
	for _, c := range []struct {
		event  string
		cause  Cause
		action Action
		policy func(Env) Balancer
		state  PlacementKind
	}{
		{"server crashed", LostCrash, Action{Kind: Crash, Repair: fixed(100)}, cookiePolicy, Local},
		{"stopped", LostDrainCut, Action{Kind: Drain, Deadline: 60 * Second}, cookiePolicy, Local},
		{"leaving", LostDrainCut, Action{Kind: Drain, Deadline: 60 * Second}, cookiePolicy, Local},
		{"draining", LostDrainCut, Action{Kind: Drain, Deadline: 300 * Second}, avoiding, Local},
		{"marked down", LostRemapped, Action{Kind: Pause, Repair: fixed(300)}, avoiding, Local},
		{"store down", LostStoreOutage, Action{Kind: StoreOutage, Repair: fixed(0)}, cookiePolicy, Store},
	} {
		p := Population{Name: "p", Users: 800, Think: exp(5), Demand: fixed(.001), Cookies: 1, Stateful: true}
		m := fleetModel(4, p, 900)
		m.NewPolicy, m.State.Kind, m.State.Store = c.policy, c.state, StoreStation{Calls: 1, Queue: -1}
		m.Health = Health{Interval: 5 * Second, Timeout: Second, Fall: 2, Rise: 1}
		c.action.At, c.action.Targets, c.action.Zone = 300*Second, []ServerID{2}, -1
		m.Timeline = []Action{c.action}
		res := Run(m, 1, 0, Options{Log: true})
		lost, lines := lossesAndLines(res.Log, c.event, c.cause)
		if lines < 20 || lines != lost || float64(lost) != figure(t, res, "sessions.lost") {
			t.Errorf("%s: %g sessions are lost, %d of them to %s; the line has %d", c.event, figure(t, res, "sessions.lost"), lost, c.cause, lines)
		}
	}
}

// A client that is sent anywhere loses a session with most of its requests: only the one that it had when its server was
// marked down is lost to that.
func TestLaterSessionsAreNotAtRisk(t *testing.T) {
	m := fleetModel(4, Population{Name: "p", Users: 800, Think: exp(5), Demand: fixed(.001), Cookies: 1, Stateful: true}, 900)
	m.NewPolicy = uniformPolicy
	m.Health = Health{Interval: 5 * Second, Timeout: Second, Fall: 2, Rise: 1}
	m.Timeline = []Action{{Kind: Pause, At: 300 * Second, Repair: fixed(30), Targets: []ServerID{2}, Zone: -1}}
	lines := 0
	for _, e := range Run(m, 1, 0, Options{Log: true}).Log {
		if f := e.Impact; f != nil {
			lines++
			if f.Lost < 20 || f.Lost > f.Pinned-f.Stateless {
				t.Errorf("%s: %s", e.Event, e.Detail)
			}
		}
	}
	if lines != 1 {
		t.Errorf("%d lines have an impact; want that of the server marked down", lines)
	}
}

// avoiding is cookiePolicy, but sends every other client elsewhere while its server drains.
func avoiding(Env) Balancer { return &avoidPolicy{map[uint64]ServerID{}} }

type avoidPolicy struct{ pins map[uint64]ServerID }

func (p *avoidPolicy) Pick(q *Request, v *View) ServerID {
	if s, pinned := p.pins[q.Hash]; pinned && (v.Status[s] == Up || v.Usable(s) && q.Hash%2 == 0) {
		return s
	}
	if len(v.Eligible) == 0 {
		return NoServer
	}
	p.pins[q.Hash] = v.Eligible[q.Draw.IntN(len(v.Eligible))]
	return p.pins[q.Hash]
}

// 400 sessions are on four servers, three in four of them with state there. One of the servers dies: the log says how many
// sessions that costs, when the server dies and when a balancer notices.
func TestLogOfACrash(t *testing.T) {
	with, without := sessionsOf(1, 300, 5), sessionsOf(1./3, 300, 5)
	without.Name, without.Stateful = "stateless", false
	m := fleetModel(4, with, 900)
	m.Populations = append(m.Populations, without)
	m.NewPolicy = cookiePolicy
	m.Health = Health{Interval: 5 * Second, Fall: 3, Rise: 1, Dead: Refusing}
	m.Timeline = []Action{{Kind: Crash, Name: "power cut", At: 300 * Second, Targets: []ServerID{2}, Repair: fixed(100), Zone: -1}}
	res := Run(m, 1, 0, Options{Log: true})
	seen := 0
	for _, e := range res.Log {
		if e.Impact == nil {
			continue
		}
		seen++
		f := e.Impact
		near(t, e.Event+", pinned", float64(f.Pinned), 100, 35)
		near(t, e.Event+", stateless", float64(f.Stateless), .25*float64(f.Pinned), 18)
		near(t, e.Event+", lost", float64(f.Lost), float64(f.Pinned-f.Stateless)*60/61, 6)
		if e.Server != 2 || !strings.Contains(e.Detail, " sessions on c: ") {
			t.Errorf("%s of server %d: %q", e.Event, e.Server, e.Detail)
		}
		if e.Event == "server crashed" && (!strings.HasPrefix(e.Detail, "power cut; ") || float64(f.Lost) != figure(t, res, "sessions.lost{cause=crash}")) {
			t.Errorf("the line about the crash says %q, %d lost; %g are", e.Detail, f.Lost, figure(t, res, "sessions.lost{cause=crash}"))
		}
	}
	if seen != 2 {
		t.Errorf("%d lines have an impact; want those of the crash and of its detection", seen)
	}
}

// Sessions that are lost when a drained server is stopped count for all lines of its departure: the first one has those of
// them that were there when it was written.
func TestLogOfADrain(t *testing.T) {
	m := fleetModel(4, sessionsOf(1, 300, 5), 900)
	m.NewPolicy = cookiePolicy
	m.Timeline = []Action{{Kind: Drain, At: 300 * Second, Targets: []ServerID{2}, Deadline: 60 * Second, Zone: -1}}
	res := Run(m, 1, 0, Options{Log: true})
	lost := figure(t, res, "sessions.lost{cause=drain-cut}")
	seen := map[string]int64{}
	for _, e := range res.Log {
		if e.Impact != nil {
			seen[e.Event] = e.Impact.Lost
		}
	}
	if stopped := seen["stopped"]; stopped < 30 || float64(stopped) > lost || seen["leaving"] != stopped || seen["draining"] > stopped || seen["draining"] < stopped*9/10 {
		t.Errorf("%g sessions are cut off; the lines have %v", lost, seen)
	}
}
