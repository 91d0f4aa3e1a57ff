package policytest

import (
	"errors"
	"fmt"
	"math"

	"stickysim/policies"
	"stickysim/sim"
)

// newClients is how many new clients the tests of shares send.
const newClients = 20_000

// countNew serves new clients one at a time and counts the servers they get.
func countNew(b *Bench) ([]int, error) {
	counts := make([]int, len(b.View.Members))
	for c := range sim.ClientID(newClients) {
		b.Pass(10 * sim.Millisecond)
		s := b.Serve(b.Request(c, 0))
		if s < 0 {
			return nil, errors.New("picked no server")
		}
		counts[s]++
	}
	return counts, nil
}

// checkUniform wants new clients spread evenly over equal servers.
func checkUniform(e policies.Entry) error {
	if !e.Doc.Claims.Uniform {
		return nil
	}
	counts, err := countNew(New(e.Default, 7, 31))
	if err != nil {
		return err
	}
	return fits(counts, even(7))
}

// checkTies wants the servers that tie for the least load to be picked evenly, at their first requests.
func checkTies(e policies.Entry) error {
	if e.Doc.Claims.Sample == 0 || !e.Doc.Claims.Uniform {
		return nil
	}
	b := New(e.Default, 6, 32)
	for s, n := range []int32{4, 1, 1, 5, 1, 1} {
		b.SetLoad(sim.ServerID(s), n)
	}
	counts := make([]int, 4)
	tied := map[sim.ServerID]int{1: 0, 2: 1, 4: 2, 5: 3}
	for c := range sim.ClientID(newClients) {
		if i, ok := tied[b.Serve(b.Request(c, 0))]; ok {
			counts[i]++
		}
	}
	return fits(counts, even(4))
}

// checkWeighted wants new clients spread in proportion to weight.
func checkWeighted(e policies.Entry) error {
	if !e.Doc.Claims.Weighted {
		return nil
	}
	weights := []int{1, 3, 2, 4}
	counts, err := countNew(Build(e.Default, 33, []sim.ServerID{0, 1, 2, 3}, weights))
	if err != nil {
		return err
	}
	return fits(counts, []float64{1, 3, 2, 4})
}

// checkSticky wants clients that come back to meet their servers, in any order.
func checkSticky(e policies.Entry) error {
	if !e.Doc.Claims.Sticky {
		return nil
	}
	const clients = 300
	b := New(e.Default, 7, 34)
	jars := make([]Jar, clients)
	homes := make([]sim.ServerID, clients)
	for visit := range 4 {
		for i := range clients {
			c := (i*101 + visit*37) % clients
			b.Pass(10 * sim.Millisecond)
			q := b.Request(sim.ClientID(c), visit)
			jars[c].Present(q)
			s := b.Serve(q)
			jars[c].Keep(q)
			if visit > 0 && s != homes[c] {
				return fmt.Errorf("visit %d of client %d went to %s instead of %s", visit, c, b.name(s), b.name(homes[c]))
			}
			homes[c] = s
		}
	}
	return nil
}

// checkAlternatives wants a sticky cookie as sticky on both sides of a split, and in both groups of a canary: the mark of
// the side or group takes nothing away from the cookie.
func checkAlternatives(e policies.Entry) error {
	known, registered := policies.Lookup(e.Name)
	if !registered || !known.Doc.Claims.Sticky || known.Doc.Key != policies.KeyCookie {
		return nil
	}
	third := policies.Assignment{Share: 1. / 3, By: "session"}
	within := func(name string, c policies.Config) error {
		if err := checkSticky(policies.Entry{Default: c, Doc: e.Doc}); err != nil {
			return fmt.Errorf("within a %s: %w", name, err)
		}
		return nil
	}
	own := policies.Policy{Name: e.Name, Config: e.Default}
	return errors.Join(
		within("split", policies.Split{A: own, B: own, Assignment: third}),
		within("weighted", policies.Weighted{Sticky: "cookie", Failover: true, Inside: own}),
		within("canary", policies.Canary{Servers: []string{"s2", "s5"}, Zone: -1, Assignment: third, Sticky: "both", Stable: own, Canary: own}))
}

// checkSample wants the least loaded of so many servers drawn at random: the ranks of the picks by load must follow the
// distribution of the minimum of draws with or without replacement. Sample -1 wants the least loaded of all.
func checkSample(e policies.Entry) error {
	d := e.Doc.Claims.Sample
	if d == 0 {
		return nil
	}
	const n = 8
	b := New(e.Default, n, 35)
	counts := make([]int, n)
	for c := range sim.ClientID(newClients) {
		// Loads rise from the top down at first, then change places, so that stale counts show.
		for s := range sim.ServerID(n) {
			b.SetLoad(s, (int32(n-1-s)+int32(c/100))%n)
		}
		s := b.Pick(b.Request(c, 0))
		if s < 0 {
			return errors.New("picked no server")
		}
		counts[b.View.InFlight[s]]++
	}
	if d < 0 {
		d = n
	}
	if d >= n {
		if counts[0] != newClients {
			return fmt.Errorf("picks by rank of load: %v; the least loaded should get all", counts)
		}
		return nil
	}
	without, with := minimumLaws(n, d)
	if err := fits(counts, without); err != nil && fits(counts, with) != nil {
		return fmt.Errorf("picks by rank of load, least first: %w", err)
	}
	return nil
}

