package sim

import (
	"encoding/binary"
	"fmt"
	"hash"
	"hash/fnv"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"

	"stickysim/sim/dist"
	"stickysim/sim/hpa"
	"stickysim/sim/rng"
)

// A swarm test: many small models drawn over everything the engine can do. A run checks its own books (verify), so a
// model fails by panicking; its seed is printed.
const swarmModels = 320

// swarmSum is the checksum of all figures of the swarm on amd64. A change that is meant to move a figure edits it and says why.
const swarmSum = 0x4e7fce7cc847cd68

func TestSwarm(t *testing.T) {
	h := fnv.New64a()
	for seed := uint64(1); seed <= swarmModels; seed++ {
		if res := runChecked(t, seed, swarmModel(seed), Options{Log: logs(seed)}); res != nil {
			sumResult(h, res)
		}
	}
	if got := h.Sum64(); got != swarmSum && runtime.GOARCH == "amd64" {
		t.Errorf("the figures of the swarm have changed: checksum %#x, want %#x", got, uint64(swarmSum))
	}
}

// logs says which models of the swarm write a log.
func logs(seed uint64) bool { return seed%8 == 0 }

// TestExitsChangeNothing runs the swarm with requests that leave their path at every place: where no feature acts, that
// changes no figure.
func TestExitsChangeNothing(t *testing.T) {
	t.Parallel()
	h := fnv.New64a()
	for seed := uint64(1); seed <= swarmModels; seed++ {
		if res := runChecked(t, seed, swarmModel(seed), Options{Log: logs(seed), leaves: true}); res != nil {
			sumResult(h, res)
		}
	}
	if h.Sum64() == swarmSum {
		return
	}
	for seed := uint64(1); seed <= swarmModels; seed++ { // which of them, or is it only that all have changed
		var sums [2]uint64
		for i, leaves := range []bool{false, true} {
			h := fnv.New64a()
			if res := runChecked(t, seed, swarmModel(seed), Options{Log: logs(seed), leaves: leaves}); res != nil {
				sumResult(h, res)
			}
			sums[i] = h.Sum64()
		}
		if sums[0] != sums[1] {
			t.Errorf("seed %d: figures change when requests leave their path at every place", seed)
		}
	}
}

// TestControlsChangeNothing runs the swarm with control variates: beside their two metrics, all is as without.
func TestControlsChangeNothing(t *testing.T) {
	t.Parallel()
	h := fnv.New64a()
	for seed := uint64(1); seed <= swarmModels; seed++ {
		m := swarmModel(seed)
		m.Controls = true
		res := runChecked(t, seed, m, Options{Log: logs(seed)})
		if res == nil {
			continue
		}
		all := len(res.Metrics)
		res.Metrics = slices.DeleteFunc(res.Metrics, isSurplus)
		if len(res.Metrics) != all-2 {
			t.Errorf("seed %d: %d metrics are control variates, not 2", seed, all-len(res.Metrics))
		}
		sumResult(h, res)
	}
	if h.Sum64() != swarmSum {
		t.Error("figures change where control variates are counted")
	}
}

func isSurplus(x Metric) bool { return x.ID == SurplusWork.ID() || x.ID == SurplusRequests.ID() }

// sumResult adds every figure of a result to a checksum, and of its log all but the wording.
func sumResult(h hash.Hash64, res *Result) {
	add := func(x any) {
		if err := binary.Write(h, binary.LittleEndian, x); err != nil {
			panic(err)
		}
	}
	for _, x := range res.Metrics {
		h.Write([]byte(x.Name()))
		add(x.Value)
	}
	for i := range res.Populations {
		p := &res.Populations[i]
		add([]int64{p.Sent, p.Good, p.InFlight, p.Attempts, p.Retried, p.Started, p.Finished, p.Clean, p.Active})
		add(p.Failed[:])
		add(p.Lost[:len(causes)])
	}
	for i := range res.Servers {
		s := &res.Servers[i]
		add([]float64{s.Present, s.Down, s.Busy, s.Capacity, s.Sessions, s.Memory, s.MemoryMax})
		add([]int64{s.Requests, s.Answered, s.Errors, s.SessionsMax})
	}
	for _, e := range res.Log {
		add([]int64{int64(e.At), int64(e.Server), e.Count})
		if e.Impact != nil {
			add(*e.Impact)
		}
	}
	add(res.Events)
}

