package haproxy

import "stickysim/sim"

// Retry says whether and when the connection is tried again: `retries` and `option redispatch`. Retries go to the same
// server, after a pause, except those that redispatch may send elsewhere; requests that no persistence has bound and
// that are not hashed go elsewhere at once.
func (b *backend) Retry(q *sim.Request, _ sim.ServerID, _ *sim.View) (again bool, after sim.Time) {
	n := q.Attempt + 1
	if n > b.opt.Retries {
		return false, 0
	}
	q.Memo &^= memoSame
	elsewhere := b.redispatches(n, q.Memo&memoDirect != 0)
	if !elsewhere {
		q.Memo |= memoSame
	}
	if elsewhere && b.algo.traits().turns && b.act > 1 {
		return true, 0
	}
	return true, b.opt.RetryDelay
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
