package policytest

import (
	"math/bits"
	"slices"
	"testing"

	"stickysim/policies"
	"stickysim/sim"
)

// broken is a policy made of a pick function, and of a rebuild function where it has one.
type broken struct {
	make func() (pick func(q *sim.Request, v *sim.View) sim.ServerID, rebuild func(v *sim.View))
}

func (c broken) New(sim.Env) sim.Balancer {
	pick, rebuild := c.make()
	return &brokenBalancer{pick, rebuild}
}

type brokenBalancer struct {
	pick    func(q *sim.Request, v *sim.View) sim.ServerID
	rebuild func(v *sim.View)
}

func (b *brokenBalancer) Pick(q *sim.Request, v *sim.View) sim.ServerID { return b.pick(q, v) }

func (b *brokenBalancer) Rebuild(v *sim.View) {
	if b.rebuild != nil {
		b.rebuild(v)
	}
}

// stateless is a policy without memory over the eligible servers, of which there is one at least.
func stateless(pick func(q *sim.Request, v *sim.View) sim.ServerID) policies.Config {
	return broken{func() (func(*sim.Request, *sim.View) sim.ServerID, func(*sim.View)) {
		return func(q *sim.Request, v *sim.View) sim.ServerID {
			q.Why = sim.NotSticky
			if len(v.Eligible) == 0 {
				return sim.NoServer
			}
			return pick(q, v)
		}, nil
	}}
}

// secretive is a policy that says it reads nothing of requests.
type secretive struct{ config policies.Config }

func (c secretive) New(env sim.Env) sim.Balancer {
	return secretiveBalancer{c.config.New(env)}
}

type secretiveBalancer struct{ sim.Balancer }

func (secretiveBalancer) Reads() sim.Needs { return 0 }

// hasty is a policy that has something to learn from answers, and says that it has not.
type hasty struct{ config policies.Config }

func (c hasty) New(env sim.Env) sim.Balancer { return hastyBalancer{c.config.New(env)} }

type hastyBalancer struct{ sim.Balancer }

func (b hastyBalancer) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Settled = true
	return b.Balancer.Pick(q, v)
}

func (hastyBalancer) Answered(q *sim.Request, s sim.ServerID, _ *sim.View) {
	q.SetCookie = sim.Cookie(s + 1)
}

// keeping is a policy whose answers give another cookie than the one that the client keeps, though it says they give none.
type keeping struct{ config policies.Config }

func (c keeping) New(env sim.Env) sim.Balancer { return keepingBalancer{c.config.New(env)} }

type keepingBalancer struct{ sim.Balancer }

func (b keepingBalancer) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Settled = q.Kept && q.Cookie != 0
	return b.Balancer.Pick(q, v)
}

func (keepingBalancer) Answered(q *sim.Request, s sim.ServerID, _ *sim.View) {
	q.SetCookie = sim.Cookie(s + 1)
}

// fickle is a policy that says it repeats its picks, and does not.
type fickle struct{ config policies.Config }

func (c fickle) New(env sim.Env) sim.Balancer { return fickleBalancer{c.config.New(env)} }

type fickleBalancer struct{ sim.Balancer }

func (fickleBalancer) Repeats() bool { return true }

func (b fickleBalancer) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	s := b.Balancer.Pick(q, v)
	q.Why = sim.None
	return s
}

// unbound is a policy that says it does not act on answers, and gives cookies with them.
type unbound struct{ config policies.Config }

func (c unbound) New(env sim.Env) sim.Balancer { return unboundBalancer{c.config.New(env)} }

type unboundBalancer struct{ sim.Balancer }

func (unboundBalancer) Binds() bool { return false }

func (unboundBalancer) Answered(q *sim.Request, s sim.ServerID, _ *sim.View) {
	q.SetCookie = sim.Cookie(s) + 1
}

// grudging is a policy that says it repeats its picks, and avoids a server that has failed.
type grudging struct{}

func (grudging) New(sim.Env) sim.Balancer { return &grudgingBalancer{failed: sim.NoServer} }

type grudgingBalancer struct{ failed sim.ServerID }

func (*grudgingBalancer) Repeats() bool                 { return true }
func (*grudgingBalancer) Calm() bool                    { return true }
func (*grudgingBalancer) Began(sim.ServerID, *sim.View) {}

