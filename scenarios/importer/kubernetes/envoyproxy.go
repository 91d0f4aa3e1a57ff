package kubernetes

import (
	"strings"

	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// unlimited stands for limits of 2^32 - 1 and the like.
const unlimited = 1 << 30

// balanceBy gives a pool one of Envoy's policies, without a key. Pods that are not ready are no hosts of the cluster, so
// that only ejections can bring about panic, and without outlier detection there is none.
func (p *envoyPool) balanceBy(policy string) {
	p.Policy, p.Params, p.Key = policy, params.Of(policy, params.Setting{Name: "healthy_panic_threshold", Value: 0.0}), ir.KeySource{Kind: "none"}
}

// envoyPool is a pool behind an Envoy that a controller configures.
type envoyPool struct {
	*ir.Pool
	*translation
}

func (im *translation) envoy(p *ir.Pool) *envoyPool {
	p.Balancers.Scope = "process"
	return &envoyPool{p, im}
}

// number sets a parameter of the policy to the whole number that n holds.
func (p *envoyPool) number(n *tree.Node, name string) bool {
	return p.translation.number(p.Pool, n, name)
}

func (p *envoyPool) set(n *tree.Node, name string, value any) bool {
	return p.translation.set(p.Pool, n, params.Setting{Name: name, Value: value})
}

// nameless says so where a key to hash has no name: nothing is hashed then, and Envoy chooses at random.
func (p *envoyPool) nameless(n *tree.Node, what string) bool {
	if n.Value() != "" {
		return false
	}
	if n == nil {
		n = &tree.Node{Place: p.Place}
	}
	p.balanceBy("envoy/random")
	p.NotCarried(n, "the %s to hash has no name, so that Envoy chooses at random", what)
	return true
}

// hashHeader hashes the header that n names.
func (p *envoyPool) hashHeader(n *tree.Node) {
	if p.nameless(n, "header") {
		return
	}
	p.set(n, "header_name", n.Value())
	p.Key = ir.HeaderKey(n.Value(), "header "+n.Value())
}

// hashArgument hashes the query parameter that n names.
func (p *envoyPool) hashArgument(n *tree.Node) {
	if p.nameless(n, "query parameter") {
		return
	}
	p.Translated(n, "%s: query parameter %s", n.Key, n)
	p.Key = ir.KeySource{Kind: "argument", Name: n.Value(), Text: "query parameter " + n.Value()}
}

func (p *envoyPool) hashAddress(n *tree.Node) {
	p.set(n, "hash_policy", "source_ip")
	p.Key = ir.KeySource{Kind: "address", Text: n.Key}
}

// hashCookie hashes a cookie: with a lifetime Envoy makes it where it is missing, otherwise it is the application's.
func (p *envoyPool) hashCookie(name, ttl *tree.Node) {
	if p.nameless(name, "cookie") {
		return
	}
	p.CookieName = name.Value()
	p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "cookie " + p.CookieName}
	p.Translated(name, "cookie %s", name)
	if ttl == nil {
		p.Assumed(name, "cookie %s: has no ttl, so that the application sets it; every client has one", name)
		return
	}
	if t, ok := p.duration(ttl); ok {
		p.IdleTimeout = t
		p.translation.set(p.Pool, ttl, params.Setting{Name: "cookie_ttl", Value: t}, params.Setting{Name: "hash_policy", Value: "cookie"})
	}
}

// outliers turns outlier detection on: hosts leave after failures in a row. Failures of connections count as gateway errors and
// as 5xx, so the smaller number decides; 0 turns one of them off.
func (p *envoyPool) outliers(n, failures, gateway *tree.Node) bool {
	row := 5
	if failures != nil {
		p.whole(failures, 0, unlimited, &row)
	}
	if x := 0; gateway != nil && p.whole(gateway, 0, unlimited, &x) && x > 0 && (row == 0 || x < row) {
		row = x
	}
	if row == 0 {
		p.Translated(n, "%s: no number of failures ejects a host", n.Key)
		return false
	}
	p.Params = params.With(p.Params, params.Setting{Name: "outlier_detection", Value: true}, params.Setting{Name: "consecutive_5xx", Value: row})
	p.Translated(n, "%s: a host leaves after %d failures in a row", n.Key, row)
	return true
}

