package sim

// A balancer believes what clients send. Here are the clients that send what is not theirs.

// makeUp is the cookie of somebody who does not know what cookies of the instance's policy look like. Where the policy
// has no text of its own, all bits are set, which names no server in any packing.
func makeUp(b *balancer) Cookie {
	if t, ok := b.policy.(CookieText); ok {
		return t.ParseCookie("made-up", &b.view)
	}
	return ^Cookie(0)
}

// forged is the cookie that a forger of p presents, and the mark beside it; until there is one to replay, none.
func (r *run) forged(p *population, b *balancer) (Cookie, uint8) {
	if p.Forgery == Replayed {
		return p.replayed, p.replayedMark
	}
	return b.madeUp, 0
}

// overhear keeps the first cookies that are given to a client of p, for those who replay them.
func (r *run) overhear(p *population, rq *request) {
	if p.Forgery == Replayed && p.replayed == 0 && p.replayedMark == 0 {
		p.replayed, p.replayedMark = rq.set, rq.setMark
	}
}

// spoofed is the affinity key that a client sends where it is not its own: one of so many, or another every time.
func (p *population) spoofed(c *client, seq uint32) uint64 {
	k := c.key.Stream("spoof")
	if p.Keys < 0 {
		return k.At(uint64(seq)).Uint64()
	}
	return p.key.Stream("spoof").At(uint64(k.IntN(p.Keys))).Uint64()
}
