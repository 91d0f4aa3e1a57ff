package kubernetes

import (
	"hash/crc32"
	"net/netip"

	"stickysim/policies"
	"stickysim/policies/internal/idle"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

const (
	ipvsSource = "torvalds/linux net/netfilter/ipvs/ip_vs_"

	// ipvsNote is what all schedulers have in common, and what is assumed of them.
	ipvsNote = " kube-proxy gives every endpoint weight 1. Connections are counted by each node, and requests in flight stand for them, " +
		"as kept and half-closed ones are not modelled. The order of endpoints is assumed to be that of the configuration."
)

// IPVS is a Service in kube-proxy's mode ipvs.
type IPVS struct {
	Timeout sim.Time `yaml:"client_ip_timeout" check:"min=0,max=86400" doc:"sessionAffinity ClientIP: timeoutSeconds since the last connection, at least 2m in effect, as closed connections prolong it; 0 = no session affinity"`
}

// Identifies implements [policies.Identifier].
func (c IPVS) Identifies() policies.Key { return c.identifies(policies.KeyNone) }

// identifies is the key of a scheduler with its own one.
func (c IPVS) identifies(own policies.Key) policies.Key {
	if c.Timeout > 0 {
		return policies.KeyAddress
	}
	return own
}

// scheduler chooses the endpoint of a new connection; NoServer refuses it.
type scheduler interface {
	rebuild(v *sim.View, destinations []sim.ServerID)
	schedule(q *sim.Request, v *sim.View) sim.ServerID
}

// lingers is how long a closed connection keeps a persistence template alive (TIME_WAIT).
const lingers = 120 * sim.Second

func (c IPVS) new(s scheduler, env sim.Env) sim.Balancer {
	p := &ipvs{scheduler: s, destinations: make([]sim.ServerID, 0, env.Servers)}
	if c.Timeout > 0 {
		p.persistent = true
		p.table = idle.NewTable(max(c.Timeout, lingers), env.Clients, env.OwnAddr)
	}
	p.least, _ = s.(*ipvsLeast)
	return p
}

// ipvs is a virtual service.
type ipvs struct {
	connections
	scheduler
	least        *ipvsLeast // the scheduler, where it looks at connections
	persistent   bool
	table        idle.Table
	destinations []sim.ServerID
}

// Rebuild implements [sim.Rebuilder]. kube-proxy takes an endpoint that terminates out at once if no client of the node has a
// connection to it; otherwise it stays with weight 0 until the last one is closed.
func (p *ipvs) Rebuild(v *sim.View) {
	p.destinations = p.destinations[:0]
	for _, s := range v.Members {
		up := v.Status[s] == sim.Up && v.Weight[s] > 0
		if up || v.Status[s] == sim.Draining && (v.InFlight[s] > 0 || v.Sessions[s] > 0) {
			p.destinations = append(p.destinations, s)
		}
	}
	p.rebuild(v, p.destinations)
}

// Reads implements [sim.Reader].
func (p *ipvs) Reads() (needs sim.Needs) {
	switch p.scheduler.(type) {
	case *ipvsSourceHashing:
		needs = sim.NeedsAddr
	case *ipvsMaglev:
		needs = sim.NeedsAddr | sim.NeedsDraw
	}
	if p.persistent {
		needs |= sim.NeedsAddr
	}
	return needs
}

// Watches is part of [sim.Watcher].
func (p *ipvs) Watches() bool { return p.least != nil }

// Began implements [sim.Watcher].
func (p *ipvs) Began(s sim.ServerID, v *sim.View) { p.least.moved(s, v) }

// Ended implements [sim.Watcher].
func (p *ipvs) Ended(s sim.ServerID, _ sim.Outcome, v *sim.View) { p.least.moved(s, v) }

// Prepare implements [sim.Preparer].
func (p *ipvs) Prepare(c sim.ClientID, soon *prefetch.Batch) { p.table.Prepare(c, soon) }

// Pick implements [sim.Balancer].
func (p *ipvs) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		q.Why = sim.NotSticky
		return sim.NoServer
	}
	if !p.persistent {
		return p.schedule(q, v)
	}
	e, fresh := p.table.Touch(q.Client, idle.Key(&q.Addr), v.Now)
	why := sim.None
	switch {
	case e.Server == sim.NoServer:
	case !fresh:
		why = sim.TableExpired
	case v.Status[e.Server] != sim.Up || v.Weight[e.Server] == 0:
		why = sim.ServerUnusable // expire_quiescent_template is on
	default:
		return e.Server
	}
	e.Server = p.schedule(q, v)
	q.Why = why
	return e.Server
}

// takes reports whether IPVS sends new connections to s: its weight is not 0.
func takes(s sim.ServerID, v *sim.View) bool { return v.Status[s] == sim.Up && v.Weight[s] > 0 }

// weight is the weight that IPVS knows: a whole number, 0 for an endpoint that takes nothing new.
func weight(s sim.ServerID, v *sim.View) int {
	if !takes(s, v) {
		return 0
	}
	return max(1, int(v.Weight[s]))
}

// fold is an address as IPVS hashes it: 32 bits, those of IPv6 folded.
func fold(a *sim.Addr) uint32 {
	if a.Is4() {
		return a.V4()
	}
	var x uint32
	for i := 0; i < len(a); i += 4 {
		x ^= uint32(a[i])<<24 | uint32(a[i+1])<<16 | uint32(a[i+2])<<8 | uint32(a[i+3])
	}
	return x
}

// endpoint is the folded address and the port of s; a name that is no address stands for a number that follows from it.
func endpoint(s sim.ServerID, v *sim.View) (address uint32, port uint16) {
	at, err := netip.ParseAddrPort(v.Servers[s].Addr)
	if err != nil {
		return crc32.ChecksumIEEE([]byte(v.Servers[s].Addr)), 0
	}
	a := sim.AddrFrom(at.Addr())
	return fold(&a), at.Port()
}

// stateless is the base of schedulers that keep nothing.
type stateless struct{}

func (stateless) rebuild(*sim.View, []sim.ServerID) {}
