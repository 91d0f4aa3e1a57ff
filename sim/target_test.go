package sim

import "testing"

// TestRecordedRepeat: what a recording says of a request decides whether it is sent again, and the population's share only
// where it says nothing.
func TestRecordedRepeat(t *testing.T) {
	for _, share := range []float64{0, 1} {
		trace := &Trace{Requests: []TraceRequest{{Target: TargetOf(7, Harmless)}, {Target: TargetOf(7, Harmful)}, {Target: TargetOf(7, ByShare)}}}
		r := &run{pops: []population{{Population: &Population{Trace: trace, Idempotent: share}}}}
		for i, want := range []bool{true, false, share == 1} {
			if got := r.idempotent(&request{seq: uint32(i) + 1}); got != want {
				t.Errorf("share %v, request %d: %v; want %v", share, i, got, want)
			}
		}
		if uri := trace.Requests[1].Target.URI(); uri != 7 {
			t.Errorf("URI %d; want 7", uri)
		}
	}
}
