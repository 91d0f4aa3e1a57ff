package sim

import (
	"fmt"

	"stickysim/sim/diag"
	"stickysim/sim/fel"
	"stickysim/sim/prefetch"
	"stickysim/sim/rng"
)

// Run simulates one replication. The result is a pure function of (m, seed, replication): no clock, no file, no map
// order and no thread has a say in it. Models and runs that break an invariant panic with an *InvariantError.
//
// Options may be the zero value.
func Run(m *Model, seed uint64, replication int, o Options) (res *Result) {
	defer func() {
		if p := recover(); p != nil && p != any(stopped{}) {
			panic(p)
		}
	}()
	r := newRun(m, seed, replication, o)
	r.simulate()
	r.verify()
	res = r.result()
	r.leaveWorkspace(res)
	return res
}

// Options of a run that do not change what happens in it.
type Options struct {
	Log bool // fill Result.Log
	// Stop, when it returns true, ends the run early; it is asked every 65,536 events and once per grid sample. The Result is then nil.
	Stop func() bool
	// Workspace is memory to use, left by an earlier run; nil = the run makes its own. A run that is stopped leaves none.
	Workspace *Workspace

	leaves bool // requests leave their path at every place where a feature may act; for tests
}

// eventKind orders events of one instant: lower kinds go first, so servers are freed before they are asked for, and
// the world changes before clients act in it.
type eventKind uint32

const (
	evDepart   eventKind = iota // request: its service ends (FCFS)
	evDepartPS                  // server: its next departure (PS)
	evStore                     // request: its store operation, or the network behind it, is done
	evAction                    // scheduled change of the timeline
	evProbe                     // health probe, or the verdict on one
	evDeadline                  // population: the oldest deadline of its lane
	evTimeout                   // population: the oldest of the deadlines drawn for each request
	evLimit                     // balancers: the oldest deadline of one of their time limits
	evAttempt                   // request: next attempt, or the failure of one becomes known
	evArrive                    // population: a session arrives
	evReplay                    // recorded request: its turn
	evClient                    // client: time for its next request
	evScale                     // autoscaler's turn
	evSample                    // grid of the time series
	evWindow                    // windows of metrics move on
	evEnd                       // of the run
)

// An event's ID is its kind in the top 4 bits and the entity it concerns below; equal instants are ordered by ID.
const (
	entityBits = 28
	maxEntity  = 1<<entityBits - 1
)

// run is the whole state of a replication. Everything is sized in newRun and grows only with the number of
// entities alive; nothing is allocated per event.
type run struct {
	m     *Model
	o     Options
	seed  uint64
	rep   int
	key   rng.Key // of this replication
	now   Time
	from  Time // the earliest instant that balancers have seen; they and the list of events count from here
	end   Time
	fel   *fel.Ring
	asked int    // events handled when Options.Stop was last asked
	far   bool   // too many clients for the cache: lookAhead pays
	live  bool   // counting has begun
	sent  uint16 // flags of a request that is sent now: measured, once it has

	clients      []client
	visits       []visitMarks // parallel to clients
	sessions     []session    // parallel to clients; nil when no session has state or a size, and nothing is logged
	jars         []Cookie     // parallel to clients; nil until a client stores a cookie, and where cookies are in sessions
	anyCookie    bool         // a client has stored a cookie
	anyJar       bool         // one has been written down
	jarsLast     bool         // what is in a jar changes with answers alone: no cookie goes missing, and no mark or cookie has a lifetime
	jarsRead     int          // since the last lookAhead
	detours      bool         // requests may have state, or time on a network
	spare        Workspace    // what an earlier run has left, as far as this one has not taken it
	cold         []clientCold // parallel to clients; empty when no population needs it
	cookieUntil  lifetimes    // of the affinity cookies
	markUntil    lifetimes
	lines        []line    // parallel to clients; empty when no population holds connections
	place        placement // where session state lives
	stateful     bool      // some population has session state, and the application keeps it somewhere
	freeClients  []ClientID
	requests     []request
	freeRequest  int32
	timeLimits   [limitKinds]timeLimit
	servers      serverList
	spareServers spareServers
	notGone      notGone
	view0        []ServerInfo // identities, by ServerID; shared by all views
	balancers    []*balancer
	newPolicy    func(Env) Balancer
	drainTrial   drainTrial // of newPolicy
	pops         []*population
	store        *station
	acts         []scheduled
	fleet        fleetBooks
	deploy       deployment
	incidents    incidents
	scaler       scaler
	freeAct      int32
	strikes      []Strike
	missed       []diag.Warning // of events that strike no server
	faults       int            // that struck at random times, in the measured part

	exchange Request    // the one Request that is passed around
	via      Via        // of it, where proxies are in front
	tried    []ServerID // by request, maxTried each

	soon prefetch.Batch // what the coming events concern

	collector
}

