package yarp

import (
	"testing"

	"github.com/cespare/xxhash/v2"

	"stickysim/policies"
	"stickysim/policies/policytest"
	"stickysim/sim"
)

var affinities = []string{"yarp/cookie", "yarp/hash-cookie", "yarp/arr-cookie", "yarp/custom-header"}

func entry(name string) policies.Config {
	e, ok := policies.Lookup(name)
	if !ok {
		panic(name)
	}
	return e.Default
}

func TestFirstAlphabeticalIgnoresCaseAndLoad(t *testing.T) {
	b := policytest.New(entry("yarp/first-alphabetical"), 3, 1)
	for s, name := range []string{"web-b", "Web-A", "web-C"} {
		b.View.Servers[s].Name = name
	}
	b.Changed()
	b.SetLoad(1, 50)
	for c := range sim.ClientID(20) {
		if s := b.Pick(b.Request(c, 0)); s != 1 {
			t.Fatalf("picked %s, want Web-A", b.View.Servers[s].Name)
		}
	}
	b.SetStatus(1, sim.Down)
	if s := b.Pick(b.Request(1, 1)); s != 0 {
		t.Errorf("without Web-A: picked %s, want web-b", b.View.Servers[s].Name)
	}
}

// Equally busy destinations: the first of the list, every time.
func TestLeastRequestsTakesTheFirst(t *testing.T) {
	b := policytest.New(entry("yarp/least-requests"), 4, 2)
	b.SetLoad(0, 2)
	b.SetLoad(1, 1)
	b.SetLoad(2, 1)
	b.SetLoad(3, 1)
	for c := range sim.ClientID(20) {
		if s := b.Pick(b.Request(c, 0)); s != 1 {
			t.Fatalf("picked %d, want the first with one request", s)
		}
	}
}

// Only the first answer has the key, with the lifetime of the cookie.
func TestKeyIsAttachedOnce(t *testing.T) {
	for _, name := range affinities {
		c, ttl := entry(name), 3*sim.Hour
		switch x := c.(type) {
		case HashCookie:
			x.TTL = ttl
			c = x
		case ArrCookie:
			x.TTL = ttl
			c = x
		case Cookie:
			x.TTL = ttl
			c = x
		case CustomHeader:
			ttl = 0 // headers have none
		}
		b := policytest.New(c, 5, 3)
		q := b.Request(1, 0)
		home := b.Serve(q)
		if q.SetCookie == 0 || q.CookieTTL != ttl {
			t.Errorf("%s: key %v for %v", name, q.SetCookie, q.CookieTTL)
		}
		again := b.Request(1, 1)
		again.Cookie = q.SetCookie
		if s := b.Serve(again); s != home || again.SetCookie != 0 {
			t.Errorf("%s: then destination %d after %d, key attached %v", name, s, home, again.SetCookie != 0)
		}
	}
}

func TestFailurePolicies(t *testing.T) {
	for policy, refuses := range map[string]bool{"Redistribute": false, "Return503Error": true} {
		c := entry("yarp/hash-cookie").(HashCookie)
		c.Failure = policy
		b := policytest.New(c, 4, 4)
		q := b.Request(1, 0)
		home := b.Serve(q)
		for status, why := range map[sim.Status]sim.Reason{sim.Down: sim.ServerUnusable, sim.Draining: sim.ServerUnusable} {
			b.SetStatus(home, status)
			again := b.Request(1, 1)
			again.Cookie = q.SetCookie
			s := b.Serve(again)
			if again.Why != why || refuses != (s == sim.NoServer) || s == home {
				t.Errorf("%s, status %d: destination %d, why %v", policy, status, s, again.Why)
			}
			if !refuses && again.SetCookie != sim.Cookie(s)+1 {
				t.Errorf("%s: no new key", policy)
			}
		}
		forged := b.Request(2, 0)
		forged.Cookie = b.Balancer.(sim.CookieText).ParseCookie("0123456789abcdef", b.View)
		if s := b.Pick(forged); refuses != (s == sim.NoServer) || forged.Why != sim.CookieRefused {
			t.Errorf("%s: a key not understood: destination %d, why %v", policy, s, forged.Why)
		}
	}
}

