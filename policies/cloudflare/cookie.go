package cloudflare

import (
	"fmt"

	"stickysim/policies"
	"stickysim/policies/internal/cloud"
	"stickysim/sim"
)

var _ = policies.Register("cloudflare/cookie", Cookie{
	Attributes: Attributes{TTL: cookieTTL, Failover: Failover{"none"}}, Steering: "random",
}, policies.Doc{
	Summary: "session affinity cookie: __cflb names the endpoint",
	Detail: "Set with the first answer, and honoured until it is session_affinity_ttl old, while the endpoint is healthy or has been " +
		"disabled for less than drain_duration. Then another endpoint is chosen and the cookie replaced; under temporary failover it " +
		"stays, and the client returns. That a cookie is replaced when a monitor has taken the endpoint out is assumed.",
	Source: affinityDocs,
	Key:    policies.KeyCookie,
	Claims: policies.Claims{Uniform: true, Weighted: true, Sticky: true, Minimal: true},
})

// cookieTTL is session_affinity_ttl where it is not set: 23 hours.
const cookieTTL = 82_800 * sim.Second

// Attributes are the settings of session affinity by cookie.
type Attributes struct {
	TTL      sim.Time `yaml:"session_affinity_ttl" doc:"how long a cookie lives from when it was set: 30m to 168h (7 days)"`
	Drain    sim.Time `yaml:"drain_duration" check:"min=0" doc:"how long a disabled endpoint keeps its sessions; 0 = it loses them at once"`
	Failover `yaml:",inline"`
}

// Validate checks the ttl.
func (a Attributes) Validate() error { return between(a.TTL, 30*sim.Minute, 168*sim.Hour) }

// between checks session_affinity_ttl.
func between(ttl, least, most sim.Time) error {
	if ttl < least || ttl > most {
		return fmt.Errorf("session_affinity_ttl: must be between %v and %v, got %v", least, most, ttl)
	}
	return nil
}

// Cookie is session_affinity cookie.
type Cookie struct {
	Attributes `yaml:",inline"`
	Steering   string `yaml:"origin_steering" check:"oneof=random|hash|least_outstanding_requests|least_connections" doc:"how the pool chooses the endpoint of a new session"`
}

// New makes an instance.
func (c Cookie) New(env sim.Env) sim.Balancer { return c.Attributes.cookie(c.Steering, env) }

func (a Attributes) cookie(steering string, env sim.Env) *cookie {
	return &cookie{session: session{a.Failover, newDrains(a.Drain, env), newSteering(steering, env)}, ttl: a.TTL}
}

type cookie struct {
	session
	cloud.Names // Cloudflare's own text is opaque
	ttl         sim.Time
}

// What Pick leaves in Request.Memo for Answered.
const (
	bindClient = iota // give the client a cookie for the endpoint that answers
	keepCookie
)

// Repeats implements [sim.Repeater]: a cookie is good until its endpoint changes, if none is drained for a time.
func (p *cookie) Repeats() bool { return p.keep == 0 }

// Pick implements [sim.Balancer].
func (p *cookie) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	why := sim.CookieMissing
	q.Memo = bindClient
	if q.Cookie != 0 {
		s := sim.ServerID(min(q.Cookie-1, sim.Cookie(len(v.Servers))))
		if why = p.holds(q, s, v); why == sim.None {
			q.Memo, q.Settled = keepCookie, true
			return s
		}
		if p.stays(s, why, v) {
			q.Memo = keepCookie
		}
	}
	s := p.steering.Pick(q, v)
	q.Why = why
	return s
}

// Answered implements [sim.Binder].
func (p *cookie) Answered(q *sim.Request, s sim.ServerID, _ *sim.View) {
	if q.Memo == bindClient {
		q.SetCookie, q.CookieTTL = sim.Cookie(s)+1, p.ttl
	}
}
