package sim

import "stickysim/sim/rng"

// fillExchange prepares the Request that the policy sees.
func (r *run) fillExchange(q int32) {
	rq := &r.requests[q]
	c := &r.clients[rq.client]
	x := &r.exchange
	p := &r.pops[c.pop]
	x.Client = ClientID(rq.client)
	x.Hash = c.key.Uint64()
	if p.Keys != 0 {
		x.Hash = p.spoofed(c, rq.seq)
	}
	if p.Trace == nil {
		x.Addr.set4(r.sourceAddr(rq.addr))
	} else {
		r.fillRecorded(p, c, x)
	}
	x.Cookie, x.Mark = rq.cookie, rq.mark
	x.Fresh = rq.flags&begins != 0
	x.Attempt = int(rq.attempt)
	x.Tried = nil
	if rq.nTried > 0 {
		x.Tried = r.triedBy(q)
	}
	x.Draw = c.draw(rq.seq, forChoice)
	if again := uint64(rq.attempt) | uint64(rq.retry)<<8; again > 0 {
		x.Draw = x.Draw.At(again)
	}
	x.Why, x.SetCookie, x.CookieTTL, x.SetMark, x.Memo = None, rq.set, rq.setTTL, rq.setMark, rq.memo
	if b := &r.balancers[rq.balancer]; b.NeedsKey() {
		x.Key = b.writeKey(x.Hash)
	}
}

// appendKey is the text of a client's key: 16 hexadecimal digits.
func appendKey(b []byte, h uint64) []byte {
	const digits = "0123456789abcdef"
	for i := 60; i >= 0; i -= 4 {
		b = append(b, digits[h>>i&15])
	}
	return b
}

// introduce notes what the client sends with this try: its address and its cookies. The balancer sees the same when it asks
// again and when the answer comes, whatever has become of them since.
func (r *run) introduce(c *client, rq *request) {
	if r.cold != nil {
		r.moveAddress(c, rq)
	}
	cookie, mark := r.presented(&r.pops[c.pop], c, rq)
	rq.identify(c.addr, cookie, mark)
}

// presented is the cookie the client sends, and the mark. Both go missing together, but each expires by itself.
func (r *run) presented(p *population, c *client, rq *request) (Cookie, uint8) {
	if c.flags&forges != 0 {
		return r.forged(p, &r.balancers[rq.balancer])
	}
	if c.cookie == 0 && c.flags&marks == 0 {
		return 0, 0
	}
	if r.now >= c.cookieUntil {
		c.dropCookie()
	}
	if p.CookieLoss > 0 && c.draw(rq.seq, forCookie).Float64() < p.CookieLoss {
		c.dropCookie()
		c.lower(marks)
	}
	return c.cookie, uint8(c.flags & marks >> markShift)
}

// moveAddress gives a roaming client its new address when the time has come. Recorded clients keep theirs.
func (r *run) moveAddress(c *client, rq *request) {
	cold := &r.cold[rq.client]
	p := &r.pops[c.pop]
	for p.AddressChange != nil && p.Trace == nil && r.now >= cold.newAddr {
		k := c.key.Stream("address").At(uint64(cold.newAddr))
		c.movesTo(p.addrBase + uint32(k.IntN(1<<26)))
		c.raise(moved)
		cold.movesAt(cold.newAddr + max(FromSeconds(p.AddressChange.Sample(rng.Key(k).At(1))), 1))
	}
}

// answered tells the balancer that the server has answered, and hands the client its cookie.
func (r *run) answered(q int32) {
	rq := &r.requests[q]
	b := &r.balancers[rq.balancer]
	if b.fastPath && b.queue.head == nilRequest && rq.set == 0 && rq.setMark == 0 {
		b.Ended(rq.server, Answered)
		return
	}
	if rq.flags&orphan == 0 {
		if b.Binds() {
			r.fillExchange(q)
			b.At(r.now)
			b.Answered(&r.exchange, rq.server)
			rq.given(&r.exchange)
		}
		if rq.set != 0 || rq.setMark != 0 {
			r.giveCookies(&r.clients[rq.client], rq)
		}
	}
	r.ended(q, Answered)
}

// giveCookies puts what the answer sets into the client's jar, if it has one: the affinity cookie, the mark, or both.
func (r *run) giveCookies(c *client, rq *request) {
	if c.flags&keepsCookies == 0 {
		return
	}
	r.overhear(&r.pops[c.pop], rq)
	if rq.setMark != 0 {
		c.storeMark(rq.setMark)
	}
	if rq.set != 0 {
		c.storeCookie(rq.set, r.now, rq.setTTL)
	}
}