func (b *grudgingBalancer) Ended(s sim.ServerID, o sim.Outcome, _ *sim.View) {
	if o == sim.Broken {
		b.failed = s
	}
}

func (b *grudgingBalancer) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	return hashed(q, v, b.failed)
}

// hashed is a server that a hash of the client gives, and not the one to avoid, or that has failed, where there is another.
func hashed(q *sim.Request, v *sim.View, avoid sim.ServerID) sim.ServerID {
	at := q.Hash % uint64(len(v.Eligible))
	for range v.Eligible {
		if s := v.Eligible[at]; s != avoid && !slices.Contains(q.Tried, s) {
			return s
		}
		at = (at + 1) % uint64(len(v.Eligible))
	}
	return v.Eligible[at]
}

// forgetful is a policy that says it repeats its picks, and needs what it has noted with one for the next attempt.
type forgetful struct{}

func (forgetful) New(sim.Env) sim.Balancer { return forgetfulBalancer{} }

type forgetfulBalancer struct{}

func (forgetfulBalancer) Repeats() bool                                  { return true }
func (forgetfulBalancer) Answered(*sim.Request, sim.ServerID, *sim.View) {}

func (forgetfulBalancer) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	switch {
	case len(v.Eligible) == 0:
		return sim.NoServer
	case q.Attempt > 0:
		return hashed(q, v, sim.ServerID(q.Memo)-1)
	}
	s := hashed(q, v, sim.NoServer)
	q.Memo, q.Settled = uint64(hashed(q, v, s))+1, true
	return s
}

// absent is a policy that says answers do not matter to it, and counts them.
type absent struct{}

func (absent) New(sim.Env) sim.Balancer { return &absentBalancer{} }

type absentBalancer struct{ answered int }

func (*absentBalancer) Calm() bool                    { return true }
func (*absentBalancer) Began(sim.ServerID, *sim.View) {}

func (b *absentBalancer) Ended(_ sim.ServerID, o sim.Outcome, _ *sim.View) {
	if o == sim.Answered {
		b.answered++
	}
}

func (b *absentBalancer) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	return v.Eligible[b.answered%len(v.Eligible)]
}

// misled is a policy that gives cookies and says they are for the server that answered; they are for another.
type misled struct{ config policies.Config }

func (c misled) New(env sim.Env) sim.Balancer { return misledBalancer{c.config.New(env)} }

type misledBalancer struct{ sim.Balancer }

func (misledBalancer) Repeats() bool { return true }

func (b misledBalancer) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if s := sim.ServerID(q.Cookie) - 1; q.Cookie != 0 && v.Usable(s) && !slices.Contains(q.Tried, s) {
		q.Why, q.Settled = sim.None, true
		return s
	}
	q.Why = sim.CookieMissing
	return b.Balancer.Pick(q, v)
}

func (misledBalancer) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	q.SetCookie, q.Settled = sim.Cookie(s)+1, true
	if len(v.Eligible) > 0 {
		q.SetCookie = sim.Cookie(v.Eligible[0]) + 1
	}
}

func anyServer(q *sim.Request, v *sim.View) sim.ServerID {
	return v.Eligible[q.Draw.IntN(len(v.Eligible))]
}

// sampleTwo draws two different eligible servers, or the only one twice.
func sampleTwo(q *sim.Request, v *sim.View) [2]sim.ServerID {
	n := len(v.Eligible)
	i := q.Draw.At(0).IntN(n)
	j := (i + 1 + q.Draw.At(1).IntN(max(n-1, 1))) % n
	return [2]sim.ServerID{v.Eligible[i], v.Eligible[j]}
}

// Side effects of broken policies.
var (
	calls uint64
	sink  []int
)

