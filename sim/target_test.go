package sim

import "testing"

// TestRecordedRepeat: what a recording says of a request decides whether it is sent again, and the population's share only
// where it says nothing.
func TestRecordedRepeat(t *testing.T) {
	for _, share := range []float64{0, 1} {
		trace := &Trace{Requests: []TraceRequest{{Target: TargetOf(7, 5, Harmless)}, {Target: TargetOf(7, 5, Harmful)}, {Target: TargetOf(7, 5, ByShare)}}}
		r := &run{pops: []*population{{Population: &Population{Trace: trace, Idempotent: share}}}}
		for i, want := range []bool{true, false, share == 1} {
			if got := r.idempotent(&request{seq: uint32(i) + 1}); got != want {
				t.Errorf("share %v, request %d: %v; want %v", share, i, got, want)
			}
		}
		if target := trace.Requests[1].Target; target.Path() != 7 || target.URI() != 7<<12|5 {
			t.Errorf("path %d, URI %d; want 7 and %d", target.Path(), target.URI(), 7<<12|5)
		}
	}
}