// TestEverythingAtOnce runs ten minutes of crash, deployment, autoscaling, preemption and store outage together.
func TestEverythingAtOnce(t *testing.T) {
	for seed := uint64(1); seed <= 50; seed++ {
		g := draws{key: rng.Root(seed).Stream("everything")}
		m := &Model{Duration: 600 * Second, MaxServers: 200, Equilibrium: true, Servers: fleet(4, 2, FCFS), NewPolicy: cookiePolicy,
			Balancers: Balancers{Count: 2, Redispatch: 1, ConnectTimeout: Second}, Health: Health{Interval: 5 * Second, Fall: 2, Rise: 2, Timeout: Second},
			State:      Placement{Kind: CachedStore, Load: fixed(.01), Store: StoreStation{Workers: 2, Service: exp(.005), Calls: 2, Queue: 20}},
			Autoscaler: &Autoscaler{Min: 2, Max: 12, Target: .5, Period: 15 * Second, Tolerance: .1, Stabilize: 60 * Second, Drain: 30 * Second}}
		m.Template = m.Servers[0]
		m.Template.Startup = exp(10)
		p := sessionsOf(.5, 120, 2)
		p.Demand, p.Timeout, p.Retries, p.Backoff, p.Login = exp(.08), fixed(2), 2, exp(.5), exp(.2)
		m.Populations = []Population{p}
		m.Timeline = []Action{
			{Kind: Crash, Every: exp(120), Servers: 1, Zone: -1, Repair: exp(30)},
			{Kind: Deploy, At: g.span(50, 200), Strategy: Strategy{Kind: StrategyKind(g.n(3)), MaxSurge: 1, MaxUnavailable: 1, Drain: 20 * Second, UntilEmpty: true}},
			{Kind: Preempt, Every: exp(90), Servers: 1, Zone: -1, Deadline: 30 * Second, Replace: g.yes(.5)},
			{Kind: StoreOutage, At: g.span(100, 500), Repair: exp(40)},
			{Kind: ArrivalFactor, At: g.span(100, 400), Factor: 3, Repair: exp(100)},
		}
		runChecked(t, seed, m, Options{Log: logs(seed)})
	}
}

// runChecked runs a model and names the seed of one that breaks.
func runChecked(t *testing.T, seed uint64, m *Model, o Options) (res *Result) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("seed %d: %v\n%s", seed, p, debug.Stack())
		}
	}()
	res = Run(m, seed, 0, o)
	for _, x := range res.Metrics {
		if math.IsInf(x.Value, 0) || x.Value < -1e-9 && !isSurplus(x) {
			t.Errorf("seed %d: %s = %g", seed, x.Name(), x.Value)
		}
	}
	return res
}

// draws hands out the choices of one model in order.
type draws struct {
	key  rng.Key
	next uint64
}

func (g *draws) k() rng.Key         { g.next++; return g.key.At(g.next) }
func (g *draws) n(n int) int        { return g.k().IntN(n) }
func (g *draws) yes(p float64) bool { return g.k().Float64() < p }
func (g *draws) in(a, b float64) float64 {
	return a + (b-a)*g.k().Float64()
}
func (g *draws) span(a, b float64) Time { return FromSeconds(g.in(a, b)) }

// maybe is a distribution, or none; some draw zeros.
func (g *draws) maybe(mean float64) dist.Dist {
	switch g.n(5) {
	case 0, 1:
		return nil
	case 2:
		return fixed(g.in(0, 2) * mean)
	case 3:
		d, _ := dist.NewLognormal(mean, 2)
		return d
	}
	return exp(mean)
}

func (g *draws) some(mean float64) dist.Dist {
	if d := g.maybe(mean); d != nil {
		return d
	}
	return exp(mean)
}

