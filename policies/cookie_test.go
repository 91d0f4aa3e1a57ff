package policies

import (
	"testing"

	"stickysim/sim"
)

func TestCookieReasons(t *testing.T) {
	c := Cookie{TTL: sim.Minute, Balance: Named("round-robin"), OnFailure: "repick"}
	future := packCookie(1, 3*sim.Second)
	for _, tt := range []struct {
		name   string
		cookie sim.Cookie
		after  sim.Time
		status sim.Status
		want   sim.Reason
	}{
		{"valid", packCookie(1, 0), 59 * sim.Second, sim.Up, sim.None},
		{"draining", packCookie(1, 0), 0, sim.Draining, sim.None},
		{"missing", 0, 0, sim.Up, sim.CookieMissing},
		{"expired", packCookie(1, 0), sim.Minute, sim.Up, sim.CookieExpired},
		{"down", packCookie(1, 0), 0, sim.Down, sim.ServerUnusable},
		{"removed", packCookie(1, 0), 0, sim.Removed, sim.ServerUnusable},
		{"no such server", packCookie(4000, 0), 0, sim.Up, sim.CookieRefused},
		{"names no server", packCookie(sim.NoServer, 2*sim.Second), 3 * sim.Second, sim.Up, sim.CookieRefused},
		{"issued in the future", future, 0, sim.Up, sim.CookieRefused},
		{"all ones", ^sim.Cookie(0), 0, sim.Up, sim.CookieRefused},
	} {
		f := newFleet(c, 3, 1)
		f.set(1, tt.status)
		f.v.Now = tt.after
		q := f.request(0, 0)
		q.Cookie = tt.cookie
		s := f.serve(q)
		if q.Why != tt.want || s < 0 || tt.want == sim.None && s != 1 {
			t.Errorf("%s: server %d, why %d; want why %d", tt.name, s, q.Why, tt.want)
		}
		if bound := tt.want == sim.None; bound != (q.SetCookie == 0) {
			t.Errorf("%s: cookie set is %#x", tt.name, q.SetCookie)
		}
	}
}

func TestCookieTTLAndSliding(t *testing.T) {
	for _, sliding := range []bool{false, true} {
		f := newFleet(Cookie{TTL: sim.Minute, Sliding: sliding, Balance: Named("round-robin"), OnFailure: "repick"}, 3, 1)
		q := f.request(0, 0)
		f.serve(q)
		held := q.SetCookie
		f.v.Now = 50 * sim.Second
		q = f.request(0, 1)
		q.Cookie = held
		f.serve(q)
		if renewed := q.SetCookie != 0; renewed != sliding {
			t.Errorf("sliding %v: renewed is %v", sliding, renewed)
		}
		if q.SetCookie != 0 {
			held = q.SetCookie
		}
		f.v.Now = 100 * sim.Second
		q = f.request(0, 2)
		q.Cookie = held
		f.serve(q)
		if expired := q.Why == sim.CookieExpired; expired == sliding {
			t.Errorf("sliding %v: after 50 s of idleness expired is %v", sliding, expired)
		}
	}
}

func TestCookieOnFailure(t *testing.T) {
	for _, action := range []string{"repick", "keep"} {
		f := newFleet(Cookie{Balance: Named("round-robin"), OnFailure: action}, 3, 1)
		q := f.request(0, 0)
		home := f.serve(q)
		held := q.SetCookie
		f.set(home, sim.Down)
		q = f.request(0, 1)
		q.Cookie = held
		other := f.serve(q)
		if other == home || q.Why != sim.ServerUnusable {
			t.Fatalf("%s: server %d, why %d", action, other, q.Why)
		}
		if q.SetCookie != 0 {
			held = q.SetCookie
		}
		f.set(home, sim.Up)
		q = f.request(0, 2)
		q.Cookie = held
		want := map[string]sim.ServerID{"repick": other, "keep": home}[action]
		if got := f.serve(q); got != want {
			t.Errorf("%s: after the repair the client went to %d, want %d", action, got, want)
		}
	}
}

// A retry leaves the pinned server, and the answer binds the client to the next one.
func TestCookieRetry(t *testing.T) {
	f := newFleet(Cookie{Balance: Named("least-connections"), OnFailure: "repick"}, 3, 1)
	q := f.request(0, 0)
	q.Cookie, q.Attempt, q.Tried = packCookie(1, 0), 1, []sim.ServerID{1}
	s := f.serve(q)
	bound, _ := unpackCookie(q.SetCookie)
	if s == 1 || bound != s || q.Why != sim.ServerUnusable {
		t.Errorf("retry went to %d, cookie names %d, why %d", s, bound, q.Why)
	}
}

// The inner policy hears of requests that affinity has sent.
func TestCookieTellsItsBalance(t *testing.T) {
	f := newFleet(Cookie{Balance: Named("least-connections"), OnFailure: "repick"}, 3, 1)
	for range 5 {
		f.begin(0)
		f.begin(2)
	}
	if got := f.b.Pick(f.request(0, 0), f.v); got != 1 {
		t.Errorf("new client went to %d, want 1, the least loaded", got)
	}
}
