package sim

import "stickysim/sim/stats"

// tokenBooks are the figures of revocation.
type tokenBooks struct {
	exposure stats.Histogram // ns from a revocation until no server accepts the token
	listed   Time            // time that revocations spend on the denylist, all together
}

// visitToken verifies the token the client carries, and renews it when it has expired. A session whose token has been
// revoked goes on until the servers know.
func (r *run) visitToken(q *request, p *population, c *client) Time {
	spec := &r.m.State
	cold := &r.cold[q.client]
	extra := Time(0)
	k := q.key.At(uint64(q.seq)*purposes + forToken)
	if spec.Verify != nil {
		extra = FromSeconds(spec.Verify.Sample(k.At(0)))
	}
	if spec.Uplink > 0 {
		q.carries(FromSeconds(spec.Bytes / spec.Uplink))
	}
	if c.flags&hasState == 0 {
		c.flags |= hasState
		r.beginToken(q, p, cold)
		return extra
	}
	if r.needsRest(q, p) {
		if cold.stored > 0 && r.store.forgot(cold.stored-1, cold.born) {
			extra += r.lose(q, p, c, q.server, LostStoreOutage)
			r.beginToken(q, p, cold)
			return extra
		}
		cold.stored = r.store.era + 1
	}
	expired := spec.TTL > 0 && r.now-cold.fresh > spec.TTL
	switch {
	case r.now >= cold.revoked && r.now >= r.revocationKnown(cold):
		r.countRevocation(cold)
	case expired && spec.Refresh == nil:
	case expired:
		cold.fresh = r.now
		return extra + FromSeconds(spec.Refresh.Sample(k.At(1)))
	default:
		return extra
	}
	extra += r.lose(q, p, c, q.server, LostToken)
	r.beginToken(q, p, cold)
	return extra
}

// beginToken gives a session its first token; what does not fit in is put into the store, if the request needs it.
func (r *run) beginToken(q *request, p *population, cold *clientCold) {
	cold.born, cold.stored = r.now, 0
	if r.needsRest(q, p) {
		cold.stored = r.store.era + 1
	}
	r.issueToken(q, cold)
}

// needsRest says whether the request needs state that a token cannot carry, and lets it have it from the store.
func (r *run) needsRest(q *request, p *population) bool {
	share := r.m.State.Rest
	if share == 0 || q.key.At(uint64(q.seq)*purposes+forToken).At(3).Float64() >= share {
		return false
	}
	q.calls(r.operations(r.writes(q, p)))
	return true
}

// issueToken notes when a token was made, and draws when the session will be revoked.
func (r *run) issueToken(q *request, cold *clientCold) {
	cold.fresh, cold.revoked = r.now, Never
	if d := r.m.State.Revoke; d != nil {
		cold.revoked = r.now + FromSeconds(d.Sample(q.key.At(uint64(q.seq)*purposes+forToken).At(2)))
	}
}

// revocationKnown is when a revoked session's token stops being accepted: when it expires, because it is not renewed,
// or when every server has fetched the denylist, if there is one.
func (r *run) revocationKnown(cold *clientCold) Time {
	spec := &r.m.State
	known := Never
	if spec.TTL > 0 {
		known = cold.fresh + spec.TTL
	}
	if spec.Poll > 0 {
		polled := (cold.revoked/spec.Poll+1)*spec.Poll + spec.PollDelay
		known = min(known, polled)
	}
	return max(known, cold.revoked)
}

func (r *run) countRevocation(cold *clientCold) {
	if !r.live {
		return
	}
	r.tokens.exposure.Add(int64(r.revocationKnown(cold) - cold.revoked))
	if spec := &r.m.State; spec.TTL > 0 {
		r.tokens.listed += max(cold.fresh+spec.TTL-cold.revoked, 0)
	}
}
