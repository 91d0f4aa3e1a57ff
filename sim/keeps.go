package sim

import "stickysim/sim/rng"

// trial is the randomness of trials, the same in every replication: they must agree.
var trial = rng.Root(0).Stream("trial")

// trials is how many clients a policy is shown: so many that a mixture in which one in twenty is kept is found out.
const trials = 256

// keepsDraining reports whether the present policy goes on sending clients to their server while that drains. Products
// differ: HAProxy and nginx keep them there, a target deregistered from an AWS load balancer gets nothing more, and a
// policy without affinity has nobody to keep. So the policy is asked: clients are bound to a fleet like the one at the
// start, every other server of it drains, and they come back. Of a mixture it is enough that some are kept.
func (r *run) keepsDraining() bool {
	if !r.keepsKnown {
		r.keeps, r.keepsKnown = r.tryDraining(), true
	}
	return r.keeps
}

func (r *run) tryDraining() bool {
	v := r.trialView()
	policy := r.newPolicy(Env{Rand: trial, Hash: trial.Stream("hash"), Servers: len(v.Servers), Clients: trials})
	rebuild := func() {
		if b, ok := policy.(Rebuilder); ok {
			b.Rebuild(v)
		}
	}
	rebuild()
	var cookies [trials]Cookie
	var marks [trials]uint8
	var homes [trials]ServerID
	for i := range homes {
		q := r.trialRequest(i, 0)
		homes[i] = policy.Pick(q, v)
		if homes[i] >= 0 {
			tryAnswer(policy, q, homes[i], v)
			cookies[i], marks[i] = q.SetCookie, q.SetMark
		}
	}
	for s := 1; s < len(v.Servers); s += 2 {
		v.Status[s] = Draining
		v.Eligible = without(v.Eligible, ServerID(s))
	}
	v.Epoch++
	v.Now += Second
	rebuild()
	for i, home := range homes {
		if home < 0 || v.Status[home] != Draining {
			continue
		}
		q := r.trialRequest(i, 1)
		q.Cookie, q.Mark = cookies[i], marks[i]
		if policy.Pick(q, v) == home {
			return true
		}
	}
	return false
}

// trialView is a fleet of at least two idle servers, all of them up.
func (r *run) trialView() *View {
	servers := append([]ServerInfo{}, r.view0[:len(r.m.Servers)]...)
	if len(servers) == 1 {
		servers = append(servers, ServerInfo{Name: "another", Addr: "another", Cookie: "another", Weight: 1})
	}
	n := len(servers)
	v := &View{Now: Second, Servers: servers, Status: make([]Status, n), InFlight: make([]int32, n), Weight: make([]float64, n), Sessions: make([]int32, n)}
	for s := range servers {
		v.Members = append(v.Members, ServerID(s))
		v.Weight[s] = float64(servers[s].Weight)
		if servers[s].Weight > 0 && !servers[s].Backup {
			v.Eligible = append(v.Eligible, ServerID(s))
		}
	}
	return v
}

// trialRequest is the n-th request of a client of the trial.
func (r *run) trialRequest(client, n int) *Request {
	k := trial.At(uint64(client))
	return &Request{Client: ClientID(client), Hash: k.Uint64(), Addr: Addr4(uint32(k.Uint64() >> 32)), Key: appendKey(nil, k.Uint64()), Draw: k.At(uint64(n))}
}

// tryAnswer plays the answer of a server to the policy.
func tryAnswer(policy Balancer, q *Request, s ServerID, v *View) {
	w, watches := policy.(Watcher)
	if watches {
		v.InFlight[s]++
		w.Began(s, v)
	}
	if b, ok := policy.(Binder); ok {
		b.Answered(q, s, v)
	}
	if watches {
		v.InFlight[s]--
		w.Ended(s, Answered, v)
	}
}

func without(list []ServerID, s ServerID) []ServerID {
	kept := list[:0]
	for _, o := range list {
		if o != s {
			kept = append(kept, o)
		}
	}
	return kept
}
