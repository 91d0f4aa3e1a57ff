package nginx

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// translation is an import under way.
type translation struct {
	*source.Input

	workers   *directive          // worker_processes
	upstreams map[string]*group   // by scope and name
	order     []*group            // in order of appearance
	variables map[string]*binding // what set, map and split_clients define
	ports     map[string]bool     // that listen names
	computed  []pass              // to names that variables make
	divided   []*split            // to names that split_clients decides
	settings  []*directive        // that matter only where a pool depends on them
}

// context is what the blocks around a directive say that matters for balancing; inner settings win.
type context struct {
	stream   bool       // in the stream block
	server   *directive // around it
	root     bool       // in location /, or in no location
	realIP   *directive // real_ip_header
	trusts   *trust     // nil: no proxy
	checking *directive // health_check
	settings [len(protocols)]attempts
}

// protocols are the first words of the directives that send requests to servers, and of their settings. Each has settings of its own.
var protocols = [...]string{"proxy", "fastcgi", "uwsgi", "scgi", "grpc", "memcached"}

// attempts are the settings of the attempts of one protocol.
type attempts struct {
	next    *directive // proxy_next_upstream
	tries   *directive
	within  *directive // proxy_next_upstream_timeout
	read    *directive // proxy_read_timeout
	send    *directive // proxy_send_timeout
	connect *directive
}

// trust is what the lines set_real_ip_from of one block say; those of an inner block replace it.
type trust struct {
	lines    []*directive
	networks []string
}

// maxNetworks bounds the trusted networks.
const maxNetworks = 10_000

func newTranslation(in *source.Input) *translation {
	return &translation{Input: in, upstreams: map[string]*group{}, ports: map[string]bool{}, variables: map[string]*binding{}}
}

// remark notes what became of d.
func (t *translation) remark(drawer ir.Drawer, d *directive, format string, args ...any) {
	t.Remark(drawer, d, "%s: %s", d, fmt.Sprintf(format, args...))
}

// scoped is the name of an upstream in its scope: http and stream have upstreams of their own. Names differ in more than case.
func scoped(stream bool, name string) string {
	name = strings.ToLower(name)
	if stream {
		return "stream " + name
	}
	return "http " + name
}

// survey finds what can be used before it is defined: upstreams, variables, workers.
func (t *translation) survey(list []directive, stream bool) {
	for i := range list {
		d := &list[i]
		switch d.name {
		case "worker_processes":
			t.workers = d
		case "set", "map", "split_clients", "geo":
			t.define(d)
		case "listen":
			t.listens(d)
		case "upstream":
			if len(d.args) != 1 {
				continue
			}
			if name := scoped(stream, d.args[0]); t.upstreams[name] == nil {
				t.upstreams[name] = &group{d: d, name: d.args[0]}
			}
			continue
		}
		if !table(d.name) {
			t.survey(d.block, stream || d.name == "stream")
		}
	}
}

// walk translates a block. A setting applies to the whole block, also to what is before it, so settings are read first.
func (t *translation) walk(list []directive, c context) error {
	for i := range list {
		c.settle(&list[i])
	}
	t.twice(list)
	if own := trustOf(list); own != nil {
		c.trusts = own
	}
	for i := range list {
		d := &list[i]
		if err := t.directive(d, c); err != nil {
			return err
		}
		if !d.open || d.name == "upstream" || table(d.name) {
			continue
		}
		inner := c
		switch d.name {
		case "stream":
			inner.stream = true
		case "server":
			inner.server, inner.root = d, true
		case "location":
			inner.root = c.root && len(d.args) == 1 && d.args[0] == "/"
		}
		if err := t.walk(d.block, inner); err != nil {
			return err
		}
	}
	return nil
}

// settle notes a setting that passes apply.
func (c *context) settle(d *directive) {
	protocol, setting, _ := strings.Cut(d.name, "_")
	if i := slices.Index(protocols[:], protocol); i >= 0 {
		c.settings[i].settle(setting, d)
		return
	}
	switch d.name {
	case "real_ip_header":
		c.realIP = d
	case "health_check":
		c.checking = d
	}
}

func (a *attempts) settle(setting string, d *directive) {
	switch setting {
	case "next_upstream":
		a.next = d
	case "next_upstream_tries":
		a.tries = d
	case "next_upstream_timeout":
		a.within = d
	case "read_timeout", "timeout": // proxy_timeout of the stream module
		a.read = d
	case "send_timeout":
		a.send = d
	case "connect_timeout":
		a.connect = d
	}
}

// trustOf is the proxies that the lines of a block trust; nil where none does.
func trustOf(list []directive) (own *trust) {
	for i := range list {
		d := &list[i]
		if d.name != "set_real_ip_from" {
			continue
		}
		if own == nil {
			own = &trust{}
		}
		own.lines = append(own.lines, d)
		if len(d.args) == 1 && d.args[0] != "unix:" && len(own.networks) < maxNetworks {
			own.networks = append(own.networks, d.args[0])
		}
	}
	return own
}