func swarmModel(seed uint64) *Model {
	g := &draws{key: rng.Root(seed).Stream("swarm")}
	servers := 1 + g.n(5)
	m := &Model{Duration: g.span(30, 240), Equilibrium: g.yes(.5), MaxServers: servers + g.n(30), NewPolicy: g.policy()}
	if g.yes(.5) {
		m.Warmup = g.span(0, 60)
	}
	if g.yes(.3) {
		m.Grid = g.span(.5, 20)
	}
	m.Servers = fleet(servers, 1, FCFS)
	for i := range m.Servers {
		m.Servers[i] = g.server(m.Servers[i].Info)
	}
	if g.yes(.5) {
		m.Template = g.server(ServerInfo{Name: "fresh", Weight: 1})
	}
	m.Balancers = Balancers{Count: 1 + g.n(3), Shared: g.yes(.2), PerRequest: g.yes(.5), Redispatch: g.n(3)}
	if g.yes(.5) {
		m.Balancers.ConnectTimeout, m.Balancers.Dead = g.span(0, 3), Answering(g.n(3))
	}
	if g.yes(.2) {
		m.Balancers.Restart = g.some(60)
	}
	if g.yes(.6) {
		m.Health = Health{Interval: g.span(.5, 8), Timeout: g.span(0, 4), Dead: Answering(g.n(3)), Fall: g.n(4), Rise: g.n(4)}
	}
	if g.yes(.5) {
		m.Health.Passive = Passive{Failures: 1 + g.n(3), Eject: g.span(0, 20)}
	}
	m.State = g.placement()
	for i := 0; i <= g.n(3); i++ {
		m.Populations = append(m.Populations, g.population(i))
	}
	for i := g.n(6); i > 0; i-- {
		m.Timeline = append(m.Timeline, g.action(servers))
	}
	m.Later = []func(Env) Balancer{g.policy(), g.policy()}
	if g.yes(.5) {
		m.Autoscaler = g.autoscaler()
	}
	for _, limit := range []*Time{&m.Balancers.AttemptTimeout, &m.Balancers.RequestTimeout, &m.Balancers.QueueTimeout} {
		if g.yes(.3) {
			*limit = g.span(.05, 3)
		}
	}
	for i := range m.Populations {
		m.Populations[i].Idempotent = g.in(0, 1.2)
	}
	return m
}

func (g *draws) policy() func(Env) Balancer {
	switch g.n(4) {
	case 0:
		return uniformPolicy
	case 1:
		return stickyPolicy
	case 2:
		return func(e Env) Balancer { return &cookieOrWait{queue: g.key.Stream("wait").Float64() < .5} }
	}
	return cookiePolicy
}

// cookieOrWait pins by cookie, and queues what finds no server, as HAProxy does.
type cookieOrWait struct{ queue bool }

func (p *cookieOrWait) Pick(q *Request, v *View) ServerID {
	if s := ServerID(q.Cookie) - 1; q.Cookie != 0 && v.Usable(s) && q.Attempt == 0 && (!p.queue || v.InFlight[s] < 8) {
		return s
	}
	if len(v.Eligible) == 0 {
		if p.queue {
			return Wait
		}
		return NoServer
	}
	s := v.Eligible[q.Draw.IntN(len(v.Eligible))]
	if p.queue && v.InFlight[s] >= 8 {
		return Wait
	}
	return s
}

func (p *cookieOrWait) Answered(q *Request, s ServerID, v *View) {
	q.SetCookie, q.CookieTTL = Cookie(s)+1, 20*Second
}

// Retry makes it a Retrier, with a delay.
func (p *cookieOrWait) Retry(q *Request, s ServerID, o Outcome, v *View) (bool, Time) {
	q.Closes = q.Reused && o == Broken
	return q.Attempt < 2 && (o == Unreachable || q.Idempotent), Time(q.Attempt) * 100 * Millisecond
}

func (g *draws) server(info ServerInfo) Server {
	s := Server{Info: info, Cores: 1 + g.n(3), Speed: g.in(.3, 2), Queue: -1, Discipline: Discipline(g.n(2)), Startup: g.maybe(10)}
	s.Info.Weight, s.Info.Zone = 1+g.n(2), g.n(2)
	s.Info.Backup = g.yes(.1)
	if g.yes(.5) {
		s.Queue = g.n(10)
	}
	if g.yes(.4) {
		s.Memory = g.in(0, 2e4)
	}
	if g.yes(.3) {
		s.SlowStart = SlowStart{g.span(0, 30), g.in(.01, 1)}
	}
	if g.yes(.2) {
		s.GC = &GC{Every: g.some(20), Pause: g.some(.5), PerBytes: g.in(0, 1e-5)}
	}
	return s
}

