package sim

import (
	"fmt"
	"maps"
)

// serverList is all servers of a run, those that have left included, by ServerID.
type serverList []server

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

// serving is how many servers serve.
func (l serverList) serving() int {
	n := 0
	for s := range l {
		if l[s].serving() {
			n++
		}
	}
	return n
}

// order makes a new server, which becomes ready after its start-up time. It reports whether there was room for it.
func (r *run) order() (ServerID, bool) {
	if len(r.servers) >= r.m.room() {
		r.fleet.orderRefused()
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
	r.fleet.orderPlaced()
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

// orderFor orders a server in the place of one that leaves, in that one's role where a deployment is going on: otherwise
// the deployment would end with a server too many.
func (r *run) orderFor(leaves ServerID) {
	s, ok := r.order()
	if d := &r.deploy; ok && d.active {
		d.enlist(s, leaves)
	}
}
