package yarp

import (
	"strings"

	"stickysim/policies"
	"stickysim/policies/internal/least"
	"stickysim/sim"
)

// algorithm chooses one of the available destinations; there is at least one.
type algorithm interface {
	choose(q *sim.Request, v *sim.View, available []sim.ServerID) sim.ServerID
}

// newAlgorithm makes the algorithm that LoadBalancingPolicy names.
func newAlgorithm(name string) algorithm {
	switch name {
	case "FirstAlphabetical":
		return &firstAlphabetical{}
	case "Random":
		return random{}
	case "RoundRobin":
		return &roundRobin{}
	case "LeastRequests":
		return &leastRequests{}
	}
	return powerOfTwoChoices{}
}

// balancer is a cluster without session affinity.
type balancer struct {
	noRetries
	cluster
	algorithm
}

func newBalancer(c Cluster, name string, env sim.Env) *balancer {
	a := newAlgorithm(name)
	p := &balancer{cluster: newCluster(c, env), algorithm: a}
	p.follower, _ = a.(follower)
	p.loads, _ = a.(*leastRequests)
	return p
}

// Reads implements [sim.Reader].
func (p *balancer) Reads() sim.Needs {
	switch p.algorithm.(type) {
	case powerOfTwoChoices, random:
		return sim.NeedsDraw
	}
	return 0
}

// Pick implements [sim.Balancer].
func (p *balancer) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	p.sync(v)
	q.Why = sim.NotSticky
	if len(p.available) == 0 {
		return sim.NoServer
	}
	return p.choose(q, v, p.available)
}

// doc describes a load balancing policy.
func doc(name, file, summary, detail string, claims policies.Claims) policies.Doc {
	return policies.Doc{
		Summary: "LoadBalancingPolicy " + name + ": " + summary, Also: []string{name}, Detail: detail,
		Source: source + "LoadBalancing/" + file + "LoadBalancingPolicy.cs", Claims: claims,
	}
}

type powerOfTwoChoices struct{}

func (powerOfTwoChoices) choose(q *sim.Request, v *sim.View, available []sim.ServerID) sim.ServerID {
	n := len(available)
	if n == 1 {
		return available[0]
	}
	i, j := q.Draw.At(0).IntN(n), q.Draw.At(1).IntN(n-1)
	if j >= i {
		j++
	}
	if first, second := available[i], available[j]; v.InFlight[first] > v.InFlight[second] {
		return second
	}
	return available[i]
}

type random struct{}

func (random) choose(q *sim.Request, _ *sim.View, available []sim.ServerID) sim.ServerID {
	return available[q.Draw.IntN(len(available))]
}

type roundRobin struct{ turn uint32 }

func (p *roundRobin) choose(_ *sim.Request, _ *sim.View, available []sim.ServerID) sim.ServerID {
	p.turn++
	return available[int((p.turn-1)&0x7fffffff)%len(available)]
}

type leastRequests struct{ loads least.Index[sim.ServerID] }

func (p *leastRequests) follow(available []sim.ServerID, v *sim.View) {
	p.loads.Fill(available, func(s sim.ServerID) (load, share float64) { return float64(v.InFlight[s]), 1 })
}

func (p *leastRequests) moved(s sim.ServerID, v *sim.View) { p.loads.Move(s, float64(v.InFlight[s])) }

func (p *leastRequests) choose(*sim.Request, *sim.View, []sim.ServerID) sim.ServerID {
	return p.loads.First()
}

// firstAlphabetical knows the first of the available destinations.
type firstAlphabetical struct{ first sim.ServerID }

func (p *firstAlphabetical) follow(available []sim.ServerID, v *sim.View) {
	first := ""
	for i, s := range available {
		if upper := strings.ToUpper(v.Servers[s].Name); i == 0 || upper < first {
			p.first, first = s, upper
		}
	}
}

func (p *firstAlphabetical) choose(*sim.Request, *sim.View, []sim.ServerID) sim.ServerID {
	return p.first
}
