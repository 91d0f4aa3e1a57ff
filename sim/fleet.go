package sim

import (
	"fmt"
	"maps"

	"stickysim/sim/stats"
)

// fleetBooks are the figures of planned change.
type fleetBooks struct {
	drains      int64
	drainTime   Time
	drainMost   Time
	collections int64
	collecting  Time // garbage, all servers together
	crashes     int64
	crashed     int64 // sessions held by servers when they crashed
	cut         int64 // sessions still there when draining servers were stopped
	deploys     int64
	deployTime  Time
	ordered     int64
	refused     int64           // orders beyond the room for servers
	detect      stats.Histogram // ns from a crash to a balancer's marking it
}

// order makes a new server, which becomes ready after its start-up time. It reports whether there was room for it.
func (r *run) order() (ServerID, bool) {
	if len(r.servers) >= r.m.room() {
		r.fleet.refused++
		return NoServer, false
	}
	spec := &r.m.Template
	if spec.Cores == 0 {
		spec = &r.m.Servers[0]
	}
	n := len(r.servers)
	info := spec.Info
	info.Name = fmt.Sprintf("server-%d", n+1)
	for r.nameTaken(info.Name) {
		info.Name += "'"
	}
	info.Addr = info.Name
	info.Number = 0
	info.nameItself()
	s := r.addServer(spec, info, false)
	r.view0 = append(r.view0, r.known(info))
	for i := range r.balancers {
		r.balancers[i].Know(r.view0)
	}
	r.fleet.ordered++
	r.log("server ordered", s, "", 0)
	r.startUp(s)
	return s, true
}

// nameItself gives a server made like another one its own name where products know servers by more than their address: two
// with the same would be one to their clients, and one without would keep none.
func (i *ServerInfo) nameItself() {
	if i.Cookie != "" {
		i.Cookie = i.Name
	}
	for _, names := range []string{"route", "host"} {
		if _, ok := i.Options[names]; ok {
			i.Options = maps.Clone(i.Options)
			i.Options[names] = i.Name
		}
	}
}

func (r *run) nameTaken(name string) bool {
	for i := range r.view0 {
		if r.view0[i].Name == name {
			return true
		}
	}
	return false
}

// startUp plans when a new or restarting server can serve.
func (r *run) startUp(s ServerID) {
	sv := &r.servers[s]
	sv.orderedAt = r.now
	after := Time(0)
	if d := sv.spec.Startup; d != nil {
		after = FromSeconds(d.Sample(r.key.Stream("startup").At(uint64(s)).At(uint64(sv.incarnation))))
	}
	r.plan(scheduled{step: stepReady, server: s, era: sv.incarnation}, r.now+after)
}

// serverReady puts a server into service and tells the balancers.
func (r *run) serverReady(x scheduled) {
	sv := &r.servers[x.server]
	if sv.incarnation != x.era || sv.life == running || sv.retired {
		return
	}
	sv.touch(r.now)
	sv.touchRare(r.now)
	sv.life = running
	sv.capacity = sv.cores
	sv.pauses, sv.slowed = 0, nil
	sv.draining, sv.stopping = false, false
	sv.readyAt = r.now
	sv.startUps++
	r.receiveStates(x.server)
	r.adjustSpeed(x.server)
	r.log("server ready", x.server, "", 0)
	r.startGC(x.server)
	if !r.deploy.holds(x.server) {
		r.join(x.server)
	}
	r.eachFaults(x.server)
	r.deployTurn()
}

// join adds a server to every balancer's configuration, or brings it back.
func (r *run) join(s ServerID) {
	r.servers[s].readyAt = r.now // for a fleet that was held back, only now
	for i := range r.balancers {
		b := &r.balancers[i]
		b.health[s].failures, b.health[s].successes, b.health[s].ejected = 0, 0, 0
		b.Join(s, r.servers[s].weight(r.now))
		r.viewChanged(b)
	}
	if r.m.Health.UnderLoad {
		r.healthChanged(s)
	}
	r.goOnWarming(s)
}