// directive translates one directive outside upstreams, or says that it does not matter.
func (t *translation) directive(d *directive, c context) error {
	switch {
	case d.name == "upstream":
		return t.upstream(d, c)
	case d.name == "worker_processes" || d.name == "real_ip_header" || d.name == "set_real_ip_from":
		t.settings = append(t.settings, d)
		return d.want(1, 1)
	case isPass(d.name):
		return t.pass(d, c)
	case attempted(d.name):
		t.settings = append(t.settings, d)
		return d.checkSetting(c.stream)
	case passSetting(d.name) || d.name == "set" || table(d.name):
		t.settings = append(t.settings, d)
	default:
		t.byTable(d)
	}
	return nil
}

// passSetting reports whether settle or a pass deals with the directive.
func passSetting(name string) bool {
	var c context
	c.settle(&directive{name: name})
	return c != (context{})
}

// attempted reports whether the directive is a setting of attempts.
func attempted(name string) bool {
	protocol, setting, _ := strings.Cut(name, "_")
	var a attempts
	a.settle(setting, &directive{name: name})
	return slices.Contains(protocols[:], protocol) && a != attempts{}
}

// finish puts the pools together, in order of appearance.
func (t *translation) finish() {
	for _, g := range t.order {
		t.applyPasses(g)
		t.applyWorkers(g)
		g.applyRetries()
		t.applyTrust(g)
		t.Pools = append(t.Pools, g.pool)
	}
	t.joinAll(t.designate())
	t.workersRemark()
	for _, d := range t.settings {
		switch {
		case t.Mentioned(d):
		case d.name == "real_ip_header":
			t.remark(ir.Harmless, d, "no pool is behind a set_real_ip_from that it holds for; the client's address is that of the TCP connection")
		default:
			t.remark(ir.Harmless, d, "no pool depends on it")
		}
	}
}

// applyWorkers says what one routing state belongs to.
func (t *translation) applyWorkers(g *group) {
	g.pool.Balancers = ir.Balancers{Scope: "worker", Shared: g.zone != nil}
	if t.workers == nil || len(t.workers.args) != 1 {
		return
	}
	if n, err := strconv.Atoi(t.workers.args[0]); err == nil && n >= 1 && n <= 1024 {
		g.pool.Balancers.Count = n
	}
}

func (t *translation) workersRemark() {
	if t.workers == nil || len(t.order) == 0 {
		return
	}
	shared := 0
	for _, g := range t.order {
		if g.zone != nil {
			shared++
		}
	}
	const own = "each worker has its own routing state for the %d upstreams without zone"
	switch count := t.order[0].pool.Balancers.Count; {
	case count == 0:
		t.remark(ir.Assumed, t.workers, "the number of workers is that of the machine's cores; "+own, len(t.order)-shared)
	default:
		t.remark(ir.Translated, t.workers, "%d balancer instances; "+own, count, len(t.order)-shared)
	}
}

// applyTrust says which address the policies see: by the first pass that leads to the upstream, or where none does by the block
// that the upstream is in.
func (t *translation) applyTrust(g *group) {
	c := g.around
	for i, p := range g.passes {
		if i == 0 {
			c = p.context
		} else if !sameTrust(p.trusts, c.trusts) {
			t.remark(ir.NotCarried, p.d, "other proxies are trusted than at line %d; those are used", g.passes[0].d.Line)
		}
	}
	if c.trusts == nil {
		return
	}
	sees, odd := ir.SeesFrom(c.trusts.networks)
	g.pool.Sees = sees
	header := "X-Real-IP"
	if c.realIP != nil && len(c.realIP.args) > 0 {
		header = c.realIP.args[0]
	}
	const translated = "whose address the balancers see (clients: {seen_as: forwarded})"
	if c.realIP != nil && !t.Mentioned(c.realIP) {
		t.remark(ir.Translated, c.realIP, translated)
	}
	first := c.trusts.lines[0]
	if t.Mentioned(first) {
		return
	}
	t.remark(ir.Translated, first, "from trusted proxies the client's address is taken from %s; ip_hash and $remote_addr see that one (clients: {seen_as: forwarded})", source.Short(header))
	for _, d := range c.trusts.lines[1:] {
		t.remark(ir.Translated, d, translated)
	}
	if odd != "" {
		t.remark(ir.NotCarried, first, "%s is no network; all proxies are trusted", source.Short(odd))
	}
}

// sameTrust reports whether two blocks trust the same proxies.
func sameTrust(a, b *trust) bool {
	return a == b || a != nil && b != nil && slices.Equal(a.networks, b.networks)
}
