package sim

import (
	"errors"
	"testing"
)

// moves are the changes of a server's life, each with what it makes of the lives in which it is legal.
var moves = []struct {
	name string
	do   func(*lifecycle)
	want map[life]life
}{
	{"gets ready", func(l *lifecycle) { l.getReady(1) }, map[life]life{starting: running, restarting: running}},
	{"drains", func(l *lifecycle) { l.beginDrain(1, drainPlan{}) }, map[life]life{running: draining}},
	{"stops", func(l *lifecycle) { l.departure = &drainPlan{}; l.beginStop(1) }, map[life]life{draining: stopping}},
	{"crashes", func(l *lifecycle) { l.end(1, dead, LostCrash, death{}) }, map[life]life{running: dead}},
	{"is repaired", func(l *lifecycle) { l.recover() }, map[life]life{dead: running}},
	{"leaves", func(l *lifecycle) { l.end(1, gone, LostDrainCut, death{}) }, map[life]life{draining: gone, stopping: gone}},
	{"leaves to restart", func(l *lifecycle) { l.end(1, restarting, LostDrainCut, death{}) }, map[life]life{draining: restarting, stopping: restarting}},
	{"is withdrawn", func(l *lifecycle) { l.withdraw(false) }, map[life]life{starting: gone, dead: gone, gone: gone}},
	{"is withdrawn to restart", func(l *lifecycle) { l.withdraw(true) }, map[life]life{starting: starting, dead: starting, restarting: restarting}},
}

// Every life allows exactly the moves that the table has, and each leads where the table says.
func TestMoves(t *testing.T) {
	for l := starting; l <= gone; l++ {
		for _, m := range moves {
			want, legal := m.want[l]
			got, err := move(l, m.do)
			if legal != (err == nil) || legal && got != want {
				t.Errorf("a server that is %s %s: %s, %v; want %s, legal %t", lifeNames[l], m.name, lifeNames[got], err, lifeNames[want], legal)
			}
		}
	}
}

func move(from life, do func(*lifecycle)) (to life, err error) {
	l := lifecycle{life: from}
	defer func() {
		to = l.life
		if p := recover(); p != nil {
			err = p.(*InvariantError)
		}
	}()
	do(&l)
	return l.life, nil
}

// reachLife brings server 0 of a fleet of two to a life.
func reachLife(t *testing.T, want life) *run {
	t.Helper()
	m := queue(2, 1, FCFS, .1, exp(1), 1000)
	m.Servers[0].Startup = fixed(10)
	m.MaxServers = 20
	m.Template = m.Servers[0]
	m.Timeline = []Action{{Kind: Crash, At: 900 * Second, Targets: []ServerID{1}, Zone: -1}}
	r := newRun(m, 1, 0, Options{Log: true})
	slow := drainPlan{deadline: 100 * Second, grace: Second, cause: LostDrainCut}
	inPlace := slow
	inPlace.deadline, inPlace.restart = 0, true
	switch want {
	case running:
	case dead:
		r.crash(0, &Action{Name: "test"}, Never)
	case starting:
		r.crash(0, &Action{Name: "test"}, Never)
		r.drain(0, inPlace)
	case draining, stopping:
		r.drain(0, slow)
		if want == stopping {
			r.servers[0].inSystem++ // a request in flight holds it back
			r.leaveRotation(0)
			r.servers[0].inSystem--
		}
	case restarting:
		r.drain(0, inPlace)
	case gone:
		r.drain(0, drainPlan{cause: LostDrainCut})
	}
	if got := r.servers[0].life; got != want {
		t.Fatalf("server 0 is %s, want %s", lifeNames[got], lifeNames[want])
	}
	return r
}

// What the world does to a server has the effect that its life allows, and none where it allows none; balancers and the
// log follow.
func TestEventsByLife(t *testing.T) {
	events := []struct {
		name   string
		do     func(*run)
		want   map[life]life // others stay as they are
		line   string        // of the log, when something happens to a server that serves
		status Status        // as the balancer then sees it
	}{
		{"crash", func(r *run) { r.crash(0, &Action{Name: "test"}, Never) }, map[life]life{running: dead, draining: gone, stopping: gone}, "server crashed", Down},
		{"drain", func(r *run) { r.drain(0, drainPlan{deadline: Second}) }, map[life]life{running: draining, starting: gone, dead: gone}, "draining", Draining},
		{"removal", func(r *run) { r.drain(0, drainPlan{}) }, map[life]life{running: gone, starting: gone, dead: gone}, "stopped", Removed},
		{"restart", func(r *run) { r.drain(0, drainPlan{restart: true}) }, map[life]life{running: restarting, dead: starting}, "stopped", Down},
		{"preemption", func(r *run) { r.preempt(0, &Action{Deadline: Second}) }, map[life]life{running: draining}, "draining", Draining},
		{"repair", func(r *run) { r.repair(scheduled{era: r.servers[0].incarnation}) }, map[life]life{dead: running}, "server repaired", Up},
		{"repair of an earlier crash", func(r *run) { r.repair(scheduled{era: r.servers[0].incarnation - 1}) }, nil, "", Up},
		{"end of the drain", func(r *run) { r.drainOver(scheduled{era: r.servers[0].incarnation}) }, map[life]life{draining: gone}, "stopped", Removed},
	}
	for l := starting; l <= gone; l++ {
		for _, e := range events {
			r := reachLife(t, l)
			lines := len(r.journal.entries)
			e.do(r)
			want, changes := e.want[l]
			if !changes {
				want = l
			}
			sv := r.servers[0]
			if sv.life != want {
				t.Errorf("%s of a server that is %s: it is %s, want %s", e.name, lifeNames[l], lifeNames[sv.life], lifeNames[want])
			}
			if !changes && len(r.journal.entries) != lines {
				t.Errorf("%s of a server that is %s has no effect and writes %q", e.name, lifeNames[l], r.journal.last().Event)
			}
			if l == running && changes {
				if got := r.journal.entries[lines:]; !hasEvent(got, e.line) {
					t.Errorf("%s of a running server writes %v, not %q", e.name, got, e.line)
				}
				if got := r.balancers[0].view.Status[0]; got != e.status {
					t.Errorf("%s of a running server: the balancer believes it %s, want %s", e.name, statusNames[got], statusNames[e.status])
				}
			}
			r.simulate()
			r.verify()
		}
	}
}

func hasEvent(log []LogEntry, event string) bool {
	for _, e := range log {
		if e.Event == event {
			return true
		}
	}
	return false
}

// A run stops at an illegal change of a life, and says which.
func TestIllegalLife(t *testing.T) {
	_, err := move(gone, func(l *lifecycle) { l.getReady(0) })
	var broken *InvariantError
	if !errors.As(err, &broken) || broken.Invariant != "life" {
		t.Errorf("got %v", err)
	}
}
