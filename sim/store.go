package sim

// stored keeps a session's state in the shared store, where any server finds it.
type stored struct{ noState }

func (x *stored) begin(p *population, id ClientID, s ServerID) {
	x.noState.begin(p, id, s)
	x.r.sessions[id].makeState(x.r.now)
}

func (x *stored) resume(p *population, id ClientID, s ServerID, born Time, _ int64) {
	x.begin(p, id, s)
	kept := &x.r.sessions[id]
	kept.madeAt(born, 0)
	kept.keptBy(NoServer, x.r.store.era)
}

func (x *stored) visit(q *request, p *population, c *client, s ServerID) Time {
	begins, store := c.flags&hasState == 0, x.r.store
	if begins {
		x.begin(p, q.client, s)
	}
	kept := &x.r.sessions[q.client]
	extra := Time(0)
	switch {
	case begins:
	case store.forgot(kept.incarnation, kept.made):
		begins, extra = true, x.r.lose(q, p, c, s, LostStoreOutage)
	case p.isIdle(kept, x.r.now):
		begins, extra = true, x.r.lose(q, p, c, s, LostIdle)
	}
	kept.use(x.r.now)
	kept.keptBy(NoServer, store.era)
	q.calls(store.operations(begins || x.r.writes(q, p)))
	return extra
}

func (x *stored) cost(q *request, p *population, _ ServerID) Time {
	c, extra := x.r.waits(q), Time(0)
	begins := c == nil
	if !begins {
		kept := &x.r.sessions[q.client]
		if x.r.store.forgot(kept.incarnation, kept.made) || p.isIdle(kept, x.r.now) {
			begins, extra = true, p.loginWork(q)
		}
	}
	q.calls(x.r.store.operations(begins || x.r.writes(q, p)))
	return extra
}

func (x *stored) gone(id ClientID) bool {
	kept := &x.r.sessions[id]
	return x.r.store.forgot(kept.incarnation, kept.made)
}

func (x *stored) where(id ClientID) whereabouts {
	return whereabouts{server: NoServer, storeEra: x.r.sessions[id].incarnation}
}
