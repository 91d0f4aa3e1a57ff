package scenarios

import (
	"slices"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/sim"
)

// A policy takes another one as a parameter by its name, or with parameters of its own: at any depth, and in each place.
func TestInnerPoliciesWithParameters(t *testing.T) {
	for written, want := range map[string]policies.Config{
		"cookie: {balance: random}": policies.Cookie{Balance: policies.Named("random"), OnFailure: "repick"},
		"cookie: {ttl: 1h, balance: {two-choices: {choices: 3}}}": policies.Cookie{
			TTL: sim.Hour, Balance: policies.Policy{Name: "two-choices", Config: policies.TwoChoices{Choices: 3}}, OnFailure: "repick"},
		"split: {a: {cookie: {balance: {two-choices: {choices: 4}}}}, b: random}": policies.Split{
			A: policies.Policy{Name: "cookie", Config: policies.Cookie{
				Balance: policies.Policy{Name: "two-choices", Config: policies.TwoChoices{Choices: 4}}, OnFailure: "repick"}},
			B: policies.Named("random"), Assignment: policies.Assignment{Share: 0.1, By: "session"}},
	} {
		b := build(t, "servers: {count: 3}\nworkload: [{population: nat, users: 1}]\npolicies:\n  - "+written+"\n")
		name, params, _ := strings.Cut(written, ": ")
		if got := b.Study.Variants[0].Policy; got != name+" "+params {
			t.Errorf("%s: the table shows %q", written, got)
		}
		env := sim.Env{Servers: 3, Clients: 10}
		got, wanted := answers(b.Study.Variants[0].Model.NewPolicy(env)), answers(want.New(env))
		if !slices.Equal(got, wanted) {
			t.Errorf("%s picks %v, want %v", written, got, wanted)
		}
	}
}

// answers asks a policy for many servers: equal policies answer the same.
func answers(b sim.Balancer) []sim.ServerID {
	i := sim.NewInstance(3)
	i.Know(make([]sim.ServerInfo, 3))
	i.Use(b)
	for s := range sim.ServerID(3) {
		i.Join(s, 1)
	}
	i.Changed()
	var list []sim.ServerID
	for c := range 50 {
		q := &sim.Request{Client: sim.ClientID(c), Hash: uint64(c) << 40}
		q.Draw = q.Draw.At(uint64(c))
		s := i.Pick(q)
		i.Began(s)
		list = append(list, s)
	}
	return list
}