// minimumLaws returns the probabilities of the ranks of the least of d draws from n, without and with replacement.
func minimumLaws(n, d int) (without, with []float64) {
	choose := func(m int) float64 {
		c := 1.0
		for i := range d {
			c *= float64(m-i) / float64(d-i)
		}
		return max(c, 0)
	}
	for r := range n {
		without = append(without, (choose(n-r)-choose(n-r-1))/choose(n))
		tail := func(r int) float64 { return math.Pow(float64(n-r)/float64(n), float64(d)) }
		with = append(with, tail(r)-tail(r+1))
	}
	return without, with
}

// checkMinimal lets a server go down, another leave the configuration, and a third join: clients move only away from
// the servers that went and towards the one that came, but for the share that the policy admits.
func checkMinimal(e policies.Entry) error {
	if !e.Doc.Claims.Minimal {
		return nil
	}
	const n, clients = 10, 4000
	for _, change := range []string{"down", "remove", "add"} {
		b := New(e.Default, n, 36)
		jars := serveAll(b, clients)
		homes := make([]sim.ServerID, clients)
		for c := range homes {
			q := b.Request(sim.ClientID(c), 1)
			jars[c].Present(q)
			homes[c] = b.Pick(q)
		}
		changed := sim.ServerID(4)
		switch change {
		case "down":
			b.SetStatus(changed, sim.Down)
		case "remove":
			b.Remove(changed)
		case "add":
			changed = b.Add(1)
		}
		needless, stayers := 0, 0
		for c, home := range homes {
			q := b.Request(sim.ClientID(c), 2)
			jars[c].Present(q)
			s := b.Pick(q)
			if home == changed {
				continue
			}
			stayers++
			if s != home && s != changed {
				needless++
			}
		}
		if float64(needless) > e.Doc.Claims.LeaveMoves*float64(stayers) {
			return fmt.Errorf("%s one of %d servers: %d of %d clients of the others moved needlessly", change, n, needless, stayers)
		}
	}
	return nil
}

// checkLoadBound fills the servers with requests that never end, half of them of one client, and wants every pick
// within the bound; then again while requests end.
func checkLoadBound(e policies.Entry) error {
	bound := e.Doc.Claims.LoadBound
	if bound == 0 {
		return nil
	}
	const n = 10
	b := New(e.Default, n, 37)
	var flying []sim.ServerID
	for i := range 3000 {
		c := sim.ClientID(0)
		if i%2 == 1 {
			c = sim.ClientID(i)
		}
		s := b.Pick(b.Request(c, i))
		if s < 0 {
			return errors.New("picked no server")
		}
		b.Begin(s)
		flying = append(flying, s)
		mean := float64(len(flying)) / n
		if got := float64(b.View.InFlight[s]); got > math.Ceil(bound*mean) {
			return fmt.Errorf("request %d made %v in flight at %s, mean %v: beyond ceil(%v · mean)", i, got, b.name(s), mean, bound)
		}
		for i > 1000 && len(flying) > 800 {
			k := b.root.At(uint64(i)).IntN(len(flying))
			b.End(flying[k], sim.Answered)
			flying[k] = flying[len(flying)-1]
			flying = flying[:len(flying)-1]
		}
	}
	return nil
}

// checkStrictTurn wants the counts of equal servers within 1 of each other after every pick.
func checkStrictTurn(e policies.Entry) error {
	if !e.Doc.Claims.StrictTurn {
		return nil
	}
	const n = 7
	b := New(e.Default, n, 38)
	var counts [n]int
	for i := range 10 * n {
		s := b.Serve(b.Request(sim.ClientID(i), 0))
		if s < 0 {
			return errors.New("picked no server")
		}
		counts[s]++
		if low := i / n; counts[s] > low+1 {
			return fmt.Errorf("pick %d is turn %d of %s, before others had their turn", i, counts[s], b.name(s))
		}
	}
	return nil
}

// checkLimit fills some servers up to their limit, then all: policies that claim to look at limits leave full servers alone,
// and policies that do not claim it pick one.
func checkLimit(e policies.Entry) error {
	b := build(e.Default, 39, []sim.ServerID{0, 1, 2, 3, 4}, []int{1, 1, 1, 1, 1}, 2)
	picked := 0
	for _, fill := range [][]sim.ServerID{{1, 3}, {0, 2, 4}} {
		for _, s := range fill {
			b.Begin(s)
			b.Begin(s)
		}
		for c := range sim.ClientID(100) {
			if s := b.Pick(b.Request(c, 0)); s >= 0 && b.View.Full(s) {
				picked++
			}
		}
	}
	switch {
	case e.Doc.Claims.Limit && picked > 0:
		return fmt.Errorf("%d of 200 picks were servers at their limit", picked)
	case !e.Doc.Claims.Limit && picked == 0:
		return errors.New("servers at their limit are left alone, which is not claimed")
	}
	return nil
}
