package sim

import (
	"math"
	"testing"
)

// M/G/1 with stop-the-world pauses of fixed length D after exponential running time 1/f, preemptive resume:
// E[T] = E[S]/A + (f E[D²] A³ + λ E[S²]) / (2A(A−ρ)), A = 1/(1+fD). With λ 7, exponential S of mean .1, f .1, D .2:
// .363499 (a vacation-type formula; independent of the engine).
func TestGarbageCollectionPauses(t *testing.T) {
	m := queue(1, 1, FCFS, 7, exp(.1), 60000)
	m.Servers[0].GC = &GC{Every: exp(10), Pause: fixed(.2)}
	sum, n := 0.0, 4
	for rep := 0; rep < n; rep++ {
		sum += figure(t, Run(m, 3, rep, Options{}), "latency.mean")
	}
	if got := sum / float64(n); math.Abs(got-.363499) > .012 {
		t.Errorf("mean latency %g; want .3635 ± .012", got)
	}
}

// A fraction of the sessions leaks: memory grows by λ·p·size a second.
func TestLeakGrows(t *testing.T) {
	p := sessionsOf(2, 60, 10)
	p.State, p.Leak = 1000, .25
	m := fleetModel(1, p, 4000)
	res := Run(m, 1, 0, Options{})
	if got, want := figure(t, res, "server.memory.most"), 2*.25*1000*4000.+2*60*1000; math.Abs(got-want) > .06*want {
		t.Errorf("memory at the end %g B; want about %g", got, want)
	}
}