func (g *draws) placement() Placement {
	p := Placement{Kind: PlacementKind(g.n(6)), Copies: []int{0, 2, 3, 5}[g.n(4)], Lag: g.maybe(1), Write: g.maybe(.01), Verify: g.maybe(.01), Refresh: g.maybe(.1), Load: g.maybe(.05),
		Fetch: g.maybe(.01), OnChange: g.yes(.5), Through: g.yes(.5), Revoke: g.maybe(60)}
	p.Store = StoreStation{Workers: g.n(4), Service: g.maybe(.01), Latency: g.maybe(.01), Calls: g.n(4), Queue: g.n(20) - 1, Hang: g.yes(.3), Persist: g.yes(.5)}
	if g.yes(.3) {
		p.Store.Connections, p.Store.Restart = 1+g.n(5), SlowStart{g.span(0, 30), g.in(.01, 1)}
	}
	if g.yes(.3) {
		p.Store.Snapshot, p.Rest = g.span(1, 60), g.in(0, 1)
	}
	if g.yes(.5) {
		p.TTL = g.span(0, 60)
	}
	if g.yes(.5) {
		p.Bytes, p.Uplink = g.in(0, 4000), g.in(1e4, 1e6)
	}
	return p
}

func (g *draws) population(i int) Population {
	p := Population{Name: fmt.Sprint("p", i), Loop: Loop(g.n(3)), Think: g.some(3), Demand: g.some(g.in(.01, .3)), Handshake: g.maybe(.02), Reconnect: g.maybe(1),
		Addresses: g.n(5), AddressChange: g.maybe(30), Cookies: g.in(0, 1.5), Stateful: g.yes(.7), OnLoss: OnLoss(g.n(3)), Login: g.maybe(.1),
		Timeout: g.maybe(g.in(.2, 3)), Abandon: Abandon(g.n(3)), Retries: g.n(4), Backoff: g.maybe(.5)}
	if p.Think.Mean() < .1 {
		p.Think = exp(1)
	}
	g.source(&p)
	if p.Trace == nil && g.yes(.6) {
		p.Requests, _ = dist.NewGeometric(1 + g.in(0, 20))
	}
	if p.Trace == nil && (g.yes(.3) || p.Requests == nil && p.Sessions != nil) {
		p.Life = g.some(40)
	}
	if g.yes(.3) {
		p.CookieLoss = g.in(0, .2)
	}
	if g.yes(.2) {
		p.Groups = []Group{{.5, 1}, {.5, 1 + g.n(8)}}
	}
	if g.yes(.5) {
		p.State, p.Growth = g.in(0, 2000), g.in(0, 500)
	}
	if g.yes(.4) {
		p.IdleTimeout = g.span(.1, 30)
	}
	if g.yes(.3) {
		p.Unchanged, p.Leak = g.in(0, 1), g.in(0, .5)
	}
	if g.yes(.2) {
		p.Forgers, p.Forgery, p.Keys = g.in(0, 1), Forgery(g.n(2)), g.n(4)-1
	}
	if g.yes(.3) {
		p.RetryBudget = g.in(.01, 1)
	}
	if k := g.key.Stream("reconnect").At(uint64(i)); k.Float64() < .5 {
		p.ReconnectGrowth, p.ReconnectCap = 1+2*k.At(1).Float64(), FromSeconds(10*k.At(2).Float64())
	}
	if g.key.Stream("browser").At(uint64(i)).Float64() < .2 {
		p.BrowserRestart = exp(60)
	}
	return p
}

// source says where the clients come from.
func (g *draws) source(p *Population) {
	switch g.n(4) {
	case 0:
		p.Users = 1 + g.n(30)
	case 1:
		p.Trace, p.Loop = g.trace(), []Loop{Causal, ClosedLoop, OpenLoop}[g.n(3)]
	default:
		p.Sessions = poisson{g.in(.05, 2)}
	}
}

