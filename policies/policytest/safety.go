package policytest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// story drives a bench through requests and changes drawn from its seed: servers go down, drain, change weight, leave
// and come; requests are answered in any order; some are retries. Each pick goes to see.
type story struct {
	*Bench
	e       policies.Entry
	draws   rng.Key
	clients int
	jars    []Jar
	homes   []sim.ServerID // by client: where it was answered last
	flying  []flight
	fails   bool         // some attempts do
	slots   sim.ClientID // where not 0: each pick is for the next of so many slots, not for the client's
	see     func(q *sim.Request, s sim.ServerID) error
}

type flight struct {
	q *sim.Request
	s sim.ServerID
}

func newStory(e policies.Entry, b *Bench) *story {
	const clients = 60
	st := &story{Bench: b, e: e, draws: b.root.Stream("story"), clients: clients,
		jars: make([]Jar, clients), homes: make([]sim.ServerID, clients)}
	for i := range st.homes {
		st.homes[i] = sim.NoServer
	}
	return st
}

// run plays the given number of steps.
func (st *story) run(steps int) error {
	for i := range steps {
		d := st.draws.At(uint64(i))
		st.Pass(sim.Time(d.At(0).IntN(int(sim.Second))))
		if d.At(1).IntN(25) == 0 {
			st.change(d.At(2))
		}
		for len(st.flying) > 0 && d.At(3).At(uint64(len(st.flying))).IntN(40) < len(st.flying) {
			st.land(d.At(4).IntN(len(st.flying)), d.At(6))
		}
		if err := st.request(i, d.At(5)); err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
	}
	return nil
}

// change alters one server.
func (st *story) change(d rng.Key) {
	members := st.View.Members
	s := members[d.At(0).IntN(len(members))]
	switch d.At(1).IntN(8) {
	case 0, 1, 2:
		st.SetStatus(s, sim.Up)
	case 3:
		st.SetStatus(s, sim.Draining)
	case 4, 5:
		st.SetStatus(s, sim.Down)
	case 6:
		st.SetWeight(s, float64(d.At(2).IntN(4)))
	case 7:
		if len(members) > 3 && st.used < len(st.ids) {
			st.Remove(s)
			st.Add(1)
		}
	}
}

// request sends one request, as a retry in one of eight cases.
func (st *story) request(n int, d rng.Key) error {
	c := sim.ClientID(d.At(0).IntN(st.clients))
	q := st.Request(c, n)
	st.jars[c].Present(q)
	s := st.ask(q)
	if err := st.see(q, s); err != nil {
		return err
	}
	if s >= 0 && d.At(1).IntN(8) == 0 {
		q.Attempt, q.Tried = 1, []sim.ServerID{s}
		s = st.ask(q)
		if err := st.see(q, s); err != nil {
			return fmt.Errorf("retry: %w", err)
		}
	}
	if s >= 0 {
		st.Begin(s)
		st.flying = append(st.flying, flight{q, s})
	}
	return nil
}

// ask lets the policy pick.
func (st *story) ask(q *sim.Request) sim.ServerID {
	if st.slots == 0 {
		return st.Pick(q)
	}
	client := q.Client
	q.Client = st.slots
	st.slots++
	s := st.Pick(q)
	q.Client = client
	return s
}

// land answers the i-th request in flight, if its server is still there to answer, and it does not fail.
func (st *story) land(i int, d rng.Key) {
	f := st.flying[i]
	st.flying = slices.Delete(st.flying, i, i+1)
	if st.View.Status[f.s] > sim.Draining {
		st.End(f.s, sim.GivenUp)
		return
	}
	if st.fails && d.IntN(20) == 0 {
		st.End(f.s, [...]sim.Outcome{sim.Unreachable, sim.Broken}[d.At(0).IntN(2)])
		return
	}
	st.Answer(f.q, f.s)
	st.jars[f.q.Client].Keep(f.q)
	st.homes[f.q.Client] = f.s
	st.End(f.s, sim.Answered)
}

// checkStatus wants no pick of a server that is removed, of one that is down only where the policy fails open, and of one
// that drains or has no weight only for sticky policies.
func checkStatus(e policies.Entry) error {
	st := newStory(e, New(e.Default, 6, 11))
	st.see = func(_ *sim.Request, s sim.ServerID) error {
		v := st.View
		switch {
		case s < 0:
			return nil
		case int(s) < len(v.Status) && v.Status[s] == sim.Down && st.instance.FailsOpen():
			return nil
		case int(s) >= len(v.Status) || v.Status[s] >= sim.Down:
			return fmt.Errorf("picked server %d, which is down or removed", s)
		case !slices.Contains(v.Eligible, s) && e.Doc.Key == policies.KeyNone:
			return fmt.Errorf("picked %s, which takes no new clients, without affinity", st.name(s))
		}
		return nil
	}
	return st.run(2000)
}

