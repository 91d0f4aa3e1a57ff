// Package alb turns the attributes of an AWS target group, wherever they are written, into a policy.
//
// Floor 6.
package alb

import (
	"cmp"
	"strings"

	"stickysim/policies"
	"stickysim/policies/aws"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// Group is what a target group's attributes say. The zero value is a group that says nothing.
type Group struct {
	Network   bool     // of a Network Load Balancer
	Hidden    bool     // the protocol is not in the file, so that the type of stickiness tells
	Sticky    bool     // stickiness.enabled
	Named     bool     // the application's cookie has a name that is not in the file
	Type      string   // stickiness.type: lb_cookie, app_cookie, source_ip; empty = the balancer's default
	Duration  sim.Time // of the cookie; 0 = 1 day
	Algorithm string   // load_balancing.algorithm.type; empty = round_robin
	Slow      sim.Time // slow_start.duration_seconds, which only round_robin has

	said map[string]said // what waits for [Group.Settle], by attribute
}

// What an Application Load Balancer waits for a target: for the connection, which cannot be set, and for the answer, which is its
// idle timeout. It answers 504 then, and tries no other target.
const (
	connectTimeout = 10 * sim.Second
	IdleTimeout    = 60 * sim.Second // where it is not set
)

// Waits is the remark on an idle timeout that is not set.
const Waits = "idle_timeout: not given, 60 s; a request that has no answer by then ends with 504"

// AlwaysChecked is the remark on health checks that are switched off.
const AlwaysChecked = "AWS lets checks be switched off of Lambda functions alone, and refuses it here; targets are checked"

// MaxWeight is the largest weight of a target group.
const MaxWeight = 999

// Idle sets how long the Application Load Balancers of pools wait for an answer.
func Idle(pools []ir.Pool, limit sim.Time) {
	for i := range pools {
		if p := &pools[i]; application(p) {
			p.Limits.Attempt = limit
		}
	}
}

// Assume says which idle timeout pools have where their load balancers set none.
func Assume(in *source.Input, pools []ir.Pool) {
	for i := range pools {
		if application(&pools[i]) {
			in.Assumed(pools[i].Place, Waits)
		}
	}
}

// application reports whether a pool is a target group of an Application Load Balancer. A Classic Load Balancer has some of its policies.
func application(p *ir.Pool) bool {
	return strings.HasPrefix(p.Policy, "aws-alb/") && p.Limits.Connect == connectTimeout
}

// apply sets the policy, key, cookie and time limits of a pool.
func (g Group) apply(p *ir.Pool) {
	if !g.Network {
		p.Limits.Connect, p.Limits.Attempt = connectTimeout, IdleTimeout
	}
	p.Policy, p.Params = g.policy()
	p.Machine.SlowStart.For = g.Slow
	p.Key = ir.KeySource{Kind: "none"}
	switch p.Policy {
	case "aws-alb/lb-cookie":
		p.CookieName, p.IdleTimeout = "AWSALB", g.duration()
	case "aws-alb/app-cookie":
		p.CookieName, p.IdleTimeout = "AWSALBAPP", g.duration()
	case "aws-nlb/source-ip":
		p.Key = ir.KeySource{Kind: "address", Text: "source_ip"}
	}
	if p.CookieName != "" {
		p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "stickiness " + g.Type}
	}
}

// Split is the division between target groups of an Application Load Balancer. Cookie AWSALBTG keeps a client with its group for
// a duration, 0 = 1 day, from the last answer. A group whose targets are all unhealthy keeps its part.
func Split(sticky bool, duration sim.Time) policies.Weighted {
	if !sticky {
		return policies.Weighted{Sticky: "none"}
	}
	return policies.Weighted{Sticky: "cookie", Lifetime: Group{Duration: duration}.duration(), Sliding: true}
}

func (g Group) duration() sim.Time {
	if g.Duration == 0 {
		return 24 * sim.Hour
	}
	return g.Duration
}

func (g Group) policy() (string, policies.Config) {
	algorithm := cmp.Or(g.Algorithm, "round_robin")
	switch {
	case g.Sticky && g.Network:
		return "aws-nlb/source-ip", aws.SourceIP{}
	case g.Network:
		return "aws-nlb/flow-hash", aws.FlowHash{}
	case g.Sticky && g.Type == "app_cookie":
		return "aws-alb/app-cookie", aws.AppCookie{Duration: g.duration(), Algorithm: algorithm}
	case g.Sticky:
		return "aws-alb/lb-cookie", aws.LBCookie{Duration: g.duration(), Algorithm: algorithm}
	case algorithm == "least_outstanding_requests":
		return "aws-alb/least-outstanding", aws.ALBLeastOutstanding{}
	case algorithm == "weighted_random":
		return "aws-alb/weighted-random", aws.ALBWeightedRandom{}
	}
	return "aws-alb/round-robin", aws.ALBRoundRobin{}
}
