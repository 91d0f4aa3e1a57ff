package experiment

import (
	"runtime"
	"testing"
)

// What is left of a run when it is over is part of what was announced, and not a small one.
func TestNeeds(t *testing.T) {
	s := study(queue(3000, 1, 2, 40), 1, 1)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r, err := Run(s, Options{Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if got, want := r.Variants[0].Series.Points, s.Variants[0].Model.Points(); got != want {
		t.Errorf("%d points, want %d", got, want)
	}
	kept, need := int64(after.HeapAlloc-before.HeapAlloc), Needs(s).Of(1)
	if kept > need-bytesBase || kept < need/10 {
		t.Errorf("the result takes %d bytes; announced were %d", kept, need)
	}
	runtime.KeepAlive(r)
}

// More jobs than there are replications need no more, and every replication beyond may wait for its turn.
func TestNeedsOfJobs(t *testing.T) {
	s := study(queue(100, 1, 2, 40), 1, 4)
	n := Needs(s)
	if one, four, many := n.Of(1), n.Of(4), n.Of(100); one != n.Shared+n.Job+2*n.Waiting || four != n.Shared+4*n.Job || many != four {
		t.Errorf("%+v: %d, %d, %d", n, one, four, many)
	}
}
