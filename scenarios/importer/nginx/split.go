package nginx

import (
	"cmp"
	"slices"
	"strings"

	"stickysim/policies"
	nginxpolicy "stickysim/policies/nginx"
	"stickysim/scenarios/importer/internal/levels"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// split is what passes lead to whose upstream split_clients chooses.
type split struct {
	stream bool
	passes []pass
	table  *directive
	text   string // of the passes, with the variable of the table as its only one
	name   string // the text without the signs of a variable
}

// splits notes a pass to a name that split_clients alone decides, and reports whether d is one.
func (t *translation) splits(d *directive, c context) bool {
	text := t.expand(d.args[0])
	used := anyVariable().FindAllString(text, -1)
	if len(used) == 0 {
		return false
	}
	variable := variableName(used[0])
	for _, v := range used {
		if variableName(v) != variable {
			return false
		}
	}
	b := t.variables[variable]
	if b == nil || b.d.name != "split_clients" || len(b.more) > 0 || len(b.d.args) != 2 {
		return false
	}
	s := t.dividedBy(b.d, text, c.stream)
	here := newPass(d, c, true)
	s.passes = append(s.passes, here)
	for i := range b.d.block {
		if g := t.upstreams[scoped(c.stream, s.target(&b.d.block[i]))]; g != nil {
			g.passes = append(g.passes, here)
		}
	}
	t.remark(ir.Translated, d, "split_clients at line %d chooses the upstream", b.d.Line)
	return true
}

// dividedBy is the split of a table for passes with a text.
func (t *translation) dividedBy(table *directive, text string, stream bool) *split {
	for _, s := range t.divided {
		if s.table == table && s.text == text && s.stream == stream {
			return s
		}
	}
	s := &split{stream: stream, table: table, text: text, name: strings.NewReplacer("$", "", "{", "", "}", "").Replace(upstreamName(text))}
	t.divided = append(t.divided, s)
	return s
}

// expand replaces the variables that set directives define.
func (t *translation) expand(text string) string {
	for range mostChained {
		next, ok := replaced(text, func(v string) string {
			b := t.variables[variableName(v)]
			if b == nil || b.d.name != "set" || len(b.more) > 0 {
				return v
			}
			t.remark(ir.Translated, b.d, "%s stands for %s", v, source.Short(b.value))
			return b.value
		})
		if !ok || next == text {
			break
		}
		text = next
	}
	return text
}

// target is the name that the pass has by a part of the table; empty where nginx has no name to pass to.
func (s *split) target(part *directive) string {
	value := ""
	if len(part.args) > 0 {
		value = part.args[0]
	}
	text, _ := replaced(s.text, func(string) string { return value }) // empty where no word can be so long
	return upstreamName(text)
}

// joinAll adds the pools of all splits. chosen is the pass for requests that no rule sends elsewhere; nil: none is known.
func (t *translation) joinAll(chosen *pass) {
	for _, g := range t.order {
		t.Names.Unique(g.name)
	}
	for _, s := range t.divided {
		p := t.join(s)
		if p == nil {
			continue
		}
		p.Name = t.Names.Unique(p.Name)
		if p.Default = chosen != nil && slices.Contains(s.passes, *chosen); p.Default {
			for i := range t.Pools {
				t.Pools[i].Default = false
			}
		}
		t.Pools = append(t.Pools, *p)
	}
}

// join makes a pool of the upstreams that a table chooses from, of two levels. It is nil where there is none.
func (t *translation) join(s *split) *ir.Pool {
	var groups []levels.Group
	var parts []string
	for i := range s.table.block {
		part := &s.table.block[i]
		name := s.target(part)
		parts = append(parts, strings.TrimSpace(part.name+" "+name))
		if name == "" {
			t.remark(ir.NotCarried, part, "no server: nginx answers 500, here it is the status for requests without a server")
			continue
		}
		if !slices.ContainsFunc(groups, func(g levels.Group) bool { return g.Name == name }) {
			groups = append(groups, levels.Group{Pool: t.side(s, part, name), Weight: 1, At: part})
		}
		t.remark(ir.Translated, part, "goes to %s", source.Short(name))
	}
	key, _ := t.key(s.table, s.table.args[0])
	c := nginxpolicy.SplitClients{Key: key.Text, Parts: parts, Inside: policies.Named("round-robin")}
	if err := policies.Check(c); err != nil {
		t.remark(ir.NotCarried, s.table, "%v", err)
		return nil
	}
	if rest := c.Rest(); rest > 0 {
		t.remark(ir.NotCarried, s.table, "%g%% of the requests get no name: nginx answers 500, here it is the status for requests without a server", 100*rest)
	}
	p := ir.Pool{Place: s.table.Place, Name: s.name}
	if !levels.Join(t.Input, &p, policies.Weighted{Sticky: "none"}, groups) {
		return nil
	}
	c.Inside = p.Params.(policies.Weighted).Inside
	p.Policy, p.Params = "nginx/split_clients", c
	switch kind := cmp.Or(p.Key.Kind, "none"); {
	case kind == "none":
		p.Key = key
	case kind != "address" || key.Kind != "address":
		t.remark(ir.NotCarried, s.table, "%s: the servers behind it are chosen by %s; where a file of keys has the one, requests do not have the other",
			source.Short(key.Text), source.Short(p.Key.Text))
	}
	t.remark(ir.Translated, s.table, "pool %s, policy nginx/split_clients; groups: %d", source.Short(p.Name), len(groups))
	return &p
}

// side is the pool of an upstream, or of the one server that a name without an upstream is.
func (t *translation) side(s *split, part *directive, name string) ir.Pool {
	if g := t.upstreams[scoped(s.stream, name)]; g != nil && slices.Contains(t.order, g) {
		return g.pool
	}
	t.remark(ir.Assumed, part, "%s is no upstream, so it is one server", source.Short(name))
	one := ir.Server{Place: part.Place}
	one.Info.Name, one.Info.Addr, one.Info.Weight = name, name, 1
	g := &group{d: part, name: name, passes: s.passes, pool: ir.Pool{
		Place: part.Place, Name: name, Policy: "nginx/round_robin", Params: nginxpolicy.RoundRobin{Retrying: nginxpolicy.DefaultRetrying()},
		Servers: []ir.Server{one}, Key: ir.KeySource{Kind: "none"},
	}}
	t.applyPasses(g)
	t.applyWorkers(g)
	g.applyRetries()
	return g.pool
}