func newRun(m *Model, seed uint64, replication int, o Options) *run {
	if err := m.check(); err != nil {
		panic(err)
	}
	r := &run{m: m, o: o, seed: seed, rep: replication, freeRequest: nilRequest, freeAct: -1}
	r.key = rng.Root(seed).Stream("replication").At(uint64(replication))
	r.from, r.end = -m.Warmup, m.Duration
	r.timeLimits = newTimeLimits(&m.Balancers)
	r.initPopulations()
	r.takeWorkspace()
	past := r.stationary()
	for i := range past {
		r.from = min(r.from, past[i].born)
	}
	r.now = r.from
	clients, hold := m.expected()
	r.makeRoom(clients, hold)
	r.far = prefetch.Works && clients > farFrom
	r.collector.init(r)
	r.servers = make(serverList, 0, m.roomAtFirst())
	for i := range m.Servers {
		r.addServer(&m.Servers[i], m.Servers[i].Info, true)
	}
	r.store = newStation(r)
	r.makePlacement()
	r.newPolicy = m.NewPolicy
	r.initBalancers(clients)
	r.recall(past)
	r.startPopulations()
	r.initTimeline()
	if m.Health.UnderLoad {
		for s := range r.servers {
			r.healthChanged(ServerID(s))
		}
	}
	r.initScaler()
	r.carryOn(past)
	r.spare.past = past
	if o.Workspace == nil {
		r.spare = Workspace{} // the past is over
	}
	r.push(r.sampling.step, evSample, 0)
	return r
}

// push schedules an event, unless nothing of it can be seen before the run ends.
func (r *run) push(at Time, kind eventKind, entity uint32) {
	if at < r.end {
		r.fel.Push(int64(at-r.from), uint32(kind)<<entityBits|entity)
	}
}

// simulate is the hot loop.
//
//go:noinline
func (r *run) simulate() {
	r.fel.Push(int64(r.end-r.from), uint32(evEnd)<<entityBits)
	for {
		since, id, _ := r.fel.Pop() // the last event is the end
		at := r.from + Time(since)
		if at < r.now {
			violated("clock", "event of kind %d at %v after %v", id>>entityBits, at, r.now)
		}
		r.now = at
		if r.fel.Unseen() {
			r.lookAhead()
		}
		switch e := id & maxEntity; eventKind(id >> entityBits) {
		case evDepart:
			r.depart(int32(e), &r.requests[e])
		case evClient:
			r.clientTurn(ClientID(e))
		case evStore:
			r.store.done(int32(e))
		case evEnd:
			return
		default:
			r.handle(eventKind(id>>entityBits), e)
		}
	}
}

// events is how many events have been handled.
func (r *run) events() int64 { return int64(r.fel.Taken()) - 1 }

const (
	asking       = 1 << 16 // events between questions whether to stop
	farFrom      = 8000    // fewer clients than this stay in the cache anyway
	manyInFlight = 1000    // fewer requests than this leave the cache as their client's turn has found it
	cacheLine    = 64      // bytes
)

