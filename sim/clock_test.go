package sim

import (
	"math"
	"testing"
)

// Zero is the start of the measured part: a crash at that time costs the same sessions after any warm-up, and one in the
// warm-up happens once and is not counted.
func TestZeroIsTheStartOfTheMeasuredPart(t *testing.T) {
	for _, warmup := range []Time{0, 50 * Second, 700 * Second} {
		m := copied(5, Placement{Kind: Local})
		m.Equilibrium, m.Warmup, m.Duration = true, warmup, 600*Second
		m.Timeline = []Action{{Kind: Crash, At: 100 * Second, Targets: []ServerID{0}, Repair: fixed(20), Zone: -1}}
		res := Run(m, 1, 0, Options{Log: true})
		near(t, "lost after a warm-up of "+warmup.String(), figure(t, res, "sessions.lost{cause=crash}"), 120*30/31., 35)
		for _, e := range res.Log {
			if e.Event == "server crashed" && e.At != 100*Second {
				t.Errorf("warm-up %v: the log has the crash at %v", warmup, e.At)
			}
		}
		if warmup == 0 {
			continue
		}
		m.Timeline[0].At = -warmup
		near(t, "lost to a crash of the warm-up", figure(t, Run(m, 1, 0, Options{}), "server.crashes"), 0, 0)
	}
}

// Recurring faults run through the warm-up, those of each server too: the fleet is as worn at time 0 as later.
func TestRecurrencesBeginWithTheRun(t *testing.T) {
	for _, each := range []bool{false, true} {
		m := fleetModel(4, sessionsOf(1, 60, 5), 1000)
		m.Warmup = 1000 * Second
		m.Timeline = []Action{{Kind: Crash, At: LongAgo, Every: fixed(100), Each: each, Servers: 1, Zone: -1, Repair: fixed(30)}}
		before, after := 0, 0
		for _, e := range Run(m, 1, 0, Options{Log: true}).Log {
			switch {
			case e.Event != "server crashed":
			case e.At < 0:
				before++
			default:
				after++
			}
		}
		if before < 8 || after < before-4 || after > before+4 {
			t.Errorf("each %v: %d crashes in the warm-up, %d in the measured part, of the same length", each, before, after)
		}
	}
}

// Sizes that recur do so in the warm-up, at the same times of the day; a size that is set once takes effect then.
func TestScheduledSizesInTheWarmup(t *testing.T) {
	m := fleetModel(4, sessionsOf(1, 60, 5), 300)
	m.Warmup, m.MaxServers = 250*Second, 100
	m.Autoscaler = &Autoscaler{Rule: ScheduledOnly, Min: 1, Max: 9, Schedule: &Schedule{Sizes: []ScheduledSize{{At: 40 * Second, Every: 100 * Second, Size: 6}, {At: 90 * Second, Every: 100 * Second, Size: 4}}}}
	var at []Time
	for _, e := range Run(m, 1, 0, Options{Log: true}).Log {
		if e.Event == "scaled out" {
			at = append(at, e.At)
		}
	}
	want := []Time{-160 * Second, -60 * Second, 40 * Second, 140 * Second, 240 * Second}
	if len(at) != len(want) {
		t.Fatalf("scaled out at %v; want %v", at, want)
	}
	for i := range want {
		if at[i] != want[i] {
			t.Fatalf("scaled out at %v; want %v", at, want)
		}
	}
}

// The line of a crash counts what the crash has lost, not the sessions that survive it in a copy and are idle for too long
// later.
func TestCrashLinesCountWhatTheCrashLost(t *testing.T) {
	m := fleetModel(4, Population{Name: "p", Users: 200, Think: exp(60), Demand: fixed(.001), Cookies: 1, Stateful: true, State: 1000, IdleTimeout: 100 * Second}, 2000)
	m.State, m.NewPolicy = Placement{Kind: Replicated, Copies: 2}, cookiePolicy
	m.Timeline = []Action{{Kind: Crash, At: 500 * Second, Targets: []ServerID{0}, Repair: fixed(100), Zone: -1}, {Kind: Crash, At: 510 * Second, Targets: []ServerID{1}, Repair: fixed(100), Zone: -1}}
	res, lines := Run(m, 1, 0, Options{Log: true}), 0.0
	for _, e := range res.Log {
		if e.Event == "server crashed" {
			lines += float64(e.Impact.Lost)
		}
	}
	if idle := figure(t, res, "sessions.lost{cause=idle-expired}"); idle < 100 {
		t.Fatalf("only %g sessions are idle for too long", idle)
	}
	near(t, "lost in the lines of the crashes", lines, figure(t, res, "sessions.lost{cause=crash}")+figure(t, res, "sessions.lost{cause=replica-lag}"), 0)
}

// A drain that cannot end in the run is a warning of the replication; one that ends early, because its server is empty, is
// none.
func TestUnfinishedDrains(t *testing.T) {
	for life, want := range map[float64]int{2000: 1, 5: 0} {
		m := fleetModel(3, sessionsOf(1, life, life/10), 300)
		m.Equilibrium, m.NewPolicy = true, cookiePolicy
		m.Timeline = []Action{{Kind: Drain, At: 100 * Second, Targets: []ServerID{0}, Zone: -1, Deadline: Hour}}
		n := 0
		for _, w := range Run(m, 1, 0, Options{}).Warnings {
			if w.Code == unfinished.Name {
				n++
			}
		}
		if n != want {
			t.Errorf("sessions of %g s: %d warnings of an unfinished drain, want %d", life, n, want)
		}
	}
}

func TestFromSecondsRoundsAndKeepsToItsRange(t *testing.T) {
	for _, c := range []struct {
		seconds float64
		want    Time
	}{
		{0, 0}, {math.Copysign(0, -1), 0}, {-1, 0}, {math.Inf(-1), 0}, {4e-10, 0}, {6e-10, 1}, {1.5, 1500 * Millisecond},
		{2e9, 2e9 * Second}, {float64(Never) / 1e9, Never}, {1e300, Never}, {math.Inf(1), Never}, {math.NaN(), Never},
	} {
		if got := FromSeconds(c.seconds); got != c.want {
			t.Errorf("FromSeconds(%g) = %d, want %d", c.seconds, got, c.want)
		}
	}
}
