package scenarios_test

import "testing"

// Recorded faults cost sticky sessions in memory, copies save nearly all, and a store saves all.
func TestRecordedFaultsOfTheCatalog(t *testing.T) {
	t.Parallel()
	crashes := fromCatalog(t, "recorded-crashes")
	n := 0
	for _, v := range crashes.Variants {
		n = len(v.Model.Timeline)
	}
	bound := play(t, crashes, "sticky", 1)
	if happened := average(bound, "server.crashes"); happened < 0.5*float64(n) || happened > float64(n) {
		t.Errorf("%.0f crashes of %d recorded ones happen; a server that is down does not crash again", happened, n)
	}
	if lost := average(bound, "sessions.lost{cause=crash}"); lost < 100 {
		t.Errorf("real crashes end %.0f sessions", lost)
	}
	within(t, "lost otherwise", lostOtherwise(bound, "crash"), 0, 0)
	within(t, "lost with a store", average(play(t, crashes, "stateless", 1), "sessions.lost"), 0, 0)

	spot := fromCatalog(t, "recorded-preemptions")
	taken := play(t, spot, "sticky", 1)
	lost := average(taken, "sessions.lost{cause=preemption}")
	if lost < 50 {
		t.Errorf("preemptions end %.0f sessions", lost)
	}
	within(t, "lost otherwise", lostOtherwise(taken, "preemption"), 0, 0)
	if saved := average(play(t, spot, "sticky-copies", 1), "sessions.lost"); saved > lost/2 {
		t.Errorf("with copies %.0f sessions are lost, without %.0f", saved, lost)
	}
	within(t, "lost with a store", average(play(t, spot, "stateless", 1), "sessions.lost"), 0, 0)
}
