package haproxy

import "stickysim/sim"

// Retry says whether and when the connection is tried again: `retries` and `option redispatch`. A retry that must go to
// the same server waits first; one that may go elsewhere does not wait, even where the algorithm then chooses the same
// server again. With a single usable server every retry waits.
//
// What has been sent is repeated as `retry-on` says, without a wait. Where it is not, a connection that breaks on a request
// that is not the first of its client's connection makes HAProxy close that one as well.
func (b *backend) Retry(q *sim.Request, _ sim.ServerID, o sim.Outcome, _ *sim.View) (again bool, after sim.Time) {
	n := q.Attempt + 1
	if n > b.opt.Retries || !b.retryOn.has(o) {
		q.Closes = o == sim.Broken && q.Reused
		return false, 0
	}
	q.Memo &^= memoSame
	if o == sim.Unreachable {
		after = b.opt.RetryDelay
	}
	switch {
	case !b.redispatches(n, b.direct(q)):
		q.Memo |= memoSame
	case b.act > 1:
		after = 0
	}
	return true, after
}

// redispatches reports whether retry n, from 1, may go to another server.
func (b *backend) redispatches(n int, direct bool) bool {
	every := b.opt.Redispatch
	if every == 0 {
		return false
	}
	if !direct && b.act > 1 && b.algo.traits().turns {
		return true
	}
	if every < 0 {
		every += b.opt.Retries + 1
	}
	return every > 0 && n%every == 0
}

// again chooses the server of a retry.
func (b *backend) again(q *sim.Request, v *sim.View) sim.ServerID {
	last := q.Tried[len(q.Tried)-1]
	if q.Memo&memoSame != 0 {
		if v.Usable(last) {
			return b.enter(q, v, last)
		}
		if b.opt.Redispatch == 0 {
			return sim.NoServer
		}
	}
	q.Why = sim.ServerUnusable
	return b.balance(q, v, last)
}
