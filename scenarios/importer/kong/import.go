// Package kong imports Kong's declarative configuration (kong.yml, as of decK and of a Kong without a database): upstreams with
// their targets become pools. Rings are Kong's own; for its other balancers textbook policies stand.
//
// Floor 8.
package kong

import (
	"net"
	"strings"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
	"stickysim/sim/lazy"
)

var _ = importer.Register(importer.Product{
	Name:       "kong",
	Signs:      lazy.Regexp(`(?m)^[\s{]*["']?_format_version["']?\s*:|"_format_version"\s*:`),
	Precedence: 9,
	Import:     importFiles,
})

var known = tree.NewKnown(harmless)

// importFiles reads files that belong together. Text that is no YAML or JSON, or is too large, or files without an upstream are
// errors; anything else that cannot be carried over is a remark.
func importFiles(in *source.Input, names []string) error {
	im := &translation{Input: in}
	for _, name := range names {
		err := in.Read(name, func(data []byte) error {
			more, err := tree.Documents(name, data, nil)
			im.docs = append(im.docs, more...)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, doc := range im.docs {
		for _, u := range doc.Get("upstreams").Children() {
			im.upstream(u)
		}
	}
	if len(in.Pools) == 0 {
		return ir.Place{File: names[0]}.Errorf("no Kong upstream in it: without one, every service has one server")
	}
	im.lost()
	for _, doc := range im.docs {
		im.remarkMatters(doc)
		doc.Account(in, known, "")
	}
	return nil
}

type translation struct {
	*source.Input
	docs []*tree.Node
}

// upstream makes a pool of an upstream, its targets and the first service that has its name as host.
func (im *translation) upstream(n *tree.Node) {
	name := n.Get("name")
	im.Pools = append(im.Pools, ir.Pool{Name: im.Names.Unique(name.Value()), Place: n.Place, Balancers: ir.Balancers{Scope: "worker"}, Key: ir.KeySource{Kind: "none"}})
	p := &im.Pools[len(im.Pools)-1]
	if name != nil {
		im.Translated(name, "upstream %s", source.Short(p.Name))
	}
	im.balance(n, p)
	for _, t := range n.Get("targets").Children() {
		im.target(t, p)
	}
	for _, doc := range im.docs {
		for _, t := range doc.Get("targets").Children() {
			if of := t.Get("upstream"); of.Value() == p.Name || of.Get("name").Value() == p.Name {
				im.Translated(of, "upstream %s", source.Short(p.Name))
				im.target(t, p)
			}
		}
	}
	if len(p.Servers) == 0 {
		im.Assumed(n, "upstream %s: has no targets, so that Kong answers every request with 503; the scenario has servers", source.Short(p.Name))
	}
	ir.Reduce(p.Servers)
	im.service(n, p)
	im.ring(n, p)
	im.health(n.Get("healthchecks"), p)
}

// lost remarks on targets of upstreams that the files do not have.
func (im *translation) lost() {
	for _, doc := range im.docs {
		for _, t := range doc.Get("targets").Children() {
			if of := t.Get("upstream"); !of.Remarked() {
				im.NotCarried(t, "target %s: its upstream is not in the file", t.Get("target"))
			}
		}
	}
}

// defaultPort is that of a target without one.
const defaultPort = "8000"

// withPort is an address with a port.
func withPort(addr string) string {
	if _, _, err := net.SplitHostPort(addr); err == nil {
		return addr
	}
	return net.JoinHostPort(strings.Trim(addr, "[]"), defaultPort)
}

// target adds a server.
func (im *translation) target(t *tree.Node, p *ir.Pool) {
	addr := t.Get("target")
	if addr.Value() == "" || len(p.Servers) == 10_000 {
		im.NotCarried(t, "target: must be an address, and one of at most 10000")
		return
	}
	s := ir.Server{Place: t.Place, Info: sim.ServerInfo{Name: addr.Value(), Addr: withPort(addr.Value()), Weight: 100}}
	im.whole(t.Get("weight"), 0, 65535, &s.Info.Weight)
	im.Translated(addr, "target %s", source.Short(addr.Value()))
	p.Servers = append(p.Servers, s)
}

// service reads the time limits and retries of the first service in front of an upstream, or Kong's defaults.
func (im *translation) service(n *tree.Node, p *ir.Pool) {
	p.Limits = ir.Limits{Connect: sim.Minute, Attempt: sim.Minute}
	p.Redispatch = 5
	found := false
	for _, doc := range im.docs {
		for _, s := range doc.Get("services").Children() {
			host := s.Get("host")
			if host.Value() != p.Name {
				continue
			}
			im.Translated(host, "service %s leads to upstream %s", s.Get("name"), source.Short(p.Name))
			if found {
				im.leave(s, "that of the first service in front of the upstream is used", "connect_timeout", "read_timeout", "retries")
				continue
			}
			found = true
			im.milliseconds(s.Get("connect_timeout"), &p.Limits.Connect)
			im.milliseconds(s.Get("read_timeout"), &p.Limits.Attempt)
			im.whole(s.Get("retries"), 0, 32_767, &p.Redispatch)
		}
	}
	if !found {
		im.Assumed(n, "upstream %s: no service in front of it; Kong's time limits and 5 retries", source.Short(p.Name))
	}
}

// leave remarks on fields that are not carried over.
func (im *translation) leave(n *tree.Node, why string, keys ...string) {
	for _, key := range keys {
		if x := n.Get(key); x != nil && x.Kind != tree.Null {
			im.NotCarried(x, "%s %s: %s", key, x, why)
		}
	}
}

// milliseconds reads a span.
func (im *translation) milliseconds(n *tree.Node, to *sim.Time) {
	ms := int(*to / sim.Millisecond)
	im.whole(n, 1, 1<<31-2, &ms)
	*to = sim.Time(ms) * sim.Millisecond
}

// seconds reads a span.
func (im *translation) seconds(n *tree.Node, to *sim.Time) {
	if n == nil {
		return
	}
	t, ok := n.Seconds()
	if !ok {
		im.NotCarried(n, "%s: must be a number of seconds, got %s; %v is used", n.Key, n, *to)
		return
	}
	*to = t
	im.Translated(n, "%s: %v", n.Key, t)
}

// whole reads a whole number within bounds.
func (im *translation) whole(n *tree.Node, least, most int, to *int) {
	if n == nil || n.Kind == tree.Null {
		return
	}
	x, ok := n.Int()
	if !ok || x < least || x > most {
		im.NotCarried(n, "%s: must be a whole number from %d to %d, got %s; %d is used", n.Key, least, most, n, *to)
		return
	}
	*to = x
	im.Translated(n, "%s: %d", n.Key, x)
}
