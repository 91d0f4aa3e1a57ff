package nginx

import (
	"slices"

	"stickysim/sim"
)

// upstream is what all methods share: the peers in two groups, primaries and backups, with their failures.
type upstream struct {
	retrying        Retrying
	on              conditions
	primary, backup []peer
	turns           [2]turns // of the primaries, of the backups
	bySlot          []*peer  // by ServerID; nil where not configured
	attempts        int      // attempts a request may have: servers that are neither down nor draining
	failed          bool     // some peer may have failures, with which alone it matters when one was taken
	limited         bool     // some peer has max_conns

	// Only for sticky policies.
	sidPrimary, sidBackup sidIndex // position in the group
	sidText               map[uint64]string
	sids                  []uint64 // by ServerID: what stands for it in cookies and routes, packed; 0 = not configured
}

// scanned is u for methods that change the positions of peers in the round robin themselves.
func (u upstream) scanned() upstream {
	u.turns[0].scan, u.turns[1].scan = true, true
	return u
}

// leastLoaded is u for methods that take turns among the least loaded peers.
func (u upstream) leastLoaded() upstream {
	for k := range u.turns {
		u.turns[k].index.Loads, u.turns[k].index.Tied = true, true
	}
	return u
}

func newUpstream(env sim.Env, r Retrying) upstream {
	u := upstream{retrying: r, on: newConditions(r.On), bySlot: make([]*peer, env.Servers)}
	for k := range u.turns {
		u.turns[k].place = make([]int32, env.Servers)
	}
	return u
}

// Rebuild implements sim.Rebuilder.
func (u *upstream) Rebuild(v *sim.View) {
	var primary, backup []peer
	u.attempts, u.limited = 0, false
	for _, s := range v.Members {
		var p peer
		if old := u.bySlot[s]; old != nil {
			p = *old
			p.current = u.credit(old)
		} else {
			p = newPeer(s, &v.Servers[s], v.Weight[s])
		}
		p.follow(v)
		if !p.isDown {
			u.attempts++
		}
		u.limited = u.limited || p.limit > 0
		if p.backup {
			backup = append(backup, p)
		} else {
			primary = append(primary, p)
		}
	}
	for _, group := range [][]peer{u.primary, u.backup} {
		for i := range group {
			u.bySlot[group[i].id] = nil
		}
	}
	u.primary, u.backup = primary, backup
	u.failed = slices.ContainsFunc(primary, peer.hasFailures) || slices.ContainsFunc(backup, peer.hasFailures)
	for k, group := range [][]peer{primary, backup} {
		u.turns[k].rebuild(group, v)
		for i := range group {
			u.bySlot[group[i].id] = &group[i]
		}
	}
	if u.sids != nil {
		u.indexSids(v)
	}
}

// single reports whether there is but one server, for which nginx neither counts failures nor retries.
func (u *upstream) single() bool { return len(u.primary) == 1 && len(u.backup) == 0 }

// turnsOf is the round robin of the peer's group.
func (u *upstream) turnsOf(p *peer) *turns {
	if p.backup {
		return &u.turns[1]
	}
	return &u.turns[0]
}

// credit is the peer's position in the round robin of its group.
func (u *upstream) credit(p *peer) float64 { return u.turnsOf(p).credit(p) }

// Began implements sim.Watcher; requests in flight are counted by the engine.
func (u *upstream) Began(s sim.ServerID, v *sim.View) {
	if u.alike() && u.turns[0].loadedRegular(s, v) {
		return
	}
	p := u.bySlot[s]
	if p == nil {
		return
	}
	t := u.turnsOf(p)
	if t.loaded(p, v); p.limit > 0 {
		t.sort(p, v)
	}
}

// alike reports whether a regular primary has only its load to be followed.
func (u *upstream) alike() bool { return !u.failed && !u.limited }

// Ended implements sim.Watcher: it counts failures.
func (u *upstream) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	if o == sim.Answered && u.alike() && u.turns[0].loadedRegular(s, v) {
		return
	}
	p := u.bySlot[s]
	if p == nil {
		return
	}
	t := u.turnsOf(p)
	if t.loaded(p, v); o == sim.Answered && p.indexed && p.fails == 0 { // as most are; a regular peer stays one
		return
	}
	switch {
	case u.single():
		p.fails = 0
	case u.on.fails(o):
		u.failed = true
		p.failed(seconds(v))
	default:
		if p.succeeded(); p.indexed { // a regular peer stays one
			return
		}
	}
	t.sort(p, v)
}

// Calm is part of sim.Watcher: answers matter for loads, limits and the trial after a failure.
func (u *upstream) Calm() bool {
	for k := range u.turns {
		t := &u.turns[k]
		for i := range t.group {
			if p := &t.group[i]; p.limit > 0 || p.fails > 0 || p.effective != p.weight && !t.scan {
				return false
			}
		}
	}
	return !u.turns[0].index.Tied
}

// Retry implements sim.Retrier: the request tries each other server once, without a delay, as proxy_next_upstream and its
// limits say.
func (u *upstream) Retry(q *sim.Request, _ sim.ServerID, o sim.Outcome, v *sim.View) (bool, sim.Time) {
	done, r := q.Attempt+1, &u.retrying
	switch {
	case !r.NextUpstream, u.single(), !u.on.repeats(q, o),
		r.Tries > 0 && done >= r.Tries,
		r.Timeout > 0 && v.Now-q.Began >= r.Timeout:
		return false, 0
	}
	return done < u.attempts, 0
}

// onBackups reports whether an earlier attempt of q was on a backup. Such a request does not return to the primaries.
func (u *upstream) onBackups(q *sim.Request) bool {
	for _, s := range q.Tried {
		if p := u.bySlot[s]; p != nil && p.backup {
			return true
		}
	}
	return false
}

// method is a load balancing method below a sticky directive. Its pick takes the packed sid of the server that the
// client is bound to; 0 = none.
type method interface {
	sim.Balancer
	sim.Rebuilder
	sim.Watcher
	sim.Retrier
	Calm() bool
	pick(q *sim.Request, v *sim.View, sid uint64) sim.ServerID
	shared() *upstream
}

func (u *upstream) shared() *upstream { return u }