func TestNothingIsTriedAgain(t *testing.T) {
	for _, e := range policies.All() {
		if e.Doc.Source == "" || len(e.Name) < 5 || e.Name[:5] != "yarp/" {
			continue
		}
		b := policytest.New(e.Default, 3, 5)
		if again, _ := b.Balancer.(sim.Retrier).Retry(b.Request(1, 0), 0, sim.Unreachable, b.View); again {
			t.Errorf("%s tries again", e.Name)
		}
	}
}

// The texts of keys: SHA-256 as Python's hashlib computes it, xxHash64 over .NET's Encoding.Unicode.
func TestTextOfKeys(t *testing.T) {
	utf16 := []byte("D\x00E\x00S\x00T\x00-\x00A\x00")
	for name, want := range map[string]string{
		"yarp/arr-cookie":  "CE3762A8E5BFB452C5071CC80C81E9C89A87369B0E8F7866CB437C1A181A865F",
		"yarp/hash-cookie": hex(xxhash.Sum64(utf16)),
	} {
		b := policytest.New(entry(name), 2, 6)
		b.View.Servers[1].Name = "dest-A"
		texts := b.Balancer.(sim.CookieText)
		if got := texts.FormatCookie(2, b.View); got != want || texts.ParseCookie(got, b.View) != 2 {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func hex(v uint64) string {
	var b [16]byte
	for i := range b {
		b[i] = "0123456789abcdef"[v>>(60-4*i)&15]
	}
	return string(b[:])
}

// All unhealthy: HealthyOrPanic, the default, uses all of them, HealthyAndUnknown none.
func TestPanic(t *testing.T) {
	for policy, want := range map[string]bool{"HealthyOrPanic": true, "HealthyAndUnknown": false} {
		c := entry("yarp/random").(Random)
		c.Available = policy
		b := policytest.New(c, 3, 7)
		for s := range sim.ServerID(3) {
			b.SetStatus(s, sim.Down)
		}
		if s := b.Pick(b.Request(1, 0)); (s >= 0) != want {
			t.Errorf("%s: picked %d", policy, s)
		}
	}
}

// Three of ten failed requests in a minute take a destination out for a minute; of nine, none do.
func TestTransportFailureRate(t *testing.T) {
	c := entry("yarp/round-robin").(RoundRobin)
	c.Passive = true
	out := func(b *policytest.Bench) bool {
		for c := range sim.ClientID(4) {
			if b.Pick(b.Request(c, 0)) == 1 {
				return false
			}
		}
		return true
	}
	end := func(b *policytest.Bench, n int, o sim.Outcome) {
		for range n {
			b.Begin(1)
			b.End(1, o)
		}
	}
	b := policytest.New(c, 2, 8)
	end(b, 6, sim.Answered)
	end(b, 3, sim.Unreachable)
	if out(b) {
		t.Error("out after 9 requests")
	}
	end(b, 1, sim.GivenUp)
	if !out(b) {
		t.Error("not out with 3 failures of 10")
	}
	b.Pass(59 * sim.Second)
	if !out(b) {
		t.Error("back before its time")
	}
	b.Pass(sim.Second)
	if out(b) {
		t.Error("not back after 60 s")
	}
	b.Pass(5 * sim.Second) // the failures have left the window
	end(b, 9, sim.Answered)
	end(b, 2, sim.TimedOut)
	if out(b) {
		t.Error("out with 2 failures of 11: the window is too long")
	}
	end(b, 1, sim.Refused) // a 503 is an answer
	if out(b) {
		t.Error("a 503 counts as a failure")
	}
	end(b, 2, sim.Broken)
	if out(b) {
		t.Error("out with 4 failures of 14, below 30 %")
	}
	end(b, 1, sim.Broken)
	if !out(b) {
		t.Error("not out with 5 failures of 15")
	}
}
