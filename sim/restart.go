package sim

import (
	"fmt"

	"stickysim/sim/rng"
)

// initRestarts plans the restarts of balancer instances. Those that share a table lose nothing when one of them restarts.
func (r *run) initRestarts() {
	if r.m.Balancers.Restart == nil || r.m.Balancers.Shared && r.m.Balancers.Count > 1 {
		return
	}
	for i := range r.balancers {
		r.planRestart(i, 0)
	}
}

func (r *run) planRestart(i int, n uint32) {
	span := r.m.Balancers.Restart.Sample(r.key.Stream("restart").At(uint64(i)).At(uint64(n)))
	r.plan(scheduled{do: (*run).restartBalancer, balancer: int32(i), n: n}, r.now+max(FromSeconds(span), 1))
}

// restartBalancer restarts an instance: its tables are empty.
func (r *run) restartBalancer(x scheduled) {
	b := r.balancers[x.balancer]
	r.logBalancer("balancer restarted", b)
	r.loseTables(b)
	r.planRestart(int(x.balancer), x.n+1)
}

// restartBalancers restarts Action.Servers instances drawn at random, or all for 0; they are down for Action.Repair.
func (r *run) restartBalancers(a *Action, k rng.Key) {
	if r.m.Balancers.Shared {
		r.restartShared(a, k)
		return
	}
	n := len(r.balancers)
	first := k.Stream("which").IntN(n)
	for i := 0; i < n && (a.Servers == 0 || i < a.Servers); i++ {
		b := r.balancers[(first+i)%n]
		r.logBalancer("balancer restarted", b)
		b.out = b.out || a.Repair != nil
		r.loseTables(b)
		if a.Repair != nil {
			b.backAt = max(b.backAt, r.now+FromSeconds(a.Repair.Sample(k.At(uint64(i)))))
			r.plan(scheduled{do: (*run).balancerUp, balancer: int32(b.index)}, b.backAt)
		}
	}
}

// restartShared restarts some of the instances that share a table. The table is lost, and requests fail, only when no
// instance is left.
func (r *run) restartShared(a *Action, k rng.Key) {
	b := r.balancers[0]
	all := max(r.m.Balancers.Count, 1)
	up := all - b.peersDown
	hit := up
	if a.Servers > 0 {
		hit = min(a.Servers, up)
	}
	for i := range hit {
		r.log("balancer restarted", NoServer, fmt.Sprintf("one of %d that share a table", all), 0)
		if a.Repair != nil {
			b.peersDown++
			r.plan(scheduled{do: (*run).balancerUp}, r.now+FromSeconds(a.Repair.Sample(k.At(uint64(i)))))
		}
	}
	if hit == up {
		b.out = b.peersDown == all
		r.loseTables(b)
	}
}

// loseTables restarts an instance's policy with empty tables. Clients that it served before count as lost with its tables.
func (r *run) loseTables(b *balancer) {
	r.leaveLines(b)
	b.lostAt = b.view.Epoch + 1 // the epoch that makePolicy begins
	r.makePolicy(b, len(r.clients))
}

// changePolicy gives every balancer another policy. Its tables are lost, what clients carry is not.
func (r *run) changePolicy(to func(Env) Balancer) {
	r.newPolicy, r.drainTrial = to, drainTrial{}
	r.log("policy changed", NoServer, "", 0)
	for i := range r.balancers {
		r.makePolicy(r.balancers[i], len(r.clients))
	}
	for s := range r.servers {
		r.checkDrained(ServerID(s))
	}
}

// balancerUp ends an instance's restart, unless another has begun since.
func (r *run) balancerUp(x scheduled) {
	b := r.balancers[x.balancer]
	switch {
	case r.m.Balancers.Shared:
		b.peersDown--
	case r.now < b.backAt || !b.out:
		return
	}
	b.out = false
	r.logBalancer("balancer up", b)
	r.viewChanged(b)
}
