package prefetch

import "testing"

// Any address may be asked for, more than there is room for as well, and asking changes nothing.
func TestFetch(t *testing.T) {
	values := make([]int64, 10*room)
	for i := range values {
		values[i] = int64(i)
	}
	var b Batch
	Line[int64](nil)
	Add[int64](&b, nil)
	for range 2 {
		for i := range values {
			Add(&b, &values[i])
			Line(&values[i])
		}
		if b.n != room {
			t.Errorf("a list of %d takes %d", room, b.n)
		}
		b.Fetch()
		if b.n != 0 {
			t.Errorf("%d are left on the list", b.n)
		}
	}
	for i, v := range values {
		if v != int64(i) {
			t.Fatalf("value %d has become %d", i, v)
		}
	}
}

// The cost of asking for a line that is in the cache.
func BenchmarkFetch(b *testing.B) {
	values := make([]int64, 32)
	var batch Batch
	for b.Loop() {
		for i := range values {
			Add(&batch, &values[i])
		}
		batch.Fetch()
	}
}
