package scenarios_test

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	_ "stickysim/policies/all"
	"stickysim/scenarios"
	"stickysim/sim/experiment"
	planning "stickysim/sim/experiment/plan"
)

// sought searches a scenario for a value of a field.
func sought(t *testing.T, text string, axis planning.Axis, start func(string) float64, most int) *planning.Result {
	t.Helper()
	spec, err := scenarios.Parse("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := planning.Find(&planning.Search{
		Axis: axis, Start: start, Most: most,
		Build: func(point []experiment.Setting) (*experiment.Study, error) {
			at := spec
			for _, s := range point {
				if at, err = at.Set(s.Path, s.Value); err != nil {
					return nil, err
				}
			}
			b := scenarios.Build(at, nil)
			return b.Study, b.Problems.Err()
		},
		Run:   func(s *experiment.Study) (*experiment.Result, error) { return experiment.Run(s, experiment.Options{}) },
		Point: func(value string) []experiment.Setting { return spec.Everywhere(axis.Name, value) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// waits is the probability of waiting in M/M/c with a erlangs (Erlang C).
func waits(c int, a float64) float64 {
	b := 1.
	for k := 1; k <= c; k++ {
		b = a * b / (float64(k) + a*b)
	}
	return b / (1 - a/float64(c)*(1-b))
}

// meanWait is the mean wait in service times.
func meanWait(c int, a float64) float64 { return waits(c, a) / (float64(c) - a) }

// sojourn99 is the 99th percentile of the time in an M/M/c system, in service times.
func sojourn99(c int, a float64) float64 {
	w, theta := waits(c, a), float64(c)-a
	beyond := func(t float64) float64 {
		if math.Abs(theta-1) < 1e-6 {
			return (1-w)*math.Exp(-t) + w*(1+t)*math.Exp(-t)
		}
		return (1-w)*math.Exp(-t) + w*(theta*math.Exp(-t)-math.Exp(-theta*t))/(theta-1)
	}
	lo, hi := 0., 1e4
	for range 100 {
		if mid := (lo + hi) / 2; beyond(mid) > .01 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

// The smallest number of cores of M/M/c is that of queueing theory, for a mean wait and for a 99th percentile.
func TestPlanFindsTheServersOfTheory(t *testing.T) {
	loads := []float64{.7, 2.4, 5.5, 10.3, 20, 41}
	if !full {
		loads = []float64{.7, 5.5}
	}
	for i, a := range loads {
		for j, of := range []struct {
			metric string
			exact  func(c int, a float64) float64
		}{{"wait.mean", meanWait}, {"latency.p99", sojourn99}} {
			if !full && i != j {
				continue
			}
			t.Run(fmt.Sprintf("%s at %g", of.metric, a), func(t *testing.T) {
				t.Parallel()
				c := int(math.Ceil(a)) + 1 // at c the limit is met, at c−1 it is not
				for waits(c, a) > .45 {
					c++
				}
				limit := of.exact(c, a) * 1.15
				if float64(c-1) > a {
					limit = math.Sqrt(of.exact(c, a) * of.exact(c-1, a))
				}
				text := fmt.Sprintf(`
duration: %.0fs
servers: {count: 1, cores: 1, queue: unlimited}
workload: [{population: custom, sessions: poisson(%g/s), requests: deterministic(1), service: exp(100ms)}]
state: none
objectives: [%s < %.6gms]
`, max(1500, 150*a)/a, 10*a, of.metric, 100*limit)
				axis := planning.Axis{Name: "servers.cores", Whole: true, Ease: planning.Upwards}
				for n := 1; n <= 64; n++ {
					axis.Values, axis.Number = append(axis.Values, strconv.Itoa(n)), append(axis.Number, float64(n))
				}
				r := sought(t, text, axis, func(string) float64 { return 8 }, 200)
				found := &r.Alternatives[0]
				if found.Met == nil || found.Missed == nil || found.Met.Number != float64(c) || found.Missed.Number != float64(c-1) {
					t.Errorf("limit %.4g service times: %+v misses, %+v meets; want %d", limit, found.Missed, found.Met, c)
				}
			})
		}
	}
}

// capacity is the largest utilization of M/M/c at which the 99th percentile is below so many service times.
func capacity(c int, limit float64) float64 {
	lo, hi := 0., 1.
	for range 60 {
		if mid := (lo + hi) / 2; sojourn99(c, mid*float64(c)) < limit {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// Five servers, each with clients of its own, need more than five that share a queue: 1.667, 1.252, 1.113 and 1.054 times as
// much for 1, 2, 4 and 8 cores each, where the 99th percentile must be below ten service times.
func TestPlanFindsWhatPoolingSaves(t *testing.T) {
	cases := []struct {
		c      int
		factor float64
	}{{1, 1.667}, {2, 1.252}, {4, 1.113}, {8, 1.054}}
	most, requests, step := 40, 30_000., 1.02
	if !full {
		cases, most, requests, step = cases[:1], 10, 10_000, 1.06
	}
	for _, of := range cases {
		t.Run(strconv.Itoa(of.c), func(t *testing.T) {
			t.Parallel()
			alone, pooled := capacity(of.c, 10), capacity(5*of.c, 10)
			if math.Abs(pooled/alone-of.factor) > .001 {
				t.Errorf("theory says %.4f, not %.3f", pooled/alone, of.factor)
			}
			rate := 10 * .5 * float64(of.c)
			text := fmt.Sprintf(`
duration: %.0fs
servers: {count: 1, cores: %d, queue: unlimited}
workload: [{population: custom, name: all, sessions: poisson(%g/s), requests: deterministic(1), service: exp(100ms)}]
state: none
policies:
  - {variant: alone, policy: random}
  - {variant: pooled, policy: random, servers: {cores: %d}, workload: {all: {sessions: poisson(%g/s)}}}
objectives: [latency.p99 < 1s]
`, requests/rate, of.c, rate, 5*of.c, 5*rate)
			axis := planning.Axis{Name: "load", Ease: planning.Downward}
			for x := .8; x < 2.2; x *= step {
				axis.Values, axis.Number = append(axis.Values, fmt.Sprintf("%.4f", x)), append(axis.Number, x)
			}
			r := sought(t, text, axis, func(string) float64 { return 1 }, most)
			for i, rho := range []float64{alone, pooled} {
				a := &r.Alternatives[i]
				if a.Met == nil || a.Missed == nil || a.Met.Number > rho/.5 || a.Missed.Number < rho/.5 {
					t.Errorf("%s: load %+v meets, %+v misses, theory says %.4f", a.Name, a.Met, a.Missed, rho/.5)
				}
			}
			if f := r.Alternatives[0].Factor; !(f.Lo <= of.factor && f.Hi >= of.factor) || f.Hi-f.Lo > .4*of.factor {
				t.Errorf("the factor is %.3f to %.3f, theory says %.3f", f.Lo, f.Hi, of.factor)
			}
			t.Logf("alone %s to %s, pooled %s to %s: %.3f to %.3f for %.3f", r.Alternatives[0].Met.Value, r.Alternatives[0].Missed.Value, r.Alternatives[1].Met.Value, r.Alternatives[1].Missed.Value, r.Alternatives[0].Factor.Lo, r.Alternatives[0].Factor.Hi, of.factor)
		})
	}
}
