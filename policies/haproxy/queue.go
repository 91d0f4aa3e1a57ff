package haproxy

import "stickysim/sim"

// queue counts what requests wait for. The caller holds the waiting requests and offers them again after every change; the
// counts start over then, so that clients that gave up are not counted.
type queue struct {
	anywhere int     // requests waiting for any server
	waiting  []int32 // by ServerID: requests waiting for that server
	some     bool    // waiting is not all zero
	freed    sim.ServerID
}

// What a waiting request waits for, in the low half of Request.Memo: 0 nothing, 1 any server, 2+s server s.
const (
	memoQueue    = 1<<32 - 1
	memoAnywhere = 1
	memoServer   = 2
)

// reopen starts a new round: s has room now, or (sim.NoServer) anything may have changed.
func (u *queue) reopen(s sim.ServerID) {
	u.freed, u.anywhere = s, 0
	if u.some {
		clear(u.waiting)
		u.some = false
	}
}

func (u *queue) waitAnywhere(q *sim.Request) sim.ServerID {
	q.Memo = q.Memo&^memoQueue | memoAnywhere
	u.anywhere++
	return sim.Wait
}

func (b *backend) waitFor(q *sim.Request, v *sim.View, s sim.ServerID) sim.ServerID {
	q.Memo = q.Memo&^memoQueue | uint64(s) + memoServer
	b.waiting[s]++
	b.some = true
	b.load(s, v)
	return sim.Wait
}

// resume offers a waiting request what it waits for.
func (b *backend) resume(q *sim.Request, v *sim.View, target uint64) sim.ServerID {
	if target == memoAnywhere {
		return b.resumeAnywhere(q, v)
	}
	s := sim.ServerID(target - memoServer)
	if !v.Usable(s) {
		// Without redispatch the request stays where it is and waits for the server to come back.
		if b.opt.Redispatch == 0 && v.Status[s] == sim.Down {
			return b.waitFor(q, v, s)
		}
		q.Memo &^= memoQueue
		q.Why = sim.ServerUnusable
		return b.balance(q, v, sim.NoServer)
	}
	if b.full(v, s) {
		return b.waitFor(q, v, s)
	}
	q.Memo &^= memoQueue
	return s
}

// resumeAnywhere sends a request that waits for any server to the one that has just got room: no turn is taken.
func (b *backend) resumeAnywhere(q *sim.Request, v *sim.View) sim.ServerID {
	if b.act == 0 && b.bck == 0 {
		q.Memo &^= memoQueue
		return sim.NoServer
	}
	if b.freed >= 0 {
		if !b.open(v, b.freed) {
			return b.waitAnywhere(q)
		}
		q.Memo &^= memoQueue
		return b.freed
	}
	for _, s := range b.members {
		if b.open(v, s) {
			q.Memo &^= memoQueue
			return s
		}
	}
	return b.waitAnywhere(q)
}

// open reports whether s takes requests that wait for any server.
func (b *backend) open(v *sim.View, s sim.ServerID) bool {
	x := &b.srv[s]
	if x.weight == 0 || b.full(v, s) {
		return false
	}
	return !x.backup || b.act == 0 && (s == b.fbck || b.opt.AllBackups)
}
