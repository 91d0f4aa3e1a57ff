package sim

import (
	"stickysim/sim/prefetch"
	"stickysim/sim/stats"
)

// token is state that the client carries. What does not fit in is in the store.
type token struct {
	noState
	issued    []issuedToken // by client
	verifying law           // work of verifying one

	exposure stats.Histogram // ns from a revocation until no server accepts the token
	listed   Time            // time that revocations spend on the denylist, all together
}

// issuedToken is a client's present token.
type issuedToken struct {
	fresh   Time // when the token was made
	revoked Time // when the session will be revoked
}

func newToken(base noState) *token {
	x := &token{noState: base, verifying: lawOf(base.r.m.State.Verify)}
	if base.r.stateful {
		x.issued = make([]issuedToken, 0, cap(base.r.clients))
	}
	return x
}

func (x *token) admit(id ClientID) {
	if x.issued != nil {
		x.issued = record(x.issued, id)
	}
}

// resume gives the session a token of any age below its lifetime, and revokes it later if at all: a revoked one is not in use.
func (x *token) resume(p *population, id ClientID, s ServerID, born Time, _ int64) {
	x.noState.begin(p, id, s)
	k, fresh := x.r.clients[id].key.Stream("token"), born
	if ttl := x.r.m.State.TTL; ttl > 0 {
		fresh = max(born, x.r.now-FromSeconds(ttl.Seconds()*k.Float64()))
	}
	x.r.sessions[id].madeAt(born, x.r.store.era+1)
	x.issued[id] = issuedToken{fresh: fresh, revoked: Never}
	if d := x.r.m.State.Revoke; d != nil {
		if at := born + FromSeconds(d.Sample(k.At(0))); at >= -x.r.m.Warmup {
			x.issued[id].revoked = at
		}
	}
}

// visit verifies the token the client carries, and renews it when it has expired. A session whose token has been revoked
// continues until the servers know.
func (x *token) visit(q *request, p *population, c *client, s ServerID) Time {
	r, spec, t := x.r, &x.r.m.State, &x.issued[q.client]
	extra := x.verifyWork(q)
	if spec.Uplink > 0 {
		q.carries(FromSeconds(spec.Bytes / spec.Uplink))
	}
	if c.flags&hasState == 0 {
		x.begin(p, q.client, s)
		x.login(q, p, t)
		return extra
	}
	if x.needsRest(q, p) {
		kept := &r.sessions[q.client]
		if kept.stored > 0 && r.store.forgot(kept.stored-1, kept.made) {
			extra += r.lose(q, p, c, s, LostStoreOutage)
			x.login(q, p, t)
			return extra
		}
		kept.storedIn(r.store.era)
	}
	if x.refused(t) {
		extra += r.lose(q, p, c, s, LostToken)
		x.login(q, p, t)
	} else if x.overdue(t) {
		t.fresh = r.now
		extra += x.refreshWork(q)
	}
	return extra
}

// overdue reports whether a token has expired; refused, whether it has and is not renewed, or has been revoked and the
// servers know.
func (x *token) overdue(t *issuedToken) bool {
	ttl := x.r.m.State.TTL
	return ttl > 0 && x.r.now-t.fresh > ttl
}

func (x *token) refused(t *issuedToken) bool {
	return x.r.now >= t.revoked && x.r.now >= x.refusedFrom(t) || x.r.m.State.Refresh == nil && x.overdue(t)
}

// refreshWork is the work of renewing a token.
func (x *token) refreshWork(q *request) Time {
	return FromSeconds(x.r.m.State.Refresh.Sample(q.draw(forToken).At(1)))
}

// verifyWork is the work of verifying the token.
func (x *token) verifyWork(q *request) Time {
	return x.verifying.part(q, forToken, 0)
}

func (x *token) cost(q *request, p *population, _ ServerID) Time {
	extra := x.verifyWork(q)
	x.needsRest(q, p)
	if x.r.waits(q) == nil {
		return extra
	}
	switch t := &x.issued[q.client]; {
	case x.refused(t):
		extra += p.loginWork(q)
	case x.overdue(t):
		extra += x.refreshWork(q)
	}
	return extra
}

// needsJar is false: a token may travel in a header.
func (x *token) needsJar() bool { return false }

// login gives a session its first token, and draws when the session will be revoked. The rest of the state is put into the
// store if the request needs it.
func (x *token) login(q *request, p *population, t *issuedToken) {
	*t = issuedToken{fresh: x.r.now, revoked: Never}
	kept := &x.r.sessions[q.client]
	kept.makeState(x.r.now)
	if x.needsRest(q, p) {
		kept.storedIn(x.r.store.era)
	}
	if d := x.r.m.State.Revoke; d != nil {
		t.revoked = x.r.now + FromSeconds(d.Sample(q.key.At(uint64(q.seq)*purposes+forToken).At(2)))
	}
}

// needsRest reports whether the request needs state that a token cannot carry, and makes it read that from the store.
func (x *token) needsRest(q *request, p *population) bool {
	share := x.r.m.State.Rest
	if share == 0 || q.key.At(uint64(q.seq)*purposes+forToken).At(3).Float64() >= share {
		return false
	}
	q.calls(x.r.store.operations(x.r.writes(q, p)))
	return true
}

// refusedFrom is when a revoked session's token stops being accepted: when it expires, because it is not renewed, or when
// every server has fetched the denylist, if there is one.
func (x *token) refusedFrom(t *issuedToken) Time {
	spec := &x.r.m.State
	known := Never
	if spec.TTL > 0 {
		known = t.fresh + spec.TTL
	}
	if spec.Poll > 0 {
		polled := t.revoked.Floor(spec.Poll) + spec.Poll + spec.PollDelay
		known = min(known, polled)
	}
	return max(known, t.revoked)
}

// settle counts the revocation of a token that no longer changes, once: when the client presents it after the servers have
// refused it, when its session is over, or at the end of the run. A token that has expired before is not worth revoking.
func (x *token) settle(t *issuedToken) {
	spec, revoked, until := &x.r.m.State, t.revoked, x.refusedFrom(t)
	t.revoked = Never
	if revoked < 0 || revoked >= x.r.end || until == Never || spec.TTL > 0 && t.fresh+spec.TTL < revoked {
		return
	}
	x.exposure.Add(int64(until - revoked))
	if spec.TTL > 0 {
		x.listed += t.fresh + spec.TTL - revoked
	}
}

func (x *token) end(p *population, id ClientID) {
	if x.r.clients[id].flags&hasState != 0 {
		x.settle(&x.issued[id])
	}
	x.noState.end(p, id)
}

// settleAll settles the tokens of the sessions in progress at the end of the run.
func (x *token) settleAll() {
	for i := range x.issued {
		if x.r.clients[i].flags&(inSession|hasState) == inSession|hasState {
			x.settle(&x.issued[i])
		}
	}
}

func (x *token) where(id ClientID) whereabouts {
	return whereabouts{server: NoServer, storeEra: x.r.store.eraOf(x.r.sessions[id].stored)}
}

func (x *token) prefetch(b *prefetch.Batch, id ClientID) { prefetch.Add(b, &x.issued[id]) }
