package sim

import (
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

var (
	toKeep    = rng.PurposeOf("jar")
	toForge   = rng.PurposeOf("forger")
	toRestart = rng.PurposeOf("browser")
)

// client is an active client: what every request needs of it, 32 bytes without pointers, so that none lies across two
// cache lines. Its slot is reused when its session ends. Only this file and session.go change a client.
type client struct {
	key         rng.Key  // address of all its draws
	seq         uint32   // requests sent so far; never reset, so draws are unique
	addr        uint32   // number of its source address; of a recorded client, its number in the trace
	epoch       uint32   // epoch of the balancer's view at its last request
	home        ServerID // server of its last answered request
	pop         uint16
	outstanding uint16 // requests in flight; not counted in a closed loop, which has one at most
	flags       uint16
	repeats     bool // in this epoch the policy has been asked, with its address and what is in its jar, and gave its home
	cookie      holding
}

// holding is which affinity cookie a client's jar holds.
type holding uint8

const (
	noCookie  holding = iota
	keyCookie         // the number of the client's own key, as servers choose them for sessions; it is not written down
	jarCookie         // the one in jars, or in the client's session
)

// session is a client's session, where sessions have state or a size, or events are logged: all that its requests need of it
// and of its state, in one cache line.
type session struct {
	since       Time     // when it began
	left        uint32   // requests still to send; endless = no limit
	state       ServerID // server that holds its state
	incarnation uint16   // of that server when the state was made; with a store, the store's era
	stored      uint16   // era of the store, plus 1, when it last received the state or the rest of it; 0 = never
	cookie      Cookie   // in its client's jar
	used        Time     // when its state was last used
	made        Time     // when its state was made
	bytes       int64    // of its state in memory
	_           [8]byte  // it fills a cache line
}

// endless is session.left of one without a limit.
const endless = ^uint32(0)

// The client's flags.
const (
	hasState        uint16 = 1 << iota // its session has state somewhere
	keepsCookies                       // it has a cookie jar
	ending                             // sends no more; its session ends with the last answer
	startedInWarmup                    // its session was in progress when counting began
	moved                              // its address changed since its last request
	waiting                            // an evClient event is pending; known where the population leaves its path at a turn
	inSession                          // it has a session in progress
	homeDown                           // its home has died; it does not know yet
	leftAfterLoss                      // its session was lost and it went away
	sawFailure                         // a request of its session failed, or its state was lost
	forges                             // presents a forged cookie
)

// The top five flags are the mark in the client's jar: a cookie of its own, beside the affinity cookie.
const (
	markShift        = 11
	marks     uint16 = 31 << markShift
)

// clientCold is what only some populations need of a client.
type clientCold struct {
	until   Time // end of its life
	newAddr Time // next change of its address
	restart Time // next restart of its browser
}

// Purposes of a client's draws; with the request's number they address a draw.
const (
	forThink uint64 = iota
	forDemand
	forSize
	forLife
	forChoice
	forLogin
	forTimeout
	forBackoff
	forCookie
	forAddress
	forHandshake
	forReconnect
	forStore
	forLatency
	forLag
	forToken
	purposes = 16
)

// draw addresses a draw of the client for its request seq.
func (c *client) draw(seq uint32, purpose uint64) rng.Key { return drawOf(c.key, seq, purpose) }

// drawOf addresses a draw of the client with the given key.
func drawOf(client rng.Key, seq uint32, purpose uint64) rng.Key {
	return client.At(uint64(seq)*purposes + purpose)
}

// newClient takes a slot for the client number n of p, the nth to come.
func (r *run) newClient(p *population, key rng.Key, n, nth uint64) ClientID {
	var id ClientID
	if k := len(r.freeClients); k > 0 {
		id = r.freeClients[k-1]
		r.freeClients = r.freeClients[:k-1]
	} else {
		id = ClientID(len(r.clients))
		if id > maxEntity {
			violated("capacity", "more than %d clients are active", maxEntity)
		}
		r.clients = append(r.clients, client{})
		r.visits = append(r.visits, 0)
		if r.cold != nil {
			r.cold = append(r.cold, clientCold{})
		}
		if r.lines != nil {
			r.lines = append(r.lines, line{})
		}
	}
	c := &r.clients[id]
	*c = client{key: key, pop: uint16(p.index), home: NoServer}
	if r.sessions != nil {
		r.sessions = record(r.sessions, id)
		r.sessions[id].state = NoServer
	}
	if r.jars != nil {
		r.jars = record(r.jars, id)
	}
	r.visits[id].forget()
	r.place.admit(id)
	c.addr = p.address(c, n, nth)
	if p.Cookies >= 1 || p.Cookies > 0 && key.For(toKeep).Float64() < p.Cookies {
		c.raise(keepsCookies)
	}
	if p.Forgers > 0 && key.For(toForge).Float64() < p.Forgers {
		c.raise(forges)
	}
	if r.cold != nil {
		r.cold[id] = clientCold{until: Never, newAddr: Never, restart: Never}
		if p.BrowserRestart != nil {
			total, age := dist.Equilibrium(key.For(toRestart), p.BrowserRestart)
			r.cold[id].restart = r.now + FromSeconds(total-age)
		}
		if p.AddressChange != nil {
			r.cold[id].newAddr = r.now + FromSeconds(p.AddressChange.Sample(c.draw(0, forAddress)))
		}
	}
	return id
}

// raise sets flags.
func (c *client) raise(flags uint16) { c.flags |= flags }

// lower clears flags.
func (c *client) lower(flags uint16) { c.flags &^= flags }

// sends counts a request that the client sends.
func (c *client) sends() { c.seq++ }

// waits counts a request whose outcome the client does not know yet.
func (c *client) waits() { c.outstanding++ }

// sends counts a request of the session.
func (s *session) sends() {
	if s.left != endless {
		s.left--
	}
}

// hasSent sets how many requests the client has sent before the run.
func (c *client) hasSent(n uint32) { c.seq = n }

// willSend sets how many requests the session has still to send.
func (s *session) willSend(n uint32) { s.left = n }

// beganAt notes when the session began.
func (s *session) beganAt(t Time) { s.since = t }

// livesUntil notes when the session's life ends.
func (c *clientCold) livesUntil(t Time) { c.until = t }

// movesAt notes when the client gets another address.
func (c *clientCold) movesAt(t Time) { c.newAddr = t }

// heard counts a request whose outcome the client knows.
func (c *client) heard() { c.outstanding-- }

// sendsOneMore lets the session send one more request than it was drawn to.
func (s *session) sendsOneMore() {
	if s.left != endless {
		s.left++
	}
}

// movesTo gives the client another source address.
func (c *client) movesTo(addr uint32) { c.addr = addr }

// seen notes the epoch of the balancer's view.
func (c *client) seen(epoch uint32) { c.epoch = epoch }

// asksAgain notes that it is not known whether the policy would give the client's home.
func (c *client) asksAgain() { c.repeats = false }

// stays notes that the policy has given the client's home, asked in the epoch that the client has seen.
func (c *client) stays() { c.repeats = true }

// settlesOn notes that the policy would give the client's home from now on: it has given a cookie for it with the answer to rq.
func (c *client) settlesOn(rq *request) {
	if rq.flags&settled != 0 && c.flags&keepsCookies != 0 {
		c.stays()
	}
}

// dropCookie takes the affinity cookie out of the client's jar.
func (c *client) dropCookie() { c.cookie, c.repeats = noCookie, false }

// jarOf is where the client keeps an affinity cookie that is not the number of its key: in its session, where there are sessions.
// Some client has been given one.
func (r *run) jarOf(id ClientID) *Cookie {
	if r.sessions != nil {
		return &r.sessions[id].cookie
	}
	return &r.jars[id]
}

// cookieOf is the affinity cookie in the client's jar, unless its time is over.
func (r *run) cookieOf(id ClientID, c *client) Cookie {
	if r.cookieUntil.over(id, r.now) {
		c.dropCookie()
	}
	return r.cookieIn(id, c)
}

// cookieIn is the affinity cookie in the client's jar; 0 = there is none.
func (r *run) cookieIn(id ClientID, c *client) Cookie {
	switch c.cookie {
	case noCookie:
		return 0
	case keyCookie:
		return c.keyCookie()
	}
	r.jarsRead++
	return *r.jarOf(id)
}

// keyCookie is the cookie that is the number of the client's key.
func (c *client) keyCookie() Cookie { return Cookie(c.key.Uint64()) }

// storeCookie puts an affinity cookie into the client's jar; one with a ttl of 0 stays until the browser is closed. With the
// first cookie of the run, requests see jars, and with the first that is written down, the clients get them.
func (r *run) storeCookie(id ClientID, cookie Cookie, ttl Time) {
	if !r.anyCookie {
		r.anyCookie = true
		r.seeJars()
	}
	c := &r.clients[id]
	if c.cookie = keyCookie; cookie != c.keyCookie() {
		c.cookie = jarCookie
		if !r.anyJar {
			r.makeJars()
		}
		*r.jarOf(id) = cookie
	}
	r.keep(id, &r.cookieUntil, ttl)
}

func (r *run) makeJars() {
	r.anyJar = true
	if r.sessions == nil {
		r.jars = emptied(r.spare.jars, cap(r.clients))[:len(r.clients)]
	}
}

// seeJars has requests look into their clients' jars from now on.
func (r *run) seeJars() {
	for _, p := range r.pops {
		p.leaves(ofJar)
	}
}

// closeBrowser takes what has no lifetime out of the client's jar: mark and affinity cookie, unless they have one.
func (r *run) closeBrowser(id ClientID) {
	if !r.markUntil.outlast(id) {
		r.clients[id].lower(marks)
	}
	if c := &r.clients[id]; c.cookie != noCookie && !r.cookieUntil.outlast(id) {
		c.dropCookie()
	}
}

// restartsAt notes when the client's browser restarts.
func (c *clientCold) restartsAt(t Time) { c.restart = t }

// storeMark puts a mark into the jar.
func (c *client) storeMark(mark uint8) { c.flags = c.flags&^marks | uint16(mark)<<markShift }

// keptBy notes which server holds the session's state, in which incarnation. The server may be a pseudo-server: evicted,
// expired, loading.
func (x *session) keptBy(s ServerID, incarnation uint16) { x.state, x.incarnation = s, incarnation }

// makeState notes that the session's state is made now, without a size, and has not been stored.
func (x *session) makeState(now Time) { x.made, x.used, x.bytes, x.stored = now, now, 0, 0 }

// madeAt notes that the state was made before the run, and has been stored since in an era of the store, plus 1.
func (x *session) madeAt(t Time, stored uint16) { x.made, x.stored = t, stored }

// use notes that the state is used now.
func (x *session) use(now Time) { x.used = now }

// grow adds bytes to the state.
func (x *session) grow(bytes int64) { x.bytes += bytes }

// freeState notes that no memory holds the state any more.
func (x *session) freeState() { x.bytes = 0 }

// storedIn notes that the store has received the state in the given era.
func (x *session) storedIn(era uint16) { x.stored = era + 1 }

// keptAt reports whether the state is on server s in the given incarnation.
func (x *session) keptAt(s ServerID, incarnation uint16) bool {
	return x.state == s && x.incarnation == incarnation
}
