package sim_test

import (
	"fmt"
	"testing"
	"time"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/fel"
	"stickysim/sim/rng"
	"stickysim/sim/stats"
)

// The sizes of the published figures: servers of 4 cores, users who think exp(10 s), load 0.7.
var sizes = []struct{ servers, users int }{{10, 1000}, {100, 100000}, {1000, 1000000}}

const benchedRequests = 3e6

func benchModel(policy string, servers, users int, requests float64) *sim.Model {
	entry, ok := policies.Lookup(policy)
	if !ok {
		panic(policy)
	}
	think, _ := dist.NewExp(10)
	work, _ := dist.NewExp(.7 * 4 * float64(servers) * 10 / float64(users))
	m := &sim.Model{Duration: sim.FromSeconds(requests / (float64(users) / 10 * .99)), NewPolicy: entry.Default.New, Balancers: sim.Balancers{Count: 1},
		Populations: []sim.Population{{Name: "users", Users: users, Think: think, Demand: work, Cookies: 1}}}
	for i := range servers {
		m.Servers = append(m.Servers, sim.Server{Info: sim.ServerInfo{Name: fmt.Sprint("s", i), Weight: 1}, Cores: 4, Speed: 1, Queue: -1})
	}
	return m
}

// BenchmarkEngine reports the time of a request, start-up included in none of it: a run of no length is subtracted.
func BenchmarkEngine(b *testing.B) {
	for _, policy := range []string{"round-robin", "ip-hash", "least-connections"} {
		for _, size := range sizes {
			b.Run(fmt.Sprintf("policy=%s/servers=%d/users=%d", policy, size.servers, size.users), func(b *testing.B) {
				m := benchModel(policy, size.servers, size.users, benchedRequests)
				short := benchModel(policy, size.servers, size.users, 1)
				b.ReportAllocs()
				sent, rep := 0.0, 0
				var spent time.Duration
				for b.Loop() {
					t := time.Now()
					sim.Run(short, 1, rep, sim.Options{})
					start := time.Since(t)
					t = time.Now()
					res := sim.Run(m, 1, rep, sim.Options{})
					spent += time.Since(t) - start
					rep++
					sent += float64(res.Populations[0].Sent)
				}
				b.ReportMetric(float64(spent.Nanoseconds())/sent, "ns/req")
				b.ReportMetric(sent/spent.Seconds()/1e6, "Mreq/s")
			})
		}
	}
}

// BenchmarkState reports the time of a request where sessions have state, by where that is kept; clients have a timeout, and
// a server crashes half way.
func BenchmarkState(b *testing.B) {
	for _, size := range sizes {
		for _, placement := range []struct {
			name  string
			state sim.Placement
		}{{"none", sim.Placement{}}, {"local", sim.Placement{Kind: sim.Local}}, {"replicated", sim.Placement{Kind: sim.Replicated, Copies: 2}},
			{"store", sim.Placement{Kind: sim.Store, Store: sim.StoreStation{Calls: 2, Queue: -1}}}} {
			b.Run(fmt.Sprintf("state=%s/servers=%d/users=%d", placement.name, size.servers, size.users), func(b *testing.B) {
				m := benchModel("cookie", size.servers, size.users, benchedRequests)
				p := &m.Populations[0]
				p.Stateful, p.State, p.Growth, p.IdleTimeout = true, 50e3, 1e3, 30*sim.Minute
				p.Timeout, _ = dist.NewDeterministic(10)
				p.Retries = 1
				m.State = placement.state
				m.Timeline = []sim.Action{{Kind: sim.Crash, At: m.Duration / 2, Servers: 1, Zone: -1}}
				sent, began := 0.0, time.Now()
				for b.Loop() {
					sent += float64(sim.Run(m, 1, 0, sim.Options{}).Populations[0].Sent)
				}
				b.ReportMetric(float64(time.Since(began).Nanoseconds())/sent, "ns/req")
			})
		}
	}
}

// BenchmarkLimit is the same model as a bare loop: an event list, keyed draws, a 32-byte client, FCFS queues and one
// histogram, and nothing else: no policy, no sessions, no per-server statistics, no invariants. What the engine costs
// above it is the price of what it does.
func BenchmarkLimit(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("servers=%d/users=%d", size.servers, size.users), func(b *testing.B) {
			done := 0
			var spent time.Duration
			for b.Loop() {
				l := newLimit(size.servers, size.users)
				t := time.Now()
				done += l.loop(benchedRequests)
				spent += time.Since(t)
			}
			b.ReportMetric(float64(spent.Nanoseconds())/float64(done), "ns/req")
			b.ReportMetric(float64(done)/spent.Seconds()/1e6, "Mreq/s")
		})
	}
}

type limitUser struct {
	sent   int64
	key    rng.Key
	seq    uint32
	next   uint32
	server uint32
	_      uint32
}

type limitServer struct{ head, tail, busy uint32 }

type limit struct {
	ring    *fel.Ring
	users   []limitUser
	servers []limitServer
	latency stats.Tally
	service float64
}

const (
	nilItem = ^uint32(0)
	leaving = 1 << 31
)

func newLimit(servers, users int) *limit {
	l := &limit{ring: fel.NewRing(users, 1e10), users: make([]limitUser, users), servers: make([]limitServer, servers),
		service: .7 * 4 * float64(servers) * 10 / float64(users) * 1e9}
	for s := range l.servers {
		l.servers[s].head = nilItem
	}
	root := rng.Root(1)
	for u := range l.users {
		l.users[u].key = root.At(uint64(u))
		l.ring.Push(int64(l.users[u].key.Exp()*1e10), uint32(u))
	}
	return l
}

func (l *limit) loop(requests int) int {
	done := 0
	for done < requests {
		now, id, _ := l.ring.Pop(1 << 62)
		u := id &^ leaving
		x := &l.users[u]
		if id == u {
			x.seq++
			x.sent = now
			x.server = uint32((uint64(x.key) >> 32 * uint64(len(l.servers))) >> 32)
			sv := &l.servers[x.server]
			if sv.busy < 4 {
				sv.busy++
				l.serve(now, u, x)
				continue
			}
			x.next = nilItem
			if sv.head == nilItem {
				sv.head = u
			} else {
				l.users[sv.tail].next = u
			}
			sv.tail = u
			continue
		}
		done++
		l.latency.Add(now - x.sent)
		sv := &l.servers[x.server]
		l.ring.Push(now+int64(x.key.At(uint64(x.seq)<<1).Exp()*1e10), u)
		if w := sv.head; w != nilItem {
			sv.head = l.users[w].next
			l.serve(now, w, &l.users[w])
		} else {
			sv.busy--
		}
	}
	return done
}

func (l *limit) serve(now int64, u uint32, x *limitUser) {
	l.ring.Push(now+int64(x.key.At(uint64(x.seq)<<1|1).Exp()*l.service), u|leaving)
}

func BenchmarkStart(b *testing.B) {
	m := benchModel("round-robin", 1000, 1000000, 1)
	for b.Loop() {
		sim.Run(m, 1, 0, sim.Options{})
	}
}
