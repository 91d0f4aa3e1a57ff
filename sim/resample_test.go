package sim

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"stickysim/sim/rng"
	"stickysim/sim/stats"
)

// recording is ten hours of clients who send 1 to 40 requests each, a third of them behind one address; the first sends none.
func recording(k rng.Key, clients int) *Trace {
	t := &Trace{Gap: 30 * Minute, Hour: Hour}
	for c := range clients {
		own := k.At(uint64(c))
		addr := Addr4(uint32(c))
		if c%3 == 0 {
			addr = Addr4(1 << 24)
		}
		t.Clients = append(t.Clients, TraceClient{Addr: addr, Hash: own.Uint64()})
		for i := range 1 + own.IntN(40) {
			if c > 0 {
				t.Requests = append(t.Requests, TraceRequest{At: FromSeconds(36000 * own.At(uint64(i)).Float64()), Client: uint32(c), Target: Target(c), Demand: float32(c % 7)})
			}
		}
	}
	slices.SortFunc(t.Requests, func(a, b TraceRequest) int { return cmp.Compare(a.At, b.At) })
	return t
}

// perClient counts the requests of each client.
func perClient(t *Trace) []float64 {
	n := make([]float64, len(t.Clients))
	for i := range t.Requests {
		n[t.Requests[i].Client]++
	}
	return n
}

func TestDrawnClients(t *testing.T) {
	log := recording(rng.Root(1), 90)
	before := perClient(log)
	kept := 0
	for n := range uint64(200) {
		drawn := log.resampled(DrawClients, rng.Root(2).At(n))
		if len(drawn.Clients) != 89 {
			t.Fatalf("%d clients are drawn of the 89 that ask", len(drawn.Clients))
		}
		ids, source := map[TraceClient]bool{}, make([]uint32, len(drawn.Clients))
		for i, rq := range drawn.Requests {
			source[rq.Client] = uint32(rq.Target)
			if rq.At < 0 || rq.At > log.last() || i > 0 && rq.At < drawn.Requests[i-1].At || rq.Demand != float32(rq.Target%7) {
				t.Fatalf("request %d is %+v", i, rq)
			}
		}
		for i, sent := range perClient(drawn) {
			c, was := drawn.Clients[i], log.Clients[source[i]]
			if sent != before[source[i]] {
				t.Fatalf("a client sends %.0f requests, and %.0f in the log", sent, before[source[i]])
			}
			if shared := source[i]%3 == 0; shared != (c.Addr == was.Addr) && c != was {
				t.Errorf("client %d of the log comes from %v", source[i], c.Addr)
			}
			if c == was {
				kept++
			}
			if ids[c] {
				t.Fatal("two clients have the same identity")
			}
			ids[c] = true
		}
	}
	// Of n clients, 1-(1-1/n)^n are drawn at least once.
	if got, want := float64(kept)/89/200, 1-math.Pow(1-1./89, 89); math.Abs(got-want) > .01 {
		t.Errorf("%.3f of the clients are drawn, want %.3f", got, want)
	}
}

// The variance of a sum and of a ratio over drawn clients is that of the bootstrap: n times the variance over the clients, and
// that of the linearised ratio. So it is over hours.
func TestVarianceOfDraws(t *testing.T) {
	log := recording(rng.Root(3), 90)
	var sums, ratios, hours stats.Welford
	for n := range uint64(3000) {
		drawn := log.resampled(DrawClients, rng.Root(4).At(n))
		work := 0.
		for i := range drawn.Requests {
			work += float64(drawn.Requests[i].Demand)
		}
		sums.Add(float64(len(drawn.Requests)))
		ratios.Add(work / float64(len(drawn.Requests)))
		hours.Add(float64(len(log.resampled(DrawHours, rng.Root(5).At(n)).Requests)))
	}
	counts := perClient(log)[1:]
	work := 0.
	for c, n := range counts {
		work += n * float64((c+1)%7)
	}
	all := stats.Total(counts)
	var one, linear, hour stats.Welford
	for c, n := range counts {
		one.Add(n)
		linear.Add(n * (float64((c+1)%7) - work/all))
	}
	perHour := make([]float64, log.Hours())
	length := log.last()/Time(len(perHour)) + 1
	for i := range log.Requests {
		perHour[log.Requests[i].At/length]++
	}
	for _, n := range perHour {
		hour.Add(n)
	}
	over := func(w *stats.Welford) float64 { n := float64(w.Count()); return w.Variance() * (n - 1) / n } // of the population
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"mean of the sum", sums.Mean(), all},
		{"variance of the sum", sums.Variance(), 89 * over(&one)},
		{"variance of the ratio", ratios.Variance(), 89 * over(&linear) / (all * all)},
		{"mean over hours", hours.Mean(), all},
		{"variance over hours", hours.Variance(), float64(len(perHour)) * over(&hour)},
	} {
		if math.Abs(c.got/c.want-1) > .08 { // 3,000 draws: 2.6 % for a variance
			t.Errorf("%s is %.4g, want %.4g", c.what, c.got, c.want)
		}
	}
}

// The interval covers what clients of this kind do in the long run, about as often as it says, with few replications and with many.
func TestIntervalsOfDrawsCover(t *testing.T) {
	const logs = 150
	for _, replications := range []int{10, 40} {
		covered := 0
		for n := range uint64(logs) {
			log := recording(rng.Root(6).At(n), 61)
			values := make([]float64, replications)
			for i := range values {
				values[i] = float64(len(log.resampled(DrawClients, rng.Root(7).At(n).At(uint64(i))).Requests))
			}
			j := stats.OfMean(values)
			j.Drawn = true
			if e := j.Interval(.95); e.Lo <= 60*20.5 && e.Hi >= 60*20.5 {
				covered++
			}
		}
		if share := float64(covered) / logs; share < .91 {
			t.Errorf("with %d replications, intervals cover in %.1f %%", replications, 100*share)
		}
	}
}

// An hour of the log holds the requests of one, as they were in it.
func TestDrawnHours(t *testing.T) {
	log := recording(rng.Root(8), 60)
	length := log.last()/Time(log.Hours()) + 1
	drawn := log.resampled(DrawHours, rng.Root(9))
	in := func(t *Trace, h int) (list []TraceRequest) {
		for _, rq := range t.Requests {
			if int(rq.At/length) == h {
				rq.At -= Time(h) * length
				list = append(list, rq)
			}
		}
		return list
	}
	for h := range log.Hours() {
		found := false
		for g := range log.Hours() {
			found = found || slices.Equal(in(drawn, h), in(log, g))
		}
		if !found {
			t.Errorf("hour %d is no hour of the log", h)
		}
	}
}

// Alternatives meet the same draws in a replication, and other ones in another.
func TestDrawsByReplication(t *testing.T) {
	m := queue(2, 1, FCFS, 1, exp(.1), 36000)
	m.Populations = []Population{{Name: "p", Trace: recording(rng.Root(1), 30), Resample: DrawClients, Demand: exp(.1)}}
	sent := map[int64]bool{}
	for n := range 5 {
		a := Run(m, 1, n, Options{}).Populations[0].Sent
		other := *m
		other.Balancers.Count = 2
		if b := Run(&other, 1, n, Options{}).Populations[0].Sent; a != b {
			t.Errorf("two alternatives meet %d and %d requests", a, b)
		}
		sent[a] = true
	}
	if len(sent) < 3 {
		t.Errorf("five replications have only %d numbers of requests", len(sent))
	}
}
