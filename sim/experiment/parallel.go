package experiment

import (
	"sync"
	"sync/atomic"

	"stickysim/sim"
	"stickysim/sim/diag"
)

// parallel computes n results over the threads and hands each to take, in order of index, on the calling goroutine.
// At most a few more than there are threads are held at a time. It ends early when the study is stopped, or with an error:
// that of compute, or of a broken invariant. Each thread has a workspace.
func (x *execution) parallel(n int, compute func(i int, w *sim.Workspace) (*sim.Result, error), take func(i int, r *sim.Result)) error {
	jobs := min(x.options.Jobs, n)
	type outcome struct {
		result *sim.Result
		err    error
	}
	slots := make([]chan outcome, n)
	for i := range slots {
		slots[i] = make(chan outcome, 1)
	}
	begun := make(chan struct{}, ahead*jobs) // how far computing may run ahead of taking
	over := make(chan struct{})
	var next atomic.Int64
	var wg sync.WaitGroup
	for len(x.workspaces) < jobs {
		x.workspaces = append(x.workspaces, &sim.Workspace{})
	}
	for _, w := range x.workspaces[:jobs] {
		wg.Go(func() {
			for {
				select {
				case <-over:
					return
				case begun <- struct{}{}:
				}
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				r, err := guarded(func() (*sim.Result, error) { return compute(i, w) })
				slots[i] <- outcome{r, err}
			}
		})
	}
	var failed error
	for i := range slots {
		if x.options.Stop != nil && x.options.Stop() {
			x.stopped = true
			break
		}
		got := <-slots[i]
		<-begun
		if got.err != nil {
			failed = got.err
			break
		}
		if got.result == nil { // stopped within the run
			x.stopped = true
			break
		}
		take(i, got.result)
	}
	close(over)
	wg.Wait()
	return failed
}

// each does f(0) to f(n-1) over the threads, in any order. It passes a panic on to the calling goroutine.
func (x *execution) each(n int, f func(i int)) {
	var next atomic.Int64
	var broken atomic.Pointer[diag.Panic]
	var wg sync.WaitGroup
	for range min(x.options.Jobs, n) {
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					broken.Store(diag.NewPanic(p))
				}
			}()
			for i := next.Add(1) - 1; int(i) < n; i = next.Add(1) - 1 {
				f(int(i))
			}
		})
	}
	wg.Wait()
	if p := broken.Load(); p != nil {
		panic(p)
	}
}

// guarded turns a panic into an error: a broken invariant, which is one, or any other.
func guarded(f func() (*sim.Result, error)) (r *sim.Result, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *sim.InvariantError:
			err = p
		default:
			err = diag.NewPanic(p)
		}
	}()
	return f()
}
