package sim

import (
	"encoding/binary"
	"math"

	"stickysim/sim/rng"
)

var toMove = rng.PurposeOf("address")

// newExchange fills in the Request that the policy is shown of a client's attempt of which it has said nothing yet.
//
//go:noinline
func (r *run) newExchange(b *balancer, p *population, rq *request, c *client) {
	x := r.plainExchange(b, rq.client, c, rq.addr, rq.seq, rq.asked)
	x.Cookie, x.Mark = rq.cookie, rq.mark
	if (p.exits|b.exits)&atRoute != 0 {
		r.fillRest(b, p, rq, c, x)
	}
}

// plainExchange is newExchange of an attempt without cookies, of which the balancer sees no more than the address.
func (r *run) plainExchange(b *balancer, id ClientID, c *client, addr, seq uint32, asked Time) *Request {
	x := &r.exchange
	x.Client = id
	if b.needs != 0 {
		if b.needs&NeedsHash != 0 {
			x.Hash = c.key.Uint64()
		}
		if b.needs&NeedsAddr != 0 {
			x.Addr.set4(r.sourceAddr(addr))
		}
		if b.needs&NeedsDraw != 0 {
			x.Draw = c.draw(seq, forChoice)
		}
	}
	x.Cookie, x.Mark, x.Kept = 0, 0, false
	x.Attempt, x.Began = 0, asked-r.from
	x.Fresh = false
	x.Why, x.SetMark, x.SetCookie, x.CookieTTL, x.Memo = None, 0, 0, 0, 0
	if x.Tried != nil || x.Via != nil {
		x.Tried, x.Via = nil, nil
	}
	return x
}

// addJarAndKey adds to a plainExchange what is in the client's jar, which lasts, and the key as text.
func (r *run) addJarAndKey(b *balancer, id ClientID, c *client, x *Request) {
	x.Cookie, x.Kept = r.cookieIn(id, c), true
	x.Mark = uint8(c.flags & marks >> markShift)
	if b.NeedsKey() && (x.Cookie == 0 || !b.CookieFirst()) {
		x.Key = b.writeKey(x.Hash)
	}
}

// fillExchange fills in the Request that the policy is shown of any attempt, before it and after its answer.
func (r *run) fillExchange(b *balancer, p *population, q int32, rq *request, c *client) *Request {
	if rq.flags&unread != 0 {
		rq.presents(r.cookieSent(p, c, rq))
	}
	r.newExchange(b, p, rq, c)
	x := &r.exchange
	x.Attempt = int(rq.attempt)
	x.Memo = rq.memo
	if rq.news == newCookie {
		x.SetCookie, x.CookieTTL, x.SetMark = rq.set, rq.setTTL, rq.setMark
	}
	if again := uint64(rq.attempt) | uint64(rq.retry)<<8; again > 0 {
		x.Draw = x.Draw.At(again)
	}
	if rq.nTried > 0 {
		x.Tried = r.triedBy(q)
	}
	return x
}

// fillRest fills in what depends on the population, and the key as text for policies that hash it.
func (r *run) fillRest(b *balancer, p *population, rq *request, c *client, x *Request) {
	if p.Keys != 0 {
		x.Hash = p.spoofed(c, rq.seq)
	}
	if p.Trace != nil {
		r.fillRecorded(p, c, x)
	}
	if p.Through != nil {
		r.fillVia(p, c, x)
	}
	if b.NeedsKey() && (x.Cookie == 0 || !b.CookieFirst()) {
		hash := x.Hash
		if p.Trace != nil {
			hash = p.Trace.Requests[rq.seq-1].Target.keyHash(b.KeyText(), hash)
		}
		x.Key = b.writeKey(hash)
	}
}

// appendKey is the text of a client's key: 16 hexadecimal digits.
func appendKey(b []byte, h uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, hexDigits(h>>32)), hexDigits(h&math.MaxUint32))
}

// hexDigits writes 32 bits as 8 digits, all at a time: each gets a byte, and those above 9 are moved on to the letters.
func hexDigits(x uint64) uint64 {
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	letters := (x + 0x0606060606060606) >> 4 & 0x0101010101010101
	return x + 0x3030303030303030 + letters*('a'-'0'-10)
}

// captureIdentity notes what the client sends with this try: its address and its cookies. Later attempts and the answer show
// the balancer the same, even if the client's have changed since.
func (r *run) captureIdentity(p *population, c *client, rq *request) {
	if r.cold != nil {
		r.moveAddress(c, rq)
		r.restartBrowser(c, rq)
	}
	cookie, mark := r.cookieSent(p, c, rq)
	rq.identify(c.addr, cookie, mark)
}