// brokenCases are each right in all but the one thing that the case is about; the controls are right in all.
var brokenCases = []struct {
	name   string
	want   []string // the violated properties
	claims policies.Claims
	key    policies.Key
	config policies.Config
}{
	{name: "control: random", claims: policies.Claims{Uniform: true}, config: stateless(anyServer)},
	{
		name: "control: two choices", claims: policies.Claims{Uniform: true, Sample: 2},
		config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			two := sampleTwo(q, v)
			if v.InFlight[two[1]] < v.InFlight[two[0]] {
				return two[1]
			}
			return two[0]
		}),
	},
	{
		// Caddy #5609: the last of equals won.
		name: "least connections takes the last", want: []string{"awkward", "uniform", "ties"},
		claims: policies.Claims{Uniform: true, Sample: -1},
		config: stateless(func(_ *sim.Request, v *sim.View) sim.ServerID {
			best := v.Eligible[0]
			for _, s := range v.Eligible {
				if v.InFlight[s] <= v.InFlight[best] {
					best = s
				}
			}
			return best
		}),
	},
	{
		// Caddy's leastRequests: candidates stay when a lower load appears.
		name: "stale candidates", want: []string{"sample"}, claims: policies.Claims{Uniform: true, Sample: 2},
		config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			two := sampleTwo(q, v)
			if v.InFlight[two[1]] <= v.InFlight[two[0]] && q.Draw.At(2).IntN(2) == 0 {
				return two[1]
			}
			return two[0]
		}),
	},
	{
		// Caddy #7873: the power of two choices was random.
		name: "two choices is random", want: []string{"sample"}, claims: policies.Claims{Uniform: true, Sample: 2},
		config: stateless(anyServer),
	},
	{
		name: "two choices takes the busier", want: []string{"sample"}, claims: policies.Claims{Uniform: true, Sample: 2},
		config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			two := sampleTwo(q, v)
			if v.InFlight[two[1]] > v.InFlight[two[0]] {
				return two[1]
			}
			return two[0]
		}),
	},
	{
		name: "a server that is down is picked", want: []string{"status", "awkward"},
		config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			return v.Members[q.Draw.IntN(len(v.Members))]
		}),
	},
	{
		name: "a draining server gets new clients", want: []string{"status"},
		config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			for _, s := range v.Members {
				if v.Status[s] == sim.Draining {
					return s
				}
			}
			return anyServer(q, v)
		}),
	},
	{
		name: "no server at times", want: []string{"alive", "awkward"},
		config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			if q.Draw.At(9).IntN(50) == 0 {
				return sim.NoServer
			}
			return anyServer(q, v)
		}),
	},
	{
		name: "corrects the view", want: []string{"read only"},
		config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			v.Weight[v.Eligible[0]] += 1e-9
			return anyServer(q, v)
		}),
	},
	{
		name: "reads more than it says", want: []string{"reads"}, config: secretive{stateless(anyServer)},
	},
	{
		name: "learns from what it says is settled", want: []string{"reads"}, config: hasty{stateless(anyServer)},
	},
	{
		name: "changes the cookie that it says is kept", want: []string{"reads"}, config: keeping{stateless(anyServer)},
	},
	{
		name: "acts on answers that it says do not matter", want: []string{"reads"}, config: unbound{stateless(anyServer)},
	},
	{
		name: "repeats what it does not", want: []string{"reason", "reads"}, config: fickle{stateless(anyServer)},
	},
	{
		name: "repeats what failures change", want: []string{"reads"}, key: policies.KeyHash, config: grudging{},
	},
	{
		name: "needs a note of what it repeats", want: []string{"reads"}, key: policies.KeyHash, config: forgetful{},
	},
	{
		name: "is calm while it counts answers", want: []string{"reads"}, config: absent{},
	},
	{
		name: "settles on a server that its cookie is not for", want: []string{"status", "reason", "reads"}, config: misled{stateless(anyServer)},
	},
	{
		name: "luck of its own", want: []string{"reads", "repeatable", "renumbering", "slots"},
		config: stateless(func(_ *sim.Request, v *sim.View) sim.ServerID {
			calls++
			return v.Eligible[bits.Reverse64(calls*0x9e3779b97f4a7c15)%uint64(len(v.Eligible))]
		}),
	},
	{
		name: "ServerIDs matter", want: []string{"renumbering"},
		config: stateless(func(_ *sim.Request, v *sim.View) sim.ServerID { return slices.Min(v.Eligible) }),
	},
	{
		name: "slots matter", want: []string{"slots"},
		config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			return v.Eligible[uint64(q.Client)*0x9e3779b97f4a7c15>>32%uint64(len(v.Eligible))]
		}),
	},
	{
		name: "allocates", want: []string{"allocations"},
		config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			sink = make([]int, len(v.Eligible))
			return v.Eligible[q.Draw.IntN(len(sink))]
		}),
	},
	{
		name: "not sticky", want: []string{"sticky"}, key: policies.KeyCookie, claims: policies.Claims{Sticky: true},
		config: stateless(anyServer),
	},
	{
		name: "modulo is not minimal", want: []string{"minimal"}, key: policies.KeyHash, claims: policies.Claims{Minimal: true},
		config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			return v.Eligible[q.Hash%uint64(len(v.Eligible))]
		}),
	},
	{
		name: "no bound", want: []string{"load bound"}, key: policies.KeyHash, claims: policies.Claims{LoadBound: 1.25},
		config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			return v.Eligible[q.Hash%uint64(len(v.Eligible))]
		}),
	},
	{
		name: "gives no reason", want: []string{"reason"},
		config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			q.Why = sim.None
			return anyServer(q, v)
		}),
	},
	{
		name: "random turns", want: []string{"strict turn"}, claims: policies.Claims{StrictTurn: true}, config: stateless(anyServer),
	},
	{
		name: "deaf to weights", want: []string{"weighted"}, claims: policies.Claims{Weighted: true}, config: stateless(anyServer),
	},
	{
		name: "deaf to limits", want: []string{"limit"}, claims: policies.Claims{Limit: true}, config: stateless(anyServer),
	},
	{
		name: "silent about limits", want: []string{"limit"}, config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			s := anyServer(q, v)
			if v.Full(s) {
				return sim.NoServer
			}
			return s
		}),
	},
	{
		name: "one address is split", want: []string{"awkward"}, key: policies.KeyAddress, claims: policies.Claims{Sticky: true},
		config: stateless(func(q *sim.Request, v *sim.View) sim.ServerID {
			return v.Eligible[q.Hash%uint64(len(v.Eligible))]
		}),
	},
	{
		// Servers that went down once are never used again while another is up.
		name: "does not forgive", want: []string{"awkward"}, claims: policies.Claims{Uniform: true},
		config: broken{func() (func(*sim.Request, *sim.View) sim.ServerID, func(*sim.View)) {
			var trusted [2048]bool
			for i := range trusted {
				trusted[i] = true
			}
			pick := func(q *sim.Request, v *sim.View) sim.ServerID {
				q.Why = sim.NotSticky
				best, n := sim.NoServer, 0
				for _, s := range v.Eligible {
					if trusted[s] {
						n++
						if q.Draw.At(uint64(n)).IntN(n) == 0 {
							best = s
						}
					}
				}
				if best == sim.NoServer && len(v.Eligible) > 0 {
					return v.Eligible[0]
				}
				return best
			}
			return pick, func(v *sim.View) {
				for _, s := range v.Members {
					trusted[s] = trusted[s] && v.Status[s] == sim.Up
				}
			}
		}},
	},
}

