package sim

import (
	"encoding/binary"
	"math/bits"
	"net/netip"

	"stickysim/sim/prefetch"
	"stickysim/sim/rng"
)

// Balancer is what one load balancer instance does with a request: affinity, balancing, and what happens when the
// wanted server is not available. Engine and `route` use the same implementations.
//
// Pick returns the server for one attempt, or NoServer when no server is usable. It must never return a server whose
// Status in v is Down or Removed (a Draining server is allowed only to honour existing affinity). It must not keep
// q, v or their slices, and must not allocate. Pick is called once per attempt: q.Attempt counts from 0, and
// q.Tried lists the servers that failed this request before.
type Balancer interface {
	Pick(q *Request, v *View) ServerID
}

// Rebuilder is a Balancer that keeps something derived from membership, status or weights (rings, tables, indexes).
// Rebuild is called before the first Pick and after every change of v.Members, v.Status or v.Weight.
type Rebuilder interface{ Rebuild(v *View) }

// Watcher is a Balancer that follows its attempts in flight: Began is called when an attempt is sent to s, Ended when it is
// answered, fails or is given up. v.InFlight is already updated when they are called.
//
// A Watcher that does so only with some parameters also has the method Watches() bool, which is asked once: where it says false,
// the Balancer counts as one without Began and Ended. One that also has the method Calm() bool is asked after each change of the
// View, and after Ended with a failure: as long as that says true, Began is not called, and Ended only with other outcomes than Answered.
type Watcher interface {
	Began(s ServerID, v *View)
	Ended(s ServerID, o Outcome, v *View)
}

// SessionWatcher is a Balancer that follows v.Sessions: Held is called when the count of s has changed.
//
// One that does so only with some parameters also has the method FollowsSessions() bool, which is asked once.
type SessionWatcher interface {
	Held(s ServerID, v *View)
}

// Binder is a Balancer that acts on responses: sets or refreshes a cookie (q.SetCookie, q.CookieTTL), or learns.
// Answered is called when server s answered q, before the client gets the response. q has the same content as in
// Pick, with q.Memo as Pick left it. Where Pick has set q.Settled, Answered would do nothing, and need not be called. A
// Repeater may set it in Answered, where the cookie that it gives is one for s: Pick would give s to the client with it, as
// long as nothing changes, and have it settled, and need not be called.
//
// A Binder that acts on responses only with some parameters also has the method Binds() bool, which is asked once: where it says
// false, the Balancer counts as one without Answered.
type Binder interface {
	Answered(q *Request, s ServerID, v *View)
}

// Keyed is a Balancer that hashes the bytes of the request's key: NeedsKey tells the engine to fill Request.Key.
//
// Where the key is not a text of each client's own, a Keyed also has the method KeyText() KeyText, which is asked once: replays
// of recordings that have the URI then write the key by it. One that reads the key of clients without a cookie only has the
// method CookieFirst() bool, asked once, too: where it says true, others' keys are not written.
type Keyed interface{ NeedsKey() bool }

// Needs is a set of the fields of a Request that cost something to fill in.
type Needs uint8

// The fields.
const (
	NeedsHash Needs = 1 << iota // Request.Hash
	NeedsAddr                   // Request.Addr
	NeedsDraw                   // Request.Draw
	needsAll  = 1<<iota - 1
)

// Reader is a Balancer that declares which of these fields it reads; Reads is asked once. The others are not filled in for it.
// A Balancer without it gets all.
type Reader interface{ Reads() Needs }

// Repeater is a Balancer whose Pick is, for first attempts, a function of the client's Hash, Key, Addr and Cookie and of the members,
// status and weights in the View, and says no more than the server and a reason; of a Binder, where it sets Settled, of others, where
// it sets no Memo, and where the reason is not NotSticky. Where a client's last pick was its home, and nothing of that has changed
// since, Pick need not be called again; Retry then gets a Memo of 0. Repeats is asked after each change of the View, and after Ended
// with another outcome than Answered: once it has said false, Pick is called for every request until the View changes.
type Repeater interface{ Repeats() bool }

// Preparer is a Balancer with a record for each client. Prepare is called a few events before a client's request, of a Binder
// also before its answer, and now and then in vain: it puts the addresses of what Pick or Answered will read first on the list,
// for the processor to fetch, and changes nothing.
type Preparer interface {
	Prepare(c ClientID, soon *prefetch.Batch)
}

// Retrier is a Balancer with retries of its own. Retry is called when an attempt on s has failed with outcome o, which is
// Unreachable, Refused, Broken or TimedOut: it returns whether to try again, and after how long; Pick is then called with
// q.Attempt+1 and s in q.Tried. A Balancer without it tries as many further servers as the scenario's redispatch setting
// says, without a delay, where no connection could be made, and repeats nothing that it has sent.
//
// A Retrier whose retries can be switched off also has the method Retries() bool, which is asked once: where it says false,
// the Balancer counts as one without Retry.
type Retrier interface {
	Retry(q *Request, s ServerID, o Outcome, v *View) (again bool, after Time)
}

