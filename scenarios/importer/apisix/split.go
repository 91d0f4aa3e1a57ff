package apisix

import (
	"cmp"
	"slices"

	"stickysim/policies"
	"stickysim/scenarios/importer/internal/levels"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// plugins reads what plugins of a route or service do to where requests go. n has the plugins, and an upstream where it names one.
func (im *translation) plugins(n *tree.Node) {
	list := n.Get("plugins")
	switch {
	case list.Is(tree.Map):
		im.Translated(list, "plugins: each by itself")
	case list != nil:
		im.NotCarried(list, "plugins: must be a map of plugins, got %s", list)
	}
	for _, x := range list.Children() {
		if x.Key != "traffic-split" {
			im.NotCarried(x, "plugins: what %s does to requests is not modelled", source.Short(x.Key))
			continue
		}
		if off := x.Get("_meta", "disable"); off.True() {
			im.Translated(off, "disable: traffic-split is off")
			im.Harmless(x, "traffic-split: off")
			continue
		}
		im.split(n, x)
	}
}

// split reads the rules of the plugin traffic-split. The first that a request matches decides.
func (im *translation) split(n, plugin *tree.Node) {
	var before *tree.Node // a rule that all requests match
	for _, rule := range plugin.Get("rules").Children() {
		if before != nil {
			im.NotCarried(rule, "rules: that of line %d takes all requests, so that no request comes to this one", before.Line)
			continue
		}
		match := rule.Get("match")
		if len(match.Children()) == 0 {
			before = rule
		} else {
			im.Harmless(match, "match: which requests a rule takes; here all of the scenario do")
		}
		im.Translated(rule, "traffic-split: upstreams by weight, in turn")
		im.divide(n, rule.Get("weighted_upstreams"), before != nil)
	}
}

// share is an upstream of a rule.
type share struct {
	at     *tree.Node
	pool   int // index; negative: there is none in the files
	weight int
}

// divide makes a pool of two levels of the upstreams of a rule. An entry without an upstream is that of the route.
func (im *translation) divide(n, list *tree.Node, all bool) {
	var shares []share
	known := true
	for _, x := range list.Children() {
		s := share{at: x, pool: im.shareOf(n, x), weight: im.weight(x.Get("weight"))}
		if x.Get("weight") == nil {
			im.Assumed(x, "weight: not given, APISIX's 1")
		}
		known = known && s.pool >= 0
		if i := slices.IndexFunc(shares, func(o share) bool { return o.pool == s.pool && s.pool >= 0 }); i >= 0 {
			im.NotCarried(shares[i].at, "upstream %s: listed again, and the last weight counts", source.Short(im.Pools[s.pool].Name))
			shares = slices.Delete(shares, i, i+1)
		}
		shares = append(shares, s)
	}
	if !known {
		im.NotCarried(list, "weighted_upstreams: the split is not modelled, since not all of them are in the files; each is a pool of its own")
		return
	}
	if len(shares) == 1 && all { // whatever its weight
		im.Pools[shares[0].pool].Default = true
	}
	if len(shares) < 2 {
		return
	}
	if !slices.ContainsFunc(shares, func(s share) bool { return s.weight > 0 }) {
		im.Assumed(list, "weight 0: no upstream has more, so that all of them take turns")
		for i := range shares {
			shares[i].weight = 1
		}
	}
	var groups []levels.Group
	for _, s := range shares {
		groups = append(groups, levels.Group{Pool: im.Pools[s.pool], Weight: s.weight, At: s.at})
	}
	p := ir.Pool{Name: im.Names.Unique(cmp.Or(n.Get("name").Value(), n.Get("id").Value(), "traffic-split")), Place: list.Place, Default: all}
	if levels.Join(im.Input, &p, policies.Weighted{Sticky: "none", Turns: true}, groups) {
		im.Pools = append(im.Pools, p)
		im.Translated(list, "weighted_upstreams: pool %s of %d groups, policy weighted", source.Short(p.Name), len(groups))
		im.Assumed(list, "weighted_upstreams: turns are spread evenly here; APISIX gives the heaviest upstream several in a row")
	}
}

// shareOf is the pool of an entry of weighted_upstreams; negative where there is none.
func (im *translation) shareOf(n, x *tree.Node) int {
	id, own := x.Get("upstream_id"), x.Get("upstream")
	switch {
	case id != nil:
		if own != nil {
			im.Harmless(own, "upstream: upstream_id %s is beside it and goes before", id)
		}
		at, ok := im.pools["upstreams/"+id.Value()]
		if !ok {
			im.NotCarried(id, "upstream_id %s: none of upstreams in the file has this id, so that APISIX answers with an error", id)
			return -1
		}
		im.Translated(id, "upstream_id %s", id)
		return at
	case own != nil:
		im.Translated(own, "upstream")
		for _, key := range []string{"checks", "retries", "retry_timeout", "service_name", "discovery_type", "discovery_args"} {
			if y := own.Get(key); y != nil {
				im.NotCarried(y, "%s: APISIX does not take it from an upstream in the plugin", key)
			}
		}
		return im.upstream(own, 15*sim.Second)
	}
	at, ok := im.ownOf(n)
	if !ok {
		im.NotCarried(x, "weighted_upstreams: no upstream in this entry, nor in the files for the route; APISIX answers with an error")
		return -1
	}
	im.Translated(x, "the upstream of the route, pool %s", source.Short(im.Pools[at].Name))
	return at
}

// ownOf is the pool of a route or service without plugins.
func (im *translation) ownOf(n *tree.Node) (pool int, ok bool) {
	switch id := n.Get("upstream_id"); {
	case id != nil:
		pool, ok = im.pools["upstreams/"+id.Value()]
	case n.Get("upstream") != nil:
		pool, ok = im.inside[n]
	case n.Get("service_id") != nil:
		pool, ok = im.pools["services/"+n.Get("service_id").Value()]
	}
	return pool, ok
}

// weight reads the weight of an upstream, which is 1 where it is not given.
func (im *translation) weight(n *tree.Node) int {
	if n == nil {
		return 1
	}
	w, ok := n.Int()
	if !ok || w < 0 || w > levels.MaxWeight {
		if im.wrong == nil {
			im.wrong = n.Errorf("weight: must be a whole number from 0 to %d, got %s", levels.MaxWeight, n)
		}
		return 1
	}
	im.Translated(n, "weight: %d", w)
	return w
}
