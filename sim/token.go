package sim

import "stickysim/sim/stats"

// token is state that the client carries. What does not fit in is in the store.
type token struct {
	noState
	issued []issuedToken // by client

	exposure stats.Histogram // ns from a revocation until no server accepts the token
	listed   Time            // time that revocations spend on the denylist, all together
}

// issuedToken is a client's present token.
type issuedToken struct {
	born    Time   // when its session's state was made
	fresh   Time   // when the token was made
	revoked Time   // when the session will be revoked
	stored  uint16 // the store's era, plus 1, when it last received the rest of the state; 0 = never
}

func newToken(base noState) *token {
	x := &token{noState: base}
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

// visit verifies the token the client carries, and renews it when it has expired. A session whose token has been revoked
// continues until the servers know.
func (x *token) visit(q *request, p *population, c *client, s ServerID) Time {
	r, spec, t := x.r, &x.r.m.State, &x.issued[q.client]
	extra := Time(0)
	k := q.key.At(uint64(q.seq)*purposes + forToken)
	if spec.Verify != nil {
		extra = FromSeconds(spec.Verify.Sample(k.At(0)))
	}
	if spec.Uplink > 0 {
		q.carries(FromSeconds(spec.Bytes / spec.Uplink))
	}
	if c.flags&hasState == 0 {
		x.begin(p, q.client, s)
		x.login(q, p, t)
		return extra
	}
	if x.needsRest(q, p) {
		if t.stored > 0 && r.store.forgot(t.stored-1, t.born) {
			extra += r.lose(q, p, c, s, LostStoreOutage)
			x.login(q, p, t)
			return extra
		}
		t.stored = r.store.era + 1
	}
	overdue := spec.TTL > 0 && r.now-t.fresh > spec.TTL
	switch {
	case r.now >= t.revoked && r.now >= x.refusedFrom(t):
		x.countRevocation(t)
	case overdue && spec.Refresh == nil:
	case overdue:
		t.fresh = r.now
		return extra + FromSeconds(spec.Refresh.Sample(k.At(1)))
	default:
		return extra
	}
	extra += r.lose(q, p, c, s, LostToken)
	x.login(q, p, t)
	return extra
}

// login gives a session its first token, and draws when the session will be revoked. The rest of the state is put into the
// store if the request needs it.
func (x *token) login(q *request, p *population, t *issuedToken) {
	*t = issuedToken{born: x.r.now, fresh: x.r.now, revoked: Never}
	if x.needsRest(q, p) {
		t.stored = x.r.store.era + 1
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

func (x *token) countRevocation(t *issuedToken) {
	if !x.r.live {
		return
	}
	x.exposure.Add(int64(x.refusedFrom(t) - t.revoked))
	if spec := &x.r.m.State; spec.TTL > 0 {
		x.listed += max(t.fresh+spec.TTL-t.revoked, 0)
	}
}

func (x *token) where(id ClientID) whereabouts {
	return whereabouts{server: NoServer, storeEra: x.r.store.eraOf(x.issued[id].stored)}
}

func (x *token) peek(id ClientID) uint32 { return uint32(x.issued[id].fresh) }
