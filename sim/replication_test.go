package sim

import "testing"

// copied is a model of sessions of 50 kB that end after 300 s and are remembered for another 600 s.
func copied(servers int, state Placement) *Model {
	p := sessionsOf(2, 300, 10)
	p.State, p.IdleTimeout, p.OnLoss = 5e4, 600*Second, Leave
	m := fleetModel(servers, p, 4000)
	m.Equilibrium, m.Warmup = false, 2000*Second
	m.State = state
	m.NewPolicy = cookiePolicy
	return m
}

// The fleet holds 2/s × 900 s sessions, once, twice, or as often as there are servers: the copies of finished sessions
// remain as long as their states.
func TestMemoryOfCopies(t *testing.T) {
	const servers, once = 5, 2 * 900 * 5e4
	for _, c := range []struct {
		name   string
		state  Placement
		copies float64
	}{
		{"local", Placement{Kind: Local}, 1},
		{"two copies", Placement{Kind: Replicated, Copies: 2}, 2},
		{"four copies", Placement{Kind: Replicated, Copies: 4}, 4},
		{"all", Placement{Kind: Replicated}, servers},
	} {
		res := Run(copied(servers, c.state), 1, 0, Options{})
		near(t, c.name, figure(t, res, "server.memory.mean"), once*c.copies/servers, .04*once*c.copies/servers)
	}
}

// When k of five servers die at once, a session is lost with every server that held it: with two copies k = 2 costs those
// on neighbours, with copies on all only the fifth does.
func TestHowManyCrashesCopiesSurvive(t *testing.T) {
	for _, c := range []struct {
		copies  int
		victims []ServerID
		part    float64 // of the sessions that is lost
	}{
		{2, []ServerID{0}, 0}, {2, []ServerID{0, 2}, 0}, {2, []ServerID{0, 1}, .2}, {2, []ServerID{0, 1, 2}, .4},
		{3, []ServerID{0, 1}, 0}, {3, []ServerID{0, 1, 2}, .2}, {4, []ServerID{0, 1, 2}, 0},
		{0, []ServerID{0, 1, 2, 3}, 0}, {0, []ServerID{0, 1, 2, 3, 4}, 1},
	} {
		m := copied(5, Placement{Kind: Replicated, Copies: c.copies})
		m.Equilibrium, m.Warmup, m.Duration = true, 200*Second, 600*Second
		m.Timeline = []Action{{Kind: Crash, At: 200 * Second, Targets: c.victims, Repair: fixed(20), Zone: -1}}
		res := Run(m, 1, 0, Options{})
		want := 600 * c.part * 30 / 31 // one in 31 sends no further request and does not notice
		near(t, "lost", figure(t, res, "sessions.lost"), want, 70*c.part)
		near(t, "lost by the crash", figure(t, res, "sessions.lost{cause=crash}"), figure(t, res, "sessions.lost"), 0)
	}
}

// A server that dies before the last write has reached the copies loses the session: all sessions whose last request is
// younger than the lag of 10 s, 1 - 1/e of those on the server.
func TestReplicaLag(t *testing.T) {
	for _, copies := range []int{0, 2} {
		m := copied(5, Placement{Kind: Replicated, Copies: copies, Lag: fixed(10)})
		m.Equilibrium, m.Warmup, m.Duration = true, 200*Second, 600*Second
		m.Timeline = []Action{{Kind: Crash, At: 400 * Second, Targets: []ServerID{3}, Repair: fixed(20), Zone: -1}}
		res := Run(m, 1, 0, Options{})
		near(t, "lost", figure(t, res, "sessions.lost{cause=replica-lag}"), 120*(1-1/2.71828)*30/31, 25)
		near(t, "lost otherwise", figure(t, res, "sessions.lost"), figure(t, res, "sessions.lost{cause=replica-lag}"), 0)
	}
}