// ejections reads how long hosts are ejected, and how many at a time.
func (p *envoyPool) ejections(interval, base, percent *tree.Node) {
	if t, ok := p.duration(interval); ok {
		p.set(interval, "interval", t)
	}
	if t, ok := p.duration(base); ok {
		longest := max(t, 300*sim.Second) // Envoy's own
		p.translation.set(p.Pool, base, params.Setting{Name: "base_ejection_time", Value: t}, params.Setting{Name: "max_ejection_time", Value: longest})
	}
	p.percent(percent, "max_ejection_percent")
}

// percent sets a share.
func (p *envoyPool) percent(n *tree.Node, name string) {
	if n == nil {
		return
	}
	if x, ok := n.Number(); ok && x >= 0 && x <= 100 {
		p.set(n, name, x/100)
		return
	}
	p.NotCarried(n, "%s: must be from 0 to 100, got %s", n.Key, n)
}

// limit sets a limit of requests or connections at a time; one above all that can happen is none.
func (p *envoyPool) limit(n *tree.Node, name string) {
	x, ok := n.Int()
	switch {
	case n == nil:
	case ok && x >= unlimited && name != "max_pending_requests":
		p.set(n, name, 0)
	case ok && x >= 0:
		p.set(n, name, min(x, unlimited))
	default:
		p.NotCarried(n, "%s: must be a whole number, got %s", n.Key, n)
	}
}

// retryOn sets after which failures requests are tried again. Its words are Envoy's.
func (p *envoyPool) retryOn(n *tree.Node, words []string) {
	var known []string
	for _, word := range words {
		switch word = strings.TrimSpace(word); word {
		case "connect-failure", "reset", "gateway-error", "5xx":
			known = append(known, word)
		case "refused-stream", "unavailable", "cancelled", "reset-before-request", "retriable-4xx", "deadline-exceeded", "internal", "resource-exhausted", "envoy-ratelimited":
			p.Assumed(n, "%s: servers never answer with %s", n.Key, word)
		case "":
		default:
			p.NotCarried(n, "%s: %s: retries after an answer of the server are not modelled one by one", n.Key, source.Short(word))
		}
	}
	p.set(n, "retry_on", strings.Join(known, " "))
}

// slowStart has new pods get their full share only after a time, which Envoy does where it balances in turn or by least request.
func (p *envoyPool) slowStart(n, window, least *tree.Node) {
	if n == nil {
		return
	}
	if p.Policy != "envoy/least-request" && p.Policy != "envoy/round-robin" {
		p.Harmless(n, "%s: Envoy has it with least request and round robin alone", n.Key)
		return
	}
	if !p.span(window, &p.Machine.SlowStart.For) {
		p.NotCarried(n, "%s: says no time, so that new pods get their full share at once", n.Key)
		return
	}
	if x, ok := least.Number(); ok && x > 0 && x <= 100 {
		p.Machine.SlowStart.From = x / 100
		p.Translated(least, "%s: %s%% of its share", least.Key, least)
	} else if least != nil {
		p.NotCarried(least, "%s: must be above 0 and at most 100, got %s", least.Key, least)
	}
	p.leaveOut(n, "the ramp is linear", "aggression")
	p.Translated(n, "%s: a new pod gets its full share after %v", n.Key, p.Machine.SlowStart.For)
}

// probed is the active health check of an Envoy.
func (p *envoyPool) probed(n *tree.Node, h sim.Health, interval, timeout, fall, rise *tree.Node) {
	p.span(interval, &h.Interval)
	p.span(timeout, &h.Timeout)
	p.whole(fall, 1, 1000, &h.Fall)
	p.whole(rise, 1, 1000, &h.Rise)
	if h.Interval <= 0 || h.Timeout <= 0 {
		p.NotCarried(n, "%s: interval and timeout must be longer than 0s", n.Key)
		return
	}
	if p.Health != nil {
		p.Assumed(n, "%s: decides in place of the readiness probe; the sooner of both is not modelled", n.Key)
	}
	p.Health = &h
	p.Translated(n, "%s: every %v, down after %d failures, up after %d successes", n.Key, h.Interval, h.Fall, h.Rise)
}
