package sim

import "stickysim/sim/rng"

// trial is the randomness of trials, the same in every replication: they must agree.
var trial = rng.Root(0).Stream("trial")

// trials is how many clients take part: enough to notice a mixture in which one client in twenty is kept.
const trials = 256

// drainTrial is what a trial has found out about a policy.
type drainTrial struct {
	done  bool
	keeps bool // it sends clients to their server while that drains
}

// keepsDraining reports whether the present policy sends clients to their server while that drains. Products differ:
// HAProxy and nginx do, a target deregistered from an AWS load balancer gets nothing more, and a policy without affinity
// has no client to keep. So the policy is tried: clients are bound to a fleet like the one at the start, every other
// server of it drains, and the clients come back. One client that is kept is enough.
func (r *run) keepsDraining() bool {
	if !r.drainTrial.done {
		r.drainTrial = drainTrial{done: true, keeps: r.tryDraining()}
	}
	return r.drainTrial.keeps
}

func (r *run) tryDraining() bool {
	i := r.trialInstance()
	var cookies [trials]Cookie
	var marks [trials]uint8
	var homes [trials]ServerID
	for c := range homes {
		q := trialRequest(c, 0)
		homes[c] = i.Pick(q)
		if homes[c] >= 0 {
			i.Began(homes[c])
			i.Answered(q, homes[c])
			i.Ended(homes[c], Answered)
			cookies[c], marks[c] = q.SetCookie, q.SetMark
		}
	}
	for n, s := range i.View().Members {
		if n%2 == 1 {
			i.SetStatus(s, Draining)
		}
	}
	i.At(2 * Second)
	i.Changed()
	for c, home := range homes {
		if home < 0 || i.View().Status[home] != Draining {
			continue
		}
		q := trialRequest(c, 1)
		q.Cookie, q.Mark = cookies[c], marks[c]
		if i.Pick(q) == home {
			return true
		}
	}
	return false
}

// trialInstance is an instance of the present policy over at least two idle servers, all of them up.
func (r *run) trialInstance() *Instance {
	servers := append([]ServerInfo{}, r.view0[:len(r.m.Servers)]...)
	if len(servers) == 1 {
		servers = append(servers, ServerInfo{Name: "another", Addr: "another", Cookie: "another", Weight: 1})
	}
	i := NewInstance(len(servers))
	i.Use(r.newPolicy(Env{Rand: trial, Hash: trial.Stream("hash"), Servers: len(servers), Clients: trials}))
	i.Know(servers)
	for s := range servers {
		i.Join(ServerID(s), float64(servers[s].Weight))
	}
	i.At(Second)
	i.Changed()
	return &i
}

// trialRequest is the n-th request of a client of the trial.
func trialRequest(client, n int) *Request {
	k := trial.At(uint64(client))
	return &Request{Client: ClientID(client), Hash: k.Uint64(), Addr: Addr4(uint32(k.Uint64() >> 32)), Key: appendKey(nil, k.Uint64()), Draw: k.At(uint64(n))}
}
