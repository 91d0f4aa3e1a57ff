package nginx

import (
	"fmt"
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
	realIP    *directive          // real_ip_header
	trusted   *directive          // first set_real_ip_from
	networks  []string            // that set_real_ip_from names
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
	next     *directive // proxy_next_upstream and its relatives
	tries    *directive
	within   *directive // proxy_next_upstream_timeout
	read     *directive // proxy_read_timeout
	send     *directive // proxy_send_timeout
	connect  *directive
	checking *directive // health_check
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

// scoped is the name of an upstream in its scope: http and stream have upstreams of their own.
func scoped(stream bool, name string) string {
	if stream {
		return "stream " + name
	}
	return "http " + name
}

// survey finds what can be used before it is defined: upstreams, variables, workers, real addresses.
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
		case "real_ip_header":
			t.realIP = d
		case "set_real_ip_from":
			if t.trusted == nil {
				t.trusted = d
			}
			if len(d.args) == 1 && d.args[0] != "unix:" && len(t.networks) < maxNetworks {
				t.networks = append(t.networks, d.args[0])
			}
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
	switch protocol, setting, _ := strings.Cut(d.name, "_"); protocol {
	case "proxy", "fastcgi", "uwsgi", "scgi", "grpc", "memcached":
		switch setting {
		case "next_upstream":
			c.next = d
		case "next_upstream_tries":
			c.tries = d
		case "next_upstream_timeout":
			c.within = d
		case "read_timeout", "timeout": // proxy_timeout of the stream module
			c.read = d
		case "send_timeout":
			c.send = d
		case "connect_timeout":
			c.connect = d
		}
	case "health":
		c.checking = d
	}
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

// finish puts the pools together, in order of appearance.
func (t *translation) finish() {
	for _, g := range t.order {
		t.applyPasses(g)
		t.applyWorkers(g)
		g.applyRetries()
		if t.trusted != nil {
			g.pool.Sees, _ = ir.SeesFrom(t.networks)
		}
		t.Pools = append(t.Pools, g.pool)
	}
	t.joinAll(t.designate())
	t.workersRemark()
	t.realIPRemark()
	for _, d := range t.settings {
		if t.trusted != nil && (d.name == "set_real_ip_from" || d.name == "real_ip_header") && !t.Mentioned(d) {
			t.remark(ir.Translated, d, "whose address the balancers see (clients: {seen_as: forwarded})")
		}
		if !t.Mentioned(d) {
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

// realIPRemark says which address the policies see.
func (t *translation) realIPRemark() {
	if t.trusted == nil {
		if t.realIP != nil {
			t.remark(ir.Harmless, t.realIP, "without set_real_ip_from no proxy is trusted; the client's address is that of the TCP connection")
		}
		return
	}
	header := "X-Real-IP"
	if t.realIP != nil {
		header = t.realIP.args[0]
	}
	t.remark(ir.Translated, t.trusted, "from trusted proxies the client's address is taken from %s; ip_hash and $remote_addr see that one (clients: {seen_as: forwarded})", header)
	if _, odd := ir.SeesFrom(t.networks); odd != "" {
		t.remark(ir.NotCarried, t.trusted, "%s is no network; all proxies are trusted", source.Short(odd))
	}
}
