package policies

import (
	"stickysim/sim"
	"stickysim/sim/rng"
)

// Assignment says which clients go to the second of two alternatives.
type Assignment struct {
	Share float64 `yaml:"share" check:"min=0,max=1" doc:"share that is assigned to the second alternative"`
	By    string  `yaml:"by" check:"oneof=session|client|request" doc:"what is assigned: a session, until its mark is lost; a client, by a hash on which all instances agree; or each request"`
}

// assigner carries out an Assignment.
type assigner struct {
	Assignment
	seed rng.Key
}

func newAssigner(a Assignment, env sim.Env) assigner { return assigner{a, hashSeed(env, "assign")} }

// side returns the alternative that decides on q, 0 or 1. Request.SetMark holds it until the answer, because neither
// alternative can read a Memo that the other one left with an earlier attempt.
func (a *assigner) side(q *sim.Request) int {
	if q.SetMark == 0 {
		q.SetMark = uint8(a.of(q) + 1)
	}
	return int(q.SetMark - 1)
}

// reads is which fields of a request the assignment follows from.
func (a *assigner) reads() sim.Needs {
	if a.By == "client" {
		return sim.NeedsHash
	}
	return sim.NeedsDraw
}

var toAssign = rng.PurposeOf("assign")

// of assigns q to an alternative. With by client, a larger share takes clients from the first and moves none away from
// the second.
func (a *assigner) of(q *sim.Request) int {
	u := 0.0
	switch a.By {
	case "client":
		u = a.seed.At(q.Hash).Float64()
	case "session":
		if q.Mark == 1 || q.Mark == 2 {
			return int(q.Mark - 1)
		}
		fallthrough
	default:
		u = q.Draw.For(toAssign).Float64()
	}
	if u < a.Share {
		return 1
	}
	return 0
}

// other hands q to the other alternative and returns that.
func other(q *sim.Request) int {
	q.SetMark = 3 - q.SetMark
	q.Memo = 0
	return int(q.SetMark - 1)
}
