package all

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"stickysim/policies"
	"stickysim/policies/policytest"
	"stickysim/policies/replay"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// connection is one of a stream: it is opened and closed at whole milliseconds.
type connection struct{ opens, closes sim.Time }

// end is when the streams end; what closes then stays open.
const end = 10 * sim.Second

// once is an arrival process with one arrival.
type once struct{ at sim.Time }

func (o once) Start(rng.Key) sim.Arrivals { return &onceArrivals{o.at} }
func (once) Rate() float64                { return .001 }
func (once) String() string               { return "once" }

type onceArrivals struct{ at sim.Time }

func (a *onceArrivals) Next(sim.Time) sim.Time {
	at := a.at
	a.at = sim.Never
	return at
}

// seen is what a policy was shown of a connection in a run, and what it answered.
type seen struct {
	request sim.Request
	server  sim.ServerID
}

// recording is the connections of a run.
type recording struct {
	of    map[uint64]*seen // by the client's hash
	order []*seen          // in which they were opened
}

func powers(b sim.Balancer) *sim.Powers {
	p := sim.PowersOf(b)
	return &p
}

// recorder is a policy that notes what it is shown. The answer to a connection that waited is the last one.
type recorder struct {
	*sim.Powers
	*recording
}

// Reads is all: what is shown is also for those who route the same connections.
func (recorder) Reads() sim.Needs { return sim.NeedsHash | sim.NeedsAddr | sim.NeedsDraw }

func (p recorder) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	x := p.of[q.Hash]
	if x == nil {
		x = &seen{request: *q}
		x.request.Key = slices.Clone(q.Key)
		p.of[q.Hash], p.order = x, append(p.order, x)
	}
	x.server = p.Powers.Pick(q, v)
	return x.server
}

// repeater is a policy that draws what was drawn in the run.
type repeater struct {
	*sim.Powers
	*recording
}

func (p repeater) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Draw = p.of[q.Hash].request.Draw
	return p.Powers.Pick(q, v)
}

// repeated makes repeaters with the randomness of the run.
type repeated struct {
	policies.Config
	*recording
	env sim.Env
}

func (c repeated) New(env sim.Env) sim.Balancer {
	env.Rand, env.Hash = c.env.Rand, c.env.Hash
	return repeater{powers(c.Config.New(env)), c.recording}
}

// streamServers are those of the streams; a limit of 0 is none.
func streamServers(limit int) []sim.ServerInfo {
	var all []sim.ServerInfo
	for i := range 3 {
		all = append(all, sim.ServerInfo{Name: fmt.Sprintf("s%d", i+1), Addr: fmt.Sprintf("10.0.0.%d:80", i+1), Cookie: fmt.Sprintf("c%d", i+1), Weight: 1, Limit: limit})
	}
	return all
}

// simulated runs a stream: each connection is a session of its own.
func simulated(e policies.Entry, stream []connection, limit int) repeated {
	x := repeated{Config: e.Default, recording: &recording{of: map[uint64]*seen{}}}
	m := &sim.Model{Duration: end, Grid: end, Balancers: sim.Balancers{Count: 1}, NewPolicy: func(env sim.Env) sim.Balancer {
		x.env = env
		return recorder{powers(e.Default.New(env)), x.recording}
	}}
	for _, info := range streamServers(limit) {
		m.Servers = append(m.Servers, sim.Server{Info: info, Cores: 1, Speed: 1, Queue: -1})
	}
	for i, c := range stream {
		m.Populations = append(m.Populations, sim.Population{Name: fmt.Sprint(i), Sessions: once{c.opens}, Loop: sim.Connection,
			Life: fixed((c.closes - c.opens).Seconds()), Think: fixed(1e6), Cookies: 1})
	}
	sim.Run(m, 1, 0, sim.Options{})
	return x
}

