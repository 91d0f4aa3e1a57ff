package sim

import (
	"math"
	"slices"
	"testing"

	"stickysim/sim/dist"
)

func uniform(low, high float64) dist.Dist { d, _ := dist.NewUniform(low, high); return d }

// homesInFlight is a policy that compares, with every pick, what its balancer believes to be in flight with the sessions it
// counts. Where requests take no time they are the same, if open connections are in flight and nothing else is.
type homesInFlight struct{ picks, differ *int }

func (p homesInFlight) Pick(q *Request, v *View) ServerID {
	*p.picks++
	if !slices.Equal(v.InFlight, v.Sessions) {
		*p.differ++
	}
	return pickRandom{}.Pick(q, v)
}

// An open connection is one request in flight from its opening until it ends, whatever ends it.
func TestOpenConnectionsAreInFlight(t *testing.T) {
	picks, differ := 0, 0
	p := Population{Name: "p", Sessions: poisson{1}, Loop: Connection, Life: exp(60), Think: exp(5), Reconnect: exp(2), Cookies: 1}
	m := fleetModel(4, p, 1200)
	m.NewPolicy = func(Env) Balancer { return homesInFlight{&picks, &differ} }
	m.MaxServers, m.Template = 12, m.Servers[0]
	m.Balancers.Count = 1
	m.Timeline = []Action{
		{Kind: Crash, Every: exp(100), Servers: 2, Zone: -1, Repair: exp(20)},
		{Kind: Drain, At: 200 * Second, Targets: []ServerID{1}, Deadline: 20 * Second, Zone: -1},
		{Kind: Deploy, At: 400 * Second, Strategy: Strategy{MaxSurge: 1, Drain: 10 * Second}},
	}
	res := Run(m, 1, 0, Options{})
	if picks < 1000 || differ > 0 || figure(t, res, "connections.reopened") < 100 {
		t.Errorf("%d of %d picks met other counts in flight than open connections; %g were opened again", differ, picks, figure(t, res, "connections.reopened"))
	}
}

// A broken connection is tried again until it is open, however long the outage lasts, and then all at once where all
// wait equally long.
func TestReconnectCoversTheOutage(t *testing.T) {
	for _, outage := range []float64{5, 30, 300} {
		for _, c := range []struct {
			name           string
			reconnect      dist.Dist
			growth         float64
			cap            Time
			within, slower float64 // all are back so long after the outage; the slowest handshake
		}{
			{"at the same moment", fixed(10), 0, 0, 16, 5.66},
			{"spread", uniform(0, 10), 0, 0, 11, 1},
			{"growing", uniform(.5, 1.5), 2, 8 * Second, 9, 2},
		} {
			p := Population{Name: "agents", Users: 450, Loop: Connection, Think: exp(1000), Handshake: fixed(.05), Reconnect: c.reconnect,
				ReconnectGrowth: c.growth, ReconnectCap: c.cap, Cookies: 1}
			m := fleetModel(1, p, 100+outage+c.within)
			m.Servers = fleet(1, 4, FCFS)
			m.Equilibrium, m.Health, m.Grid = true, Health{}, Second
			m.Timeline = []Action{{Kind: Crash, At: 100 * Second, Servers: 1, Zone: -1, Repair: fixed(outage)}}
			res := Run(m, 1, 0, Options{})
			open := res.Series.OfServer(SessionsSeries, 0)
			if back := open[len(open)-1]; back != 450 {
				t.Errorf("%s, outage of %g s: %g of 450 connections are back after another %g s", c.name, outage, back, c.within)
			}
			near(t, "opened again", figure(t, res, "connections.reopened"), 450, 0)
			slowest := Time(res.Populations[0].Latency.Max()).Seconds()
			if least := c.slower * .97; slowest > c.slower || c.growth == 0 && c.reconnect.SCV() == 0 && slowest < least {
				t.Errorf("%s, outage of %g s: the slowest handshake takes %g s, at most %g are right", c.name, outage, slowest, c.slower)
			}
		}
	}
}

// Delays grow from one try to the next, up to the cap.
func TestReconnectDelays(t *testing.T) {
	p := Population{ReconnectGrowth: 2, ReconnectCap: 30 * Second}
	for before, want := range []float64{1, 2, 4, 8, 16, 30, 30} {
		if got := p.reconnectDelay(1, uint16(before)); got != FromSeconds(want) {
			t.Errorf("delay %d is %v, want %g s", before, got, want)
		}
	}
	if got := p.reconnectDelay(1, math.MaxUint16); got != 30*Second {
		t.Errorf("a late delay is %v", got)
	}
	if got := (&Population{}).reconnectDelay(7, 9); got != 7*Second {
		t.Errorf("a delay that does not grow is %v", got)
	}
}