// lookAhead is called every few events. It asks whether to stop, and has the processor fetch what the coming events concern, so
// that it is in the cache when their turn comes. With a million clients every record is cold, and to wait for one costs more than
// the whole event.
func (r *run) lookAhead() {
	if n := r.fel.Taken(); n-r.asked >= asking {
		r.asked = n
		if r.o.Stop != nil && r.o.Stop() {
			panic(stopped{})
		}
	}
	soon := r.fel.Ahead()
	if !r.far {
		return
	}
	b, beside := r.balancers[0], r.cold != nil || r.stateful && r.m.State.Kind != Store
	learns := len(r.balancers) == 1 && b.Prepares()
	few := len(r.requests) < manyInFlight
	for _, event := range soon {
		e := uint32(event) & maxEntity
		id, jar := ClientID(e), r.jarsRead > 0
		switch eventKind(uint32(event) >> entityBits) {
		case evClient:
			if learns {
				b.Prepare(id, &r.soon)
			}
		case evDepart:
			if few {
				continue
			}
			rq := &r.requests[e]
			id = rq.client
			if rq.server != NoServer {
				r.fetchCount(rq, r.servers[rq.server])
			}
			if rq.news == nothing {
				continue
			}
			if jar = b.Binds() && rq.flags&settled == 0; jar {
				if rq.news != lesson {
					prefetch.Add(&r.soon, &rq.start) // with what the policy will be shown
				}
				if learns {
					b.Prepare(id, &r.soon)
				}
			}
		default: // what an operation of the store concerns has just been used
			continue
		}
		prefetch.Add(&r.soon, &r.clients[id])
		if r.sessions != nil {
			prefetch.Add(&r.soon, &r.sessions[id])
		}
		if jar && r.anyJar {
			r.fetchJar(id)
		}
		if beside {
			r.fetchBeside(id)
		}
	}
	for part := r.fel.Coming(); len(part) != 0; part = part[cacheLine/8:] {
		prefetch.Add(&r.soon, &part[0])
	}
	r.jarsRead = 0
	r.soon.Fetch()
}

// fetchCount puts on the list where the answer to a request in service will be counted.
func (r *run) fetchCount(rq *request, sv *server) {
	prefetch.Add(&r.soon, sv.latency.Place(int64(rq.due-rq.enter)))
}

// fetchJar puts the client's jar on the list, unless it is in its session.
func (r *run) fetchJar(id ClientID) {
	if r.jars != nil {
		prefetch.Add(&r.soon, &r.jars[id])
	}
	if int(id) < len(r.cookieUntil) {
		prefetch.Add(&r.soon, &r.cookieUntil[id])
	}
}

// fetchBeside puts on the list what else lies parallel to the clients.
func (r *run) fetchBeside(id ClientID) {
	if r.cold != nil {
		prefetch.Add(&r.soon, &r.cold[id])
	}
	if r.stateful {
		r.place.prefetch(&r.soon, id)
	}
}

// handle deals with the events that are rarer than requests.
func (r *run) handle(kind eventKind, e uint32) {
	switch kind {
	case evDepartPS:
		r.departPS(ServerID(e))
	case evDeadline:
		r.laneTurn(int(e))
	case evLimit:
		r.limitTurn(limit(e))
	case evTimeout:
		r.deadlineTurn(int(e))
	case evAttempt:
		r.attemptTurn(int32(e))
	case evArrive:
		r.arrive(int(e))
	case evReplay:
		r.replay(e)
	case evAction:
		r.actionTurn(int32(e))
	case evProbe:
		r.probeTurn(e)
	case evScale:
		r.scaleTurn(e)
	case evSample:
		r.sample()
	case evWindow:
		r.windowTurn()
	}
}

// InvariantError reports that a run broke one of the invariants it checks on itself; it names the invariant.
type InvariantError struct{ Invariant, Detail string }

func (e *InvariantError) Error() string {
	return "internal error: invariant " + e.Invariant + " is broken: " + e.Detail
}

func violated(invariant, format string, args ...any) {
	panic(&InvariantError{invariant, fmt.Sprintf(format, args...)})
}
