package sim

import (
	"slices"
	"testing"
)

// listener has every optional interface and notes what it is shown.
type listener struct {
	asked, rebuilt, began, ended, answered int
	eligible                               []ServerID // with the last Rebuild
	inFlight                               int32      // with the last Began or Ended
}

func (p *listener) NeedsKey() bool  { p.asked++; return true }
func (p *listener) FailsOpen() bool { p.asked++; return true }
func (p *listener) Rebuild(v *View) { p.rebuilt++; p.eligible = slices.Clone(v.Eligible) }
func (p *listener) Pick(_ *Request, v *View) ServerID {
	if len(v.Eligible) == 0 {
		return NoServer
	}
	return v.Eligible[0]
}
func (p *listener) Began(s ServerID, v *View)                             { p.began++; p.inFlight = v.InFlight[s] }
func (p *listener) Ended(s ServerID, _ Outcome, v *View)                  { p.ended++; p.inFlight = v.InFlight[s] }
func (p *listener) Answered(*Request, ServerID, *View)                    { p.answered++ }
func (p *listener) Retry(*Request, ServerID, Outcome, *View) (bool, Time) { return true, Second }
func (p *listener) FormatCookie(Cookie, *View) string                     { return "text" }
func (p *listener) ParseCookie(string, *View) Cookie                      { return 7 }

// instanceOf is an instance over the servers, in which all of them are members.
func instanceOf(b Balancer, servers ...ServerInfo) *Instance {
	i := NewInstance(len(servers))
	i.Know(servers)
	i.Use(b)
	for s := range servers {
		i.Join(ServerID(s), float64(servers[s].Weight))
	}
	i.Changed()
	return &i
}

func TestEligible(t *testing.T) {
	primary, backup := ServerInfo{Weight: 1}, ServerInfo{Weight: 1, Backup: true}
	p := &listener{}
	i := instanceOf(p, primary, primary, backup, backup)
	want := func(when string, eligible ...ServerID) {
		t.Helper()
		i.Changed()
		if !slices.Equal(p.eligible, eligible) || !slices.Equal(i.View().Eligible, eligible) {
			t.Errorf("%s: %v are eligible, the policy was shown %v; want %v", when, i.View().Eligible, p.eligible, eligible)
		}
	}
	want("all up", 0, 1)
	i.SetStatus(1, Draining)
	want("one drains", 0)
	i.SetWeight(0, 0)
	want("the other has no weight", 2, 3)
	i.Leave(2)
	want("one backup is removed", 3)
	i.SetStatus(3, Down)
	want("none is left")
	i.Join(2, 1)
	i.SetStatus(3, Up)
	want("members in order of their arrival", 3, 2)
	i.Join(1, 1)
	want("a primary is back", 1)
}

func TestPowers(t *testing.T) {
	p := &listener{}
	i := instanceOf(p, ServerInfo{Weight: 1}, ServerInfo{Weight: 1})
	for range 3 {
		if !i.NeedsKey() || !i.FailsOpen() || !i.Retries() || !i.Binds() || !i.Watches() || !i.Writes() {
			t.Fatal("a power was not discovered")
		}
	}
	if p.asked != 2 {
		t.Errorf("NeedsKey and FailsOpen were asked %d times; want once each", p.asked)
	}
	q := &Request{}
	s := i.Pick(q)
	if i.Began(s); p.began != 1 || p.inFlight != 1 {
		t.Errorf("Began was called %d times, with %d in flight", p.began, p.inFlight)
	}
	i.Answered(q, s)
	if i.Ended(s, Answered); p.answered != 1 || p.ended != 1 || p.inFlight != 0 {
		t.Errorf("Answered was called %d times, Ended %d times, with %d in flight", p.answered, p.ended, p.inFlight)
	}
	if again, after := i.Retry(q, s, Unreachable); !again || after != Second {
		t.Errorf("Retry = %v, %v", again, after)
	}
	if c, ok := i.ParseCookie("x"); c != 7 || !ok || i.FormatCookie(c) != "text" {
		t.Errorf("ParseCookie = %d, %v", c, ok)
	}
	if i.SetStatus(1, Down); !i.MayPick(1) || i.MayPick(2) || i.MayPick(NoServer) {
		t.Error("a policy that fails open may pick a server that is down, and no unknown one")
	}
	if i.Leave(1); i.MayPick(1) {
		t.Error("no policy may pick a removed server")
	}
	plain := instanceOf(pickRandom{}, ServerInfo{Weight: 1})
	if plain.NeedsKey() || plain.FailsOpen() || plain.Retries() || plain.Binds() || plain.Watches() || plain.Writes() {
		t.Error("a power was discovered that the policy lacks")
	}
	if plain.SetStatus(0, Down); plain.MayPick(0) {
		t.Error("a policy that does not fail open may pick a server that is down")
	}
}

// Backups count within a part of the fleet: they are eligible where none of its other servers is.
func TestPart(t *testing.T) {
	primary, backup := ServerInfo{Weight: 1}, ServerInfo{Weight: 1, Backup: true}
	i := instanceOf(pickRandom{}, primary, backup, primary, backup)
	part := NewPart(4)
	odd := func(s ServerID) bool { return s%2 == 1 }
	if part.Restrict(i.View(), odd); !slices.Equal(part.Members, []ServerID{1, 3}) || !slices.Equal(part.Eligible, []ServerID{1, 3}) {
		t.Errorf("members %v, eligible %v; want the backups in both", part.Members, part.Eligible)
	}
	if part.Status[0] != Removed || part.Status[1] != Up {
		t.Errorf("status %v; want the others removed", part.Status)
	}
	i.At(Minute)
	i.Began(3)
	if part.Follow(i.View()); part.Now != Minute || part.InFlight[3] != 1 {
		t.Errorf("the part is at %v with %d in flight on server 3", part.Now, part.InFlight[3])
	}
}

// boundByHash binds clients to the first eligible server and keeps them while any server is eligible.
type boundByHash struct{ home ServerID }

func (p *boundByHash) Pick(_ *Request, v *View) ServerID {
	if len(v.Eligible) == 0 {
		return NoServer
	}
	if p.home == NoServer {
		p.home = v.Eligible[0]
	}
	return p.home
}

// The trial of a policy falls back to backups as the engine does: here its only primary drains, which leaves the backup.
func TestDrainTrialFallsBackToBackups(t *testing.T) {
	m := fleetModel(2, sessionsOf(2, 300, 10), 600)
	m.Servers[0].Info.Backup = true
	m.NewPolicy = func(Env) Balancer { return &boundByHash{NoServer} }
	if r := newRun(m, 1, 0, Options{}); !r.keepsDraining() {
		t.Error("clients of a draining primary are not kept, though a backup is up")
	}
}
