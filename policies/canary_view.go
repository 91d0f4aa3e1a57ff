package policies

import "stickysim/sim"

// groupView makes an empty view with room for every server, so that restricting it allocates nothing.
func groupView(servers int) sim.View {
	v := sim.View{Status: make([]sim.Status, servers), Members: make([]sim.ServerID, 0, servers), Eligible: make([]sim.ServerID, 0, servers)}
	for s := range v.Status {
		v.Status[s] = sim.Removed
	}
	return v
}

// restrict gives a group its part of v: to its policy, the others' servers are removed. Backups count within the group:
// they are eligible where none of its other servers is.
func (p *canary) restrict(g int, v *sim.View) {
	own := &p.views[g]
	own.Members, own.Eligible = own.Members[:0], own.Eligible[:0]
	for s := range own.Status {
		own.Status[s] = sim.Removed
	}
	for _, s := range v.Members {
		if int(p.group[s]) == g {
			own.Members = append(own.Members, s)
			own.Status[s] = v.Status[s]
		}
	}
	for _, backups := range []bool{false, true} {
		for _, s := range own.Members {
			if v.Status[s] == sim.Up && v.Weight[s] > 0 && v.Servers[s].Backup == backups {
				own.Eligible = append(own.Eligible, s)
			}
		}
		if len(own.Eligible) > 0 {
			break
		}
	}
	p.now(g, v)
}

// now brings what changes between rebuilds in a group's view up to date.
func (p *canary) now(g int, v *sim.View) *sim.View {
	own := &p.views[g]
	own.Now, own.Epoch = v.Now, v.Epoch
	own.Servers, own.InFlight, own.Weight, own.Sessions = v.Servers, v.InFlight, v.Weight, v.Sessions
	return own
}
