package caddy

import "stickysim/sim"

// pool knows which upstreams are available.
type pool struct {
	failures failures
	limited  bool // some upstream has max_requests
}

func (p *pool) rebuild(v *sim.View) {
	p.limited = false
	for _, s := range v.Eligible {
		p.limited = p.limited || v.Servers[s].Limit > 0
	}
}

// open reports whether every eligible upstream is available, without looking at each.
func (p *pool) open(v *sim.View) bool { return !p.limited && !p.failures.any(v.Now) }

// available reports whether upstream s takes requests. Weight 0 and backups are for the View to judge: callers that
// walk v.Members instead of v.Eligible ask takes.
func (p *pool) available(s sim.ServerID, v *sim.View) bool {
	return v.Status[s] == sim.Up && !v.Full(s) && !p.failures.tooMany(s, v.Now)
}

// takes is available for a member that might not be eligible.
func (p *pool) takes(s sim.ServerID, v *sim.View) bool {
	return v.Weight[s] > 0 && !v.Servers[s].Backup && p.available(s, v)
}

// full reports whether an upstream is unavailable only because of max_requests.
func (p *pool) full(v *sim.View) bool {
	for _, s := range v.Eligible {
		if v.Full(s) && !p.failures.tooMany(s, v.Now) {
			return true
		}
	}
	return false
}

// count returns the number of available upstreams.
func (p *pool) count(v *sim.View) int {
	if p.open(v) {
		return len(v.Eligible)
	}
	n := 0
	for _, s := range v.Eligible {
		if p.available(s, v) {
			n++
		}
	}
	return n
}

// at returns the i-th available upstream, from 0; i is below count.
func (p *pool) at(i int, v *sim.View) sim.ServerID {
	if p.open(v) {
		return v.Eligible[i]
	}
	for _, s := range v.Eligible {
		if !p.available(s, v) {
			continue
		}
		if i == 0 {
			return s
		}
		i--
	}
	return sim.NoServer
}