func (g *draws) trace() *Trace {
	t := &Trace{Gap: g.span(0, 30)}
	for i := 0; i <= g.n(10); i++ {
		t.Clients = append(t.Clients, TraceClient{Addr4(uint32(i)), g.k().Uint64()})
	}
	at := Time(0)
	for i := g.n(200); i > 0; i-- {
		at += g.span(0, 2)
		demand := float32(g.in(0, .2))
		if g.yes(.5) {
			demand = -1
		}
		t.Requests = append(t.Requests, TraceRequest{At: at, Client: uint32(g.n(len(t.Clients))), Demand: demand, Took: float32(g.in(0, 2))})
	}
	return t
}

// swarmKinds are in the order in which the swarm's checksum was taken.
var swarmKinds = []*ActionKind{Crash, Pause, Slow, Drain, Preempt, Deploy, ScaleTo, StoreOutage, StoreSlow, BalancerRestart, PolicyChange}

func (g *draws) action(servers int) Action {
	a := Action{Kind: swarmKinds[g.n(11)], At: g.span(0, 200), Zone: -1, Servers: 1 + g.n(servers), Repair: g.maybe(20), Factor: g.in(.1, 3),
		Deadline: g.span(-10, 60), Replace: g.yes(.5), Host: g.yes(.4)}
	a.Deadline = max(a.Deadline, 0)
	if g.yes(.4) {
		a.Every = g.some(40)
		if a.Every.Mean() < 2 {
			a.Every = exp(30)
		}
		a.Each = slices.Contains(swarmKinds[:5], a.Kind) && g.yes(.5)
		a.AtOnce = g.yes(.5)
	}
	switch g.n(4) {
	case 0:
		a.Zone = g.n(2)
	case 1:
		a.Targets = []ServerID{ServerID(g.n(servers))}
	}
	if a.Kind == PolicyChange {
		a.Servers = g.n(2)
	}
	a.Strategy = Strategy{Kind: StrategyKind(g.n(3)), MaxSurge: g.n(3), MaxUnavailable: g.n(3), UntilEmpty: g.yes(.5)}
	if a.Strategy.MaxSurge == 0 && a.Strategy.MaxUnavailable == 0 {
		a.Strategy.MaxSurge = 1
	}
	if g.yes(.7) {
		a.Strategy.Drain = g.span(0, 40)
	}
	if g.yes(.5) {
		a.Strategy.Grace = g.span(0, 10)
	}
	return a
}

func (g *draws) autoscaler() *Autoscaler {
	a := &Autoscaler{Rule: ScalingRule(g.n(4)), Min: 1 + g.n(3), Metric: ScalingMetric(g.n(4)), Target: g.in(.05, 1.5), Period: g.span(2, 30), Tolerance: g.in(0, .3),
		Stabilize: g.span(0, 60), Drain: g.span(0, 40), Victim: Victim(g.n(3)), WarmUp: g.span(0, 30), Initialization: g.span(0, 60)}
	a.Max = a.Min + g.n(8)
	if g.yes(.5) {
		a.Window, a.Delay = g.span(1, 90), g.span(0, 40)
	}
	if g.yes(.5) {
		b := hpa.Behavior{ScaleUp: hpa.DefaultScaleUp(), ScaleDown: hpa.DefaultScaleDown()}
		b.ScaleUp.Select, b.ScaleDown.Select = hpa.Select(g.n(3)), hpa.Select(g.n(3))
		b.ScaleDown.Stabilization = 20e9
		a.Behavior = &b
	}
	inf := math.Inf(1)
	a.Step = &StepScaling{Adjust: Adjustment(g.n(3)), Least: g.n(3), OutPoints: g.n(3), InPoints: g.n(3), Steps: []Step{{0, .2, 1}, {.2, inf, 3}, {-inf, -.1, -float64(g.n(3))}}}
	a.Tracking = &TargetTracking{OutPoints: g.n(3), InPoints: g.n(5), CooldownIn: g.span(0, 60), CooldownOut: g.span(0, 60), OutOnly: g.yes(.2)}
	if g.yes(.4) || a.Rule == ScheduledOnly {
		a.Schedule = &Schedule{Sizes: []ScheduledSize{{At: g.span(0, 100), Every: g.span(5, 60), Size: g.n(6)}, {At: g.span(0, 100), Min: g.n(4), Max: 4 + g.n(5)}}}
	}
	return a
}
