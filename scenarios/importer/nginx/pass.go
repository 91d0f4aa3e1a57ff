package nginx

import (
	"slices"
	"strconv"
	"strings"

	nginxpolicy "stickysim/policies/nginx"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// pass is a place from which requests go to an upstream.
type pass struct {
	d *directive
	context
	attempts      // the settings of its protocol
	rest     bool // requests go elsewhere by a rule only
}

func newPass(d *directive, c context, rest bool) pass {
	protocol, _, _ := strings.Cut(d.name, "_")
	return pass{d, c, c.settings[slices.Index(protocols[:], protocol)], rest}
}

// isPass reports whether the directive sends requests to servers.
func isPass(name string) bool {
	protocol, ok := strings.CutSuffix(name, "_pass")
	return ok && slices.Contains(protocols[:], protocol)
}

// pass notes which upstream a pass leads to, with the settings around it.
func (t *translation) pass(d *directive, c context) error {
	if err := d.want(1, 1); err != nil {
		return err
	}
	if c.checking != nil {
		t.remark(ir.NotCarried, c.checking, "active health checks (NGINX Plus) are a setting of the scenario: health")
	}
	if t.splits(d, c) {
		return nil
	}
	name := upstreamName(d.args[0])
	if strings.HasPrefix(name, "$") {
		resolved := t.resolve(d, name)
		if b := t.variable(resolved); b != nil {
			t.chosen(d, b, c)
			return nil
		}
		name = upstreamName(resolved)
	}
	if g := t.upstreams[scoped(c.stream, name)]; g != nil {
		g.passes = append(g.passes, newPass(d, c, true))
		t.remark(ir.Translated, d, "leads to upstream %s", source.Short(g.name))
		return nil
	}
	if host, port, given := strings.Cut(name, ":"); given {
		if g := t.upstreams[scoped(c.stream, host)]; g != nil {
			return d.Errorf("%s: upstream %s may not have a port here, got %s: its servers have theirs", d.name, source.Short(g.name), source.Short(port))
		}
	}
	if strings.Contains(name, "$") {
		t.computed = append(t.computed, newPass(d, c, false))
		t.remark(ir.NotCarried, d, "the server is computed for each request")
		return nil
	}
	t.remark(ir.Harmless, d, "one server, not a pool")
	return nil
}

// upstreamName is the name in http://name/path, or all of a pass without scheme.
func upstreamName(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	if i := strings.IndexByte(url, '/'); i >= 0 {
		url = url[:i]
	}
	return url
}

// chosen notes a pass to the upstreams that a table, or several set directives, choose from.
func (t *translation) chosen(d *directive, b *binding, c context) {
	var names []string
	for _, x := range append([]*directive{b.d}, b.more...) {
		values := x.args
		for i := range x.block {
			values = append(values[:len(values):len(values)], x.block[i].args...)
		}
		for _, a := range values {
			name := upstreamName(a)
			if g := t.upstreams[scoped(c.stream, name)]; g != nil && !slices.Contains(names, name) {
				names = append(names, name)
				g.passes = append(g.passes, newPass(d, c, name == upstreamName(b.value)))
			}
		}
	}
	t.remark(ir.NotCarried, d, "%s at line %d chooses the upstream (%s); each pool stands for itself, without its share of the requests",
		b.d.name, b.d.Line, source.Short(strings.Join(names, ", ")))
}

// designate marks the pool that gets the requests for / of the default server, or else of the first server that has such a pool,
// and returns the pass that leads there; nil where there is none.
func (t *translation) designate() *pass {
	var chosen *pass
	var designated *group
	for _, g := range t.order {
		for i := range g.passes {
			p := &g.passes[i]
			if p.rest && p.root && p.server != nil && (chosen == nil || p.server.ahead(chosen.server)) {
				chosen, designated = p, g
			}
		}
	}
	for i, g := range t.order {
		t.Pools[len(t.Pools)-len(t.order)+i].Default = g == designated
	}
	return chosen
}

// ahead reports whether a server block gets requests rather than another one where no name tells.
func (d *directive) ahead(of *directive) bool {
	if a, b := d.isDefault(), of.isDefault(); a != b {
		return a
	}
	return d.Line < of.Line && d.File == of.File
}

// isDefault reports whether a server block takes requests for hosts that no other one names.
func (d *directive) isDefault() bool {
	return slices.ContainsFunc(d.block, func(x directive) bool {
		return x.name == "listen" && (slices.Contains(x.args, "default_server") || slices.Contains(x.args, "default"))
	})
}

// applyPasses takes the settings of the first pass to the upstream, and remarks on others that differ.
func (t *translation) applyPasses(g *group) {
	if len(g.passes) == 0 {
		g.passes = t.anyPass(g)
	}
	if len(g.passes) == 0 {
		t.remark(ir.Assumed, g.d, "no pass leads here; retries and timeouts are nginx's defaults")
		t.retries(g, pass{context: g.around})
		return
	}
	first := g.passes[0]
	t.retries(g, first)
	for _, p := range g.passes {
		t.alike(p.next, first.next)
		t.alike(p.tries, first.tries)
		t.alike(p.within, first.within)
		t.alike(p.read, first.read)
		t.alike(p.connect, first.connect)
		if p.send != nil && !t.Mentioned(p.send) {
			t.remark(ir.Assumed, p.send, "requests are sent at once, so that only the time for the answer matters")
		}
		if !same(p.read, first.read) || !same(p.connect, first.connect) || !same(p.next, first.next) || !same(p.tries, first.tries) || !same(p.within, first.within) {
			t.remark(ir.NotCarried, p.d, "other retry settings than at line %d, which are used", first.d.Line)
		}
	}
}

// anyPass are the passes to a computed name, which may be that of the upstream.
func (t *translation) anyPass(g *group) []pass {
	var may []pass
	for _, p := range t.computed {
		if t.upstreams[scoped(p.stream, g.name)] == g {
			may = append(may, p)
		}
	}
	if len(may) > 0 {
		t.remark(ir.Assumed, g.d, "the pass at line %d is assumed to lead here", may[0].d.Line)
	}
	return may
}

// alike remarks on a retry setting of a further pass that says what the one that was taken says.
func (t *translation) alike(d, taken *directive) {
	if d != nil && same(d, taken) && !t.Mentioned(d) {
		t.remark(ir.Translated, d, "as at line %d", taken.Line)
	}
}

func same(a, b *directive) bool {
	if a == nil || b == nil {
		return a == b
	}
	return slices.Equal(a.args, b.args)
}

// retries translates proxy_next_upstream and its limits.
func (t *translation) retries(g *group, p pass) {
	r := nginxpolicy.DefaultRetrying()
	if p.stream {
		r.On = "connect"
	}
	if p.next != nil {
		t.conditions(p.next, p.stream, &r)
	}
	if p.within != nil && len(p.within.args) == 1 {
		if within, err := p.within.time(p.within.name, p.within.args[0]); err == nil {
			r.Timeout = within
			t.remark(ir.Translated, p.within, "no further attempt after that time; 0 = no limit")
		}
	}
	if p.tries != nil && len(p.tries.args) == 1 {
		if n, err := strconv.Atoi(p.tries.args[0]); err == nil && n >= 0 {
			r.Tries = min(n, maxTries)
			t.remark(ir.Translated, p.tries, "at most that many attempts; 0 = one per server")
		}
	}
	attempt := sim.Time(defaultTimeLimit)
	if p.stream {
		attempt = streamTimeLimit
	}
	g.pool.Limits.Connect = t.timeLimit(p.connect, defaultTimeLimit, "how long a connection to a host that is gone takes to fail")
	g.pool.Limits.Attempt = t.timeLimit(p.read, attempt, "how long a server has for its answer")
	g.pool.Params = params.Embed(g.pool.Params, r)
	if g.attempts = r.Tries; !r.NextUpstream {
		g.attempts = 1
	}
}

// maxTries is as good as no limit of attempts.
const maxTries = 1000

// The defaults of proxy_connect_timeout and proxy_read_timeout, and of proxy_timeout of the stream module.
const (
	defaultTimeLimit = 60 * sim.Second
	streamTimeLimit  = 10 * sim.Minute
)

// timeLimit reads a time limit of an attempt; d is nil where there is none.
func (t *translation) timeLimit(d *directive, otherwise sim.Time, what string) sim.Time {
	if d == nil || len(d.args) != 1 {
		return otherwise
	}
	limit, err := d.time(d.name, d.args[0])
	switch {
	case err != nil:
		return otherwise
	case limit <= 0:
		t.remark(ir.NotCarried, d, "nginx gives up at once; the scenario has its default, %v", otherwise)
		return otherwise
	}
	t.remark(ir.Translated, d, "%s", what)
	return limit
}

// conditions translates the words of proxy_next_upstream. That of the stream module is on or off.
func (t *translation) conditions(d *directive, stream bool, r *nginxpolicy.Retrying) {
	switch {
	case slices.Contains(d.args, "off"):
		r.NextUpstream = false
		t.remark(ir.Translated, d, "a request is not tried on another server")
		return
	case stream:
		t.remark(ir.Translated, d, "where a connection cannot be made, another server is tried")
		return
	}
	var known, never []string
	for _, word := range d.args {
		switch word {
		case "error", "timeout", "http_503", "non_idempotent":
			known = append(known, word)
		default:
			never = append(never, source.Short(word))
		}
	}
	r.On = strings.Join(known, " ")
	if len(never) > 0 {
		t.remark(ir.Assumed, d, "servers never answer with %s", strings.Join(never, ", "))
		return
	}
	t.remark(ir.Translated, d, "after these failures another server is tried")
}

// applyRetries fills in what the pool says about retries and health. nginx's own failure counting is in the policies. nginx makes
// no health checks, so only a failed request shows it that a server is dead.
func (g *group) applyRetries() {
	attempts := len(g.pool.Servers)
	if g.attempts > 0 {
		attempts = min(attempts, g.attempts)
	}
	g.pool.Redispatch = max(attempts-1, 0)
}
