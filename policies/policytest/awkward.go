package policytest

import (
	"errors"
	"fmt"

	"stickysim/policies"
	"stickysim/sim"
)

// checkAwkward tries the edges: one server, a thousand, none, all draining, weights 0, one that returns, one address,
// forged cookies.
func checkAwkward(e policies.Entry) error {
	return errors.Join(
		checkSize(e, 1), checkSize(e, 1000), checkNoServer(e), checkDraining(e), checkNoWeight(e), checkReturn(e), checkOneAddress(e),
		checkForged(e))
}

// checkSize wants an eligible server for every request, whatever the number of servers, unless the policy says that it does not
// fit them.
func checkSize(e policies.Entry, n int) error {
	b := New(e.Default, n, 21)
	if !b.Fits() {
		return nil
	}
	for c := range sim.ClientID(300) {
		if s := b.Serve(b.Request(c, 0)); s < 0 || int(s) >= n {
			return fmt.Errorf("%d servers: picked %d", n, s)
		}
	}
	if n == 1 {
		q := b.Request(0, 1)
		q.Attempt, q.Tried = 1, []sim.ServerID{0}
		if s := b.Pick(q); s > 0 {
			return fmt.Errorf("one server: the retry went to %d", s)
		}
	}
	return nil
}

// checkNoServer wants NoServer, or Wait, while all servers are down or removed, also for clients that had a server; from
// policies that fail open, one of those that are down.
func checkNoServer(e policies.Entry) error {
	b := New(e.Default, 4, 22)
	jars := serveAll(b, 40)
	for s := range sim.ServerID(4) {
		b.SetStatus(s, sim.Down)
	}
	b.Remove(2)
	for c := range sim.ClientID(80) {
		q := b.Request(c, 1)
		if int(c) < len(jars) {
			jars[c].Present(q)
		}
		if s := b.Pick(q); s >= 0 != b.instance.FailsOpen() || s == 2 {
			return fmt.Errorf("no server is up: picked %s", b.name(s))
		}
	}
	return nil
}

// serveAll serves one request of each of n clients and returns what they got to keep.
func serveAll(b *Bench, n int) []Jar {
	jars := make([]Jar, n)
	for c := range jars {
		q := b.Request(sim.ClientID(c), 0)
		b.Serve(q)
		jars[c].Keep(q)
	}
	return jars
}

// checkDraining wants no server for new clients while all servers drain.
func checkDraining(e policies.Entry) error {
	b := New(e.Default, 4, 23)
	for s := range sim.ServerID(4) {
		b.SetStatus(s, sim.Draining)
	}
	for c := range sim.ClientID(40) {
		if s := b.Pick(b.Request(c, 0)); s >= 0 && e.Doc.Key != policies.KeyAddress && e.Doc.Key != policies.KeyHash {
			return fmt.Errorf("all servers drain: picked %s for a new client", b.name(s))
		}
	}
	return nil
}

// checkNoWeight wants servers of weight 0 left alone, and no server when all have it.
func checkNoWeight(e policies.Entry) error {
	b := New(e.Default, 4, 24)
	b.SetWeight(1, 0)
	b.SetWeight(2, 0)
	for c := range sim.ClientID(200) {
		if s := b.Serve(b.Request(c, 0)); s == 1 || s == 2 || s < 0 {
			return fmt.Errorf("weights 1, 0, 0, 1: picked %s", b.name(s))
		}
	}
	b.SetWeight(0, 0)
	b.SetWeight(3, 0)
	for c := range sim.ClientID(40) {
		if s := b.Pick(b.Request(1000+c, 0)); s >= 0 {
			return fmt.Errorf("all weights 0: picked %s for a new client", b.name(s))
		}
	}
	return nil
}

// checkReturn wants a server that was down to get new clients again; policies that make no claim on shares are free.
func checkReturn(e policies.Entry) error {
	if c := e.Doc.Claims; !c.Uniform && !c.Weighted {
		return nil
	}
	b := New(e.Default, 5, 25)
	serveAll(b, 50)
	b.SetStatus(3, sim.Down)
	for c := range sim.ClientID(50) {
		b.Serve(b.Request(1000+c, 0))
	}
	b.SetStatus(3, sim.Up)
	b.Pass(sim.Hour) // beyond any slow start
	for c := range sim.ClientID(400) {
		if b.Serve(b.Request(2000+c, 0)) == 3 {
			return nil
		}
	}
	return errors.New("a server that came back got none of 400 new clients")
}

// checkOneAddress puts all clients behind one address: keys by address make them one client, others spread them.
func checkOneAddress(e policies.Entry) error {
	b := New(e.Default, 5, 26)
	counts := make([]int, 5)
	for c := range sim.ClientID(2000) {
		q := b.Request(c, 0)
		q.Addr = sim.Addr4(0xcb007107)
		s := b.Serve(q)
		if s < 0 {
			return errors.New("one address: picked no server")
		}
		counts[s]++
	}
	switch e.Doc.Key {
	case policies.KeyAddress:
		for _, n := range counts {
			if e.Doc.Claims.Sticky && n > 0 && n < 2000 {
				return fmt.Errorf("one address is split: %v", counts)
			}
		}
	default:
		if e.Doc.Claims.Uniform {
			if err := fits(counts, even(5)); err != nil {
				return fmt.Errorf("one address: %w", err)
			}
		}
	}
	return nil
}

// checkForged presents cookies and marks that were never set: whatever they name, a server that is up must answer.
func checkForged(e policies.Entry) error {
	b := New(e.Default, 5, 27)
	b.SetStatus(2, sim.Down)
	b.Remove(4)
	for c := range sim.ClientID(600) {
		q := b.Request(c, 0)
		q.Cookie = sim.Cookie(b.root.Stream("forged").At(uint64(c)).Uint64() >> (c % 64))
		q.Mark = uint8(c % 4)
		if s := b.Serve(q); s < 0 || b.View.Status[s] != sim.Up {
			return fmt.Errorf("forged cookie %#x: picked %s", uint64(q.Cookie), b.name(s))
		}
	}
	return nil
}
