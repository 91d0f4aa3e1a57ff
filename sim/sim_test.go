package sim

import (
	"math"
	"testing"

	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

// poisson is the simplest arrival process.
type poisson struct{ rate float64 }

func (p poisson) Start(k rng.Key) Arrivals { return &poissonArrivals{p.rate, k, 0} }
func (p poisson) Rate() float64            { return p.rate }
func (p poisson) String() string           { return "poisson" }

type poissonArrivals struct {
	rate float64
	k    rng.Key
	n    uint64
}

func (p *poissonArrivals) Next(t Time) Time {
	p.n++
	return t + FromSeconds(p.k.At(p.n).Exp()/p.rate)
}

// pickRandom is a stateless uniform policy, pickHash a sticky one.
type pickRandom struct{}

func (pickRandom) Pick(q *Request, v *View) ServerID {
	if len(v.Eligible) == 0 {
		return NoServer
	}
	return v.Eligible[q.Draw.IntN(len(v.Eligible))]
}

type pickHash struct{}

func (pickHash) Pick(q *Request, v *View) ServerID {
	if len(v.Eligible) == 0 {
		return NoServer
	}
	return v.Eligible[rng.Key(q.Hash).IntN(len(v.Eligible))]
}

func (pickHash) Repeats() bool { return true }

func uniformPolicy(Env) Balancer { return pickRandom{} }
func stickyPolicy(Env) Balancer  { return pickHash{} }

func exp(mean float64) dist.Dist {
	d, err := dist.NewExp(mean)
	if err != nil {
		panic(err)
	}
	return d
}

func fleet(n, cores int, d Discipline) []Server {
	servers := make([]Server, n)
	for i := range servers {
		servers[i] = Server{Info: ServerInfo{Name: string(rune('a' + i)), Weight: 1}, Cores: cores, Speed: 1, Queue: -1, Discipline: d}
	}
	return servers
}

// queue is an M/G/c model: one-request sessions.
func queue(n, cores int, d Discipline, rate float64, service dist.Dist, seconds float64) *Model {
	one, _ := dist.NewDeterministic(1)
	return &Model{
		Warmup: FromSeconds(seconds / 20), Duration: FromSeconds(seconds),
		Servers: fleet(n, cores, d), NewPolicy: uniformPolicy,
		Balancers:   Balancers{Count: 1},
		Populations: []Population{{Name: "p", Sessions: poisson{rate}, Requests: one, Demand: service, Cookies: 1}},
	}
}

func figure(t testing.TB, res *Result, name string) float64 {
	t.Helper()
	for _, m := range res.Metrics {
		if m.Name() == name {
			return m.Value
		}
	}
	t.Fatalf("no metric %q", name)
	return 0
}

func TestQueuesAgainstTheory(t *testing.T) {
	lognormal, _ := dist.NewLognormal(0.1, 2)
	for _, c := range []struct {
		name   string
		model  *Model
		metric string
		want   float64
		within float64
	}{
		{"M/M/1 rho .5", queue(1, 1, FCFS, 5, exp(.1), 100000), "latency.mean", .2, .02},
		{"M/M/1 rho .8", queue(1, 1, FCFS, 8, exp(.1), 100000), "latency.mean", .5, .04},
		{"M/M/4 rho .8 wait", queue(1, 4, FCFS, 32, exp(.1), 50000), "wait.mean", .0745541, .04},
		{"M/G/1-PS", queue(1, 1, PS, 8, lognormal, 100000), "latency.mean", .5, .05},
		{"5 x M/M/1", queue(5, 1, FCFS, 40, exp(.1), 50000), "latency.mean", .5, .03},
	} {
		res := Run(c.model, 1, 0, Options{})
		got := figure(t, res, c.metric)
		if math.Abs(got-c.want) > c.within*c.want {
			t.Errorf("%s: %s = %g; want %g within %g %%", c.name, c.metric, got, c.want, 100*c.within)
		}
		t.Logf("%s: %g (%g), %d events", c.name, got, c.want, res.Events)
	}
}

func TestClosedPopulation(t *testing.T) {
	m := queue(1, 1, FCFS, 1, exp(.1), 50000)
	m.Populations = []Population{{Name: "users", Users: 60, Think: exp(5), Demand: exp(.1), Cookies: 1}}
	res := Run(m, 1, 0, Options{})
	if got := figure(t, res, "throughput"); math.Abs(got-9.783315) > .05 {
		t.Errorf("throughput %g; want 9.783315", got)
	}
	if got := figure(t, res, "latency.mean"); math.Abs(got-1.13289) > .04 {
		t.Errorf("response %g; want 1.132890", got)
	}
}

func TestCrashLosesLocalSessions(t *testing.T) {
	m := queue(5, 4, FCFS, 1, exp(.05), 3600)
	ten, _ := dist.NewGeometric(20)
	repair, _ := dist.NewDeterministic(300)
	m.Populations = []Population{{Name: "shopper", Sessions: poisson{2}, Requests: ten, Think: exp(10), Demand: exp(.05), Cookies: 1, Stateful: true, Login: exp(.2), Retries: 2, Backoff: exp(.5)}}
	m.NewPolicy = stickyPolicy
	m.State.Kind = Local
	m.Health = Health{Interval: 5 * Second, Timeout: 2 * Second, Fall: 3, Rise: 2}
	m.Balancers.ConnectTimeout = Second
	m.Balancers.Redispatch = 1
	m.Timeline = []Action{{Kind: Crash, At: 1800 * Second, Targets: []ServerID{1}, Repair: repair, Zone: -1}}
	res := Run(m, 1, 0, Options{Log: true})
	for _, x := range res.Metrics {
		if x.Value != 0 && x.Value == x.Value {
			t.Logf("%s %g %s", x.Name(), x.Value, x.ID.Of().Unit)
		}
	}
	for _, e := range res.Log {
		t.Log(e.At, e.Event, e.Server, e.Count)
	}
	if figure(t, res, "sessions.lost{cause=crash}") == 0 {
		t.Error("a crash lost no session")
	}
}