// FailOpener is a Balancer that may pick servers it believes Down: products that use every server when too few are
// healthy (panic mode, fail open). FailsOpen is asked once; removed servers may never be picked.
type FailOpener interface{ FailsOpen() bool }

// Wait is Pick's answer when the request must wait in the balancer's own queue (the product queues instead of
// refusing). The engine offers waiting requests to Pick again, oldest first, whenever an attempt of this instance ends
// or the View changes.
const Wait ServerID = -2

// Outcome is how an attempt ended, as the balancer sees it.
type Outcome uint8

// The outcomes of an attempt.
const (
	Answered    Outcome = iota // a response came back
	Unreachable                // connect refused or timed out: the request can safely go elsewhere
	Refused                    // the server answered 503: its queue is full
	Broken                     // the connection broke while the request was being worked on
	GivenUp                    // the client left first
	TimedOut                   // the balancer's own time limit for an answer is over
)

// Reason says why affinity did not decide, or decided differently than before. Policies set it in Request.Why; where
// they leave it None the engine derives it from what happened to the server.
type Reason uint8

// The reasons, in the order of the model's closed list of causes.
const (
	None           Reason = iota // affinity decided, or there was none to honour
	NotSticky                    // the policy has no affinity
	CookieMissing                // the client sent none
	CookieRefused                // unknown, forged, or naming a server that is gone
	CookieExpired                // the balancer's own limit on age or idleness
	TableExpired                 // the table entry ran out
	TableEvicted                 // the table was full
	TableLost                    // the balancer restarted, or another instance without the entry was asked
	ServerUnusable               // down, removed, full or refusing
	Remapped                     // the function of key and membership changed
	AddressChanged               // the key is the address, and it changed
)

// Request is the exchange between the engine (or `route`) and a Balancer about one attempt.
type Request struct {
	// What the client sends.
	Client  ClientID   // slot of the client
	Hash    uint64     // uniform 64-bit hash of the client's stable key (header value, client id)
	Addr    Addr       // source address as the balancer sees it
	Via     *Via       // what a proxy in front changes; nil where nothing is said of one: see Peer and Forwarded
	Key     []byte     // the key as text: header, argument, cookie or URI; filled only for Keyed policies; empty = absent
	Whole   bool       // Key is the key with all its parts, as files of keys list them for route
	Cookie  Cookie     // affinity cookie presented; 0 = none
	Kept    bool       // the client still has Cookie, and presents it again, when the answer comes: to be given it once more, without a lifetime, changes nothing
	Mark    uint8      // alternative the client is marked with, 1 to 31: a canary's group, a split's side; 0 = none
	Began   Time       // when the balancer got it, on the clock of View.Now
	Attempt int        // 0 for the first attempt
	Tried   []ServerID // servers that failed this request, oldest first
	Draw    rng.Key    // randomness reserved for this decision

	// What a retry can depend on; known in Retry only.
	Idempotent bool // it may be sent again though a server may have worked on it: GET, not POST
	Reused     bool // its client's connection to the balancer has carried an answer before

	// What the application answers; known in Answered only.
	Fresh bool // this request began the client's session, or began it again after a loss, and the application set its own cookie

	// What the balancer answers besides the server. The engine clears these before the first attempt of a request.
	Why       Reason // why affinity did not decide
	SetCookie Cookie // cookie to give to the client with the response; 0 = none
	CookieTTL Time   // how long the client keeps SetCookie; 0 = until the browser is closed
	SetMark   uint8  // mark to give to the client with the response, in a cookie of its own; 0 = leave it as it is
	MarkTTL   Time   // how long the client keeps a SetMark of Answered; 0 = until the browser is closed
	Closes    bool   // set by Retry: instead of an answer, the client's connection is closed, and browsers send it again
	Memo      uint64 // the policy's own note, kept between the attempts of one request and until Answered
	Settled   bool   // set by Pick of a Binder: Answered has nothing to do for this attempt; by Answered: see [Binder]
}

// Via is what a balancer learns besides [Request.Addr] where it is said whether clients come through a proxy.
type Via struct {
	Peer   Addr // the other end of the connection: the proxy, or a client that comes without one
	Client Addr // what the proxy writes into headers such as X-Forwarded-For
	Header bool // there is a proxy, and so the header
}

// Peer is the address at the other end of the connection.
func (q *Request) Peer() Addr {
	if q.Via == nil {
		return q.Addr
	}
	return q.Via.Peer
}