// goOnWarming plans the next step of a server's slow start, if there is one to come.
func (r *run) goOnWarming(s ServerID) {
	sv := &r.servers[s]
	ramp := sv.spec.SlowStart.For
	if ramp <= 0 || sv.orderedAt < 0 || r.balancers[0].view.Weight[s] == float64(sv.info.Weight) {
		return
	}
	n := min((r.now-sv.readyAt)*warmSteps/ramp+1, warmSteps)
	r.plan(scheduled{step: stepWarm, server: s, era: sv.incarnation, n: uint32(n)}, max(sv.readyAt+ramp*n/warmSteps, r.now))
}

// warmSteps is in how many steps a slow start raises the weight.
const warmSteps = 10

// weight is the server's effective weight: its configured one, or a share of it during slow start.
func (s *server) weight(now Time) float64 {
	w := float64(s.info.Weight)
	ramp := s.spec.SlowStart
	if ramp.For <= 0 || now-s.readyAt >= ramp.For || s.readyAt == 0 {
		return w
	}
	return w * (ramp.From + (1-ramp.From)*float64(now-s.readyAt)/float64(ramp.For))
}

// warmUp takes one step of a slow start.
func (r *run) warmUp(x scheduled) {
	sv := &r.servers[x.server]
	if sv.incarnation != x.era || sv.life != running {
		return
	}
	for i := range r.balancers {
		r.balancers[i].SetWeight(x.server, sv.weight(r.now))
		r.viewChanged(&r.balancers[i])
	}
	if x.n < warmSteps {
		x.n++
		r.plan(x, sv.readyAt+sv.spec.SlowStart.For*Time(x.n)/warmSteps)
	}
}

// orderFor orders a server in the place of one that leaves, in that one's role where a deployment is going on: otherwise
// the deployment would end with a server too many.
func (r *run) orderFor(leaves ServerID) {
	s, ok := r.order()
	if d := &r.deploy; ok && d.active {
		d.enlist(s, leaves)
	}
}

// preempt gives a server notice: it drains as far as its balancers do that, and is gone when the notice is over.
func (r *run) preempt(s ServerID, a *Action) {
	if sv := &r.servers[s]; sv.life != running || sv.draining {
		return
	}
	r.log("preemption notice", s, a.Name, int64(r.servers[s].sessions))
	if a.Replace {
		r.orderFor(s) // at the notice: the sooner the better
	}
	r.drain(s, drainPlan{deadline: max(a.Deadline, 1), cause: LostPreemption})
}

// scaleTo brings the fleet to n servers, or the deployment in progress to that size: new ones are ordered, or the newest
// drain for at most the given time.
func (r *run) scaleTo(n int, drain Time) {
	plan := drainPlan{deadline: drain, untilEmpty: true, cause: LostScaleIn}
	if r.deploy.active {
		r.resizeDeployment(&r.deploy, n, plan)
		return
	}
	have := r.standing()
	for ; have < n; have++ {
		if _, ok := r.order(); !ok {
			return
		}
	}
	for s := len(r.servers) - 1; s >= 0 && have > n; s-- {
		if sv := &r.servers[s]; sv.life != gone && !sv.draining && !sv.retired {
			r.drain(ServerID(s), plan)
			have--
		}
	}
}

// standing counts the servers that are or will be in service.
func (r *run) standing() int {
	n := 0
	for i := range r.servers {
		if sv := &r.servers[i]; sv.life != gone && !sv.draining && !sv.retired {
			n++
		}
	}
	return n
}

// eachFaults plans the per-server faults of a server made during the run, when it is ready for the first time.
func (r *run) eachFaults(s ServerID) {
	if int(s) < len(r.m.Servers) || r.servers[s].startUps > 1 {
		return
	}
	for i := range r.m.Timeline {
		if a := &r.m.Timeline[i]; a.Each && a.Every != nil && len(a.Targets) == 0 {
			r.planEach(i, s, 0, r.now)
		}
	}
}
