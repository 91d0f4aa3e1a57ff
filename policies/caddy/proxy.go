package caddy

import (
	"strings"

	"stickysim/sim"
	"stickysim/sim/prefetch"
)

// Proxy holds the settings of the reverse_proxy handler that every selection policy shares, by their Caddyfile names.
type Proxy struct {
	TryDuration     sim.Time `yaml:"lb_try_duration" check:"min=0" doc:"how long to keep trying upstreams; 0 with lb_retries 0 = no retries"`
	TryInterval     sim.Time `yaml:"lb_try_interval" check:"min=0" doc:"pause between tries; 0 = 250ms where lb_try_duration is set, else none"`
	Retries         int      `yaml:"lb_retries" check:"min=0" doc:"most retries of a request; 0 = as lb_try_duration says"`
	FailDuration    sim.Time `yaml:"fail_duration" check:"min=0" doc:"how long a failure counts against an upstream; 0 = no passive checks"`
	MaxFails        int      `yaml:"max_fails" check:"min=1,max=1000" doc:"failures within fail_duration that make an upstream unavailable"`
	UnhealthyStatus []string `yaml:"unhealthy_status" doc:"response codes that count as failures, such as 503 or 5xx"`
}

// defaults are Caddy's own.
var defaults = Proxy{MaxFails: 1}

// defaultTryInterval applies where retries last for a duration and no interval is set.
const defaultTryInterval = 250 * sim.Millisecond

// selector is a selection policy proper: the choice among available upstreams. It returns NoServer when none is.
type selector interface {
	choose(q *sim.Request, v *sim.View, p *pool) sim.ServerID
}

// rebuilder is a selector that derives something from the upstreams.
type rebuilder interface{ rebuild(v *sim.View) }

// balancer is a selector inside a reverse_proxy handler.
type balancer struct {
	proxy     Proxy
	pool      pool
	selector  selector
	refused   bool // a 503 counts as a failure
	hashes    bool // the selector is a hash of the client's address or text
	needsText bool
	text      sim.KeyText
	picks     *picks     // of the selector, or of its fallback; nil = none are remembered
	loads     *leastConn // the selector, or its fallback, that looks at loads; nil = none does
}

func newBalancer(p Proxy, env sim.Env, s selector) *balancer {
	b := &balancer{proxy: p, selector: s, loads: loadsOf(s), picks: picksOf(s)}
	b.pool.failures = newFailures(p, env.Servers)
	switch s.(type) {
	case *addressHash, *textHash:
		b.hashes = true
	}
	for _, code := range p.UnhealthyStatus {
		b.refused = b.refused || code == "503" || strings.EqualFold(code, "5xx") || code == "5"
	}
	return b
}

// Pick asks the selector. With all upstreams at max_requests and time left to try, the request waits: Caddy asks
// again every lb_try_interval, the engine as soon as a request ends.
func (b *balancer) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	s := b.selector.choose(q, v, &b.pool)
	if s == sim.NoServer && b.trying(q, v) && b.pool.full(v) {
		return sim.Wait
	}
	return s
}

// Prepare implements [sim.Preparer].
func (b *balancer) Prepare(c sim.ClientID, soon *prefetch.Batch) {
	if b.picks != nil {
		b.picks.Prepare(c, soon)
	}
}

// trying reports whether lb_try_duration leaves time for the request q.
func (b *balancer) trying(q *sim.Request, v *sim.View) bool {
	return v.Now-q.Began < b.proxy.TryDuration
}

// Repeats implements [sim.Repeater]: a hash gives the same upstream as long as requests take none out.
func (b *balancer) Repeats() bool { return b.hashes && b.proxy.FailDuration == 0 && !b.pool.limited }

// Retry follows tryAgain of reverseproxy.go: connect errors are always safe to repeat, other errors for GET alone; an
// answer of the upstream is none. The same upstream may be chosen again, if passive checks are off.
func (b *balancer) Retry(q *sim.Request, _ sim.ServerID, o sim.Outcome, v *sim.View) (again bool, after sim.Time) {
	p := &b.proxy
	switch {
	case o == sim.Refused, o != sim.Unreachable && !q.Idempotent,
		p.TryDuration == 0 && p.Retries == 0,
		p.TryDuration > 0 && !b.trying(q, v),
		p.Retries > 0 && q.Attempt >= p.Retries:
		return false, 0
	case p.TryInterval == 0 && p.TryDuration > 0:
		return true, defaultTryInterval
	}
	return true, p.TryInterval
}

// Rebuild lets the selector follow the upstreams.
func (b *balancer) Rebuild(v *sim.View) {
	b.pool.rebuild(v)
	if r, ok := b.selector.(rebuilder); ok {
		r.rebuild(v)
	}
}

// Began tells a selector that looks at loads; the View counts them.
func (b *balancer) Began(s sim.ServerID, v *sim.View) {
	if b.loads != nil {
		b.loads.moved(s, v)
	}
}

// Reads implements [sim.Reader].
func (b *balancer) Reads() sim.Needs { return readsOf(b.selector) }

// Calm is part of [sim.Watcher]: answers matter for loads only.
func (b *balancer) Calm() bool { return b.loads == nil }

// Ended counts failed round trips against the upstream (countFailure of healthchecks.go).
func (b *balancer) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	b.Began(s, v)
	if o == sim.Unreachable || o == sim.Broken || o == sim.TimedOut || o == sim.Refused && b.refused {
		b.pool.failures.add(s, v.Now)
	}
}

// NeedsKey reports whether the selector hashes text of the request.
func (b *balancer) NeedsKey() bool { return b.needsText }

// KeyText is what that text is.
func (b *balancer) KeyText() sim.KeyText { return b.text }
