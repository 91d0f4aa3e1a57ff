package sim

import (
	"cmp"
	"slices"

	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

// Model is everything one run needs besides seed and replication. It is immutable: replications and threads share it.
// Build it by hand or with scenarios.Compile; NewRun checks it.
type Model struct {
	Warmup   Time // simulated before counting begins: the run lasts from -Warmup to Duration
	Duration Time // simulated and counted
	Grid     Time // distance of the samples of the time series; 0 chooses about 240 samples

	// Equilibrium starts every open population in its stationary regime (the sessions that would be active at time 0
	// of an unloaded system) instead of empty.
	Equilibrium bool

	// SLO is the share of requests that must be answered, in (0, 1); what may fail is the error budget. 0 = 0.999.
	SLO float64

	Servers      []Server     // the fleet at the start of the run, in configuration order
	Template     Server       // of servers made during the run, whose names get a number. Zero: like Servers[0]
	TemplateZone bool         // they are all of Template's zone; else each is of the one, of those of Servers, that has the fewest in service
	Spare        []ServerInfo // Name, Addr and Cookie of the first servers made during the run, in order; further ones get a number
	MaxServers   int          // upper bound of servers over the whole run, replaced ones included; 0 = len(Servers)
	Populations  []Population // at least one
	NewPolicy    func(Env) Balancer
	Later        []func(Env) Balancer // policies that PolicyChange entries switch to
	Balancers    Balancers
	Health       Health
	State        Placement
	Timeline     []Action
	Autoscaler   *Autoscaler // nil: none

	// Controls adds the metrics surplus.work and surplus.requests, control variates for the others. Nothing else changes.
	Controls bool

	// LatencyLimits are what latency.exceeded counts: seconds in which one of them is exceeded. Empty: it is not counted.
	LatencyLimits []LatencyLimit
}

// Discipline is how a server shares its cores among requests.
type Discipline uint8

// The disciplines.
const (
	FCFS Discipline = iota // first come, first served; one core per request
	PS                     // egalitarian processor sharing; a request uses at most one core
)

// Server describes one server.
type Server struct {
	Info       ServerInfo
	Status     Status  // as the balancers are configured: of a server of the fleet at the start that serves and is marked Down or Draining
	Cores      int     // ≥ 1
	Speed      float64 // work done per second and core; 1 is the speed service demands are stated for
	Discipline Discipline
	Queue      int       // requests that may wait (FCFS), or share the cores beyond one each (PS), before a 503; negative = unlimited
	Memory     float64   // bytes for session state; 0 = unlimited
	Startup    dist.Dist // seconds from order to ready, of servers made during the run; nil = 0
	SlowStart  SlowStart
	GC         *GC // nil: no pauses
}

// SlowStart raises a new server's weight linearly, as the balancer sees it. The zero value is off.
type SlowStart struct {
	For  Time    // length of the ramp
	From float64 // share of the weight at the start, in (0, 1]
}

// GC is stop-the-world garbage collection: exponential running time between pauses, independent of load.
type GC struct {
	Every    dist.Dist // seconds of running time between pauses
	Pause    dist.Dist // seconds of a pause
	PerBytes float64   // further seconds of pause per byte of live session state
}

// Answering is whether servers that do not serve answer what connects to them.
type Answering uint8

// The ways.
const (
	AsItDied Answering = iota // a host whose process died, or restarts, refuses at once; a host that is gone is silent
	Refusing                  // all refuse at once
	Silent                    // none answers
)

// Balancers describes the load balancer instances in front of the fleet.
type Balancers struct {
	Count          int       // ≥ 1
	Shared         bool      // one routing table, and one view of the fleet, for all, instead of one each
	PerRequest     bool      // requests of a client spread over the instances; default: a client stays with one
	ConnectTimeout Time      // after which a connection that a dead server does not answer has failed
	Dead           Answering // whether dead servers answer connections
	AttemptTimeout Time      // for the answer of a server to an attempt; 0 = none
	RequestTimeout Time      // for the answer to a request, whatever its attempts; 0 = none
	QueueTimeout   Time      // for a place on a server, in the balancer's own queue; 0 = none
	Redispatch     int       // further servers the balancer itself tries when a connection cannot be made
	Latency        dist.Dist // seconds that an attempt spends in the balancer and on the network, both ways together; nil = 0
	Restart        dist.Dist // seconds between restarts of each instance, which lose its table; nil = never
}

// Health describes how balancers learn that a server is down. The zero value means they know at once.
type Health struct {
	Interval  Time      // between probes; 0 = balancers know the truth at once, Never = they send no probes
	FromEnd   bool      // Interval counts from the end of the last probe, not from its start
	Changing  Time      // Interval while a server's last probes contradict what is believed of it; 0 = Interval
	Down      Time      // Interval while a server is down; 0 = Interval
	Timeout   Time      // after which a probe without answer has failed
	Connect   Time      // the same where not even a connection is made, because the host is gone; 0 = Timeout
	Dead      Answering // whether dead servers answer probes
	UnderLoad bool      // probes stand in line: an overloaded server fails them, and its clients land on the others
	Fall      int       // consecutive failures to mark down
	Rise      int       // consecutive successes to mark up
	Passive   Passive
}

// Passive is ejection on failed requests, per balancer instance. Failures = 0 switches it off.
type Passive struct {
	Failures int  // consecutive failed attempts that eject a server
	Eject    Time // for how long
}

// ArrivalProcess makes the session arrivals of an open population.
type ArrivalProcess interface {
	// Start returns the arrivals of one run, as addressed by k.
	Start(k rng.Key) Arrivals
	// Rate is the long-run mean rate, per second.
	Rate() float64
	// String is the process as a scenario writes it.
	String() string
}

// Arrivals is one realisation of an ArrivalProcess.
type Arrivals interface {
	// Next returns the first arrival after t, or Never. It is first called with the start of the run, which is negative where
	// there is a warm-up, then with its own last answer.
	Next(t Time) Time
}

// Numbered is what Arrivals add that are a part of a larger stream of clients. A client is then the same one in every part
// that it belongs to.
type Numbered interface {
	Arrivals
	// Number is the number that the last arrival returned has in the larger stream.
	Number() uint64
}

// Loop is how the requests of a session follow each other.
type Loop uint8

// The loops.
const (
	ClosedLoop Loop = iota // the next request is sent a think time after the answer to the last
	OpenLoop               // the next request is sent a think time after the last was sent, answered or not
	Connection             // OpenLoop messages on one long-lived connection, which is routed, and in flight, as one request
	Causal                 // of a Trace: what was sent after an answer is sent as long after that answer, and nothing before the first of its session
)

// OnLoss is what a client does when its session's state is gone.
type OnLoss uint8

// The reactions to a lost session.
const (
	Relogin OnLoss = iota // logs in again (extra work) and continues where it was
	Restart               // logs in again and begins its session from the start
	Leave                 // goes away
)

// Abandon is what becomes of a request at its server when its client's timeout ends.
type Abandon uint8

// The ways.
const (
	Finish     Abandon = iota // the server finishes the work
	LeaveQueue                // it leaves the queue; once its service has begun, its client waits for the answer
	BreakOff                  // it leaves the queue, and a service that has begun is broken off; operations of the store go on
)

// Forgery is the cookie of a client that does not present its own.
type Forgery uint8

// The forgeries.
const (
	MadeUp   Forgery = iota // a value that no balancer has given out
	Replayed                // the first cookie that any client of the population was given, whatever has become of its server
)

// Population is a class of clients. Exactly one of Users, Sessions and Trace says where its clients come from.
type Population struct {
	Name     string
	Users    int            // a fixed number of users, who stay (closed)
	Sessions ArrivalProcess // sessions arrive (open, or partly open)
	Trace    *Trace         // recorded requests
	Resample Resampling     // what each replication draws anew from Trace

	Loop      Loop
	Requests  dist.Dist // requests of a session, ≥ 1; nil = unlimited
	Life      dist.Dist // seconds after which a session sends no more requests; nil = unlimited
	Think     dist.Dist // seconds between requests; nil = 0
	Demand    dist.Dist // seconds of work of a request at speed 1
	Handshake dist.Dist // seconds of work to open a Connection; nil = 0
	Reconnect dist.Dist // seconds before a broken Connection is opened again; nil = at once, and after that fails with the next message

	ReconnectGrowth float64 // factor by which that delay grows with every opening that fails; 0 = 1
	ReconnectCap    Time    // the longest such delay; 0 = no limit

	Addresses      int       // distinct source addresses the clients share; 0 = one each
	Groups         []Group   // address sharing by classes; overrides Addresses
	Through        *Through  // proxies between the clients and the balancers; nil = nothing is said of any
	AddressChange  dist.Dist // seconds between changes of a client's address; nil = never
	Cookies        float64   // share of clients that keep cookies
	BrowserRestart dist.Dist // seconds between restarts of a client's browser, which end cookies without a lifetime; nil = with every session that ends as its user meant
	CookieLoss     float64   // probability, per request, that the client's cookie has gone missing
	Forgers        float64   // share of clients that present a Forgery instead of their own cookie
	Forgery        Forgery   // what they present
	Keys           int       // affinity keys (header values) the clients share; 0 = one each; negative = another with every request

	State       float64 // whole bytes of session state at its start
	Growth      float64 // further whole bytes per request that changes it
	Leak        float64 // share of sessions whose state is never dropped, until the server restarts
	IdleTimeout Time    // state unused for this long is dropped; 0 = never
	Stateful    bool    // whether sessions have state at all
	Unchanged   float64 // share of requests that leave their session's state as it is
	OnLoss      OnLoss
	Login       dist.Dist // seconds of extra work of a login after a loss; nil = 0

	Timeout     dist.Dist // seconds a client waits for an answer; nil = unlimited
	Abandon     Abandon   // what becomes of a request at its server when its client's timeout ends
	Retries     int       // further attempts after a failure
	Backoff     dist.Dist // seconds before a retry; nil = 0
	RetryBudget float64   // retries per request allowed in the long run; 0 = no limit
	Idempotent  float64   // share of requests that balancers and browsers may send again though a server may have worked on them
}

// Group is a share of a population's clients who share addresses, Per clients to each.
type Group struct {
	Share float64 // of the clients
	Per   int     // clients per address
}

// Trace is a recorded request sequence, sorted by time. A client's sessions begin at their recorded times, or when the one
// before is over; the population's Loop says when it sends the further requests. In a ClosedLoop it sends one at a time, the
// recorded pause after each answer; in an OpenLoop at the recorded times.
type Trace struct {
	Begin    Time // when the recording begins; a warm-up of a replay is its first part
	Requests []TraceRequest
	Clients  []TraceClient
	Gap      Time // silence after which a client's next request begins a new session
	Hour     Time // how long an hour of the recording takes, after time compression
	Origin   Origin

	// ServiceOnly says that TraceRequest.Took may be the service without waits, or assumed, so that the recording does not say
	// how long clients paused. They then send at the recorded times. A request whose time has passed when the answer that it
	// follows arrives comes after a pause: the recorded one, but no longer than it is late already. It counts at an
	// Origin.Speed of 1.
	ServiceOnly bool
}

// End is when the last request is sent; Begin where there is none.
func (t *Trace) End() Time {
	if len(t.Requests) == 0 {
		return t.Begin
	}
	return t.Begin + t.Requests[len(t.Requests)-1].At
}

// Until is the part of the trace that is sent before a time.
func (t *Trace) Until(end Time) *Trace {
	part := *t
	n, _ := slices.BinarySearchFunc(t.Requests, end-t.Begin, func(rq TraceRequest, at Time) int { return cmp.Compare(rq.At, at) })
	part.Requests = t.Requests[:n]
	return &part
}

// Active is the number of clients that send a request.
func (t *Trace) Active() int {
	seen, n := make([]bool, len(t.Clients)), 0
	for i := range t.Requests {
		if c := t.Requests[i].Client; !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n
}

// TraceRequest is one recorded request.
type TraceRequest struct {
	At     Time    // since the start of the trace, after time compression
	Client uint32  // index into Clients
	Target Target  // what it asks for
	Demand float32 // seconds of work; negative = draw from the population's Demand
	Took   float32 // seconds until its answer in the recording, after time compression
}

// TraceClient is one client of a trace.
type TraceClient struct {
	Addr Addr
	Hash uint64 // of what tells the client apart
}

// PlacementKind is where session state lives.
type PlacementKind uint8

// The placements.
const (
	NoState     PlacementKind = iota // the application keeps none
	Local                            // in the memory of the server that handled the session's first request
	Replicated                       // in the memory of several servers, copied asynchronously
	Store                            // in a shared store
	Token                            // in a token that the client carries
	CachedStore                      // in a shared store, with a copy on the server that used it last
)

// Placement says where session state lives and what that costs.
type Placement struct {
	Kind      PlacementKind
	OnChange  bool      // Replicated, Store, CachedStore: only requests that change the state write it, instead of all
	Copies    int       // Replicated: servers that hold a state, from 2 to 16; 0 = all that serve
	Lag       dist.Dist // Replicated: seconds until a write has reached the copies; nil = 0
	Write     dist.Dist // Replicated: seconds of extra work of a write, per copy; nil = 0
	Fetch     dist.Dist // Replicated: seconds of extra work of a server that fetches the state from another; nil = 0
	Store     StoreStation
	Verify    dist.Dist // Token: seconds of extra work to verify it; nil = 0
	TTL       Time      // Token: lifetime; 0 = unlimited
	Revoke    dist.Dist // Token: seconds from the login until the session is revoked; nil = never
	Poll      Time      // Token: how often servers fetch the denylist of revoked tokens; 0 = there is no denylist
	PollDelay Time      // Token: from a fetch until the denylist is in force
	Refresh   dist.Dist // Token: seconds of extra work to renew it at TTL; nil = it is refused, and the session lost
	Bytes     float64   // Token: size on the wire
	Uplink    float64   // Token: bytes per second of a client's uplink; 0 = unlimited
	Rest      float64   // Token: share of requests that need state which does not fit into a token, from the Store
	Load      dist.Dist // CachedStore: further seconds of work on a miss; nil = 0
	Through   bool      // CachedStore: every answer waits for the write, instead of only a session's first
}

// UsesStore reports whether sessions, or parts of them, are kept in the store.
func (p *Placement) UsesStore() bool {
	return p.Kind == Store || p.Kind == CachedStore || p.Kind == Token && p.Rest > 0
}

// StoreStation is the shared store: a FCFS station behind a network.
type StoreStation struct {
	Workers     int       // operations in service at a time; 0 = unlimited (latency only)
	Service     dist.Dist // seconds of a worker per operation; nil = 0
	Latency     dist.Dist // seconds of network per operation, not queued; nil = 0
	Calls       int       // operations of a read-write request; a read-only request uses one fewer (minimum 1)
	Queue       int       // operations that may wait; beyond, the request fails; negative = unlimited
	Connections int       // operations under way at a time, waiting and network included; beyond, the request fails; 0 = unlimited
	Hang        bool      // during an outage, operations wait for its end instead of failing at once
	Persist     bool      // state survives an outage
	Snapshot    Time      // Persist: time between snapshots; a session begun since the last one is lost; 0 = all survive
	Restart     SlowStart // speed after an outage, as a share of the usual, while caches are cold
}