func TestBrokenPoliciesAreCaught(t *testing.T) {
	for _, c := range brokenCases {
		t.Run(c.name, func(t *testing.T) {
			e := policies.Entry{Name: c.name, Default: c.config, Doc: policies.Doc{
				Summary: "broken", Source: "this test", Key: c.key, Claims: c.claims,
			}}
			var got []string
			for _, v := range Check(e) {
				got = append(got, v.Property)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("violations of %q: got %v, want %v", c.name, got, c.want)
			}
		})
	}
}

func TestUndocumentedPolicyIsCaught(t *testing.T) {
	e := policies.Entry{Name: "mute", Default: stateless(anyServer)}
	got := Check(e)
	if len(got) != 1 || got[0].Property != "documented" {
		t.Errorf("Check of an undocumented policy = %v; want one violation of documented", got)
	}
}

// References: the regularised incomplete gamma function, by continued fraction and bisection.
func TestChiSquareLimit(t *testing.T) {
	for df, want := range map[int]float64{4: 33.3768, 9: 44.8109, 99: 180.792} {
		if got := ChiSquareLimit(df); got < want || got > 1.06*want {
			t.Errorf("ChiSquareLimit(%d) = %.3f; want %.3f or up to 6 %% above", df, got, want)
		}
	}
}
