// Package apisix imports the declarative configuration of Apache APISIX (standalone mode, apisix.yaml): upstreams become pools,
// wherever they stand. Rings are APISIX's own; for its other balancers textbook policies stand.
//
// Floor 8.
package apisix

import (
	"cmp"
	"net"
	"slices"
	"strings"

	"stickysim/policies/apisix"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
	"stickysim/sim/lazy"
)

var _ = importer.Register(importer.Product{
	Name:       "apisix",
	Signs:      lazy.Regexp(`(?m)^#END\s*$|^\s*(- )?"?upstream_id"?\s*:|^\s*(- )?"?type"?\s*:\s*"?(chash|roundrobin|least_conn|ewma)"?,?\s*$`),
	Precedence: 5,
	Import:     importFiles,
})

var known = tree.NewKnown(harmless)

// importFiles reads files that belong together. Text that is no YAML or JSON, or is too large, or files without an upstream are
// errors; anything else that cannot be carried over is a remark.
func importFiles(in *source.Input, names []string) error {
	im := &translation{Input: in, known: map[string]bool{}, pools: map[string]int{}, inside: map[*tree.Node]int{}}
	var docs []*tree.Node
	for _, name := range names {
		err := in.Read(name, func(data []byte) error {
			more, err := tree.Documents(name, data, nil)
			docs = append(docs, more...)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, doc := range docs {
		for _, key := range []string{"upstreams", "services"} {
			for _, x := range doc.Get(key).Children() {
				im.known[key+"/"+x.Get("id").Value()] = true
			}
		}
	}
	for _, doc := range docs {
		for _, u := range doc.Get("upstreams").Children() {
			im.pools["upstreams/"+u.Get("id").Value()] = im.upstream(u, 60*sim.Second)
		}
	}
	for _, key := range []string{"services", "routes", "stream_routes"} {
		for _, doc := range docs {
			for _, x := range doc.Get(key).Children() {
				im.route(key, x)
			}
		}
	}
	if im.wrong != nil {
		return im.wrong
	}
	if len(in.Pools) == 0 {
		return ir.Place{File: names[0]}.Errorf("no APISIX upstream in it (upstreams, or upstream of a route or service)")
	}
	for _, doc := range docs {
		doc.Account(in, known, "")
	}
	return nil
}

type translation struct {
	*source.Input
	known  map[string]bool    // "upstreams/1", "services/1"
	pools  map[string]int     // of them, by index
	inside map[*tree.Node]int // of upstreams in routes and services
	wrong  error              // what makes the files invalid
}

// route reads the upstream that a route or service has in it or refers to.
func (im *translation) route(kind string, n *tree.Node) {
	if u, id := n.Get("upstream"), n.Get("upstream_id"); u != nil && id != nil {
		im.Harmless(u, "upstream: upstream_id %s is beside it and goes before", id)
	} else if u != nil {
		im.inside[n] = im.upstream(u, 60*sim.Second)
	}
	for _, x := range [][2]string{{"upstream_id", "upstreams"}, {"service_id", "services"}} {
		switch id := n.Get(x[0]); {
		case id == nil:
		case im.known[x[1]+"/"+id.Value()]:
			im.Translated(id, "%s: %s %s", kind, x[0], id)
		default:
			im.NotCarried(id, "%s %s: none of %s in the file has this id, so that APISIX answers with an error", x[0], id, x[1])
		}
	}
	if t := n.Get("timeout"); t != nil {
		im.NotCarried(t, "timeout: those of the upstream are used")
	}
	if at, ok := im.ownOf(n); ok && kind == "services" {
		im.pools["services/"+n.Get("id").Value()] = at
	}
	im.plugins(n)
	if x := n.Get("status"); x.Value() == "0" {
		im.NotCarried(x, "status 0: the route is off, and no request comes from it; its upstream is imported nevertheless")
	} else if x != nil {
		im.Translated(x, "status: %s", x)
	}
	for _, key := range []string{"enable_websocket", "filter_func", "script", "script_id", "plugin_config_id", "protocol"} {
		if x := n.Get(key); x != nil && key != "enable_websocket" {
			im.NotCarried(x, "%s: not modelled", key)
		} else if x != nil && x.Value() == "true" {
			im.NotCarried(x, "enable_websocket: %s", source.KeptOpen)
		} else if x != nil {
			im.Harmless(x, "enable_websocket %s: connections do not stay open", source.Short(x.Value()))
		}
	}
}

// upstream makes a pool of an upstream, whose connections and answers may take so long where it does not say so. It returns the index.
func (im *translation) upstream(n *tree.Node, limit sim.Time) int {
	name := cmp.Or(n.Get("name").Value(), n.Get("id").Value(), "upstream")
	im.Pools = append(im.Pools, ir.Pool{Name: im.Names.Unique(name), Place: n.Place, Balancers: ir.Balancers{Scope: "worker"}, Key: ir.KeySource{Kind: "none"}})
	p := &im.Pools[len(im.Pools)-1]
	if id := n.First("name", "id"); id != nil {
		im.Translated(id, "upstream %s", source.Short(p.Name))
	}
	im.balance(n, p)
	im.nodes(n, p)
	p.Limits = ir.Limits{Connect: limit, Attempt: limit}
	im.seconds(n.Get("timeout", "connect"), &p.Limits.Connect)
	im.seconds(n.Get("timeout", "read"), &p.Limits.Attempt)
	p.Redispatch = min(max(len(p.Servers)-1, 0), 15) // as many attempts as there are nodes
	im.whole(n.Get("retries"), 0, 1000, &p.Redispatch)
	if c, ok := p.Params.(apisix.CHash); ok && n.Get("retries") != nil {
		c.Retries = p.Redispatch
		p.Params = c
	}
	im.checks(n.Get("checks"), p)
	for _, x := range []*tree.Node{n.Get("discovery_type"), n.Get("service_name")} {
		if x != nil {
			im.Assumed(x, "%s %s: the nodes are not in the file; the scenario says how many there are", x.Key, x)
			x.Cover(true)
		}
	}
	if x := n.Get("retry_timeout"); x != nil {
		im.NotCarried(x, "retry_timeout: retries have no common time limit")
	}
	if x := n.Get("discovery_args"); x != nil {
		im.NotCarried(x, "discovery_args: the nodes are not in the file")
	}
	return len(im.Pools) - 1
}

// balance chooses the policy.
func (im *translation) balance(n *tree.Node, p *ir.Pool) {
	kind := n.Get("type")
	p.Policy = "round-robin"
	switch kind.Value() {
	case "chash":
		im.hash(n, p)
		im.Translated(kind, "type chash: policy apisix/chash")
		return
	case "least_conn":
		p.Policy = "least-connections"
		im.Translated(kind, "type least_conn: policy least-connections")
	case "", "roundrobin":
		if kind != nil {
			im.Translated(kind, "type roundrobin: policy round-robin")
		} else {
			im.Assumed(n, "type: not given, APISIX's roundrobin")
		}
	default:
		im.NotCarried(kind, "type %s: not modelled; round-robin is used", source.Short(kind.Value()))
	}
	p.Params = params.Of(p.Policy)
	for _, x := range []*tree.Node{n.Get("hash_on"), n.Get("key")} {
		if x != nil {
			im.Harmless(x, "%s: only type chash hashes", x.Key)
		}
	}
}

// hash reads what is hashed: variables of nginx, a header, a cookie or the consumer. Where it is absent, APISIX hashes the
// client's address.
func (im *translation) hash(n *tree.Node, p *ir.Pool) {
	on, key := n.Get("hash_on"), n.Get("key")
	c := apisix.CHash{HashOn: cmp.Or(on.Value(), "vars"), Key: key.Value(), Retries: -1}
	if c.Key == "" && c.HashOn != "consumer" {
		im.NotCarried(n, "key: missing, so APISIX refuses this upstream; the client's address is hashed")
		c.HashOn, c.Key = "vars", "remote_addr"
	}
	switch c.HashOn {
	case "vars", "vars_combinations":
		text := c.Key
		if c.HashOn == "vars" {
			text = "$" + text
		}
		p.Key, _ = ir.NginxKey(text)
	case "header":
		p.Key = ir.HeaderKey(c.Key, "hash_on header")
	case "cookie":
		im.cookie(cmp.Or(key, n), c.Key, p)
	case "consumer":
		p.Key = ir.KeySource{Kind: "header", Name: "Authorization", Text: "hash_on consumer"}
		im.Assumed(on, "hash_on consumer: every client is a consumer of its own")
	default:
		im.NotCarried(on, "hash_on %s: not understood; the client's address is hashed", source.Short(c.HashOn))
		c.HashOn, c.Key = "vars", "remote_addr"
		if p.Key, on = (ir.KeySource{Kind: "address"}), nil; key != nil {
			im.NotCarried(key, "key %s: what it names is not known", key)
			key = nil
		}
	}
	p.Policy, p.Params = "apisix/chash", c
	if on != nil {
		im.Translated(on, "hash_on: %s", on)
	}
	if key != nil {
		im.Translated(key, "key: %s", key)
	}
}

// cookie reads the name of a cookie, which APISIX takes as it is.
func (im *translation) cookie(at *tree.Node, name string, p *ir.Pool) {
	p.CookieName = name
	p.Key = ir.KeySource{Kind: "cookie", Name: name, Text: "hash_on cookie"}
	im.Assumed(at, "cookie %s: the application sets it; every client has one. APISIX hashes the address of clients without it", source.Short(name))
	if short, ok := strings.CutPrefix(name, "cookie_"); ok {
		im.Assumed(at, "the cookie is called %s, as APISIX takes the name: where %s is meant, it hashes the address of every client", source.Short(name), source.Short(short))
	}
}

// nodes reads the servers, from a map of addresses to weights or a list.
func (im *translation) nodes(n *tree.Node, p *ir.Pool) {
	list := n.Get("nodes")
	var priorities []int
	for _, x := range list.Children() {
		if len(p.Servers) == 10_000 {
			im.NotCarried(x, "nodes: only the first 10000 are read")
			break
		}
		s := ir.Server{Place: x.Place, Info: sim.ServerInfo{Addr: x.Key, Weight: 1}}
		weight := x
		if list.Kind == tree.List {
			s.Info.Addr, weight = x.Get("host").Value(), x.Get("weight")
			if port := x.Get("port"); port != nil {
				s.Info.Addr = net.JoinHostPort(s.Info.Addr, port.Value())
			}
			for _, key := range []string{"host", "port", "weight", "priority"} {
				if part := x.Get(key); part != nil {
					im.Translated(part, "%s: %s", key, part)
				}
			}
		}
		if !strings.ContainsAny(s.Info.Addr, ".:") {
			im.NotCarried(x, "node %s: must be an address with a port; it is left out", source.Short(s.Info.Addr))
			continue
		}
		if w, ok := weight.Int(); ok && w >= 0 {
			s.Info.Weight = w
		} else if weight != nil {
			im.NotCarried(weight, "weight of %s: must be a whole number, got %s; 1 is used", source.Short(s.Info.Addr), weight)
		}
		s.Info.Name = s.Info.Addr
		im.Translated(x, "node %s, weight %d", source.Short(s.Info.Addr), s.Info.Weight)
		p.Servers = append(p.Servers, s)
		priorities = append(priorities, priorityOf(x))
	}
	for i, priority := range priorities { // those of the highest go first
		p.Servers[i].Info.Backup = priority < slices.Max(priorities)
	}
	if levels := slices.Compact(slices.Sorted(slices.Values(priorities))); len(levels) > 2 {
		im.NotCarried(list, "nodes: of %d priorities the highest goes first, and all others together behind it", len(levels))
	}
	ir.Reduce(p.Servers)
	if len(p.Servers) == 0 && n.Get("service_name") == nil {
		im.Assumed(n, "upstream %s: has no nodes, so that APISIX answers every request with 503; the scenario has servers", source.Short(p.Name))
	}
	if list != nil {
		im.Translated(list, "nodes: %d servers", len(p.Servers))
	}
}

// priorityOf is the priority of a node; 0 where it is not said.
func priorityOf(n *tree.Node) int {
	priority, _ := n.Get("priority").Int()
	return priority
}