// checkAlive wants a server picked if one is eligible that has not failed the request, and none if none is eligible; bound
// clients may still go to draining servers. Policies that claim to refuse must do so at some time.
func checkAlive(e policies.Entry) error {
	refused := 0
	st := newStory(e, New(e.Default, 6, 12))
	st.see = func(q *sim.Request, s sim.ServerID) error {
		untried := slices.ContainsFunc(st.View.Eligible, func(s sim.ServerID) bool { return !slices.Contains(q.Tried, s) })
		switch {
		case s < 0 && untried && e.Doc.Claims.Refuses:
			refused++
		case s < 0 && untried:
			return fmt.Errorf("picked no server (%d) although %d are eligible", s, len(st.View.Eligible))
		case s >= 0 && len(st.View.Eligible) == 0 && e.Doc.Key == policies.KeyNone && !st.instance.FailsOpen():
			return fmt.Errorf("picked %s although no server is eligible", st.name(s))
		}
		return nil
	}
	err := st.run(2000)
	if err == nil && e.Doc.Claims.Refuses && refused == 0 {
		err = errors.New("claims to refuse clients, and never did")
	}
	return err
}

// checkReason wants policies that know no client to say that they have no affinity: where they leave it open, a client that
// comes to another server counts as remapped.
func checkReason(e policies.Entry) error {
	if e.Doc.Key != policies.KeyNone {
		return nil
	}
	st := newStory(e, New(e.Default, 6, 14))
	st.see = func(q *sim.Request, s sim.ServerID) error {
		if s >= 0 && q.Attempt == 0 && q.Why != sim.NotSticky {
			return fmt.Errorf("picked %s for reason %d, want %d (not sticky)", st.name(s), q.Why, sim.NotSticky)
		}
		return nil
	}
	return st.run(500)
}

// picks plays a story on b and returns the names of the servers picked.
func picks(e policies.Entry, b *Bench) ([]string, error) { return picksOf(newStory(e, b)) }

func picksOf(st *story) ([]string, error) {
	var names []string
	st.see = func(_ *sim.Request, s sim.ServerID) error {
		names = append(names, st.name(s))
		return nil
	}
	return names, st.run(1000)
}

// checkRepeatable wants two instances with the same seed to decide alike.
func checkRepeatable(e policies.Entry) error {
	a, err := picks(e, New(e.Default, 6, 13))
	b, err2 := picks(e, New(e.Default, 6, 13))
	if err != nil || err2 != nil {
		return errors.Join(err, err2)
	}
	return sameNames(a, b)
}

// checkRenumbering wants the same servers picked when all have other ServerIDs: the numbers mean nothing.
func checkRenumbering(e policies.Entry) error {
	plain, mixed := make([]sim.ServerID, 14), make([]sim.ServerID, 14)
	for i := range plain {
		plain[i], mixed[i] = sim.ServerID(i), sim.ServerID((i*9+5)%14)
	}
	weights := []int{1, 1, 1, 1, 1, 1}
	a, err := picks(e, Build(e.Default, 14, plain, weights))
	b, err2 := picks(e, Build(e.Default, 14, mixed, weights))
	if err != nil || err2 != nil {
		return errors.Join(err, err2)
	}
	return sameNames(a, b)
}

// checkSlots wants the same servers picked for requests that each come from a slot of their own: slots mean nothing, and what a
// policy remembers for one is what it would pick anew.
func checkSlots(e policies.Entry) error {
	a, err := picks(e, New(e.Default, 6, 16))
	st := newStory(e, New(e.Default, 6, 16))
	st.slots = 1
	b, err2 := picksOf(st)
	if err != nil || err2 != nil {
		return errors.Join(err, err2)
	}
	return sameNames(a, b)
}

func sameNames(a, b []string) error {
	for i := range a {
		if a[i] != b[i] {
			return fmt.Errorf("pick %d is %s once and %s the other time", i, a[i], b[i])
		}
	}
	return nil
}

// checkAllocations wants no allocation in Pick, for new and for known clients.
func checkAllocations(e policies.Entry) error {
	b := New(e.Default, 10, 15)
	requests := make([]*sim.Request, 64)
	for i := range requests {
		q := b.Request(sim.ClientID(i), 0)
		b.Serve(q)
		q.Cookie, q.SetCookie, q.Mark, q.SetMark = q.SetCookie, 0, q.SetMark, 0
		if i%4 == 0 {
			q.Tried = []sim.ServerID{0}
		}
		requests[i] = q
	}
	n := 0
	allocs := testing.AllocsPerRun(1000, func() {
		b.Pick(requests[n%len(requests)])
		n++
	})
	if allocs > 0 {
		return fmt.Errorf("%v allocations per Pick", allocs)
	}
	return nil
}
