package haproxy

import "stickysim/sim"

// algorithm is one `balance`: it chooses among the usable servers of a back end.
type algorithm interface {
	// rebuild takes over the servers whose weight changed (b.changes), or all of them the first time.
	rebuild(b *backend, v *sim.View)
	// pick returns a server; avoid, where there is another. sim.NoServer means that all that could take the request
	// are full. It is called only when at least one server is usable. A server it returns may be full: the request then
	// waits for that server.
	pick(b *backend, q *sim.Request, v *sim.View, avoid sim.ServerID) sim.ServerID
	traits() traits
}

// traits are what the back end needs to know about an algorithm.
type traits struct {
	turns  bool        // not a hash: another choice is another server, so a redispatch goes there at once
	blocks bool        // once requests wait for any server, new ones do so too without a turn
	key    bool        // hashes the text of the key
	text   sim.KeyText // what that is
	reads  sim.Needs   // fields of a request that it looks at
	table  bool        // has slots, which decide which server serves when only the first backup should
	counts bool        // looks at how many requests the back end has in flight
	hashes bool        // a function of the request and of the servers, where it does not say memoTurn
}

// loadWatcher is an algorithm that keeps servers sorted by load.
type loadWatcher interface {
	loaded(b *backend, s sim.ServerID, v *sim.View)
}

// persistence decides before the algorithm: cookies and stick tables. It returns sim.NoServer where it does not, with
// q.Why set.
type persistence interface {
	bound(q *sim.Request, v *sim.View) sim.ServerID
}

// backend is one HAProxy back end of one process. It implements sim.Balancer, Rebuilder, Watcher, Retrier and Keyed.
type backend struct {
	opt     Options
	retryOn failures
	algo    algorithm
	loads   loadWatcher // algo, where it watches loads
	persist persistence // nil: none

	started  bool
	limited  bool     // a server has a maxconn
	nonStick bool     // a server is not stored in stick tables, or was not
	fresh    bool     // the list of servers has changed
	srv      []server // by ServerID
	members  []sim.ServerID
	changes  []sim.ServerID
	act      int          // usable servers
	bck      int          // usable backups
	fbck     sim.ServerID // the backup that serves alone when no server is usable; NoServer with allbackups
	total    int          // effective weight in use
	warmAt   sim.Time     // when weights in slow start change next
	served   int          // requests in flight

	queue
}

func newBackend(opt Options, algo algorithm, env sim.Env) *backend {
	b := &backend{opt: opt, retryOn: parseRetryOn(opt.RetryOn), algo: algo, srv: make([]server, env.Servers), warmAt: sim.Never}
	for i := range b.srv {
		b.srv[i].upSince = sim.Never
	}
	b.waiting = make([]int32, env.Servers)
	b.freed = sim.NoServer
	b.loads, _ = algo.(loadWatcher)
	return b
}

// The bits of Request.Memo above the queue's.
const (
	memoBalanced = 1 << (32 + iota) // the algorithm decided, not persistence
	memoTurn                        // it took turns, where it hashes what the request lacks
	memoSame                        // the next attempt is a retry on the same server
	memoLoose                       // no entry of the stick table is reserved; for most attempts one is, so that their note is 0
)

// direct reports whether persistence decided.
func (b *backend) direct(q *sim.Request) bool { return b.persist != nil && q.Memo&memoBalanced == 0 }

// NeedsKey reports whether the algorithm hashes text.
func (b *backend) NeedsKey() bool { return b.algo.traits().key }

// KeyText is what that text is.
func (b *backend) KeyText() sim.KeyText { return b.algo.traits().text }

// Repeats implements [sim.Repeater] for back ends without persistence: hashes lead to the same server until one changes.
func (b *backend) Repeats() bool { return b.algo.traits().hashes && b.steady() }

// steady reports whether no server can be full, and no weight changes with time.
func (b *backend) steady() bool { return !b.limited && b.warmAt == sim.Never }

// Reads implements [sim.Reader].
func (b *backend) Reads() sim.Needs { return b.algo.traits().reads }

// Rebuild takes over changes of members, status and weights.
func (b *backend) Rebuild(v *sim.View) {
	if !b.started { // after a restart there can be requests in flight that have not ended
		for _, n := range v.InFlight {
			b.served += int(n)
		}
	}
	b.read(v)
	b.warmAt = b.nextWarm(v)
	b.algo.rebuild(b, v)
	b.reopen(sim.NoServer)
}

// Began counts a request in flight.
func (b *backend) Began(s sim.ServerID, v *sim.View) {
	b.served++
	b.load(s, v)
}

// Calm is part of [sim.Watcher]: answers matter for loads, and for what waits for a server.
func (b *backend) Calm() bool {
	return b.loads == nil && !b.algo.traits().counts && !b.limited
}

// Ended takes it off the count, and offers its place to the waiting requests.
func (b *backend) Ended(s sim.ServerID, _ sim.Outcome, v *sim.View) {
	b.served--
	b.load(s, v)
	b.reopen(s)
}

func (b *backend) load(s sim.ServerID, v *sim.View) {
	if b.loads != nil && b.srv[s].weight > 0 {
		b.loads.loaded(b, s, v)
	}
}

// Pick chooses the server of an attempt.
func (b *backend) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if v.Now >= b.warmAt {
		b.Rebuild(v)
	}
	if target := q.Memo & memoQueue; target != 0 {
		return b.resume(q, v, target)
	}
	if q.Attempt > 0 && len(q.Tried) > 0 {
		return b.again(q, v)
	}
	if b.persist == nil {
		if _, hashes := b.algo.(*hashed); !hashes {
			q.Why = sim.NotSticky
		}
		return b.balance(q, v, sim.NoServer)
	}
	if s := b.persist.bound(q, v); s >= 0 {
		q.Memo &^= memoBalanced
		return b.enter(q, v, s)
	}
	return b.balance(q, v, sim.NoServer)
}

// balance asks the algorithm.
func (b *backend) balance(q *sim.Request, v *sim.View, avoid sim.ServerID) sim.ServerID {
	if b.persist != nil {
		q.Memo |= memoBalanced
	}
	switch {
	case b.act == 0 && b.bck == 0:
		return sim.NoServer
	case b.act == 0 && b.fbck >= 0 && !b.algo.traits().table:
		return b.enter(q, v, b.fbck)
	case b.anywhere > 0 && b.algo.traits().blocks:
		return b.waitAnywhere(q)
	}
	if s := b.algo.pick(b, q, v, avoid); s >= 0 {
		return b.enter(q, v, s)
	}
	return b.waitAnywhere(q)
}

// enter sends the request to s, or to the queue before it.
func (b *backend) enter(q *sim.Request, v *sim.View, s sim.ServerID) sim.ServerID {
	if !b.full(v, s) {
		return s
	}
	if most := b.srv[s].maxqueue; most > 0 && b.waiting[s] >= most {
		if b.direct(q) && b.opt.Redispatch != 0 {
			q.Why = sim.ServerUnusable
			return b.balance(q, v, s)
		}
		return sim.NoServer
	}
	return b.waitFor(q, v, s)
}