// Every copy costs the sender work. A request that is sent to any server meets a copy on two of five, the server of the last
// request included, and fetches the state on the others; if all have a copy, the copy may be older than the last write.
func TestWorkOfCopies(t *testing.T) {
	for _, c := range []struct {
		name            string
		state           Placement
		sticky          bool
		latency         float64
		fetched, behind float64
	}{
		{"two copies", Placement{Copies: 2, Write: fixed(.001), Fetch: fixed(.01)}, true, .0011, 0, 0},
		{"all", Placement{Write: fixed(.001), Fetch: fixed(.01)}, true, .0041, 0, 0},
		{"two copies, anywhere", Placement{Copies: 2, Write: fixed(.001), Fetch: fixed(.01)}, false, .0011 + .6*.01*30/31, .6, 0},
		{"all, anywhere", Placement{Write: fixed(.001), Fetch: fixed(.01), Lag: fixed(5)}, false, .0041, 0, .8 * (1 - .6065)},
		{"on change", Placement{Write: fixed(.001), OnChange: true}, true, .0001 + .004*(1+30*.25)/31, 0, 0},
	} {
		c.state.Kind = Replicated
		m := copied(5, c.state)
		m.Warmup, m.Duration = 600*Second, 1000*Second
		m.Populations[0].Unchanged = .75
		if !c.sticky {
			m.NewPolicy = uniformPolicy
		}
		res := Run(m, 1, 0, Options{})
		near(t, c.name+", latency", figure(t, res, "latency.mean"), c.latency, .02*c.latency+.00002)
		near(t, c.name+", fetched", figure(t, res, "replica.fetched"), c.fetched, .02)
		near(t, c.name+", stale", figure(t, res, "replica.stale"), c.behind, .02)
	}
}

// If every server has everything and memory is short, a state is evicted on all of them, and lost; otherwise a copy on
// another server saves it.
func TestFullMemoryWithCopies(t *testing.T) {
	for _, copies := range []int{0, 2} {
		m := copied(3, Placement{Kind: Replicated, Copies: copies})
		for i := range m.Servers {
			m.Servers[i].Memory = 2e7 // 400 of 600 sessions
			if copies == 2 {
				m.Servers[i].Memory = 1.5e7 // 300 of 400 copies
			}
		}
		m.Populations[0].IdleTimeout = 0
		m.Timeline = []Action{{Kind: Crash, Every: exp(500), Servers: 1, Zone: -1, Repair: exp(50)}}
		res := Run(m, 1, 0, Options{})
		if figure(t, res, "sessions.evicted") < 100 {
			t.Errorf("copies %d: only %g states are evicted", copies, figure(t, res, "sessions.evicted"))
		}
		lost := figure(t, res, "sessions.lost{cause=memory-eviction}")
		if copies == 0 && lost < 100 {
			t.Errorf("states are evicted everywhere, and only %g sessions are lost", lost)
		}
		if copies == 2 && lost > .1*figure(t, res, "sessions.evicted") {
			t.Errorf("%g sessions are lost of %g evicted, in spite of copies", lost, figure(t, res, "sessions.evicted"))
		}
	}
}

// Unused state is dropped at its idle timeout, not when its client returns: of an hour between requests it is in memory for
// 30 s. The client loses its session to the timeout, even if its server dies before it returns.
func TestIdleStateIsDropped(t *testing.T) {
	for _, c := range []struct {
		state  Placement
		copies float64
	}{{Placement{Kind: Local}, 1}, {Placement{Kind: Replicated, Copies: 2}, 2}, {Placement{Kind: Replicated}, 2}, {Placement{Kind: CachedStore, Store: StoreStation{Calls: 2, Queue: -1}}, 1}} {
		m := fleetModel(2, Population{Name: "p", Users: 100, Think: exp(3600), Demand: fixed(.001), Cookies: 1, Stateful: true, State: 1000, IdleTimeout: 30 * Second}, 36000)
		m.Warmup = 7200 * Second
		m.State = c.state
		m.NewPolicy = cookiePolicy
		m.Timeline = []Action{{Kind: Crash, At: 20000 * Second, Targets: []ServerID{0}, Repair: fixed(10), Zone: -1}}
		res := Run(m, 1, 0, Options{})
		near(t, "memory", figure(t, res, "server.memory.mean"), 100*1000*30/3600.*c.copies/2, 70*c.copies)
		if idle, lost := figure(t, res, "sessions.lost{cause=idle-expired}"), figure(t, res, "sessions.lost"); idle < .95*lost || idle < 800 {
			t.Errorf("%g sessions are lost, %g to idleness", lost, idle)
		}
	}
}
