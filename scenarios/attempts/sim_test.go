package attempts

import (
	"math"
	"testing"

	_ "stickysim/policies/all"
	"stickysim/scenarios"
	"stickysim/scenarios/importer"
	_ "stickysim/scenarios/importer/haproxy"
	_ "stickysim/scenarios/importer/nginx"
	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

// What is imported from a row's configuration does in a run what the row says.
func TestSimulated(t *testing.T) {
	for i, r := range deadServer {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.simulate(t, where{i})
		})
	}
}

// model imports the row's configuration. Its servers die as processes do, and no health check sees it.
func (r *row) model(t *testing.T, w where) *sim.Model {
	t.Helper()
	c, err := importer.Import(importer.File("config", []byte(r.config(w))), r.product, "config")
	if err != nil {
		t.Fatal(err)
	}
	pool, _, err := importer.Choose(c, "app")
	if err != nil {
		t.Fatal(err)
	}
	yaml, err := importer.ToScenario(c, pool)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := scenarios.Parse("imported", yaml)
	if err != nil {
		t.Fatal(err)
	}
	built := scenarios.Build(spec, nil)
	if err := built.Problems.Err(); err != nil {
		t.Fatalf("%v\n%s", err, yaml)
	}
	m := built.Study.Variants[0].Model
	if len(m.Servers) != r.servers {
		t.Fatalf("%d servers, want %d", len(m.Servers), r.servers)
	}
	m.Health = sim.Health{Interval: sim.Never, Timeout: sim.Never, Fall: 1, Rise: 1}
	m.Balancers.ConnectTimeout = 0
	m.Warmup, m.Duration, m.Equilibrium, m.State = 0, 60*sim.Second, false, sim.Placement{}
	m.LatencyLimits, m.Timeline, m.Autoscaler = nil, nil, nil
	return m
}

// arrivals is n sessions, ten a second from time 0 on.
type arrivals int

func (n arrivals) Start(rng.Key) sim.Arrivals { return n }
func (n arrivals) Rate() float64              { return 1 }
func (n arrivals) String() string             { return "some" }

func (n arrivals) Next(t sim.Time) sim.Time {
	next := (t/(100*sim.Millisecond) + 1) * 100 * sim.Millisecond
	if next > sim.Time(n)*100*sim.Millisecond {
		return sim.Never
	}
	return next
}

// simulate lets clients send a request, or two around the death of the victim, and compares what becomes of those that
// meet it with the row.
func (r *row) simulate(t *testing.T, w where) {
	const clients = 40
	m := r.model(t, w)
	m.Populations = []sim.Population{{Name: "clients", Sessions: arrivals(clients), Requests: always(2), Think: always(10),
		Demand: always(1e-6), Cookies: 1}}
	m.Timeline = []sim.Action{{Kind: sim.Crash, At: 7 * sim.Second, Targets: []sim.ServerID{sim.ServerID(r.victim - 1)}, Zone: -1}}
	res := sim.Run(m, 1, 0, sim.Options{})
	p := &res.Populations[0]
	met := res.Servers[r.victim-1].Errors
	var failed int64
	for _, n := range p.Failed {
		failed += n
	}
	if p.Good+failed != 2*clients || met == 0 {
		t.Fatalf("%d answered and %d failed of %d, %d attempts met the dead server", p.Good, failed, 2*clients, met)
	}
	if r.status == 200 {
		slowest := float64(p.Latency.Max()) / float64(sim.Second)
		if failed != 0 || !near(slowest, r.after) {
			t.Errorf("%d failed, slowest answer after %.3f s; want none, %g s", failed, slowest, r.after)
		}
		return
	}
	if after := sim.Time(p.FailedIn).Seconds() / float64(failed); failed == 0 || !near(after, r.after) {
		t.Errorf("%d failed, after %.3f s; want some, after %g s", failed, after, r.after)
	}
}

func always(v float64) dist.Dist {
	d, err := dist.NewDeterministic(v)
	if err != nil {
		panic(err)
	}
	return d
}

func near(got, want float64) bool { return math.Abs(got-want) <= 0.02+0.01*want }
