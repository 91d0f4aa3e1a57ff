package yarp

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"stickysim/policies/yarp"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// algorithms are the policies without affinity, by LoadBalancingPolicy.
var algorithms = map[string]string{
	"PowerOfTwoChoices": "yarp/power-of-two-choices", "FirstAlphabetical": "yarp/first-alphabetical", "Random": "yarp/random",
	"RoundRobin": "yarp/round-robin", "LeastRequests": "yarp/least-requests",
}

// affinities are the policies with affinity, by SessionAffinity.Policy.
var affinities = map[string]string{
	"HashCookie": "yarp/hash-cookie", "ArrCookie": "yarp/arr-cookie", "Cookie": "yarp/cookie", "CustomHeader": "yarp/custom-header",
}

// cluster translates a cluster.
func (im *translation) cluster(p *ir.Pool, c *tree.Node) {
	for _, d := range c.Get("Destinations").Children() {
		im.destination(p, d)
	}
	if len(p.Servers) == 0 {
		im.Assumed(c, "Destinations of %s: none, so that YARP answers every request with 503; the scenario has servers", source.Short(c.Key))
	}
	health := im.health(p, c)
	balancing := im.oneOf(c.Get("LoadBalancingPolicy"), algorithms, "PowerOfTwoChoices")
	if c.Get("LoadBalancingPolicy") == nil {
		im.Assumed(c, "LoadBalancingPolicy of %s: not given, PowerOfTwoChoices", source.Short(c.Key))
	}
	p.Policy = algorithms[balancing]
	p.Params = params.Of(p.Policy, health...)
	im.affinity(p, c, append(health, params.Setting{Name: "load_balancing_policy", Value: balancing}))
	im.limits(p, c)
}

// destination translates a destination into a server of the same name.
func (im *translation) destination(p *ir.Pool, d *tree.Node) {
	address := d.Get("Address")
	at, ok := hostPort(address.Value())
	if !ok {
		im.NotCarried(d, "destination %s: its Address is no URL with a host: %s", source.Short(d.Key), address)
		return
	}
	im.Translated(address, "Address: server %s", source.Short(d.Key))
	p.Servers = append(p.Servers, ir.Server{Place: d.Place, Info: sim.ServerInfo{Name: d.Key, Addr: at, Weight: 1}})
}

// hostPort is the host and port of a URL.
func hostPort(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return "", false
	}
	port := u.Port()
	if port == "" {
		if port = "80"; strings.EqualFold(u.Scheme, "https") {
			port = "443"
		}
	}
	return net.JoinHostPort(u.Hostname(), port), true
}

// oneOf is the name in a table that n spells, whatever its case, or otherwise.
func (im *translation) oneOf(n *tree.Node, table map[string]string, otherwise string) string {
	if n == nil {
		return otherwise
	}
	for name := range table {
		if strings.EqualFold(name, n.Value()) {
			im.Translated(n, "%s: %s", n.Key, name)
			return name
		}
	}
	im.NotCarried(n, "%s %s: not one of YARP's own, so it is in the application's code; %s is used", n.Key, n, otherwise)
	return otherwise
}

// affinity translates SessionAffinity, if it is enabled.
func (im *translation) affinity(p *ir.Pool, c *tree.Node, settings []params.Setting) {
	a := c.Get("SessionAffinity")
	if a == nil {
		im.Assumed(c, "SessionAffinity of %s: not given, off", source.Short(c.Key))
		return
	}
	on := a.Get("Enabled")
	if !on.True() {
		im.Translated(a, "SessionAffinity: not enabled")
		a.Cover(true)
		return
	}
	im.Translated(on, "Enabled: true")
	policy := im.oneOf(a.Get("Policy"), affinities, "HashCookie")
	if a.Get("Policy") == nil {
		im.Assumed(a, "SessionAffinity.Policy: not given, HashCookie, as since version 2; it was Cookie before")
	}
	failure := im.oneOf(a.Get("FailurePolicy"), map[string]string{"Redistribute": "", "Return503Error": ""}, "Redistribute")
	if a.Get("FailurePolicy") == nil {
		im.Assumed(a, "SessionAffinity.FailurePolicy: not given, Redistribute")
	}
	name := a.Get("AffinityKeyName")
	switch other, taken := im.keys[name.Value()]; {
	case name.Value() == "":
		im.NotCarried(a, "AffinityKeyName: missing, so YARP refuses the cluster; a name is made up")
	case taken:
		im.NotCarried(name, "AffinityKeyName %s: cluster %s has it as well, and YARP wants one for each cluster; here clients have a key for each", name, source.Short(other))
	default:
		im.keys[name.Value()] = c.Key
		im.Translated(name, "AffinityKeyName: %s", name)
	}
	settings = append(settings, params.Setting{Name: "failure_policy", Value: failure})
	p.Policy = affinities[policy]
	p.Key = ir.KeySource{Kind: "cookie", Name: name.Value(), Text: "SessionAffinity " + policy}
	if policy == "CustomHeader" {
		p.Key.Kind = "header"
	} else {
		p.CookieName = name.Value()
		settings = append(settings, params.Setting{Name: "max_age", Value: im.lifetime(p, a.Get("Cookie"))})
	}
	p.Params = params.Of(p.Policy, settings...)
}

