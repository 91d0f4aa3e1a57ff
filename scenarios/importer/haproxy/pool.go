package haproxy

import (
	"cmp"
	"slices"
	"strings"

	"stickysim/policies/haproxy"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// finish makes pools of the backends and listeners that have servers.
func (im *translation) finish() {
	leads, used := im.leads(), map[*line]bool{}
	for _, p := range im.proxies {
		im.keepFound(p, leads.to(p))
	}
	im.surveySticks()
	for _, p := range im.proxies {
		if len(p.servers) == 0 {
			im.Harmless(p.at, "%s %s: no servers", p.kind, source.Short(p.name))
			for _, l := range p.stick {
				im.Harmless(l, "stick: the section has no servers")
			}
			continue
		}
		pool := im.pool(p, leads.to(p))
		im.Pools = append(im.Pools, pool)
		im.Translated(p.at, "%s %s: %d servers, policy %s", p.kind, source.Short(p.name), len(p.servers), pool.Policy)
		used[p.balance] = true
		if pool.Policy == "haproxy/cookie" {
			used[p.cookie] = true
		}
	}
	for _, c := range im.choices {
		if used[c.at] {
			im.Translated(c.at, "%s", c.does)
		} else if !im.Mentioned(c.at) {
			im.Harmless(c.at, "%s: no server is chosen by it", c.at.arg(0))
		}
	}
	im.designate()
	im.matchModes()
	for _, l := range im.ways {
		if name := l.arg(1); im.named[name] == nil && !strings.ContainsAny(name, "%$") {
			im.NotCarried(l, "%s %s: there is no such backend in these files, so no pool for what goes there", l.arg(0), source.Short(name))
		}
	}
	for _, t := range im.tableList {
		if !t.used {
			im.Harmless(t.at, "stick-table: no stick rule uses it to choose servers")
		}
	}
}

// matchModes remarks on frontends that read requests and send them to pools that do not.
func (im *translation) matchModes() {
	modes := map[string]string{}
	for _, p := range im.proxies {
		modes[p.name] = p.mode
	}
	for _, e := range im.entries {
		for _, name := range append(e.backends, e.defaultBackend) {
			if e.mode == "http" && modes[name] == "tcp" {
				im.NotCarried(e.at, "%s %s: in mode http, and %s is in mode tcp; HAProxy refuses that", e.kind, source.Short(e.name), source.Short(name))
			}
		}
	}
}

// designate marks the pool that the first frontend or listener sends requests to where no rule sends them elsewhere.
func (im *translation) designate() {
	pools := map[string]int{}
	for i := range im.Pools {
		pools[im.Pools[i].Name] = i
	}
	for _, e := range im.entries {
		name := e.defaultBackend
		if e.kind == "listen" && len(e.servers) > 0 {
			name = e.name
		}
		if i, ok := pools[name]; ok {
			im.Pools[i].Default = true
			return
		}
	}
}

// pool translates one backend or listener, to which requests come from a front.
func (im *translation) pool(p *proxy, from front) ir.Pool {
	pool := ir.Pool{
		Place: p.at.Place, Name: p.name, Servers: p.servers,
		Health:    im.health(p),
		Limits:    p.timeLimits(),
		Balancers: ir.Balancers{Count: im.process.count, Scope: "process"},
	}
	if p.balance == nil {
		p.algorithm = haproxy.Balance{Name: "roundrobin"}
		im.Assumed(p.at, "%s %s: no balance line, so roundrobin", p.kind, source.Short(p.name))
	}
	if p.connect == 0 {
		im.Assumed(p.at, "%s %s: no timeout connect, so that HAProxy waits as long as the system lets it; the scenario has its default, 1s", p.kind, source.Short(p.name))
	}
	im.sees(&pool, p, from)
	p.addsSource(from.adds)
	im.inTCP(p, from)
	pool.Key = keySource(p.algorithm, p.setSrc)
	im.checkKey(p, pool.Key)
	rule, t := im.sticks(p)
	if p.mode == "" && (p.cookie != nil || pool.Key.Kind != "none" && pool.Key.Kind != "address") {
		im.Assumed(p.at, "%s %s: no mode line; http is assumed", p.kind, source.Short(p.name))
	}
	switch {
	case p.cookie != nil && p.mode != "" && p.mode != "http":
		im.Harmless(p.cookie, "cookie %s: %s %s: HAProxy ignores cookies in mode %s", source.Short(p.cookieName), p.kind, source.Short(p.name), p.mode)
	case p.cookie != nil:
		im.cookiePool(&pool, p)
		if rule != nil {
			im.NotCarried(rule, "stick %s: the cookie decides; the table is not carried over", source.Short(rule.text(1)))
		}
		return pool
	}
	if rule != nil {
		im.stickPool(&pool, p, rule, t)
		return pool
	}
	pool.Policy, pool.Params = p.algorithm.Config(p.options, p.hashing)
	return pool
}

// inTCP has the algorithms that look at a request fall back to turns where HAProxy looks at none.
func (im *translation) inTCP(p *proxy, from front) {
	shown := source.Short(p.balanceText())
	switch name := p.algorithm.Name; {
	case p.mode != "tcp":
		return
	case name == "hdr" || name == "uri" || name == "url_param":
		im.NotCarried(p.at, "%s %s: balance %s needs mode http; HAProxy falls back to roundrobin", p.kind, source.Short(p.name), shown)
	case name == "hash" && inContents(p.algorithm.Arg) && !p.reads(from):
		im.NotCarried(p.at, "%s %s: in mode tcp HAProxy takes the key of balance %s before it has read the request, and does not say so: it falls back to roundrobin", p.kind, source.Short(p.name), shown)
	default:
		return
	}
	p.balance, p.algorithm = nil, haproxy.Balance{Name: "roundrobin"}
}

// addsSource has keys from X-Forwarded-For hold what option forwardfor adds, of the proxy itself or of its frontends.
func (p *proxy) addsSource(frontends string) {
	named := func(text string) bool { return strings.Contains(strings.ToLower(text), "x-forwarded-for") }
	inStick := slices.ContainsFunc(p.stick, func(l *line) bool { return named(l.text(1)) })
	if p.mode != "tcp" && (inStick || named(p.balanceText())) {
		p.hashing.ForwardFor = cmp.Or(p.forwardsFor, frontends)
	}
}

// timeLimits is the time limits; timeout queue is timeout connect where it is not given.
func (p *proxy) timeLimits() ir.Limits {
	all := p.limits
	all.Connect = p.connect
	if all.Queue == 0 {
		all.Queue = p.connect
	}
	return all
}

// checkKey remarks expressions whose value requests do not carry.
func (im *translation) checkKey(p *proxy, key ir.KeySource) {
	switch b := p.algorithm; {
	case b.Name != "hash":
	case key.Kind == "none":
		im.NotCarried(p.balance, "balance hash %s: requests carry no key for this expression, so they are balanced in turn", source.Short(b.Arg))
	case converted(b.Arg):
		im.NotCarried(p.balance, "balance hash %s: the key is hashed without the converters", source.Short(b.Arg))
	}
}

// balanceText is the balance line in the words of the policies' parameter.
func (p *proxy) balanceText() string {
	if p.balance == nil {
		return "roundrobin"
	}
	return p.balance.text(1)
}

func (im *translation) cookiePool(pool *ir.Pool, p *proxy) {
	c := p.cookiePars
	c.Options, c.Hashing, c.Balance = p.options, p.hashing, p.balanceText()
	pool.Policy, pool.Params = "haproxy/cookie", c
	pool.CookieName, pool.IdleTimeout = p.cookieName, c.MaxIdle
	if p.dynamic() {
		im.dynamicCookies(pool, p)
	}
}

func (im *translation) stickPool(pool *ir.Pool, p *proxy, rule *line, t *table) {
	c := t.pars
	c.Options, c.Hashing, c.Balance, c.Key = p.options, p.hashing, p.balanceText(), rule.arg(2)
	key := expression(c.Key, p.setSrc)
	if key.Kind == "none" {
		im.NotCarried(rule, "stick %s: requests carry no key for this expression", source.Short(rule.text(1)))
	}
	if converted(c.Key) {
		im.NotCarried(rule, "stick %s: the key is taken without the converters", source.Short(rule.text(1)))
	}
	if kind := pool.Key.Kind; kind != "none" && kind != "address" && (kind != key.Kind || pool.Key.Name != key.Name) && key.Kind != "address" {
		im.NotCarried(p.balance, "balance %s: hashes the key of the stick rule, since requests carry one key", source.Short(p.balanceText()))
	}
	if key.Kind != "address" || pool.Key.Kind == "none" {
		pool.Key = key
	}
	pool.Policy, pool.Params, pool.IdleTimeout = "haproxy/stick-table", c, c.Expire
	im.Translated(t.at, "stick-table: policy haproxy/stick-table")
	if t.peers == "" {
		return
	}
	pool.Balancers.Shared = true
	if peers := im.peers[t.peers]; peers != nil && peers.count > 0 {
		pool.Balancers.Count = peers.count
		im.Translated(t.at, "peers %s: %d instances share the table, without delay", source.Short(t.peers), peers.count)
	} else {
		im.Assumed(t.at, "peers %s: not in these files; the instances share the table", source.Short(t.peers))
	}
}

// health translates the checks of the servers.
func (im *translation) health(p *proxy) *sim.Health {
	if len(p.checked) == 0 {
		im.Assumed(p.at, "%s %s: no server is checked, so none is ever marked down", p.kind, source.Short(p.name))
		return nil
	}
	first := p.checked[0]
	for _, s := range p.checked[1:] {
		if s.inter != first.inter || s.fastinter != first.fastinter || s.downinter != first.downinter || s.fall != first.fall || s.rise != first.rise {
			im.NotCarried(p.at, "%s %s: servers are checked differently; all are assumed to be checked like the first", p.kind, source.Short(p.name))
			break
		}
	}
	if len(p.checked) < len(p.servers) {
		im.NotCarried(p.at, "%s %s: only some servers are checked; all are assumed to be", p.kind, source.Short(p.name))
	}
	// The next check follows inter after the end of the last one. timeout check is for the answer of a server that has been
	// connected to, also where there is no timeout connect; without it inter is for both.
	h := &sim.Health{Interval: first.inter, FromEnd: true, Changing: first.fastinter, Down: first.downinter, Timeout: first.inter, Fall: first.fall, Rise: first.rise}
	if p.checkRead > 0 {
		h.Timeout, h.Connect = p.checkRead, first.inter
		if p.connect > 0 {
			h.Connect = min(first.inter, p.connect)
		}
	}
	return h
}

// keySource says where the algorithm's key comes from.
func keySource(b haproxy.Balance, setSrc string) ir.KeySource {
	switch b.Name {
	case "source":
		return expression("src", setSrc)
	case "hdr":
		return ir.HeaderKey(b.Arg, "hdr("+b.Arg+")")
	case "url_param":
		return ir.KeySource{Kind: "argument", Name: b.Arg, Text: "url_param(" + b.Arg + ")"}
	case "uri":
		return ir.KeySource{Kind: "uri", Text: "uri"}
	case "hash":
		return expression(b.Arg, setSrc)
	}
	return ir.KeySource{Kind: "none"}
}

// fetches are the sample fetches whose values requests can carry as their key.
var fetches = map[string]string{
	"hdr": "header", "req.hdr": "header", "req.fhdr": "header", "fhdr": "header",
	"cook": "cookie", "req.cook": "cookie", "cookie": "cookie", "res.cook": "cookie", "scook": "cookie", "rdp_cookie": "cookie",
	"url_param": "argument", "urlp": "argument",
	"path": "uri", "url": "uri", "uri": "uri", "base": "uri", "pathq": "uri",
}

// expression says where the value of a sample expression comes from; converters behind a comma are left out.
func expression(text, setSrc string) ir.KeySource {
	name, arg, _ := strings.Cut(text, "(")
	arg, _, _ = strings.Cut(arg, ")")
	arg, _, _ = strings.Cut(arg, ",") // behind it is which value of a list
	name, _, _ = strings.Cut(name, ",")
	if haproxy.IsAddress(text) {
		if name == "src" && setSrc != "" {
			text = setSrc
		}
		return ir.KeySource{Kind: "address", Name: arg, Text: text}
	}
	kind := fetches[name]
	if kind == "" {
		return ir.KeySource{Kind: "none", Text: text}
	}
	return ir.KeySource{Kind: kind, Name: arg, Text: text, Address: haproxy.KeyOf(text).HoldsAddress()}
}

// converted reports whether converters follow the fetch of a sample expression.
func converted(text string) bool {
	if open := strings.IndexAny(text, "(,"); open >= 0 && text[open] == '(' {
		_, text, _ = strings.Cut(text, ")")
	}
	return strings.Contains(text, ",")
}
