package sim

import "stickysim/sim/rng"

// initRestarts plans the restarts of balancer instances.
func (r *run) initRestarts() {
	d := r.m.Balancers.Restart
	if d == nil {
		return
	}
	for i := range r.balancers {
		r.planRestart(i, 0)
	}
}

func (r *run) planRestart(i int, n uint32) {
	span := r.m.Balancers.Restart.Sample(r.key.Stream("restart").At(uint64(i)).At(uint64(n)))
	r.plan(scheduled{step: stepBalancerRestart, balancer: int32(i), n: n}, r.now+max(FromSeconds(span), 1))
}

// restartBalancer gives an instance a fresh policy: its tables are empty.
func (r *run) restartBalancer(x scheduled) {
	b := &r.balancers[x.balancer]
	r.log("balancer restarted", NoServer, "", 0)
	r.makePolicy(b, len(r.clients))
	r.planRestart(int(x.balancer), x.n+1)
}

// restartBalancers restarts instances as a timeline entry says: some by draw, or all; they are out for Repair.
func (r *run) restartBalancers(a *Action, k rng.Key) {
	n := len(r.balancers)
	first := k.Stream("which").IntN(n)
	for i := 0; i < n && (a.Servers == 0 || i < a.Servers); i++ {
		b := &r.balancers[(first+i)%n]
		r.log("balancer restarted", NoServer, "", int64(b.index))
		r.makePolicy(b, len(r.clients))
		if a.Repair != nil {
			b.out = true
			r.plan(scheduled{step: stepBalancerUp, balancer: int32(b.index)}, r.now+FromSeconds(a.Repair.Sample(k.At(uint64(i)))))
		}
	}
}

// changePolicy reconfigures every balancer: what its policy kept is lost, what clients carry is not.
func (r *run) changePolicy(to func(Env) Balancer) {
	r.newPolicy, r.keepsKnown = to, false
	r.log("policy changed", NoServer, "", 0)
	for i := range r.balancers {
		r.makePolicy(&r.balancers[i], len(r.clients))
	}
	for s := range r.servers {
		r.checkDrained(ServerID(s))
	}
}

func (r *run) balancerUp(b *balancer) {
	b.out = false
	r.viewChanged(b)
}