// cookieSent is the cookie the client sends, and the mark. They go missing together and expire separately.
func (r *run) cookieSent(p *population, c *client, rq *request) (Cookie, uint8) {
	if c.flags&forges != 0 {
		return r.forged(p, r.balancers[rq.balancer])
	}
	if c.cookie == noCookie && c.flags&marks == 0 {
		return 0, 0
	}
	var cookie Cookie
	if c.cookie != noCookie {
		cookie = r.cookieOf(rq.client, c)
	}
	if r.markUntil.over(rq.client, r.now) {
		c.lower(marks)
	}
	if p.CookieLoss > 0 && c.draw(rq.seq, forCookie).Float64() < p.CookieLoss {
		c.dropCookie()
		c.lower(marks)
		cookie = 0
	}
	return cookie, uint8(c.flags & marks >> markShift)
}

// moveAddress gives a roaming client its new address when that is due. Recorded clients keep theirs.
func (r *run) moveAddress(c *client, rq *request) {
	cold := &r.cold[rq.client]
	p := r.pops[c.pop]
	for p.AddressChange != nil && p.Trace == nil && r.now >= cold.newAddr {
		k := c.key.For(toMove).At(uint64(cold.newAddr))
		c.movesTo(p.addrBase + uint32(k.IntN(1<<26)))
		c.raise(moved)
		cold.movesAt(cold.newAddr + max(FromSeconds(p.AddressChange.Sample(rng.Key(k).At(1))), 1))
	}
}

// restartBrowser restarts a client's browser when that is due.
func (r *run) restartBrowser(c *client, rq *request) {
	cold := &r.cold[rq.client]
	for r.now >= cold.restart {
		r.closeBrowser(rq.client)
		k := c.key.For(toRestart).At(uint64(cold.restart))
		cold.restartsAt(cold.restart + max(FromSeconds(r.pops[c.pop].BrowserRestart.Sample(k)), 1))
	}
}

// answered reports the server's answer to the balancer, and gives the client its cookie. An attempt that opens a connection
// stays in flight.
func (r *run) answered(q int32) {
	rq := &r.requests[q]
	b := r.balancers[rq.balancer]
	if rq.flags&orphan == 0 {
		c := &r.clients[rq.client]
		if b.exits&atAnswer != 0 && rq.flags&settled == 0 {
			r.learn(b, q, rq, c)
		} else {
			rq.brings(&r.exchange)
		}
		if rq.news == newCookie {
			r.storeCookies(c, rq)
		}
		if rq.flags&opening != 0 { // it stays in flight
			if r.m.Health.Passive.Failures > 0 {
				r.passive(b, rq.server, Answered)
			}
			return
		}
	}
	r.ended(b, rq.server, Answered)
}

// learn tells a policy that acts on answers of the one to q.
func (r *run) learn(b *balancer, q int32, rq *request, c *client) {
	x := &r.exchange
	if !b.Binds() {
		rq.brings(x)
		return
	}
	if rq.news != lesson {
		r.fillExchange(b, r.pops[rq.pop], q, rq, c)
	} else if r.plainExchange(b, rq.client, c, c.addr, rq.seq, rq.sent); (r.pops[rq.pop].exits&ofJar)|(b.exits&atRoute) != 0 {
		r.addJarAndKey(b, rq.client, c, x)
	}
	x.Fresh = rq.flags&begins != 0
	r.tick(b)
	x.Settled = false
	b.Answered(x, rq.server)
	rq.given(x)
	rq.settles(x.Settled && b.repeats)
}

// storeCookies puts what the answer sets, as the exchange has it, into the client's jar, if it has one: the affinity cookie, the mark,
// or both.
func (r *run) storeCookies(c *client, rq *request) {
	x := &r.exchange
	ttl := x.MarkTTL
	x.MarkTTL = 0
	if c.flags&keepsCookies == 0 {
		return
	}
	c.asksAgain()
	r.captureForReplay(r.pops[c.pop], x)
	if x.SetMark != 0 {
		c.storeMark(x.SetMark)
		r.seeJars()
		r.keep(rq.client, &r.markUntil, ttl)
	}
	if x.SetCookie != 0 {
		r.storeCookie(rq.client, x.SetCookie, x.CookieTTL)
	}
}