// Without a delay a client tries once, and then with each message.
func TestReconnectWithoutDelay(t *testing.T) {
	p := Population{Name: "p", Users: 100, Loop: Connection, Think: exp(10), Cookies: 1}
	m := fleetModel(1, p, 200)
	m.Health = Health{}
	m.Timeline = []Action{{Kind: Crash, At: 100 * Second, Servers: 1, Zone: -1, Repair: fixed(50)}}
	res := Run(m, 1, 0, Options{})
	near(t, "failed openings", figure(t, res, "requests.failed"), 100+100*50/10, 60)
}

// A message whose connection breaks has failed; a retry of it goes over the next connection.
func TestMessagesEndWithTheirConnection(t *testing.T) {
	var broken [2]float64
	for i, retries := range []int{0, 3} {
		p := Population{Name: "p", Users: 50, Loop: Connection, Think: exp(2), Demand: exp(.5), Backoff: fixed(.5), Retries: retries, Reconnect: uniform(0, .2), Cookies: 1}
		m := fleetModel(3, p, 600)
		m.Timeline = []Action{{Kind: Crash, Every: exp(60), Servers: 1, Zone: -1, Repair: fixed(2)}}
		res := Run(m, 1, 0, Options{})
		broken[i] = figure(t, res, "requests.failed{cause=broken}")
		if reopened := figure(t, res, "connections.reopened"); reopened < 100 {
			t.Errorf("only %g connections broke", reopened)
		}
	}
	if broken[0] < 20 || broken[1] > 0 {
		t.Errorf("%g messages broke without retries, %g with three", broken[0], broken[1])
	}
}

// Connections to a host that is gone stay open until a message over them times out, or the host is back. Those to a process
// that died break at once.
func TestConnectionsToAHostThatIsGone(t *testing.T) {
	for _, c := range []struct {
		name    string
		host    bool
		timeout dist.Dist
		from    int // second after the crash at which the first connections are open again, and the last
		until   int
	}{
		{"process", false, fixed(10), 1, 2},
		{"host, messages with a timeout", true, fixed(10), 10, 80},
		{"host, messages without", true, nil, 200, 202},
	} {
		p := Population{Name: "p", Users: 300, Loop: Connection, Think: exp(10), Demand: fixed(.001), Timeout: c.timeout, Reconnect: uniform(0, 1), Cookies: 1}
		m := fleetModel(3, p, 400)
		m.Grid, m.Health = Second, Health{}
		m.Timeline = []Action{{Kind: Crash, At: 100 * Second, Servers: 1, Zone: -1, Repair: fixed(200), Host: c.host}}
		res := Run(m, 1, 0, Options{})
		open := func(second int) (n float32) {
			for s := range ServerID(3) {
				n += res.Series.OfServer(SessionsSeries, s)[100+second-1]
			}
			return n
		}
		least, most := open(0), open(299)
		if before, back := open(c.from-1), open(c.until); before != least || back != most || least >= most {
			t.Errorf("%s: %g connections right after the crash, %g at %d s, %g at %d s, %g in the end", c.name, least, before, c.from-1, back, c.until, most)
		}
	}
}

// A balancer that is out breaks the connections through it. One that reloads leaves them open, and counts from zero.
func TestBalancerRestartsUnderConnections(t *testing.T) {
	for _, out := range []dist.Dist{nil, fixed(30)} {
		inFlight := make(map[Time]int32)
		p := Population{Name: "p", Users: 200, Loop: Connection, Think: exp(10), Demand: fixed(.001), Life: exp(300), Reconnect: uniform(0, 1), Cookies: 1}
		m := fleetModel(2, p, 300)
		m.Grid, m.Health = Second, Health{}
		m.NewPolicy = func(Env) Balancer { return sumInFlight{inFlight} }
		m.Timeline = []Action{{Kind: BalancerRestart, At: 100 * Second, Servers: 1, Repair: out}}
		res := Run(m, 1, 0, Options{})
		at := func(second int) float32 { // connections open then
			return res.Series.OfServer(SessionsSeries, 0)[second-1] + res.Series.OfServer(SessionsSeries, 1)[second-1]
		}
		least := slices.Min([]float32{at(101), at(110), at(120), at(129)})
		if out != nil {
			near(t, "opened again", figure(t, res, "connections.reopened"), 190, 12)
		} else if figure(t, res, "connections.reopened") > 0 || least < 180 {
			t.Errorf("a reload broke connections: %g are open", least)
		}
		for when, n := range inFlight {
			if when > 100*Second && when < 115*Second && n > 40 {
				t.Errorf("at %v the balancer counts %d connections in flight, most of them from before its restart", when, n)
			}
		}
	}
}

// sumInFlight is a policy that notes how many requests its balancer believes to be in flight.
type sumInFlight struct{ at map[Time]int32 }

func (p sumInFlight) Pick(q *Request, v *View) ServerID {
	p.at[v.Now] = v.InFlight[0] + v.InFlight[1]
	return pickRandom{}.Pick(q, v)
}
