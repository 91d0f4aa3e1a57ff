package sim

import "stickysim/sim/rng"

// A balancer trusts what clients send. These clients send cookies and keys that are not theirs.

// unknownCookie is a cookie that the instance's policy has never set. Where its cookies have no text, all bits are set,
// which names no server in any packing.
func unknownCookie(i *Instance) Cookie {
	if c, ok := i.ParseCookie("made-up"); ok {
		return c
	}
	return ^Cookie(0)
}

// forged is the cookie, and the mark, that a forging client of p sends; none until there is one to replay.
func (r *run) forged(p *population, b *balancer) (Cookie, uint8) {
	if p.Forgery == Replayed {
		return p.replayed, p.replayedMark
	}
	return b.forgery, 0
}

// captureForReplay keeps the first cookies that a client of p is given, for the clients that replay them.
func (r *run) captureForReplay(p *population, x *Request) {
	if p.Forgery == Replayed && p.replayed == 0 && p.replayedMark == 0 {
		p.keepCookie(x.SetCookie, x.SetMark)
	}
}

var toSpoof = rng.PurposeOf("spoof")

// spoofed is the affinity key that a client sends in place of its own: one of Keys, or a new one with every request.
func (p *population) spoofed(c *client, seq uint32) uint64 {
	k := c.key.For(toSpoof)
	if p.Keys < 0 {
		return k.At(uint64(seq)).Uint64()
	}
	return p.key.For(toSpoof).At(uint64(k.IntN(p.Keys))).Uint64()
}
