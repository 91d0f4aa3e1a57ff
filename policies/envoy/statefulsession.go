package envoy

import (
	"encoding/base64"
	"strings"

	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("envoy/stateful-session", StatefulSession{
	Session: "cookie", LBPolicy: "round_robin", Cluster: DefaultCluster(),
}, policies.Doc{
	Summary: "the host's address kept by the client, in a cookie or header (stateful_session filter)",
	Detail: "Honoured while the host is in the cluster and healthy, in a panic too; otherwise the cluster's policy chooses, and the client " +
		"gets the new address, with no way back. Strict: refused instead. Set only when the host changes, so a ttl runs " +
		"from then.",
	Source: "Envoy docs, http_filters/stateful_session_filter; Envoy API v3, extensions.http.stateful_session.cookie.v3",
	Key:    policies.KeyCookie,
	Claims: policies.Claims{Uniform: true, Sticky: true},
})

// StatefulSession is Envoy's stateful_session HTTP filter in front of a cluster.
type StatefulSession struct {
	Session       string   `yaml:"session" check:"oneof=cookie|header" doc:"where the client keeps the address"`
	TTL           sim.Time `yaml:"ttl" doc:"how long it keeps it; 0 = its session"`
	Strict        bool     `yaml:"strict" doc:"refuse the request when the host is not available"`
	HonorDraining bool     `yaml:"honor_draining" doc:"draining hosts keep their clients (override_host_status lists DRAINING)"`
	LBPolicy      string   `yaml:"lb_policy" check:"oneof=round_robin|least_request|random|ring_hash|maglev" doc:"the cluster's own policy, with its defaults"`
	Cluster       `yaml:",inline"`
}

// inner is a policy the filter sits in front of.
type inner interface {
	sim.Balancer
	sim.Rebuilder
	sim.Watcher
	sim.FailOpener
	sync(v *sim.View)
	healthy(s sim.ServerID, v *sim.View) bool
	admit(s sim.ServerID, v *sim.View) sim.ServerID
	constant() bool
	Watches() bool
}

// New makes an instance.
func (c StatefulSession) New(env sim.Env) sim.Balancer {
	return &statefulSession{config: c, inner: c.cluster().New(env).(inner)}
}

// clustered is a policy of a cluster.
type clustered interface {
	// in returns the policy with the settings of a cluster.
	in(c Cluster) policies.Config
}

// cluster is the policy that lb_policy names, with its defaults.
func (c StatefulSession) cluster() policies.Config {
	e, _ := policies.Lookup("envoy/" + strings.ReplaceAll(c.LBPolicy, "_", "-"))
	return e.Default.(clustered).in(c.Cluster)
}

type statefulSession struct {
	inner
	config StatefulSession
}

// Repeats implements [sim.Repeater]: an address is good until its host changes.
func (p *statefulSession) Repeats() bool { return p.constant() }

// Pick implements [sim.Balancer].
func (p *statefulSession) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	p.sync(v)
	why := sim.CookieMissing
	if q.Cookie != 0 {
		s := sim.ServerID(q.Cookie - 1)
		switch {
		case q.Cookie > sim.Cookie(len(v.Servers)) || v.Status[s] == sim.Removed:
			why = sim.CookieRefused
		case p.healthy(s, v) && q.Attempt == 0, p.config.HonorDraining && v.Status[s] == sim.Draining && q.Attempt == 0:
			q.Settled = true
			return p.admit(s, v)
		default:
			why = sim.ServerUnusable
		}
		if p.config.Strict && q.Attempt == 0 {
			q.Why = why
			return sim.NoServer
		}
	}
	s := p.inner.Pick(q, v)
	q.Why = why
	return s
}

// NeedsKey implements [sim.Keyed].
func (p *statefulSession) NeedsKey() bool {
	powers := sim.PowersOf(p.inner)
	return powers.NeedsKey()
}

// KeyText is part of [sim.Keyed].
func (p *statefulSession) KeyText() sim.KeyText {
	powers := sim.PowersOf(p.inner)
	return powers.KeyText()
}

// Answered gives the client the address of a host it did not name.
func (p *statefulSession) Answered(q *sim.Request, s sim.ServerID, _ *sim.View) {
	if c := sim.Cookie(s) + 1; q.Cookie != c {
		q.SetCookie, q.CookieTTL = c, p.config.TTL
	}
}

// FormatCookie returns the host's address in base64, as Envoy writes it.
func (p *statefulSession) FormatCookie(c sim.Cookie, v *sim.View) string {
	if c == 0 || c > sim.Cookie(len(v.Servers)) {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(hostName(v, sim.ServerID(c-1), false)))
}

// ParseCookie finds the host whose address value is.
func (p *statefulSession) ParseCookie(value string, v *sim.View) sim.Cookie {
	if addr, err := base64.StdEncoding.DecodeString(value); err == nil {
		for _, s := range v.Members {
			if hostName(v, s, false) == string(addr) {
				return sim.Cookie(s) + 1
			}
		}
	}
	return ^sim.Cookie(0)
}
