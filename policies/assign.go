package policies

import (
	"stickysim/sim"
	"stickysim/sim/rng"
)

// Assignment says which clients go to the second of two alternatives.
type Assignment struct {
	Share float64 `yaml:"share" check:"min=0,max=1" doc:"share of what is assigned that goes to the second alternative"`
	By    string  `yaml:"by" check:"oneof=session|client|request" doc:"what is assigned: a session, until its mark is lost; a client, by hash, alike in all instances; or each request anew"`
}

// assigner carries out an Assignment.
type assigner struct {
	Assignment
	seed rng.Key
}

func newAssigner(a Assignment, env sim.Env) assigner { return assigner{a, hashSeed(env, "assign")} }

// of returns the alternative of q, 0 or 1. It is a function of q alone, so that it can be asked again with the answer.
// With by client, a larger share takes clients from the first alternative and moves none away from the second.
func (a *assigner) of(q *sim.Request) int {
	u := 0.0
	switch a.By {
	case "client":
		u = a.seed.At(q.Hash).Float64()
	case "session":
		if m, ok := markOf(q.Cookie); ok {
			return m
		}
		fallthrough
	default:
		u = q.Draw.Stream("assign").Float64()
	}
	if u < a.Share {
		return 1
	}
	return 0
}
