package attempts

import (
	"math"
	"slices"
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
	for i, r := range slices.Concat(deadServer, inService, silence) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			if r.trouble == refuses {
				r.simulateDead(t, where{i})
			} else {
				r.simulateOne(t, where{i})
			}
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
	pool, err := importer.Choose(c, "app")
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

// simulateDead lets clients send a request, or two around the death of the victim, and compares what becomes of those that
// meet it with the row.
func (r *row) simulateDead(t *testing.T, w where) {
	const clients = 40
	m := r.model(t, w)
	m.Populations = []sim.Population{{Name: "clients", Sessions: arrivals(clients), Requests: always(2), Think: always(10),
		Demand: always(1e-6), Cookies: 1, Stateful: true, State: 1000}}
	m.State.Kind = sim.Local
	m.Timeline = []sim.Action{r.crash(7 * sim.Second)}
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
		broken, lost := metric(res, "affinity.broken").Num, metric(res, "sessions.lost").Value
		if r.bound && (broken != lost || lost == 0) {
			t.Errorf("affinity.broken counts %g requests; %g sessions were lost because they were answered elsewhere", broken, lost)
		}
		return
	}
	if after := sim.Time(p.FailedIn).Seconds() / float64(failed); failed == 0 || !near(after, r.after) {
		t.Errorf("%d failed, after %.3f s; want some, after %g s", failed, after, r.after)
	}
}

func (r *row) crash(at sim.Time) sim.Action {
	return sim.Action{Kind: sim.Crash, At: at, Targets: []sim.ServerID{sim.ServerID(r.victim - 1)}, Zone: -1}
}

// work is how long servers work on the request of simulateOne, in seconds.
const work = 1

// simulateOne sends a request to the victim, whose trouble then begins, and compares what becomes of it with the row. What
// has been repeated takes the work of another server as well.
func (r *row) simulateOne(t *testing.T, w where) {
	m := r.model(t, w)
	p := sim.Population{Name: "client", Sessions: arrivals(1), Requests: always(1), Demand: always(work), Cookies: 1}
	sent := 100 * sim.Millisecond
	if r.later {
		p.Requests = always(2)
		sent += work * sim.Second
	}
	if !r.post {
		p.Idempotent = 1
	}
	m.Populations = []sim.Population{p}
	m.Timeline = []sim.Action{r.crash(sent + sim.FromSeconds(dieAfter))}
	if r.trouble == silent {
		m.Timeline = []sim.Action{{Kind: sim.Pause, At: sent - 50*sim.Millisecond, Repair: always(10), Targets: m.Timeline[0].Targets, Zone: -1}}
	}
	res := sim.Run(m, 1, 0, sim.Options{})
	got := &res.Populations[0]
	answered, resent := r.status == 200, int64(0)
	if r.status == 0 && !r.post { // the client sends it again
		answered, resent = true, 1
	}
	before := got.Sent - 1
	if r.later != (before == 1) || (got.Good-before == 1) != answered || got.Retried != resent {
		t.Fatalf("of %d requests %d answered, %d sent again; want the last answered: %t, %d sent again", got.Sent, got.Good, got.Retried, answered, resent)
	}
	after := sim.Time(got.FailedIn).Seconds()
	if answered {
		after = float64(got.Latency.Max())/float64(sim.Second) - work
	}
	if !near(after, r.after) {
		t.Errorf("after %.3f s, want %g s", after, r.after)
	}
	if elsewhere := res.Servers[1].Answered > 0; elsewhere != answered {
		t.Errorf("answered by the other server: %t, want %t", elsewhere, answered)
	}
}

func metric(res *sim.Result, name string) sim.Metric {
	for _, m := range res.Metrics {
		if m.Name() == name {
			return m
		}
	}
	panic("no metric " + name)
}

func always(v float64) dist.Dist {
	d, err := dist.NewDeterministic(v)
	if err != nil {
		panic(err)
	}
	return d
}

func near(got, want float64) bool { return math.Abs(got-want) <= 0.02+0.01*want }
