package cloudflare

import (
	"errors"

	"github.com/cespare/xxhash/v2"

	"stickysim/policies"
	"stickysim/policies/internal/idle"
	"stickysim/policies/keys"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

var _ = policies.Register("cloudflare/header", Header{
	Headers: []string{"x-session-id"}, TTL: 30 * sim.Minute, Failover: Failover{"none"}, Steering: "random",
}, policies.Doc{
	Summary: "session affinity header: the data center remembers the endpoint of each value of the headers",
	Detail: "A session begins with its first request and ends when it has been idle for session_affinity_ttl; other values are another " +
		"session. Requests without the headers have none. An unhealthy endpoint loses its sessions, except under temporary " +
		"failover. That each data center remembers for itself is assumed.",
	Source: affinityDocs,
	Key:    policies.KeyHash,
	Claims: policies.Claims{Uniform: true, Weighted: true, Sticky: true, Minimal: true},
})

// Header is session_affinity header.
type Header struct {
	Headers    []string `yaml:"headers" doc:"names of request headers, or cookie:NAME; X-Forwarded-For and the like hold the client's address, others a value that every client has for itself"`
	RequireAll bool     `yaml:"require_all_headers" doc:"a session needs all of the headers, instead of one"`
	TTL        sim.Time `yaml:"session_affinity_ttl" doc:"how long a session may be idle: 30s to 1h"`
	Drain      sim.Time `yaml:"drain_duration" check:"min=0" doc:"how long a disabled endpoint keeps its sessions; 0 = it loses them at once"`
	Failover   `yaml:",inline"`
	Steering   string `yaml:"origin_steering" check:"oneof=random|hash|least_outstanding_requests|least_connections" doc:"how the pool chooses the endpoint of a new session"`
}

// Validate wants a header, and refuses sticky failover; it checks the ttl.
func (c Header) Validate() error {
	for _, h := range c.Headers {
		if h == "" {
			return errors.New("headers: a name must not be empty")
		}
	}
	switch {
	case len(c.Headers) == 0:
		return errors.New("headers: must name at least one header")
	case c.Mode == "sticky":
		return errors.New("zero_downtime_failover: must be none or temporary, since sticky is not supported for session affinity by header")
	}
	return between(c.TTL, 30*sim.Second, sim.Hour)
}

// New makes an instance.
func (c Header) New(env sim.Env) sim.Balancer {
	p := &header{
		session: session{c.Failover, newDrains(c.Drain, env), newSteering(c.Steering, env)},
		table:   idle.NewTable(c.TTL, env.Clients, false), all: c.RequireAll,
	}
	for _, h := range c.Headers {
		p.headers = append(p.headers, keys.Writer{Template: keys.Header(h)})
	}
	return p
}

type header struct {
	session
	table   idle.Table
	headers []keys.Writer
	all     bool
	text    []byte // scratch
}

// NeedsKey implements [sim.Keyed].
func (p *header) NeedsKey() bool {
	for i := range p.headers {
		if p.headers[i].NeedsKey() {
			return true
		}
	}
	return false
}

// Reads implements [sim.Reader].
func (p *header) Reads() sim.Needs {
	needs := p.steering.Reads()
	for i := range p.headers {
		needs |= p.headers[i].Reads()
	}
	return needs
}

// key is the text of the headers; ok is false where those are missing that a session needs.
func (p *header) key(q *sim.Request) (text []byte, ok bool) {
	if q.Whole {
		return q.Key, len(q.Key) > 0
	}
	p.text = p.text[:0]
	present := 0
	for i := range p.headers {
		value := p.headers[i].Of(q)
		if len(value) > 0 {
			present++
		}
		p.text = append(append(p.text, value...), '\n')
	}
	return p.text, present == len(p.headers) || present > 0 && !p.all
}

// Prepare implements [sim.Preparer].
func (p *header) Prepare(c sim.ClientID, soon *prefetch.Batch) { p.table.Prepare(c, soon) }

// Pick implements [sim.Balancer].
func (p *header) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	text, ok := p.key(q)
	if !ok {
		return p.steering.Pick(q, v)
	}
	e, fresh := p.table.Touch(q.Client, xxhash.Sum64(text), v.Now)
	why := sim.None
	if e.Server != sim.NoServer {
		why = sim.TableExpired
	}
	if fresh && e.Server != sim.NoServer {
		if why = p.holds(q, e.Server, v); why == sim.None {
			return e.Server
		}
		if p.stays(e.Server, why, v) {
			s := p.steering.Pick(q, v)
			q.Why = why
			return s
		}
	}
	e.Server = p.steering.Pick(q, v)
	q.Why = why
	return e.Server
}
