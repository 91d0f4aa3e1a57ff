package sim

import (
	"cmp"
	"slices"

	"stickysim/sim/rng"
)

func (r *run) initTimeline() {
	for s := range r.servers {
		r.startGC(ServerID(s))
	}
	for i := range r.m.Timeline {
		a := &r.m.Timeline[i]
		if a.Off {
			continue
		}
		if a.Each && a.Every != nil {
			for s := range r.servers {
				r.planEach(i, ServerID(s), 0, max(a.At, r.now))
			}
			continue
		}
		at := max(a.At, r.now)
		if a.Every != nil && !a.AtOnce {
			at += FromSeconds(a.Every.Sample(r.faultKey(int32(i)).Stream("every").At(0)))
		}
		r.planRecurrence(a, scheduled{do: (*run).act, action: int32(i)}, at)
	}
	r.initRestarts()
	r.plan(scheduled{do: (*run).measure}, 0)
}

// faultKey addresses the draws of timeline action a; recurrences and servers are below it.
func (r *run) faultKey(a int32) rng.Key { return r.key.Stream("fault").At(uint64(a)) }

// planEach plans the n-th recurrence of a per-server action, counted from the given instant.
func (r *run) planEach(action int, s ServerID, n uint32, from Time) {
	a := &r.m.Timeline[action]
	at := from + FromSeconds(a.Every.Sample(r.faultKey(int32(action)).Stream("each").At(uint64(s)).At(uint64(n))))
	r.planRecurrence(a, scheduled{do: (*run).actEach, action: int32(action), server: s, n: n}, at)
}

// eachFaults plans the per-server actions of a server made during the run, when it is ready for the first time.
func (r *run) eachFaults(s ServerID) {
	if int(s) < len(r.m.Servers) || r.servers[s].startUps > 1 {
		return
	}
	for i := range r.m.Timeline {
		if a := &r.m.Timeline[i]; !a.Off && a.Each && a.Every != nil && len(a.Targets) == 0 {
			r.planEach(i, s, 0, r.now)
		}
	}
}

// planRecurrence plans a recurrence of an action, unless the action is over by then.
func (r *run) planRecurrence(a *Action, x scheduled, at Time) {
	if a.Until == 0 || at < a.Until {
		r.plan(x, at)
	}
}

// act carries out an action, and plans its next recurrence.
func (r *run) act(x scheduled) {
	a, fault := &r.m.Timeline[x.action], r.faultKey(x.action)
	r.random(a)
	if a.Every != nil {
		next := FromSeconds(a.Every.Sample(fault.Stream("every").At(uint64(x.n) + 1)))
		r.planRecurrence(a, scheduled{do: (*run).act, action: x.action, n: x.n + 1}, r.now+max(next, 1))
	}
	r.beginIncident(a)
	defer r.incidents.resume(0)
	draw := fault.Stream("repair").At(uint64(x.n))
	if a.Kind.once != nil {
		a.Kind.once(r, a, draw)
		return
	}
	hit := r.targets(a, fault.Stream("targets").At(uint64(x.n)))
	r.misses(a, hit)
	for k, s := range hit {
		r.struck(x.action, s)
		r.strike(a, s, draw.At(uint64(k)))
	}
}

// actEach carries out a per-server action. The next one is planned when this one is over, in running time.
func (r *run) actEach(x scheduled) {
	a := &r.m.Timeline[x.action]
	if r.servers[x.server].life == gone {
		return
	}
	r.random(a)
	r.beginIncident(a)
	defer r.incidents.resume(0)
	over := r.strike(a, x.server, r.faultKey(x.action).Stream("repair").At(uint64(x.server)).At(uint64(x.n)))
	if over < Never && a.Every != nil {
		r.planEach(int(x.action), x.server, x.n+1, over)
	}
}

// strike does an action to one server and returns when it will be over.
func (r *run) strike(a *Action, s ServerID, draw rng.Key) (over Time) {
	if int(s) >= len(r.servers) {
		return Never // it has not been made yet
	}
	switch {
	case a.Repair != nil:
		over = r.now + FromSeconds(a.Repair.Sample(draw))
	case a.Each && a.Every != nil:
		over = r.now
	default:
		over = Never
	}
	r.incidents.hit(s)
	a.Kind.hit(r, a, s, over)
	if a.Kind.removes {
		return Never
	}
	return over
}

// targets are the servers a recurrence of an action hits: named ones, a zone, or some drawn at random. The draw does not
// depend on which servers are alive, so every alternative sees the same servers hit, as long as they are in the fleet.
func (r *run) targets(a *Action, draw rng.Key) []ServerID {
	var hit []ServerID
	switch {
	case len(a.Targets) > 0 && a.Places:
		present := r.servers.inService()
		for _, p := range a.Targets {
			if len(present) > 0 {
				hit = append(hit, present[int(p)%len(present)])
			}
		}
		return hit
	case len(a.Targets) > 0:
		return a.Targets
	case a.Zone >= 0:
		for s := range r.servers {
			if r.servers[s].info.Zone == a.Zone {
				hit = append(hit, ServerID(s))
			}
		}
		return hit
	}
	pool, n := r.pool(a), a.Servers
	if a.All {
		n = len(pool)
	}
	if a.Rank > 0 {
		return r.ranked(pool, a.Rank, n)
	}
	for j := 0; j < n && j < len(pool); j++ {
		o := j + draw.At(uint64(j)).IntN(len(pool)-j)
		pool[j], pool[o] = pool[o], pool[j]
		hit = append(hit, pool[j])
	}
	return r.stillThere(hit)
}

// pool is the servers among which targets are drawn: the original fleet, or those in service for an action that removes
// servers permanently, or all that there are.
func (r *run) pool(a *Action) []ServerID {
	switch {
	case a.Kind.removes:
		return r.servers.inService()
	case a.All:
		return r.servers.notGone(firstServers(len(r.servers)))
	}
	return firstServers(len(r.m.Servers))
}

func firstServers(n int) []ServerID {
	list := make([]ServerID, n)
	for s := range list {
		list[s] = ServerID(s)
	}
	return list
}

// stillThere puts, for servers that have left for good, others in service in their place: those of the same places in the
// list, modulo its length, or the next that are not hit yet.
func (r *run) stillThere(hit []ServerID) []ServerID {
	list := r.servers.notGone(slices.Clone(hit))
	if len(list) == len(hit) {
		return hit
	}
	present := r.servers.inService()
	for _, s := range hit {
		for k := 0; r.servers[s].life == gone && k < len(present); k++ {
			if o := present[(int(s)+k)%len(present)]; !slices.Contains(list, o) {
				list = append(list, o)
				break
			}
		}
	}
	return list
}

// ranked are n servers of a pool, from the one of a rank by the work they have done so far, or else the last n. Servers that
// have left for good have no rank; where all have, those in service are ranked.
func (r *run) ranked(pool []ServerID, rank, n int) []ServerID {
	if pool = r.servers.notGone(pool); len(pool) == 0 {
		pool = r.servers.inService()
	}
	slices.SortStableFunc(pool, func(a, b ServerID) int { return cmp.Compare(r.servers[b].work(r.now), r.servers[a].work(r.now)) })
	n = min(n, len(pool))
	from := min(rank-1, len(pool)-n)
	return pool[from : from+n]
}
