package all

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/envoy"
	"stickysim/policies/policytest"
	"stickysim/sim"
	"stickysim/sim/dist"
)

func must(d dist.Dist, err error) dist.Dist {
	if err != nil {
		panic(err)
	}
	return d
}

func exp(mean float64) dist.Dist    { return must(dist.NewExp(mean)) }
func fixed(value float64) dist.Dist { return must(dist.NewDeterministic(value)) }

// held is a fleet whose clients hold connections open.
func held(e policies.Entry, servers, users int, seconds float64) *sim.Model {
	m := &sim.Model{Duration: sim.FromSeconds(seconds), Equilibrium: true, Grid: 20 * sim.Second, Balancers: sim.Balancers{Count: 1},
		NewPolicy: e.Default.New, Populations: []sim.Population{{Name: "connections", Users: users, Loop: sim.Connection, Think: exp(30), Demand: fixed(.001),
			Reconnect: must(dist.NewUniform(0, 2)), Cookies: 1}}}
	for i := range servers {
		m.Servers = append(m.Servers, sim.Server{Cores: 4, Speed: 1, Queue: -1,
			Info: sim.ServerInfo{Name: fmt.Sprintf("s%d", i+1), Addr: fmt.Sprintf("10.0.0.%d:80", i+1), Cookie: fmt.Sprintf("c%d", i+1), Weight: 1}})
	}
	return m
}

// toEmptiest is the share of clients without a history that an instance sends to the emptiest of three servers.
func toEmptiest(e policies.Entry) float64 {
	b := policytest.New(e.Default, 3, 41)
	for range 30 {
		b.Begin(0)
		b.Begin(2)
	}
	const clients = 600
	n := 0.
	for c := range sim.ClientID(clients) {
		if b.Pick(b.Request(c, 0)) == 1 {
			n++
		}
	}
	return n / clients
}

// A policy that sends new clients to the server with the fewest requests in flight fills one that comes back empty with
// new connections: of those that are opened, it gets the share that the policy sends to the emptiest server.
func TestConnectionsFillTheEmptiestServer(t *testing.T) {
	const users, life, returns = 270, 1200., 320.
	all, two := 0, 0
	for _, e := range policies.All() {
		share := toEmptiest(e)
		switch {
		case e.Doc.Claims.LoadBound > 0: // a key chooses, as far as the bound lets it
			continue
		case share > .99:
			all++
		case share > .5 && e.Doc.Claims.Sample != 0:
			two++
		case e.Doc.Claims.Sample != 0:
			t.Errorf("%s is said to pick the least loaded server, and sends %.2f to it", e.Name, share)
			continue
		default:
			continue
		}
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			var open, later float64 // on the second server, 280 s and 800 s after its return
			const seeds = 8
			for seed := range uint64(seeds) {
				m := held(e, 3, users, 1140)
				m.Populations[0].Life = exp(life)
				m.Timeline = []sim.Action{{Kind: sim.Crash, At: 300 * sim.Second, Targets: []sim.ServerID{1}, Zone: -1, Repair: fixed(20)}}
				res := sim.Run(m, seed, 0, sim.Options{})
				sessions := res.Series.OfServer(sim.SessionsSeries, 1)
				open += float64(sessions[29]) / seeds
				later += float64(sessions[55]) / seeds
			}
			if want := share * users * (1 - math.Exp(-(600-returns)/life)); math.Abs(open-want) > 4.5 {
				t.Errorf("%.1f connections 280 s after the return; want %.1f", open, want)
			}
			if want := users / 3.; share > .99 && math.Abs(later-want) > 4 {
				t.Errorf("%.1f connections 800 s after the return; want %.1f", later, want)
			}
		})
	}
	if all < 8 || two < 4 {
		t.Errorf("%d policies pick the least loaded of all servers, %d of two", all, two)
	}
}

// A limit of requests in flight holds for connections: those beyond it are refused, or wait in the balancer's queue until
// others end.
func TestLimitHoldsForConnections(t *testing.T) {
	queued, refused := 0, 0
	for _, e := range policies.All() {
		if !e.Doc.Claims.Limit {
			continue
		}
		m := held(e, 1, 130, 400)
		m.Servers[0].Info.Limit = 100
		res := sim.Run(m, 1, 0, sim.Options{})
		for i, n := range res.Series.OfServer(sim.SessionsSeries, 0)[2:] {
			if n != 100 {
				t.Errorf("%s: %g connections are open at point %d, of 100 that may be", e.Name, n, i)
				break
			}
		}
		p := &res.Populations[0]
		failed := p.Failed[sim.FailedNoServer] + p.Failed[sim.FailedRefused]
		switch {
		case p.InFlight == 30 && failed == 0:
			queued++
		case p.InFlight == 0 && failed > 30*100:
			refused++
		default:
			t.Errorf("%s: %d requests wait and %d have failed; 30 clients wait, or are refused again and again", e.Name, p.InFlight, failed)
		}
	}
	if queued == 0 || refused == 0 {
		t.Errorf("%d policies queue, %d refuse", queued, refused)
	}
}

// Envoy's circuit breakers limit all hosts together: beyond max_connections requests wait, as far as max_pending_requests
// lets them, and beyond max_requests they are refused.
func TestCircuitBreakersHoldForConnections(t *testing.T) {
	for _, e := range policies.All() {
		product, _, _ := strings.Cut(e.Name, "/")
		if product != "envoy" {
			continue
		}
		for _, c := range []struct {
			set           envoy.Cluster
			open, waiting int64
		}{
			{envoy.Cluster{MaxRequests: 100}, 100, 0},
			{envoy.Cluster{MaxConnections: 100, MaxPending: 1024}, 100, 30},
			{envoy.Cluster{MaxConnections: 100, MaxPending: 20}, 100, 20},
			{envoy.Cluster{MaxConnections: 1024, MaxPending: 1024, MaxRequests: 1024}, 130, 0},
		} {
			config := reflect.New(reflect.TypeOf(e.Default)).Elem()
			config.Set(reflect.ValueOf(e.Default))
			config.FieldByName("MaxConnections").SetInt(int64(c.set.MaxConnections))
			config.FieldByName("MaxPending").SetInt(int64(c.set.MaxPending))
			config.FieldByName("MaxRequests").SetInt(int64(c.set.MaxRequests))
			e.Default = config.Interface().(policies.Config)
			m := held(e, 3, 130, 400)
			res := sim.Run(m, 1, 0, sim.Options{})
			open := int64(0)
			for s := range sim.ServerID(3) {
				open += int64(res.Series.OfServer(sim.SessionsSeries, s)[res.Series.Points-1])
			}
			p := &res.Populations[0]
			if open != c.open || p.InFlight != c.waiting || (p.Failed[sim.FailedNoServer] > 0) != (c.open+c.waiting < 130) {
				t.Errorf("%s, %d connections, %d pending, %d requests: %d are open, %d wait, %d failures", e.Name, c.set.MaxConnections, c.set.MaxPending, c.set.MaxRequests,
					open, p.InFlight, p.Failed[sim.FailedNoServer])
			}
		}
	}
}
