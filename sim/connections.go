package sim

// breakConnections takes the sessions that a server was home to off its count. Clients with a long-lived connection to it
// open a new one.
func (r *run) breakConnections(s ServerID) {
	for i := range r.clients {
		c := &r.clients[i]
		if c.home != s {
			continue
		}
		if c.flags&homeDown == 0 {
			c.raise(homeDown)
			r.hold(c, s, -1)
		}
		p := &r.pops[c.pop]
		if p.Loop != Connection || c.flags&connected == 0 {
			continue
		}
		r.disconnect(c)
		r.reconnect(p, ClientID(i))
	}
}
