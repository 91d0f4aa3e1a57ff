package faults

import (
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stickysim/sim"
)

func lanl(t *testing.T, system string) *Log {
	t.Helper()
	f, err := os.Open("../../testdata/traces/lanl-failures-1996-2005.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l, err := ReadLog(f, system)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func spot(t *testing.T, name string) *Spot {
	t.Helper()
	f, err := os.Open("../../testdata/traces/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := ReadSpot(f)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-6*math.Max(1, math.Abs(want)) {
		t.Errorf("%s = %.6f, want %.6f", what, got, want)
	}
}

// The counts and times of the whole log are those that another program found in it.
func TestLANL(t *testing.T) {
	l := lanl(t, "")
	if l.Rows != 23739 || len(l.Failures) != 23739 || l.Bad.Total != 0 {
		t.Errorf("%d rows, %d failures, %d bad; want 23739, 23739, 0", l.Rows, len(l.Failures), l.Bad.Total)
	}
	systems := map[string]bool{}
	for _, f := range l.Failures {
		systems[f.System] = true
	}
	for i := 2; i <= 24; i++ {
		if !systems[strconv.Itoa(i)] || len(systems) != 23 {
			t.Errorf("systems %v; want 2 to 24", systems)
			break
		}
	}
	down, longest := 0.0, sim.Time(0)
	for _, f := range l.Failures {
		down += f.Down.Seconds()
		longest = max(longest, f.Down)
	}
	near(t, "mean down time", down/23739, 21142.886389)
	near(t, "longest", longest.Seconds(), 19168920)
	for _, c := range []struct {
		system   string
		failures int
		days     float64
		down     float64
	}{{"2", 7104, 3151.2, 8516.60473}, {"18", 3997, 1221.3, 10757.683262}, {"20", 2478, 1358.9, 12602.736077}, {"17", 126, 1188.9, 7452.857143}, {"15", 54, 269.7, 8300}} {
		l := lanl(t, c.system)
		down := 0.0
		for _, f := range l.Failures {
			down += f.Down.Seconds()
		}
		n := len(l.Failures)
		days := l.Failures[n-1].At.Seconds() / 86400
		if n != c.failures || math.Abs(days-c.days) > 0.051 {
			t.Errorf("system %s: %d failures in %.1f days, want %d in %.1f", c.system, n, days, c.failures, c.days)
		}
		near(t, "mean down time of system "+c.system, down/float64(n), c.down)
	}
}

func TestSpotTraces(t *testing.T) {
	for _, c := range []struct {
		file, format            string
		rows, adds, removes     int
		span                    float64
		least, most, atTheEnd   int
		meanLife, shortest, top float64
	}{
		{"spot-p3.csv.gz", "events", 344, 177, 167, 40920, 0, 32, 10, 5263.113772, 120, 23940},
		{"spot-v100.txt.gz", "clock", 1477, 80 + 518, 518, 0, 30, 80, 80, 0, 0, 0},
		{"spot-p2-xlarge.csv.gz", "hours", 393, 0, 0, 88.695 * 3600, 0, 16, -1, 0, 0, 0},
	} {
		s := spot(t, c.file)
		adds, removes, alive, most := 0, 0, 0, 0
		born := map[int]sim.Time{}
		var lives []float64
		for _, e := range s.Events {
			if e.Gone {
				removes++
				alive--
				lives = append(lives, (e.At - born[e.Node]).Seconds())
			} else {
				adds++
				alive++
				born[e.Node] = e.At
			}
			most = max(most, alive)
		}
		if s.Format != c.format || s.Rows != c.rows || s.Bad.Total != 0 || most != c.most {
			t.Errorf("%s: format %s, %d rows, %s, most %d; want %s, %d, none bad, %d", c.file, s.Format, s.Rows, s.Bad, most, c.format, c.rows, c.most)
		}
		if c.adds > 0 && (adds != c.adds || removes != c.removes || alive != c.atTheEnd) {
			t.Errorf("%s: %d came, %d went, %d left; want %d, %d, %d", c.file, adds, removes, alive, c.adds, c.removes, c.atTheEnd)
		}
		if last := s.Events[len(s.Events)-1].At.Seconds(); last > c.span+1 && c.span > 0 {
			t.Errorf("%s: ends at %g s, want %g", c.file, last, c.span)
		}
		if c.meanLife > 0 {
			sum := 0.0
			for _, v := range lives {
				sum += v
			}
			near(t, "mean life", sum/float64(len(lives)), c.meanLife)
			near(t, "shortest life", slices.Min(lives), c.shortest)
			near(t, "longest life", slices.Max(lives), c.top)
		}
	}
}

func TestCrashes(t *testing.T) {
	l, err := ReadLog(strings.NewReader("node,started,down\n7,2005-01-01 00:00,60\n,2005-01-02 12:00,10\n3,2005-01-02 00:00,30\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	all := l.Crashes(Window{Speed: 60}, 5)
	if len(all) != 3 {
		t.Fatalf("%d crashes, want 3", len(all))
	}
	for i, want := range []struct {
		at, repair float64
		server     sim.ServerID
	}{{0, 60, 2}, {1440, 30, 3}, {2160, 10, 2}} {
		a := all[i]
		if a.At.Seconds() != want.at || a.Repair.Mean() != want.repair || a.Targets[0] != want.server {
			t.Errorf("crash %d: server %d at %v for %v; want %+v", i, a.Targets[0], a.At, a.Repair, want)
		}
	}
	later := l.Crashes(Window{From: 12 * sim.Hour, Until: 30 * sim.Hour}, 5)
	if len(later) != 1 || later[0].At != 12*sim.Hour {
		t.Errorf("in the window: %v", later)
	}
}

func TestPreemptions(t *testing.T) {
	s, err := ReadSpot(strings.NewReader("0,add,a\n0,add,b\n0,add,c\n600000,remove,b\n900000,add,d\n1200000,remove,c\n1800000,remove,d\n"))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := s.Preemptions(Window{}, 3, 2*sim.Minute, true)
	if err != nil {
		t.Fatal(err)
	}
	// b is the server in place 1; then c is, and d comes after it, in place 2; when c is gone, d is in place 1.
	for i, want := range []struct {
		at    sim.Time
		place sim.ServerID
	}{{8 * sim.Minute, 1}, {18 * sim.Minute, 1}, {28 * sim.Minute, 1}} {
		if a := kept[i]; len(kept) != 3 || a.At != want.at || a.Targets[0] != want.place || !a.Places || !a.Replace || a.Deadline != 2*sim.Minute {
			t.Errorf("preemption %d is %+v, want %+v", i, a, want)
		}
	}
	sized, _ := s.Preemptions(Window{Speed: 2}, 5, 0, false)
	var sizes []int
	for _, a := range sized {
		if a.Kind == sim.ScaleTo {
			sizes = append(sizes, a.Servers)
		}
	}
	if len(sized) != 4 || !slices.Equal(sizes, []int{3}) || sized[0].At != 5*sim.Minute {
		t.Errorf("with the recorded size: %+v", sized)
	}
	if _, err := s.Preemptions(Window{From: 31 * sim.Minute}, 2, 0, true); err != nil {
		t.Errorf("a runs to the end: %v", err)
	}
	empty, _ := ReadSpot(strings.NewReader("0,0\n1,5\n"))
	if _, err := empty.Preemptions(Window{}, 2, 0, true); err == nil || !strings.Contains(err.Error(), "no instance runs 0s after") {
		t.Errorf("an empty start gives %v", err)
	}
}

// A smaller fleet loses servers at the recorded rate per server.
func TestFewerServersThanInstances(t *testing.T) {
	s := spot(t, "spot-v100.txt.gz")
	all, err := s.Preemptions(Window{}, 8, 30*sim.Second, true)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(all); n < 35 || n > 70 {
		t.Errorf("8 of 80 instances are lost %d times; 518 losses of 80 are 52 of 8", n)
	}
}

func TestBadRecordings(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "has no heading"},
		{"a,b\n1,2\n", `row 0: the heading has no column "Prob Started"`},
		{"started\n2005-01-01 00:00\n", "row 0: the heading has neither"},
		{"started,down\n", "has no failures"},
		{"started,down\nyesterday,3\n", `has no failures: 1 rows cannot be used; the first: row 1: started: must be a date such as 6/21/2005 10:54, got "yesterday"`},
		{"started,down\n2005-01-01 00:00,-3\n", `down time: must be minutes, got "-3"`},
		{"started,down\n2005-01-01 00:00,NaN\n", `down time: must be minutes, got "NaN"`},
		{"started,fixed\n2005-01-02 00:00,2005-01-01 00:00\n", "fixed: is before the start"},
		{"node,started,down\nx,2005-01-01 00:00,1\n", "node: must be a number from 0"},
		{"\x1f\x8bnot gzip", "gzip"},
	} {
		if l, err := ReadLog(strings.NewReader(c.text), ""); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ReadLog(%q) = %v, %v; want %s", c.text, l, err, c.want)
		}
	}
	if _, err := ReadLog(strings.NewReader("system,started,down\n3,2005-01-01 00:00,1\n"), "20"); err == nil || err.Error() != `has no failures of system "20"` {
		t.Errorf("a system that is not there gives %v", err)
	}
	for _, c := range []struct{ text, want string }{
		{"", "has no instances"},
		{"hello\n", "must be milliseconds,add|remove,instance or"},
		{"0,remove,a\n", `instance "a" is removed and was not running`},
		{"0,x\n", "count: must be a number"},
		{"0,-1\n", "count: must be a number"},
		{"-1,3\n", "time: must be a number"},
		{"NaN,3\n", "time: must be a number"},
		{"2021-13-10, 13:08:45, 80\n", "date and time: must be such as"},
		{"0,add,\n", "has no instance"},
	} {
		if s, err := ReadSpot(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ReadSpot(%q) = %v, %v; want %s", c.text, s, err, c.want)
		}
	}
	s, err := ReadSpot(strings.NewReader("0,add,a\n0,3\n5,add,a\n9,remove,a\n"))
	if err != nil || s.Bad.Total != 2 || !strings.HasPrefix(s.Bad.First, "row 2: must be") || len(s.Events) != 2 {
		t.Errorf("bad rows among good ones give %+v, %v", s, err)
	}
}

// No recording makes the readers panic or hang, and what they read can be played.
func FuzzRead(f *testing.F) {
	f.Add("system,node,started,down\n3,1,2005-01-01 00:00,1\n")
	f.Add("0,add,a\n60000,remove,a\n")
	f.Add("0.1,5\n0.2,3\n")
	f.Add("2021-12-10, 13:08:45, 3\n")
	f.Fuzz(func(t *testing.T, text string) {
		if l, err := ReadLog(strings.NewReader(text), ""); err == nil {
			l.Crashes(Window{Speed: 10}, 3)
		}
		if s, err := ReadSpot(strings.NewReader(text)); err == nil {
			s.Preemptions(Window{Speed: 10}, 3, sim.Minute, true)
		}
	})
}
