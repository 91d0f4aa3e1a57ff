package sim

import "stickysim/sim/prefetch"

// stored keeps a session's state in the shared store, where any server finds it.
type stored struct {
	noState
	rows []storedRow // by client; nil where nothing depends on them
}

// storedRow is what the store knows of a session.
type storedRow struct {
	last Time // when its state was last used
	born Time // when its state was made
}

func newStored(base noState) *stored {
	x, m := &stored{noState: base}, base.r.m
	for i := range m.Populations {
		if p := &m.Populations[i]; p.Stateful && (p.IdleTimeout > 0 || m.State.Store.Snapshot > 0) {
			x.rows = make([]storedRow, 0, cap(base.r.clients))
		}
	}
	return x
}

func (x *stored) admit(id ClientID) {
	if x.rows != nil {
		x.rows = record(x.rows, id)
	}
}

func (x *stored) begin(p *population, id ClientID, s ServerID) {
	x.noState.begin(p, id, s)
	if x.rows != nil {
		x.rows[id].born = x.r.now
	}
}

func (x *stored) resume(p *population, id ClientID, s ServerID, born Time, _ int64) {
	x.noState.begin(p, id, s)
	if x.rows != nil {
		x.rows[id] = storedRow{last: x.r.now, born: born}
	}
	x.r.sessions[id].keptBy(NoServer, x.r.store.era)
}

func (x *stored) visit(q *request, p *population, c *client, s ServerID) Time {
	begins, store := c.flags&hasState == 0, x.r.store
	if begins {
		x.begin(p, q.client, s)
	}
	kept := &x.r.sessions[q.client]
	idle, born := Time(0), x.r.now
	if x.rows != nil {
		row := &x.rows[q.client]
		idle, born = x.r.now-row.last, row.born
		row.last = x.r.now
	}
	extra := Time(0)
	switch {
	case begins:
	case store.forgot(kept.incarnation, born):
		begins, extra = true, x.r.lose(q, p, c, s, LostStoreOutage)
	case p.IdleTimeout > 0 && idle > p.IdleTimeout:
		begins, extra = true, x.r.lose(q, p, c, s, LostIdle)
	}
	kept.keptBy(NoServer, store.era)
	q.calls(store.operations(begins || x.r.writes(q, p)))
	return extra
}

func (x *stored) cost(q *request, p *population, _ ServerID) Time {
	c, extra := x.r.waits(q), Time(0)
	begins := c == nil
	if !begins {
		row := storedRow{last: x.r.now, born: x.r.now}
		if x.rows != nil {
			row = x.rows[q.client]
		}
		if x.r.store.forgot(x.r.sessions[q.client].incarnation, row.born) || p.IdleTimeout > 0 && x.r.now-row.last > p.IdleTimeout {
			begins, extra = true, p.loginWork(q)
		}
	}
	q.calls(x.r.store.operations(begins || x.r.writes(q, p)))
	return extra
}

func (x *stored) where(id ClientID) whereabouts {
	return whereabouts{server: NoServer, storeEra: x.r.sessions[id].incarnation}
}

func (x *stored) prefetch(b *prefetch.Batch, id ClientID) {
	if x.rows != nil {
		prefetch.Add(b, &x.rows[id])
	}
}
