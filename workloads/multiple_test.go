package workloads

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// inRun are the arrivals of a run until its end, by number.
func inRun(p sim.ArrivalProcess, run uint64, end sim.Time) map[uint64]sim.Time {
	a, all, n := p.Start(rng.Root(1).At(run)), map[uint64]sim.Time{}, uint64(0)
	counted, _ := a.(sim.Numbered)
	for t := a.Next(0); t < end; t = a.Next(t) {
		number := n
		if counted != nil {
			number = counted.Number()
		}
		all[number] = t
		n++
	}
	return all
}

// The clients of a load are among those of any larger one, of every process.
func TestMultiplesAreNested(t *testing.T) {
	loads := []float64{.05, .3, .999, 1, 1.2, 2, 2.7, 5}
	for _, p := range Processes() {
		for _, example := range p.Examples {
			if p.Name == "times" {
				example = "times(0s 1.5s 7s)"
			}
			base := parse(t, example)
			smaller := map[uint64]sim.Time{}
			for _, x := range loads {
				larger := inRun(Multiple(base, x), 3, 20*sim.Minute)
				for n, at := range smaller {
					if larger[n] != at {
						t.Errorf("%s: client %d of a smaller load comes at %v, not at %v at %g", example, n, at, larger[n], x)
						break
					}
				}
				smaller = larger
			}
		}
	}
}

func TestMultiplesHaveTheirRate(t *testing.T) {
	for _, c := range []struct {
		text string
		mean float64 // in 100 s
	}{
		{"poisson(2/s)", 200}, {"renewal(erlang(k=5 mean=500ms))", 200},
		{"mmpp(30/s:10s 5/s:20s)", 4000. / 3}, {"sinusoid(mean=2/s amplitude=0.5 period=10s)", 200},
		{"flash(poisson(2/s) at=20s factor=5 ramp=0s for=10s)", 280}, {"steps(0s: 1/s, 50s: 3/s)", 200},
	} {
		base := parse(t, c.text)
		for _, x := range []float64{.4, 1.5, 3} {
			m := Multiple(base, x)
			within(t, c.text, counts(m, 0, 100*sim.Second, 400), x*c.mean)
			if got := m.Rate(); math.Abs(got-x*base.Rate()) > 1e-9 {
				t.Errorf("%s: rate %g at a load of %g", c.text, got, x)
			}
		}
	}
}

// Regular arrivals are thinned at random below 1; beyond, whole streams have theirs in between.
func TestMultiplesOfRegularArrivals(t *testing.T) {
	base := parse(t, "regular(every=500ms)")
	within(t, "half", counts(Multiple(base, .5), 0, 100*sim.Second, 400), 100)
	if n := len(inRun(Multiple(base, 3), 1, 100*sim.Second)); n < 597 || n > 600 {
		t.Errorf("%d arrivals in 100 s at 6/s", n)
	}
}

// A multiple of a Poisson process is one: its counts have their mean as variance, and gaps are exponential. Where the rate
// is random, all streams follow the same course: x times the rate has x² times its variance.
func TestMultiplesOfPoissonProcesses(t *testing.T) {
	for _, x := range []float64{.3, 1.7, 4} {
		spread(t, "poisson", counts(Multiple(parse(t, "poisson(5/s)"), x), 0, 20*sim.Second, 4000), 100*x)
		// 800 + 98766.96 of one process; see TestMMPPCountVariance.
		spread(t, "mmpp", counts(Multiple(parse(t, "mmpp(30/s:10s 5/s:20s)"), x), 0, sim.Minute, 4000), 800*x+98766.96*x*x)
	}
}

func TestMultipleOfALog(t *testing.T) {
	log := &sim.Trace{Gap: sim.Minute}
	for c := range uint32(400) {
		log.Clients = append(log.Clients, sim.TraceClient{Addr: sim.Addr4(c / 4), Hash: uint64(c)})
		for i := range sim.Time(5) {
			log.Requests = append(log.Requests, sim.TraceRequest{At: sim.Time(c)*sim.Second + i*20*sim.Minute, Client: c, Demand: -1})
		}
	}
	slices.SortFunc(log.Requests, func(a, b sim.TraceRequest) int { return cmp.Compare(a.At, b.At) })
	var smaller []int
	for _, x := range []float64{.1, .5, 1, 1.5, 3} {
		m := MultipleOf(log, x)
		requests := make([]int, len(m.Clients))
		here := 0
		for i, q := range m.Requests {
			if requests[q.Client]++; requests[q.Client] == 1 {
				here++
			}
			if i > 0 && q.At < m.Requests[i-1].At {
				t.Fatalf("load %g: requests are not in order", x)
			}
		}
		if want := 400 * x; math.Abs(float64(here)-want) > 4*math.Sqrt(100) {
			t.Errorf("load %g: %d clients, want about %g", x, here, want)
		}
		for c, n := range smaller {
			if n > 0 && requests[c] != n {
				t.Errorf("load %g: client %d has %d requests, and %d at a smaller load", x, c, requests[c], n)
			}
		}
		smaller = requests
	}
}