// lifetime is how long clients keep the cookie; MaxAge wins over Expiration, as in browsers.
func (im *translation) lifetime(p *ir.Pool, cookie *tree.Node) sim.Time {
	var ttl sim.Time
	for _, key := range [...]string{"Expiration", "MaxAge"} {
		x := cookie.Get(key)
		if t, ok := timeSpan(x); ok && t == 0 {
			im.NotCarried(x, "%s: must be longer than 0, and YARP refuses the cluster; a session cookie is used", key)
		} else {
			im.span(x, &ttl)
		}
	}
	p.IdleTimeout = ttl
	return ttl
}

// health translates HealthCheck, and returns the settings for every policy.
func (im *translation) health(p *ir.Pool, c *tree.Node) []params.Setting {
	h := c.Get("HealthCheck")
	available := im.oneOf(h.Get("AvailableDestinationsPolicy"), map[string]string{"HealthyOrPanic": "", "HealthyAndUnknown": ""}, "HealthyOrPanic")
	settings := []params.Setting{{Name: "available_destinations", Value: available}}
	metadata := c.Get("Metadata")
	im.active(p, c, h.Get("Active"), metadata.Get("ConsecutiveFailuresHealthPolicy.Threshold"))
	passive := h.Get("Passive")
	if !passive.Get("Enabled").True() {
		im.unused(passive, metadata.Get("TransportFailureRateHealthPolicy.RateLimit"))
		return settings
	}
	im.Translated(passive.Get("Enabled"), "Passive.Enabled: destinations that fail requests are taken out")
	if x := passive.Get("Policy"); x != nil {
		im.oneOf(x, map[string]string{"TransportFailureRate": ""}, "TransportFailureRate")
	}
	reactivation, limit := yarp.DefaultCluster().Reactivation, yarp.DefaultCluster().RateLimit
	im.span(passive.Get("ReactivationPeriod"), &reactivation)
	if x := metadata.Get("TransportFailureRateHealthPolicy.RateLimit"); x != nil {
		if share, err := strconv.ParseFloat(x.Value(), 64); err != nil || share < 0 || share > 1 {
			im.NotCarried(x, "%s: must be a share between 0 and 1, got %s; %g is used", x.Key, x, limit)
		} else {
			limit = share
			im.Translated(x, "%s: %g", x.Key, limit)
		}
	}
	return append(settings, params.Setting{Name: "passive", Value: true}, params.Setting{Name: "failure_rate_limit", Value: limit},
		params.Setting{Name: "reactivation_period", Value: reactivation})
}

// unused remarks on settings of checks that are not enabled.
func (im *translation) unused(settings ...*tree.Node) {
	for _, n := range settings {
		if n != nil {
			im.Translated(n, "%s: not enabled", source.Short(n.Key))
			n.Cover(true)
		}
	}
}

// active translates probes; without them a destination that is down is not noticed.
func (im *translation) active(p *ir.Pool, c, a, threshold *tree.Node) {
	on := a.Get("Enabled")
	if !on.True() {
		im.unused(a, threshold)
		im.Assumed(c, "HealthCheck.Active of %s: not enabled; a destination that is down is sent requests", source.Short(c.Key))
		return
	}
	im.Translated(on, "Active.Enabled: destinations are probed")
	health := &sim.Health{Interval: 15 * sim.Second, Timeout: 10 * sim.Second, Fall: 2, Rise: 1}
	if !im.span(a.Get("Interval"), &health.Interval) {
		im.Assumed(a, "Active.Interval: not given, 15s")
	}
	if !im.span(a.Get("Timeout"), &health.Timeout) {
		im.Assumed(a, "Active.Timeout: not given, 10s")
	}
	if x := a.Get("Policy"); x != nil {
		im.oneOf(x, map[string]string{"ConsecutiveFailures": ""}, "ConsecutiveFailures")
	}
	if fall, ok := threshold.Int(); ok && fall >= 1 {
		health.Fall = fall
		im.Translated(threshold, "%s: down after %d failures", threshold.Key, fall)
	} else if threshold != nil {
		im.NotCarried(threshold, "%s: must be a whole number from 1, got %s; 2 is used", threshold.Key, threshold)
	}
	for _, x := range []struct {
		key string
		to  *sim.Time
		by  sim.Time
	}{{"Interval", &health.Interval, 15 * sim.Second}, {"Timeout", &health.Timeout, 10 * sim.Second}} {
		if *x.to <= 0 {
			im.NotCarried(a.Get(x.key), "%s: must be longer than 0; %v is used", x.key, x.by)
			*x.to = x.by
		}
	}
	p.Health = health
}

// limits translates the time limits of requests.
func (im *translation) limits(p *ir.Pool, c *tree.Node) {
	p.Limits.Connect, p.Limits.Attempt = 15*sim.Second, 100*sim.Second
	im.Assumed(c, "connections of %s: given up after 15s, as YARP builds its clients", source.Short(c.Key))
	if !im.span(c.Get("HttpRequest", "ActivityTimeout"), &p.Limits.Attempt) {
		im.Assumed(c, "HttpRequest.ActivityTimeout of %s: not given, 100s", source.Short(c.Key))
	}
	client := c.Get("HttpClient")
	if x := client.Get("MaxConnectionsPerServer"); x != nil {
		im.NotCarried(x, "MaxConnectionsPerServer: requests that wait in YARP for a connection are not modelled")
	}
	if x := client.Get("WebProxy"); x != nil {
		im.NotCarried(x, "WebProxy: a proxy on the way to the destinations is not modelled")
	}
	for _, x := range c.Get("Metadata").Children() {
		if !im.Mentioned(x) {
			im.NotCarried(x, "Metadata %s: for extensions of the application, which are not in this file", source.Short(x.Key))
		}
	}
}