// Forwarded is the address in headers such as X-Forwarded-For; ok is false where no proxy has written one. Where nothing is
// said of proxies, one is taken to do so.
func (q *Request) Forwarded() (a Addr, ok bool) {
	if q.Via == nil {
		return q.Addr, true
	}
	return q.Via.Client, q.Via.Header
}

// Cookie is an affinity cookie in the policy's own packing; 0 is no cookie. Policies whose product writes text
// implement CookieText.
type Cookie uint64

// CookieText is a Balancer whose product writes its cookies as text. `route` reads and prints the text; the engine asks for the
// packed form of a text that the product never wrote, which a client can forge.
//
// A CookieText whose cookies can be without text also has the method Writes() bool, which is asked once: where it says false,
// the Balancer counts as one without CookieText.
type CookieText interface {
	// FormatCookie returns the cookie's value as the product writes it.
	FormatCookie(c Cookie, v *View) string
	// ParseCookie returns the packed form; unknown values give a cookie that names no server, never 0.
	ParseCookie(value string, v *View) Cookie
}

// Status is what a balancer believes of a server.
type Status uint8

// The statuses. Only Up servers get new clients; Draining ones keep the clients that are pinned to them, where the
// product does so; Down is configured but unusable; Removed is no longer configured.
const (
	Up Status = iota
	Draining
	Down
	Removed
)

// ServerInfo is the identity of a server in a balancer's configuration; it never changes during a run.
type ServerInfo struct {
	Name   string // unique
	Addr   string // as written in the configuration, for example "10.0.0.11:3000"; the name where none was given
	Number int    // the product's own id where it has one (HAProxy `id`); 0 = position in Members, from 1
	Cookie string // the value that stands for it in cookies or routes, where the configuration gives one
	Weight int    // configured weight, ≥ 0
	Backup bool   // used only when no other server is usable
	Limit  int    // most requests in flight from one balancer instance (max_conns, maxconn, max_requests); 0 = none
	Zone   int    // failure zone

	// Options are the product's further settings of this server, in its own words ("max_fails": "3",
	// "fail_timeout": "10s", "route": "r1"); nil where there are none.
	Options map[string]string
}

// Env is what a policy gets when an instance of it is made.
type Env struct {
	Rand     rng.Key // the instance's own stream; decisions use Request.Draw
	Hash     rng.Key // equal in all instances of a run: seeds of hash functions, so that instances agree
	Instance int     // number of the balancer instance, from 0
	Servers  int     // upper bound of ServerID, exclusive: room needed in per-server tables
	Clients  int     // expected number of clients active at a time, for sizing
	OwnHash  bool    // no two clients ever have the same Request.Hash, and none gets another
	OwnAddr  bool    // the same of Request.Addr
}

// Addr is a source address: IPv6, or IPv4 in its IPv4-mapped form. Its methods read it where it lies, in the two parts that set4
// writes: the hot loop would wait for a copy, or for a part of a part.
type Addr [16]byte

// Addr4 returns the IPv4 address with the given big-endian value.
func Addr4(v uint32) (a Addr) {
	a.set4(v)
	return a
}

// set4 makes a the given IPv4 address, in place. The compiler would write a big-endian number that is partly known byte by byte, and
// whoever reads it would wait until all of them are in the cache.
func (a *Addr) set4(v uint32) {
	binary.LittleEndian.PutUint64(a[:8], 0)
	binary.LittleEndian.PutUint64(a[8:], bits.ReverseBytes64(0xffff<<32|uint64(v)))
}

// AddrFrom converts a parsed address; a zone is dropped.
func AddrFrom(a netip.Addr) Addr { return Addr(a.As16()) }

// Is4 reports whether a is an IPv4 address.
func (a *Addr) Is4() bool {
	return binary.BigEndian.Uint64(a[:8]) == 0 && binary.BigEndian.Uint64(a[8:])>>32 == 0xffff
}

// V4 returns the IPv4 address as a big-endian number; for IPv6, its last 32 bits.
func (a *Addr) V4() uint32 { return uint32(binary.BigEndian.Uint64(a[8:])) }

// AppendText appends the usual text form, for example 203.0.113.7.
func (a *Addr) AppendText(b []byte) []byte {
	if !a.Is4() {
		return netip.AddrFrom16(*a).AppendTo(b)
	}
	for i, octet := range a[12:] {
		if i > 0 {
			b = append(b, '.')
		}
		if octet >= 100 {
			b = append(b, '0'+octet/100)
		}
		if octet >= 10 {
			b = append(b, '0'+octet/10%10)
		}
		b = append(b, '0'+octet%10)
	}
	return b
}

// Hash64 returns a uniform hash of the address.
func (a *Addr) Hash64() uint64 {
	return rng.Key(binary.BigEndian.Uint64(a[:8])).At(binary.BigEndian.Uint64(a[8:])).Uint64()
}
