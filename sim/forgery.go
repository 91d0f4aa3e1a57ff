package sim

// A balancer believes what clients send. Here are the clients that send what is not theirs.

// unknownCookie is a cookie that the instance's policy has never set. Where its cookies have no text, all bits are set,
// which names no server in any packing.
func unknownCookie(i *Instance) Cookie {
	if c, ok := i.ParseCookie("made-up"); ok {
		return c
	}
	return ^Cookie(0)
}

// forged is the cookie that a forger of p presents, and the mark beside it; until there is one to replay, none.
func (r *run) forged(p *population, b *balancer) (Cookie, uint8) {
	if p.Forgery == Replayed {
		return p.replayed, p.replayedMark
	}
	return b.forgery, 0
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
