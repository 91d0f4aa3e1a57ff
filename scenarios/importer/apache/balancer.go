package apache

import (
	"net"
	"net/url"
	"slices"
	"strings"

	policy "stickysim/policies/apache"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// balancer is a balancer:// with what the file says of it.
type balancer struct {
	ir.Place
	name    string
	members []member
	method  string
	methodAt,
	stickyAt ir.Place
	sticky policy.StickySession
	bound  bool             // stickysession is set
	given  map[string]given // parameters, by name
	health *sim.Health
	checks bool     // hcmethod is set
	host   string   // where it is declared
	hosts  []string // from which requests come
	rest   bool     // gets the requests that no rule sends elsewhere
}

// member is a BalancerMember.
type member struct {
	ir.Place
	url, addr string
	factor    float64
	status    sim.Status
	standby   bool
	timeout   sim.Time // for an answer; 0 = that of the server
	connect   sim.Time // for a connection; 0 = that for an answer
	options   map[string]string
}

// scheme begins the names of balancers.
const scheme = "balancer://"

// named returns the balancer of a URL, made when it is first mentioned. A virtual host sees the main server's
// balancers, unless a section of its own (own) declares another of that name.
func (t *translation) named(target, host string, at ir.Place, own bool) *balancer {
	name := target[len(scheme):]
	name, _, _ = strings.Cut(name, "/")
	key := host + " " + strings.ToLower(name)
	if b := t.byName[key]; b != nil {
		return b
	}
	if b := t.byName[" "+strings.ToLower(name)]; b != nil && !own {
		return b
	}
	b := &balancer{Place: at, name: name, method: "byrequests", host: host}
	t.byName[key] = b
	t.balancers = append(t.balancers, b)
	return b
}

func isBalancer(text string) bool {
	return len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme)
}

// proxySection reads <Proxy balancer://name>.
func (t *translation) proxySection(d *directive, host string) error {
	if len(d.args) == 0 || !isBalancer(d.args[0]) {
		t.Harmless(d, "<%s>: not a balancer", d)
		t.cover(d.block)
		return nil
	}
	b := t.named(d.args[0], host, d.Place, true)
	if len(d.args) > 1 {
		if err := t.parameters(d, d.args[1:], b, b.set); err != nil {
			return err
		}
	}
	for i := range d.block {
		x := &d.block[i]
		var err error
		switch x.name {
		case "balancermember":
			err = t.member(x, x.args, b, host)
		case "proxyset":
			err = t.proxySet(x, x.args, b, host)
		default:
			err = t.one(x, host)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// proxySet reads parameters of a balancer; those of a single server do not matter here.
func (t *translation) proxySet(d *directive, args []string, b *balancer, host string) error {
	if len(args) > 0 && strings.Contains(args[0], "://") {
		if !isBalancer(args[0]) {
			t.Harmless(d, "%s: not a balancer", d)
			return nil
		}
		b, args = t.named(args[0], host, d.Place, false), args[1:]
	}
	if b == nil {
		t.Harmless(d, "%s: names no balancer", d)
		return nil
	}
	return t.parameters(d, args, b, b.set)
}

// proxyPass reads `ProxyPass path balancer://name [key=value ...]`; parameters are the balancer's.
func (t *translation) proxyPass(d *directive, args []string, host string) error {
	for i, a := range args {
		if !isBalancer(a) {
			continue
		}
		b := t.named(a, host, d.Place, false)
		b.rest = b.rest || i == 1 && args[0] == "/"
		b.from(host)
		t.Translated(d, "%s: to the pool %q", d, source.Short(b.name))
		var params []string
		for _, p := range args[i+1:] {
			if strings.Contains(p, "=") {
				params = append(params, p)
			}
		}
		return t.parameters(d, params, b, b.set)
	}
	t.Harmless(d, "%s: a single server, nothing to balance", d)
	return nil
}

// from notes that requests come from a virtual host.
func (b *balancer) from(host string) {
	if !slices.Contains(b.hosts, host) && len(b.hosts) < maxHosts {
		b.hosts = append(b.hosts, host)
	}
}

// maxHosts bounds the virtual hosts whose time limits are compared.
const maxHosts = 100

// setter takes one parameter; it returns what to remark.
type setter func(t *translation, d *directive, key, value string) (ir.Drawer, string, error)

func (t *translation) parameters(d *directive, args []string, b *balancer, set setter) error {
	for _, a := range args {
		key, value, ok := strings.Cut(a, "=")
		if !ok {
			return d.Errorf("%s: %q is not a parameter such as stickysession=ROUTEID", d.name, source.Short(a))
		}
		level, text, err := set(t, d, strings.ToLower(key), value)
		if err != nil {
			return err
		}
		t.Remark(level, d, "%s%s", source.Short(a), text)
	}
	return nil
}

// member reads `BalancerMember [balancer://name] URL [key=value ...]`.
func (t *translation) member(d *directive, args []string, b *balancer, host string) error {
	if len(args) > 0 && isBalancer(args[0]) {
		b, args = t.named(args[0], host, d.Place, false), args[1:]
	}
	if b == nil || len(args) == 0 {
		return d.Errorf("BalancerMember belongs into <Proxy balancer://...>, or takes the balancer first, and takes a URL")
	}
	if len(b.members) == maxMembers {
		return d.Errorf("more than %d members in a balancer", maxMembers)
	}
	addr, err := address(args[0])
	if err != nil {
		return d.Errorf("BalancerMember %s: not a URL such as http://10.0.0.1:8080", source.Short(args[0]))
	}
	m := member{Place: d.Place, url: args[0], addr: addr, factor: 1, options: map[string]string{}}
	set := func(t *translation, d *directive, key, value string) (ir.Drawer, string, error) {
		return m.set(t, b, d, key, value)
	}
	if err := t.parameters(d, args[1:], b, set); err != nil {
		return err
	}
	if len(b.members) == 0 && isWebSocket(m.url) {
		t.NotCarried(d, "%s: %s", source.Short(m.url), source.KeptOpen)
	}
	b.members = append(b.members, m)
	t.Translated(d, "%s: server of balancer %q", d, source.Short(b.name))
	return nil
}

// isWebSocket reports whether a member takes WebSockets and nothing else.
func isWebSocket(url string) bool {
	scheme, _, _ := strings.Cut(strings.ToLower(url), ":")
	return scheme == "ws" || scheme == "wss"
}

// maxMembers bounds a balancer.
const maxMembers = 10_000

// address is host and port of a URL; the port is the scheme's where none is given.
func address(text string) (string, error) {
	if strings.HasPrefix(text, "unix:") {
		return text, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "", net.InvalidAddrError("no host")
	}
	if u.Port() != "" {
		return u.Host, nil
	}
	ports := map[string]string{"https": "443", "wss": "443", "ajp": "8009", "fcgi": "8000", "h2": "443"}
	port := ports[u.Scheme]
	if port == "" {
		port = "80"
	}
	return u.Host + ":" + port, nil
}
