package replay

import (
	"stickysim/sim"

	"github.com/cespare/xxhash/v2"
)

// maxAttempts bounds the attempts of one request, whatever a balancer's retry rule says.
const maxAttempts = 10_000

// Queued is the Status of a held request that waits in the balancer's queue.
const Queued = -1

// Answer is what became of a request. Its slices are valid until the router's next call.
type Answer struct {
	Server     sim.ServerID   // NoServer where none answered
	Status     int            // 200, 502 or 503; for held requests 0 = in flight, Queued = waiting
	Tried      []sim.ServerID // every server tried, in order; the last one is Server if that answered
	Cookie     sim.Cookie     // affinity cookie set with the response; 0 = none
	CookieTTL  sim.Time       // how long the client keeps it; 0 = its session
	CookieText string         // its value as the product writes it; empty where the product writes none
	Mark       uint8          // set with the response, beside the cookie; 0 = none
	MarkTTL    sim.Time       // how long the client keeps it; 0 = its session
	Why        sim.Reason     // why affinity did not decide
}

// Request routes one complete request. A request that would have to wait in the balancer's queue is refused, since
// nothing else happens meanwhile.
func (r *Router) Request(k Key) Answer {
	q, s, status := r.pass(&k)
	a := Answer{Server: s, Status: status, Why: q.Why}
	if s >= 0 {
		r.tried = append(r.tried, s)
		r.cookie(&a, q)
	}
	a.Tried = r.tried
	r.offer()
	return a
}

// Route is Request for millions of keys: it answers server and status alone and does not allocate.
func (r *Router) Route(k *Key) (sim.ServerID, int) {
	_, s, status := r.pass(k)
	if r.due {
		r.offer()
	}
	return s, status
}

// ReadsCookies reports whether the balancer has cookies with a text of their own.
func (r *Router) ReadsCookies() bool { return r.instance.Writes() }

// pass takes a request through the balancer to its answer. s is negative where no server answered.
func (r *Router) pass(k *Key) (q *sim.Request, s sim.ServerID, status int) {
	q = r.now
	r.load(q, k, r.tried[:0])
	s, status = r.connect(q)
	r.tried = q.Tried
	switch {
	case s == sim.Wait:
		return q, sim.NoServer, r.refusal.noServer
	case s >= 0:
		r.answer(q, s)
		status = 200
	}
	return q, s, status
}

// load fills q with what the client sends.
func (r *Router) load(q *sim.Request, k *Key, tried []sim.ServerID) {
	*q = sim.Request{
		Client: r.clients.slot(k.Hash, &r.instance),
		Hash:   k.Hash,
		Addr:   k.Addr,
		Key:    k.Text,
		Whole:  k.Whole,
		Cookie: k.Packed,
		Mark:   k.Mark,
		Tried:  tried,
		Began:  r.View().Now,
	}
	if q.Cookie != 0 || k.Cookie == "" {
		return
	}
	packed, ok := r.instance.ParseCookie(k.Cookie)
	if !ok {
		packed = sim.Cookie(xxhash.Sum64String(k.Cookie) | 1)
	}
	q.Cookie = packed
}

// connect makes attempts until a server takes the request. The negative answers are sim.NoServer, with the status the
// client gets, and sim.Wait.
func (r *Router) connect(q *sim.Request) (s sim.ServerID, status int) {
	for {
		q.Draw = r.draws.At(r.drawn)
		r.drawn++
		s = r.instance.Pick(q)
		if s < 0 {
			return s, r.refusal.noServer
		}
		r.instance.Began(s)
		if !r.dead[s] {
			return s, 0
		}
		r.ended(s, sim.Unreachable)
		q.Tried = append(q.Tried, s)
		again, after := r.again(q, s)
		if q.Attempt++; !again || q.Attempt == maxAttempts {
			return sim.NoServer, r.refusal.unreachable
		}
		if after > 0 {
			r.Advance(r.View().Now + after)
		}
	}
}

// again asks for the next attempt after s could not be reached.
func (r *Router) again(q *sim.Request, s sim.ServerID) (bool, sim.Time) {
	if r.instance.Retries() {
		return r.instance.Retry(q, s, sim.Unreachable)
	}
	return q.Attempt < r.redispatch, 0
}

// ended is the end of an attempt: what waits in the queue may find a place.
func (r *Router) ended(s sim.ServerID, o sim.Outcome) {
	r.due = len(r.waiting) > 0
	r.instance.Ended(s, o)
}

// answer is the response of s to q: the balancer sees it first, then the attempt is over.
func (r *Router) answer(q *sim.Request, s sim.ServerID) {
	r.instance.Answered(q, s)
	r.clients.answered(q.Client, s, &r.instance)
	r.ended(s, sim.Answered)
}

// cookie fills in the cookies that q's response sets.
func (r *Router) cookie(a *Answer, q *sim.Request) {
	a.Mark, a.MarkTTL = q.SetMark, q.MarkTTL
	if a.Cookie = q.SetCookie; a.Cookie == 0 {
		return
	}
	a.CookieTTL = q.CookieTTL
	a.CookieText = r.instance.FormatCookie(a.Cookie)
}