// routed replays a stream as `route --trace` does, and returns where each connection is when it ends, or at the end. A client
// that leaves while its connection waits is noticed when the connection's turn has come.
func routed(x repeated, stream []connection, limit int) ([]sim.ServerID, error) {
	var servers []replay.Server
	for _, info := range streamServers(limit) {
		servers = append(servers, replay.Server{Info: info})
	}
	r := replay.New(x, servers, 1)
	type event struct {
		at sim.Time
		of int
	}
	var opens, all []event
	for i, c := range stream {
		opens = append(opens, event{c.opens, i})
		all = append(all, event{c.opens, i}, event{c.closes, i})
	}
	slices.SortStableFunc(all, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	at := make([]sim.ServerID, len(stream))
	for _, ev := range all {
		if ev.at == end {
			break
		}
		r.Advance(ev.at)
		if ev == opens[ev.of] {
			q := &x.order[ev.of].request
			if _, err := r.Open(fmt.Sprint(ev.of), replay.Key{Addr: q.Addr, Text: q.Key, Hash: q.Hash}); err != nil {
				return nil, err
			}
		}
		for i := 0; i < len(stream); i++ {
			s, open := r.Held(fmt.Sprint(i))
			if !open {
				continue
			}
			if at[i] = s; s >= 0 && stream[i].closes <= ev.at {
				if _, _, err := r.Close(fmt.Sprint(i)); err != nil {
					return nil, err
				}
				i = -1 // others may have had their turn
			}
		}
	}
	return at, nil
}

// stream draws connections. No two things happen at the same time.
func stream(seed uint64, n int) []connection {
	k := rng.Root(seed).Stream("connections")
	all := make([]connection, n)
	for i := range all {
		all[i] = connection{sim.Time(3*i) * sim.Millisecond, end}
		if k.At(uint64(i)).Float64() < .5 {
			all[i].closes = all[i].opens + sim.Time(3*k.At(uint64(i)).At(1).IntN(40)+1)*sim.Millisecond + sim.Time(i)
		}
	}
	return all
}

// countsSessions reports whether an instance looks at the sessions of the servers. Those of a run end with their connection,
// and those of route never do.
func countsSessions(e policies.Entry) bool {
	b := policytest.New(e.Default, 3, 42)
	b.View.Sessions[0], b.View.Sessions[2] = 30, 30
	b.Changed()
	for c := range sim.ClientID(20) {
		if b.Pick(b.Request(c, 0)) != 1 {
			return false
		}
	}
	return true
}

// A run and `route --trace` send the same stream of connections to the same servers, under every policy, with limits and
// without.
func TestRunAndRouteAgreeOnConnections(t *testing.T) {
	for _, e := range policies.All() {
		if countsSessions(e) {
			continue
		}
		for seed := range uint64(3) {
			for _, limit := range []int{0, 10} {
				s := stream(seed, 60)
				x := simulated(e, s, limit)
				at, err := routed(x, s, limit)
				if err != nil {
					t.Errorf("%s: %v", e.Name, err)
					continue
				}
				for i := range s {
					if got := x.order[i].server; got != at[i] {
						t.Errorf("%s, stream %d, limit %d: the run sends connection %d to %d, route to %d", e.Name, seed, limit, i+1, got, at[i])
						break
					}
				}
			}
		}
	}
}

// Two of six connections end, of which both were on the second server: it gets the next two.
func TestLeastConnectionsCountsWhatIsOpen(t *testing.T) {
	s := []connection{{0, end}, {1e6, 6e6}, {2e6, end}, {3e6, end}, {4e6, 7e6}, {5e6, end}, {8e6, end}, {9e6, end}, {10e6, end}}
	e, _ := policies.Lookup("haproxy/leastconn")
	x := simulated(e, s, 0)
	for i, want := range []sim.ServerID{0, 1, 2, 0, 1, 2, 1, 1} {
		if got := x.order[i].server; got != want {
			t.Errorf("connection %d goes to %d, want %d", i+1, got, want)
		}
	}
}
