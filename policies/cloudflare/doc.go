// Package cloudflare holds session affinity and endpoint steering of Cloudflare Load Balancing, inside one pool of a proxied
// load balancer. Cloudflare publishes what they do, not how: details that are not published are marked as assumptions. An
// instance is a data center, and counts its own requests and sessions. Steering between pools, load shedding and DNS-only
// load balancers, which have no affinity, are not modelled.
//
// Floor 4.
package cloudflare

import (
	"slices"

	"stickysim/sim"
)

const affinityDocs = "Cloudflare, Load Balancing: session affinity, planned maintenance; API: load balancers, session_affinity_attributes"

// Failover is the attribute zero_downtime_failover. The number of tries and the errors that lead to one are from Cloudflare's
// description of the feature, and were not measured.
type Failover struct {
	Mode string `yaml:"zero_downtime_failover" check:"oneof=none|temporary|sticky" doc:"when no connection can be made: none answers with an error until a monitor notices, temporary tries one other endpoint and keeps the session where it was, sticky moves the session to the other endpoint"`
}

// Retry implements [sim.Retrier]: one further try, and only where no connection could be made (errors 521 to 523).
func (f Failover) Retry(q *sim.Request, _ sim.ServerID, o sim.Outcome, v *sim.View) (again bool, after sim.Time) {
	if f.Mode == "none" || o != sim.Unreachable || q.Attempt > 0 {
		return false, 0
	}
	return slices.ContainsFunc(v.Eligible, func(s sim.ServerID) bool { return !slices.Contains(q.Tried, s) }), 0
}

// drains knows how long each endpoint has been disabled.
type drains struct {
	keep  sim.Time // drain_duration
	since []sim.Time
}

func newDrains(keep sim.Time, env sim.Env) drains {
	d := drains{keep: keep, since: make([]sim.Time, env.Servers)}
	for s := range d.since {
		d.since[s] = sim.Never
	}
	return d
}

// rebuild notes which endpoints have been disabled.
func (d *drains) rebuild(v *sim.View) {
	for s, status := range v.Status {
		switch {
		case status != sim.Draining:
			d.since[s] = sim.Never
		case d.since[s] == sim.Never:
			d.since[s] = v.Now
		}
	}
}

// keeps reports whether s, healthy or disabled, takes the requests of its own sessions.
func (d *drains) keeps(s sim.ServerID, v *sim.View) bool {
	return v.Status[s] == sim.Up || v.Status[s] == sim.Draining && v.Now-d.since[s] < d.keep
}

// session is what affinity by cookie and by header have in common: an endpoint that a client is bound to, and what becomes of
// the client while that takes no requests.
type session struct {
	Failover
	drains
	steering
}

// Rebuild implements [sim.Rebuilder].
func (p *session) Rebuild(v *sim.View) {
	p.drains.rebuild(v)
	p.steering.Rebuild(v)
}

// holds says whether a request bound to s goes there, or why not.
func (p *session) holds(q *sim.Request, s sim.ServerID, v *sim.View) sim.Reason {
	switch {
	case int(s) >= len(v.Servers) || v.Status[s] == sim.Removed:
		return sim.CookieRefused
	case slices.Contains(q.Tried, s) || !p.keeps(s, v):
		return sim.ServerUnusable
	}
	return sim.None
}

// stays reports whether a session is kept for an endpoint that takes no requests at present.
func (p *session) stays(s sim.ServerID, why sim.Reason, v *sim.View) bool {
	return p.Mode == "temporary" && why == sim.ServerUnusable && v.Status[s] != sim.Draining
}
