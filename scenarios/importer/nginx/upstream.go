package nginx

import (
	"slices"
	"strings"

	"stickysim/policies"
	"stickysim/policies/keys"
	nginxpolicy "stickysim/policies/nginx"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// Bounds on an upstream.
const (
	maxServers    = 100_000
	maxWeight     = 65535
	maxRingWeight = 50_000 // 8 million points of a consistent ring
)

// group is an upstream block on its way to a pool.
type group struct {
	d    *directive
	name string
	pool ir.Pool

	method   *directive // the load balancing method; nil = round robin
	sticky   *directive
	jvm      *directive // jvm_route
	routed   bool       // a server has an srun_id
	zone     *directive
	around   context // of the block
	weight   int     // of all servers
	passes   []pass
	attempts int // most attempts of a request; 0 = one per server
}

// upstream translates an upstream block.
func (t *translation) upstream(d *directive, c context) error {
	if len(d.args) != 1 || !d.open {
		return d.Errorf("upstream takes a name and a block")
	}
	g := t.upstreams[scoped(c.stream, d.args[0])]
	if g.d != d {
		return d.Errorf("upstream %s is defined twice, first at %s", source.Short(d.args[0]), g.d.From(d.Place))
	}
	g.around = c
	g.pool = ir.Pool{Place: d.Place, Name: g.name}
	names := source.Names{}
	for i := range d.block {
		if err := t.inUpstream(g, &d.block[i], names); err != nil {
			return err
		}
	}
	if err := t.choosePolicy(g); err != nil {
		return err
	}
	if len(g.pool.Servers) == 0 {
		t.remark(ir.NotCarried, d, "no servers; nginx refuses that unless a module adds them while it runs")
	}
	if primaries := slices.ContainsFunc(g.pool.Servers, func(s ir.Server) bool { return !s.Info.Backup }); len(g.pool.Servers) > 0 && !primaries {
		t.remark(ir.NotCarried, d, "all servers are backups, which nginx refuses: one server has to be without backup")
	}
	t.remark(ir.Translated, d, "policy %s, %d servers", g.pool.Policy, len(g.pool.Servers))
	t.order = append(t.order, g)
	return nil
}

// inUpstream translates a directive of an upstream block.
func (t *translation) inUpstream(g *group, d *directive, names source.Names) error {
	switch d.name {
	case "server":
		return t.server(g, d, names)
	case "ip_hash", "hash", "least_conn", "random", "least_time", "fair", "consistent_hash", "session_sticky":
		if g.method != nil {
			t.remark(ir.NotCarried, g.method, "another method follows in this upstream; nginx takes the last one")
		}
		g.method = d
	case "sticky":
		if g.sticky != nil {
			return d.Errorf("sticky is given twice, first at line %d", g.sticky.Line)
		}
		g.sticky = d
	case "jvm_route":
		g.jvm = d
	case "zone":
		g.zone = d
		if err := d.want(1, 2); err != nil {
			return err
		}
		if len(d.args) > 1 {
			if n, err := d.size("size", d.args[1]); err != nil {
				return err
			} else if n < 8*4096 {
				return d.Errorf("zone: %s is too small; nginx wants 32k or more", source.Short(d.args[1]))
			}
		}
		t.remark(ir.Translated, d, "all workers share one routing state")
	case "keepalive", "keepalive_requests", "keepalive_time", "keepalive_timeout":
		t.remark(ir.Harmless, d, "reuse of connections does not change routing")
	case "resolver", "resolver_timeout":
		t.remark(ir.Harmless, d, "says how names are resolved")
	case "queue":
		t.remark(ir.NotCarried, d, "waiting for a free server instead of a 502 (NGINX Plus) is not part of the policy")
	case "ntlm":
		t.remark(ir.NotCarried, d, "keeps a client's connection with one server connection (NGINX Plus); not part of the policy")
	case "state":
		t.remark(ir.NotCarried, d, "the servers are in a state file (NGINX Plus), which was not read")
	case "check", "check_http_send", "check_http_expect_alive", "check_keepalive_requests":
		t.remark(ir.NotCarried, d, "%s", lost[d.name])
	default:
		if strings.HasPrefix(d.name, "balancer_by_lua") {
			t.remark(ir.NotCarried, d, "a program chooses the server")
		} else {
			t.remark(ir.NotCarried, d, "not understood")
		}
	}
	return nil
}

// choosePolicy sets policy, parameters and key from the method and the sticky directive.
func (t *translation) choosePolicy(g *group) error {
	policy, balance, err := t.method(g)
	if err != nil {
		return err
	}
	if g.method != nil && !t.Mentioned(g.method) {
		t.remark(ir.Translated, g.method, "method of upstream %s", source.Short(g.name))
	}
	switch {
	case g.sticky != nil:
		hash, _ := policy.(nginxpolicy.Hash)
		if err := t.stickyPolicy(g, below{balance, hash}); err != nil {
			return err
		}
		t.remark(ir.Translated, g.sticky, "policy %s", g.pool.Policy)
	case g.jvm != nil && t.jvmRoute(g, balance):
		t.remark(ir.Translated, g.jvm, "policy %s", g.pool.Policy)
	default:
		g.pool.Policy, g.pool.Params = policies.NameOf(policy), policy
	}
	return nil
}

// method translates the load balancing method: as a policy of its own, and as the word for it below sticky.
func (t *translation) method(g *group) (c policies.Config, balance string, err error) {
	d := g.method
	g.pool.Key = ir.KeySource{Kind: "none"}
	if d == nil {
		return nginxpolicy.RoundRobin{Retrying: nginxpolicy.DefaultRetrying()}, "round_robin", nil
	}
	switch d.name {
	case "ip_hash":
		g.pool.Key = ir.KeySource{Kind: "address", Text: "$remote_addr"}
		return nginxpolicy.IPHash{Retrying: nginxpolicy.DefaultRetrying()}, "ip_hash", d.want(0, 0)
	case "least_conn":
		return nginxpolicy.LeastConn{Retrying: nginxpolicy.DefaultRetrying()}, "least_conn", d.want(0, 0)
	case "random":
		c, err := t.random(d)
		balance = "random"
		if c.Two {
			balance = "random two"
		}
		return c, balance, err
	case "hash":
		c, err := t.hash(g, d)
		balance = "hash"
		if c.Consistent {
			balance = "hash consistent"
		}
		return c, balance, err
	case "least_time":
		t.remark(ir.NotCarried, d, "response times are no part of the policies; least_conn stands in")
		return nginxpolicy.LeastConn{Retrying: nginxpolicy.DefaultRetrying()}, "least_conn", nil
	}
	t.remark(ir.NotCarried, d, "a method of a third-party module; round robin stands in")
	return nginxpolicy.RoundRobin{Retrying: nginxpolicy.DefaultRetrying()}, "round_robin", nil
}

func (t *translation) random(d *directive) (nginxpolicy.Random, error) {
	c := nginxpolicy.Random{Retrying: nginxpolicy.DefaultRetrying()}
	if err := d.want(0, 2); err != nil || len(d.args) == 0 {
		return c, err
	}
	if d.args[0] != "two" {
		return c, d.Errorf("random: %q is unknown; want random two [least_conn]", source.Short(d.args[0]))
	}
	c.Two = true
	if len(d.args) == 2 && d.args[1] != "least_conn" {
		t.remark(ir.NotCarried, d, "%s is no part of the policy; least_conn stands in", source.Short(d.args[1]))
	}
	return c, nil
}

func (t *translation) hash(g *group, d *directive) (nginxpolicy.Hash, error) {
	c := nginxpolicy.Hash{Retrying: nginxpolicy.DefaultRetrying()}
	if err := d.want(1, 2); err != nil {
		return c, err
	}
	if len(d.args) == 2 {
		if d.args[1] != "consistent" {
			return c, d.Errorf("hash: %q is unknown; want hash key [consistent]", source.Short(d.args[1]))
		}
		if c.Consistent = true; g.weight > maxRingWeight {
			return c, d.Errorf("hash: the weights add up to %d; at most %d can be put on a ring", g.weight, maxRingWeight)
		}
	}
	key, parts := t.key(d, d.args[0])
	g.pool.Key = key
	switch {
	case parts.IsAddr() && parts[0].From == keys.Seen:
		c.BinaryAddress = true
	case !parts.IsOwn():
		c.Key = key.Text
	}
	return c, nil
}
