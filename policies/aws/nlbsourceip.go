package aws

import (
	"stickysim/policies"
	"stickysim/sim"
)

var (
	_ = policies.Register("aws-nlb/source-ip", SourceIP{}, policies.Doc{
		Summary: "target group stickiness source_ip: a hash of the address over the healthy targets",
		Detail: "Nothing is remembered: any target that is added, removed, or changes health can move all clients. " +
			"The hash itself is not published; a uniform one modulo the number of healthy targets stands for it.",
		Source: "AWS re:Post QUQwR1pCbWST28vXu96aQfBw; Network Load Balancer user guide, target group attributes",
		Key:    policies.KeyAddress,
		Claims: policies.Claims{Sticky: true},
	})
	_ = policies.Register("aws-nlb/flow-hash", FlowHash{}, policies.Doc{
		Summary: "a hash of each connection's addresses and ports: a random healthy target per connection",
		Source:  "AWS, Network Load Balancer user guide, what is a Network Load Balancer",
		Claims:  policies.Claims{Uniform: true},
	})
)

// SourceIP is NLB stickiness of type source_ip.
type SourceIP struct{}

// New makes an instance.
func (SourceIP) New(sim.Env) sim.Balancer { return sourceIP{} }

type sourceIP struct{ connections }

// Reads implements [sim.Reader].
func (sourceIP) Reads() sim.Needs { return sim.NeedsAddr }

// Repeats implements [sim.Repeater].
func (sourceIP) Repeats() bool { return true }

// Pick implements [sim.Balancer].
func (sourceIP) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	return v.Eligible[q.Addr.Hash64()%uint64(len(v.Eligible))]
}

// FlowHash is an NLB target group without stickiness.
type FlowHash struct{}

// New makes an instance.
func (FlowHash) New(sim.Env) sim.Balancer { return flowHash{} }

type flowHash struct{ connections }

// Reads implements [sim.Reader].
func (flowHash) Reads() sim.Needs { return sim.NeedsDraw }

// Pick implements [sim.Balancer].
func (flowHash) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	return v.Eligible[q.Draw.IntN(len(v.Eligible))]
}

// connections is a balancer of connections, which cannot take a failed one elsewhere: that is the client's to do.
type connections struct{}

// Retry implements [sim.Retrier].
func (connections) Retry(*sim.Request, sim.ServerID, sim.Outcome, *sim.View) (bool, sim.Time) {
	return false, 0
}
