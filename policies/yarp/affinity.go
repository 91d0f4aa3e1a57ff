package yarp

import (
	"stickysim/policies"
	"stickysim/sim"
)

// Affinity is what YARP's affinity policies share.
type Affinity struct {
	Failure   string `yaml:"failure_policy" check:"oneof=Redistribute|Return503Error" doc:"SessionAffinity.FailurePolicy, for a key that is not understood, or whose destination is not available: balance anew with a new key, or refuse the request"`
	Balancing string `yaml:"load_balancing_policy" check:"oneof=PowerOfTwoChoices|FirstAlphabetical|Random|RoundRobin|LeastRequests" doc:"LoadBalancingPolicy, for clients without a key"`
	Cluster   `yaml:",inline"`
}

func defaultAffinity() Affinity {
	return Affinity{Failure: "Redistribute", Balancing: "PowerOfTwoChoices", Cluster: DefaultCluster()}
}

// Lifetime is how long a client keeps a cookie.
type Lifetime struct {
	TTL sim.Time `yaml:"max_age" check:"min=0" doc:"SessionAffinity.Cookie.MaxAge or Expiration, since the cookie was set; 0 = the client's session"`
}

// affinityDoc describes an affinity policy.
func affinityDoc(name, file, summary, detail string) policies.Doc {
	return policies.Doc{
		Summary: "SessionAffinity " + name + ": " + summary,
		Also:    []string{name},
		Detail: detail + " The key is attached to the first answer only. The first destination that it stands for is taken while it is " +
			"available; otherwise failure_policy decides.",
		Source: source + "SessionAffinity/" + file + "SessionAffinityPolicy.cs, SessionAffinityMiddleware.cs; docs/docfx/articles/session-affinity.md",
		Key:    policies.KeyCookie,
		Claims: policies.Claims{Uniform: true, Sticky: true, Minimal: true},
	}
}

type affinity struct {
	balancer
	failure string
	ttl     sim.Time
}

func newAffinity(c Affinity, ttl sim.Time, env sim.Env) affinity {
	return affinity{balancer: *newBalancer(c.Cluster, c.Balancing, env), failure: c.Failure, ttl: ttl}
}

// What Pick leaves in Request.Memo for Answered.
const (
	newKey = iota // attach a key to the answer
	oldKey
)

// Repeats implements [sim.Repeater]: a key is good until a destination changes, if no requests take one out.
func (p *affinity) Repeats() bool { return p.history == nil }

// Pick implements [sim.Balancer].
func (p *affinity) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	p.sync(v)
	why := sim.CookieMissing
	q.Memo = newKey
	if q.Cookie != 0 {
		s := sim.ServerID(min(q.Cookie-1, sim.Cookie(len(v.Servers))))
		switch {
		case int(s) >= len(v.Servers) || v.Status[s] == sim.Removed:
			why = sim.CookieRefused
		case p.has(s):
			q.Memo, q.Settled = oldKey, true
			return s
		default:
			why = sim.ServerUnusable
		}
		if p.failure == "Return503Error" {
			q.Why = why
			return sim.NoServer
		}
	}
	s := p.balancer.Pick(q, v)
	q.Why = why
	return s
}

// Answered implements [sim.Binder].
func (p *affinity) Answered(q *sim.Request, s sim.ServerID, _ *sim.View) {
	if q.Memo == newKey {
		q.SetCookie, q.CookieTTL = sim.Cookie(s)+1, p.ttl
	}
}

// hashed writes keys as a hash of the destination's name.
type hashed func(name string) string

// FormatCookie implements [sim.CookieText].
func (hash hashed) FormatCookie(c sim.Cookie, v *sim.View) string {
	if c == 0 || c > sim.Cookie(len(v.Servers)) {
		return ""
	}
	return hash(v.Servers[c-1].Name)
}

// ParseCookie finds the destination that a key stands for.
func (hash hashed) ParseCookie(value string, v *sim.View) sim.Cookie {
	for _, s := range v.Members {
		if hash(v.Servers[s].Name) == value {
			return sim.Cookie(s) + 1
		}
	}
	return ^sim.Cookie(0)
}

type hashedAffinity struct {
	affinity
	hashed
}
