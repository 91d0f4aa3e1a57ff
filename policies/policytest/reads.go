package policytest

import (
	"errors"
	"fmt"
	"slices"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/prefetch"
	"stickysim/sim/rng"
)

// checkReads wants the same decisions whatever is in the fields of a request that the policy declares not to read, whether or
// not the engine has announced the client beforehand, and whether or not it reports an answer where that is settled, or attempts
// while the policy is calm. Of a policy that repeats its picks, it wants the same one for the same client as long as nothing changes,
// and the same next attempt without the note that the first one has left. Of one that says that it does not act on answers, it wants
// the same whether or not they are reported to it. Of one that settles an answer because the client keeps its cookie, it wants that the
// answer would give that cookie again, and no more. It wants the same whether or not the policy knows that its clients have hashes and
// addresses of their own, as they have here.
func checkReads(e policies.Entry) error {
	var differs error
	st := newStory(e, New(twinned{e.Default, &differs}, 6, 17))
	st.fails = true
	st.see = func(*sim.Request, sim.ServerID) error { return differs }
	return errors.Join(st.run(1000), differs)
}

// twinned is a policy made twice: the second instance is asked the same as the first, with other values in the fields that
// the policy does not read.
type twinned struct {
	policies.Config
	differs *error
}

func (c twinned) New(env sim.Env) sim.Balancer {
	own := env
	own.OwnHash, own.OwnAddr = true, true
	t := &twins{Powers: sim.PowersOf(c.Config.New(env)), second: sim.PowersOf(c.Config.New(own)), differs: c.differs,
		picked: map[client]sim.ServerID{}, bound: map[client]sim.ServerID{}, kept: map[*sim.Request]bool{}}
	t.second.FollowAll()
	return t
}

type twins struct {
	sim.Powers
	second  sim.Powers
	differs *error
	picked  map[client]sim.ServerID // by the first attempts of a policy that repeats them
	again   *sim.Request            // whose first attempt was the last pick, if that is one of them
	bound   map[client]sim.ServerID // by the cookies with which it has settled that
	kept    map[*sim.Request]bool   // of which the second has settled the answer, because the client keeps its cookie
}

// client is all that a policy that repeats its picks may depend on.
type client struct {
	id     sim.ClientID
	hash   uint64
	addr   sim.Addr
	key    string
	cookie sim.Cookie
	epoch  uint32
}

// repeats notes that a policy that repeats its picks has not done so, or has said more than the server and a reason.
func (t *twins) repeats(q *sim.Request, s sim.ServerID, v *sim.View) {
	if !t.Repeats() || q.Attempt > 0 || len(q.Tried) > 0 || *t.differs != nil {
		return
	}
	c := client{q.Client, q.Hash, q.Addr, string(q.Key), q.Cookie, v.Epoch}
	if home, ok := t.bound[c]; ok && (home != s || !q.Settled) {
		*t.differs = fmt.Errorf("the policy has settled that a client with its cookie goes to server %d, and picks server %d", home, s)
	}
	if before, again := t.picked[c]; again && before != s {
		*t.differs = fmt.Errorf("the policy repeats its picks, and picks server %d, then %d for the same client", before, s)
	}
	switch {
	case q.Why == sim.NotSticky || t.Powers.Binds() && !q.Settled || !t.Powers.Binds() && q.Memo != 0:
		return
	case q.SetCookie != 0 || q.SetMark != 0:
		*t.differs = errors.New("the policy repeats its picks, and says more than the server")
	}
	t.picked[c], t.again = s, q
}

// spoiled is a copy of q with other values in the fields that are not read.
func (t *twins) spoiled(q *sim.Request) *sim.Request {
	x := *q
	x.Tried = slices.Clone(q.Tried)
	key := rng.Key(x.Draw).Stream("spoiled")
	if t.Reads()&sim.NeedsHash == 0 {
		x.Hash = key.At(0).Uint64()
	}
	if t.Reads()&sim.NeedsAddr == 0 {
		x.Addr = sim.Addr4(uint32(key.At(1).Uint64()))
	}
	if t.Reads()&sim.NeedsDraw == 0 {
		x.Draw = key.At(2)
	}
	if t.CookieFirst() && q.Cookie != 0 {
		x.Key = []byte("spoiled")
	}
	return &x
}

// compare notes that the twins differ in what they have made of a request, where they have not been shown the same.
func (t *twins) compare(during string, q, x *sim.Request, first, second any) {
	same := first == second && q.Why == x.Why && q.SetCookie == x.SetCookie && q.CookieTTL == x.CookieTTL && q.SetMark == x.SetMark && q.Memo == x.Memo && q.Closes == x.Closes
	if !same && *t.differs == nil {
		*t.differs = fmt.Errorf("%s depends on fields of the request that Reads does not declare", during)
	}
}

func (t *twins) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	x := t.spoiled(q)
	if q.Attempt > 0 && t.again == q { // a request that has gone home without a question has no Memo
		x.Memo = 0
	}
	t.again = nil
	x.Kept = q.Draw.At(3).IntN(2) == 0
	t.second.Prepare(q.Client, &prefetch.Batch{})
	t.second.Prepare(q.Client+1<<20, &prefetch.Batch{})
	first, second := t.Balancer().Pick(q, v), t.second.Balancer().Pick(x, v) // with what they say is settled
	t.compare("Pick", q, x, first, second)
	t.kept[q] = x.Kept && x.Settled && !q.Settled
	t.repeats(q, first, v)
	return first
}

// Binds is part of [sim.Binder].
func (t *twins) Binds() bool { return true }

func (t *twins) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	x := t.spoiled(q)
	settled := q.Settled
	t.Powers.Answered(q, s, v)
	if q.Settled && q.SetCookie != 0 {
		t.bound[client{q.Client, q.Hash, q.Addr, string(q.Key), q.SetCookie, v.Epoch}] = s
	}
	again := q.SetCookie == q.Cookie && q.CookieTTL == 0 || q.SetCookie == 0
	switch {
	case t.kept[q] && (!again || q.SetMark != 0) && *t.differs == nil:
		*t.differs = fmt.Errorf("the policy has settled that a client keeps its cookie %d, and gives it %d for %v", q.Cookie, q.SetCookie, q.CookieTTL)
	case t.kept[q]:
		x.SetCookie = q.SetCookie
	case !settled:
		t.second.Answered(x, s, v)
	}
	t.compare("Answered", q, x, s, s)
}

func (t *twins) Retry(q *sim.Request, s sim.ServerID, o sim.Outcome, v *sim.View) (again bool, after sim.Time) {
	x := t.spoiled(q)
	again, after = t.Powers.Retry(q, s, o, v)
	twice, later := t.second.Retry(x, s, o, v)
	t.compare("Retry", q, x, [2]any{again, after}, [2]any{twice, later})
	return again, after
}

func (t *twins) Rebuild(v *sim.View) {
	t.Powers.Rebuild(v)
	t.second.Rebuild(v)
}

func (t *twins) Began(s sim.ServerID, v *sim.View) {
	t.Powers.Began(s, v)
	t.second.Began(s, v)
}

func (t *twins) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	t.Powers.Ended(s, o, v)
	t.second.Ended(s, o, v)
}

func (t *twins) Held(s sim.ServerID, v *sim.View) {
	t.Powers.Held(s, v)
	t.second.Held(s, v)
}
