package sim

import (
	"math"
	"testing"

	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

// sendTimes replays a recording on servers that are never busy, and notes when each request is sent.
func sendTimes(t *testing.T, trace *Trace, loop Loop, cores int) []Time {
	m := queue(1, cores, FCFS, 1, exp(1), 1e5)
	m.Warmup = 0
	m.Populations = []Population{{Name: "p", Trace: trace, Loop: loop, Demand: exp(.1), Cookies: 1}}
	times := make([]Time, len(trace.Requests))
	for i := range times {
		times[i] = Never
	}
	var r *run
	m.NewPolicy = func(Env) Balancer {
		return noting{note: func(q *Request) {
			last := r.pops[0].playback.clients[r.clients[q.Client].addr].last
			times[last-1] = r.now
		}}
	}
	r = newRun(m, 1, 0, Options{})
	r.simulate()
	r.verify()
	return times
}

// noting is a policy at random that tells of each request.
type noting struct {
	pickRandom
	note func(*Request)
}

func (p noting) Pick(q *Request, v *View) ServerID {
	p.note(q)
	return p.pickRandom.Pick(q, v)
}

// overlapping is a recording of clients whose requests overlap, in several sessions.
func overlapping(k rng.Key, clients int) *Trace {
	t := &Trace{Gap: 100 * Second, Hour: Hour}
	for c := range clients {
		t.Clients = append(t.Clients, TraceClient{Addr4(uint32(c)), uint64(c)})
	}
	at := Time(0)
	for i := range 40 * clients {
		u := k.At(uint64(i))
		at += Time(u.Float64() * float64(4*Second) / float64(clients))
		if u.Stream("pause").Float64() < .01 {
			at += 100 * Second
		}
		t.Requests = append(t.Requests, TraceRequest{At: at, Client: uint32(u.Stream("who").IntN(clients)),
			Demand: float32(5 * u.Stream("work").Float64()), Took: float32(8 * u.Stream("took").Float64())})
	}
	return t
}

// The requests of a recording are sent when the definition says, here found by looking at all earlier requests of a client.
func TestLoopsOfAReplay(t *testing.T) {
	for _, loop := range []Loop{Causal, ClosedLoop, OpenLoop} {
		trace := overlapping(rng.Root(uint64(loop)), 7)
		got := sendTimes(t, trace, loop, 1000)
		sent, root := make([]Time, len(got)), make([]int, len(got))
		over := make([]Time, len(trace.Clients)) // when the client's session is over
		answer := func(i int) Time { return sent[i] + FromSeconds(float64(trace.Requests[i].Demand)) }
		for j, q := range trace.Requests {
			before, leads := -1, -1
			for i := range j {
				if trace.Requests[i].Client == q.Client {
					before = i
				}
			}
			if before < 0 || q.At-trace.Requests[before].At >= trace.Gap {
				sent[j], root[j] = max(q.At, over[q.Client]), j
				if loop == OpenLoop {
					sent[j] = q.At
				}
			} else {
				root[j], leads = root[before], before
				if loop == Causal {
					leads = root[j]
					for i := root[j]; i < j; i++ {
						e := trace.Requests[i].ends()
						if trace.Requests[i].Client == q.Client && e <= q.At+Millisecond && (trace.Requests[leads].ends() > q.At+Millisecond || e >= trace.Requests[leads].ends()) {
							leads = i
						}
					}
				}
				p := trace.Requests[leads]
				switch {
				case loop == OpenLoop:
					sent[j] = q.At
				case q.At >= p.ends():
					sent[j] = answer(leads) + q.At - p.ends()
				default:
					sent[j] = max(answer(leads), sent[leads]+q.At-p.At)
				}
			}
			over[q.Client] = max(over[q.Client], answer(j))
			if got[j] != sent[j] {
				t.Fatalf("loop %d: request %d of client %d, recorded at %v, is sent at %v, want %v, after request %d", loop, j, q.Client, q.At, got[j], sent[j], leads)
			}
		}
	}
}

// However slow the answers are, a client sends nothing before the first of its session, and a closed one nothing before any.
// Neither sends less than the log has.
func TestClientsOfAReplayWaitForAnswers(t *testing.T) {
	for _, loop := range []Loop{Causal, ClosedLoop} {
		trace := overlapping(rng.Root(3), 5)
		m := queue(3, 1, PS, 1, exp(1), 1e5)
		m.Warmup, m.State.Kind = 0, Local
		m.Populations = []Population{{Name: "p", Trace: trace, Loop: loop, Demand: exp(.1), Cookies: 1, Stateful: true, Timeout: exp(20)}}
		var r *run
		m.NewPolicy = func(Env) Balancer {
			return noting{note: func(q *Request) {
				c := &r.clients[q.Client]
				if w := r.pops[0].playback.clients[c.addr]; c.outstanding > 1 && (loop == ClosedLoop || !w.answered) {
					t.Errorf("loop %d: client %d has %d requests in flight", loop, c.addr, c.outstanding)
				}
			}}
		}
		r = newRun(m, 1, 0, Options{})
		r.simulate()
		r.verify()
		s := r.pops[0].stats
		if s.allSent != int64(len(trace.Requests)) || s.allFailed == 0 || r.active != 0 {
			t.Errorf("loop %d: %d requests of %d sent, %d failed, %d sessions go on", loop, s.allSent, len(trace.Requests), s.allFailed, r.active)
		}
	}
}

// A client that leaves after a loss does not send the rest of its session, and comes back for the next one.
func TestClientsOfAReplayLeave(t *testing.T) {
	trace := overlapping(rng.Root(9), 5)
	for _, loop := range []Loop{Causal, ClosedLoop, OpenLoop} {
		m := queue(3, 10, PS, 1, exp(1), 1e5)
		m.Warmup, m.State.Kind = 0, Local
		m.Populations = []Population{{Name: "p", Trace: trace, Loop: loop, Demand: exp(.1), Cookies: 1, Stateful: true, OnLoss: Leave}}
		r := newRun(m, 1, 0, Options{})
		r.simulate()
		r.verify()
		s := r.pops[0].stats
		if s.allLost == 0 || s.allSent >= int64(len(trace.Requests)) || r.active != 0 {
			t.Errorf("loop %d: %d sessions lost, %d requests of %d sent, %d sessions go on", loop, s.allLost, s.allSent, len(trace.Requests), r.active)
		}
	}
}

// recordingOf is what the population of a model would leave in the log of servers that are never busy.
func recordingOf(m *Model, seed uint64) *Trace {
	idle := *m
	idle.Timeline, idle.Warmup, idle.State = nil, 0, Placement{}
	idle.Servers = fleet(1, 1000, FCFS)
	t := &Trace{Gap: Hour, Hour: Hour}
	var r *run
	idle.NewPolicy = func(Env) Balancer {
		return noting{note: func(q *Request) {
			c := &r.clients[q.Client]
			if c.seq == 1 {
				c.addr = uint32(len(t.Clients)) // no policy looks at it
				t.Clients = append(t.Clients, TraceClient{Addr4(c.addr), c.key.Uint64()})
			}
			work := r.pops[0].Demand.Sample(c.draw(c.seq, forDemand))
			t.Requests = append(t.Requests, TraceRequest{At: r.now, Client: c.addr, Demand: float32(work), Took: float32(work)})
		}}
	}
	r = newRun(&idle, seed, 0, Options{})
	r.simulate()
	return t
}

// Faults affect recorded clients as they affect the population that left the recording, whether the log says how long its
// requests waited or not.
func TestFaultsAffectRecordedClients(t *testing.T) {
	t.Parallel()
	at := 300 * Second
	for name, event := range map[string]Action{
		"slow":   {Kind: Slow, At: at, Servers: 4, Zone: -1, Factor: .3, Repair: fixed(200)},
		"crash":  {Kind: Crash, At: at, Servers: 1, Zone: -1, Repair: fixed(120)},
		"outage": {Kind: StoreOutage, At: at, Zone: -1, Repair: fixed(60)},
	} {
		m := queue(4, 2, PS, 1, exp(.2), 900)
		requests, _ := dist.NewGeometric(12)
		m.Warmup, m.NewPolicy, m.Timeline, m.State.Kind = 0, stickyPolicy, []Action{event}, Local
		m.Health = Health{Interval: Second, Timeout: Second, Fall: 2, Rise: 2}
		if name == "outage" {
			m.State = Placement{Kind: Store, Store: StoreStation{Queue: -1, Persist: true}}
		}
		p := Population{Name: "p", Sessions: poisson{1.5}, Requests: requests, Think: exp(3), Demand: exp(.2), Cookies: 1, Stateful: true,
			Timeout: fixed(4), Retries: 1, Backoff: exp(.5)}
		var sums [3]map[string]float64
		const seeds = 2
		for seed := uint64(3); seed < 3+seeds; seed++ {
			m.Populations = []Population{p}
			trace := recordingOf(m, seed)
			replayed := p
			replayed.Sessions, replayed.Requests, replayed.Think, replayed.Loop, replayed.Trace = nil, nil, nil, Causal, trace
			guessed := replayed
			unsaid := *trace
			unsaid.ServiceOnly = true
			guessed.Trace = &unsaid
			for i, one := range []Population{p, replayed, guessed} {
				m.Populations = []Population{one}
				res := Run(m, seed, 0, Options{})
				if sums[i] == nil {
					sums[i] = map[string]float64{}
				}
				for _, f := range []string{"requests.sent", "requests.failed", "requests.retried", "sessions.lost", "latency.mean"} {
					sums[i][f] += figure(t, res, f) / seeds
				}
			}
		}
		near := [3]float64{1: .03, 2: .1} // clients whose pauses are not known catch up with their recorded times
		for i := 1; i < 3; i++ {
			for f, want := range sums[0] {
				if got := sums[i][f]; math.Abs(got-want) > near[i]*want+2 {
					t.Errorf("%s, replay %d: %s is %.4g, of the population %.4g", name, i, f, got, want)
				}
			}
		}
	}
}
