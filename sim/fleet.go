package sim

import (
	"fmt"
	"maps"
	"slices"
)

// serverList is all servers of a run, those that have left included, by ServerID.
type serverList []*server

// spareServers is memory for servers that are yet to be made, in blocks: a record never moves.
type spareServers []server

// take returns the next record. The first block is for so many as there are at the start.
func (m *spareServers) take(atStart int) *server {
	if len(*m) == 0 {
		n := 16
		if *m == nil {
			n = atStart
		}
		*m = make([]server, n)
	}
	s := &(*m)[0]
	*m = (*m)[1:]
	return s
}

// notGone lists the servers that have not left, of the first so many of the run.
type notGone struct {
	list []ServerID
	seen int
	left bool // some may have left since
}

// present lists the servers that are not gone, ascending, until the next change of the fleet.
func (r *run) present() []ServerID {
	p := &r.notGone
	for ; p.seen < len(r.servers); p.seen++ {
		p.list = append(p.list, ServerID(p.seen))
	}
	if p.left {
		p.list, p.left = r.servers.notGone(p.list), false
	}
	return p.list
}

// mayLeave notes that a server may be gone.
func (p *notGone) mayLeave() { p.left = true }

// inService lists the servers that count towards the size of the fleet.
func (l serverList) inService() []ServerID {
	var list []ServerID
	for s := range l {
		if l[s].inService() {
			list = append(list, ServerID(s))
		}
	}
	return list
}

// size is how many servers count towards the size of the fleet.
func (l serverList) size() int {
	n := 0
	for s := range l {
		if l[s].inService() {
			n++
		}
	}
	return n
}

// notGone keeps those of a list that are not gone.
func (l serverList) notGone(list []ServerID) []ServerID {
	return slices.DeleteFunc(list, func(s ServerID) bool { return l[s].life == gone })
}

// willServe is how many of a list serve, or will.
func (l serverList) willServe(list []ServerID) int {
	n := 0
	for _, s := range list {
		if l[s].willServe() {
			n++
		}
	}
	return n
}

// readyFor is how many of a list have served for so long.
func (l serverList) readyFor(list []ServerID, span, now Time) int {
	n := 0
	for _, s := range list {
		if l[s].readyFor(span, now) {
			n++
		}
	}
	return n
}

// allReady reports whether none of a list is still to be waited for until it has served for so long.
func (l serverList) allReady(list []ServerID, span, now Time) bool {
	return l.willServe(list) == l.readyFor(list, span, now)
}

// order makes a new server, which becomes ready after its start-up time; false when the run has had MaxServers already.
func (r *run) order() (ServerID, bool) {
	if len(r.servers) >= r.m.room() {
		r.fleet.orderRefused()
		return NoServer, false
	}
	spec := &r.m.Template
	if spec.Cores == 0 {
		spec = &r.m.Servers[0]
	}
	info := r.newIdentity(spec.Info)
	s := r.addServer(spec, info, false)
	r.incidents.hit(s)
	r.view0 = append(r.view0, r.known(info))
	for i := range r.balancers {
		r.balancers[i].meet(r.view0)
	}
	r.fleet.orderPlaced()
	r.log("server ordered", s, "", 0)
	r.startUp(s)
	return s, true
}

// newIdentity is a copy of a server's settings with an identity of its own: the next of those that are configured, or a number.
func (r *run) newIdentity(info ServerInfo) ServerInfo {
	n := len(r.servers)
	info.Name = fmt.Sprintf("server-%d", n+1)
	own, configured := ServerInfo{}, n-len(r.m.Servers) < len(r.m.Spare)
	if configured {
		own = r.m.Spare[n-len(r.m.Servers)]
		info.Name = own.Name
	}
	for !configured && r.nameTaken(info.Name) {
		info.Name += "'"
	}
	info.Addr, info.Number = info.Name, 0
	if !r.m.TemplateZone {
		info.Zone = r.emptiestZone()
	}
	info.cloneIdentity()
	if configured {
		info.Addr = own.Addr
	}
	if own.Cookie != "" {
		info.Cookie = own.Cookie
	}
	return info
}

// emptiestZone is the zone of the original fleet with the fewest servers in service, of several the one that is listed first.
func (r *run) emptiestZone() int {
	serving := map[int]int{}
	for _, s := range r.servers.inService() {
		serving[r.servers[s].info.Zone]++
	}
	best := r.m.Servers[0].Info.Zone
	for i := range r.m.Servers {
		if zone := r.m.Servers[i].Info.Zone; serving[zone] < serving[best] {
			best = zone
		}
	}
	return best
}

// cloneIdentity gives a copy of a server a cookie value and product options of its own: two servers with the same would be
// one to their clients, and a server without could keep none.
func (i *ServerInfo) cloneIdentity() {
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

// nameTaken reports whether a server is configured that has the name. Those that are numbered during the run differ anyway.
func (r *run) nameTaken(name string) bool {
	return isNamed(r.view0[:len(r.m.Servers)], name) || isNamed(r.m.Spare, name)
}

func isNamed(servers []ServerInfo, name string) bool {
	for i := range servers {
		if servers[i].Name == name {
			return true
		}
	}
	return false
}

// orderFor orders a server in the place of one that leaves. A deployment in progress counts it in that one's role: otherwise
// it would end with a server too many.
func (r *run) orderFor(leaves ServerID) {
	s, ok := r.order()
	if d := &r.deploy; ok && d.active {
		d.replaceInPlan(s, leaves)
	}
}
