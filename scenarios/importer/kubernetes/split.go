package kubernetes

import (
	"fmt"

	"stickysim/policies"
	"stickysim/scenarios/importer/internal/levels"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// split is a division of requests between pools. It becomes a pool of two levels, beside those of its parts.
type split struct {
	of    *object
	how   policies.Weighted
	parts []part
}

// part is a pool that gets a share of the requests.
type part struct {
	pool   int // index; negative: there is none in the files
	at     *tree.Node
	weight int
	given  bool // weight is what counts; otherwise what at says, or 1
}

// weighs is the weight of a part; false where policy weighted does not take it.
func (x part) weighs() (weight int, ok bool) {
	weight, ok = x.weight, true
	if w := x.at.Get("weight"); !x.given && w != nil {
		weight, ok = w.Int()
	} else if !x.given {
		weight = 1
	}
	return weight, ok && weight >= 0 && weight <= levels.MaxWeight
}

// placed is the index of the pool that was made under a key; negative where there is none.
func (im *translation) placed(key string) int {
	if at, ok := im.places[key]; ok {
		return at
	}
	return -1
}

// place notes under which key the last pool is found.
func (im *translation) place(key string) { im.places[key] = len(im.Pools) - 1 }

// join makes the pools of two levels. By then the pools of the parts are complete.
func (im *translation) join() {
	im.meshSplits()
	im.emissarySplits()
	made := map[string]string{} // names of pools, by what they are made of
	for _, s := range im.splits {
		groups, missing := im.groupsOf(s)
		if missing == "" && len(groups) == 1 {
			im.weighed(s, "all parts are pool "+source.Short(groups[0].Name))
			continue
		}
		same := fmt.Sprintf("%+v", s.how)
		for _, g := range groups {
			same += fmt.Sprintf(" %d %q", g.Weight, g.Name)
		}
		if name := made[same]; missing == "" && name != "" {
			im.weighed(s, "as in pool "+source.Short(name))
			continue
		}
		p := ir.Pool{Name: im.poolName(s.of.name), Place: s.of.root.Place, Default: true}
		if missing == "" && !levels.Join(im.Input, &p, s.how, groups) {
			missing = "no part has a weight above 0"
		}
		if missing != "" {
			im.unweighed(s, missing)
			continue
		}
		made[same] = p.Name
		im.Pools = append(im.Pools, p)
		im.weighed(s, "a group of pool "+source.Short(p.Name))
		im.Translated(s.parts[0].at, "%s %s: pool %s of %d groups, policy weighted", s.of.kind, source.Short(s.of.name), source.Short(p.Name), len(groups))
	}
}

// weight reads a weight of at most a number. An API refuses any other, and so does the import; without one it is what otherwise says.
func (im *translation) weight(o *object, n *tree.Node, most, otherwise int) int {
	if n == nil {
		return otherwise
	}
	w, ok := n.Int()
	if !ok || w < 0 || w > most {
		im.refuse(n.Place, o, "weight: must be a whole number from 0 to %d, got %s", most, n)
		return otherwise
	}
	return w
}

// groupsOf are the groups of a split, or what is missing for them. A pool that is listed again has the sum of its weights.
func (im *translation) groupsOf(s split) (groups []levels.Group, missing string) {
	index := map[int]int{} // by pool
	for _, x := range s.parts {
		weight, ok := x.weighs()
		switch at, again := index[x.pool]; {
		case x.pool < 0 || im.Pools[x.pool].Params == nil:
			return nil, "not all of its parts are pools of these files"
		case !ok || again && groups[at].Weight+weight > levels.MaxWeight:
			return nil, fmt.Sprintf("a weight must be a whole number from 0 to %d", levels.MaxWeight)
		case again:
			groups[at].Weight += weight
		default:
			index[x.pool] = len(groups)
			groups = append(groups, levels.Group{Pool: im.Pools[x.pool], Weight: weight, At: x.at})
		}
	}
	return groups, ""
}

// weighed remarks on the weights of a split that is modelled.
func (im *translation) weighed(s split, how string) {
	for _, x := range s.parts {
		if w := x.at.Get("weight"); w != nil {
			im.Translated(w, "weight %s: %s", w, how)
		}
	}
}

// unweighed remarks on the weights of a split that is not.
func (im *translation) unweighed(s split, why string) {
	for _, x := range s.parts {
		if w := x.at.Get("weight"); w != nil {
			im.NotCarried(w, "weight: the split is not modelled, since %s; each part is a pool of its own", why)
		}
	}
}

// poolName is a name that no pool has yet.
func (im *translation) poolName(name string) string {
	own := name
	for i := 2; im.names[own]; i++ {
		own = fmt.Sprintf("%s-%d", name, i)
	}
	im.names[own] = true
	return own
}

// meshSplits finds the routes of Istio that divide requests.
func (im *translation) meshSplits() {
	for _, o := range im.objects {
		if o.kind != "VirtualService" || o.group() != istio {
			continue
		}
		for _, protocol := range []string{"http", "tls", "tcp"} {
			for _, route := range o.spec(protocol).Children() {
				s := split{of: o, how: policies.Weighted{Sticky: "none"}}
				for _, to := range route.Get("route").Children() {
					d := to.Get("destination")
					key := hostOf(o, d.Get("host").Value()).key()
					at := im.placed(key + "/" + d.Get("subset").Value())
					if d.Get("subset") == nil {
						at = max(im.placed(key), im.placed(key+":"+d.Get("port", "number").Value()))
					}
					s.parts = append(s.parts, part{pool: at, at: to})
				}
				if len(s.parts) > 1 {
					im.splits = append(im.splits, s)
				}
			}
		}
	}
}

// key is what the pool of a host is found under.
func (h meshHost) key() string { return "mesh/" + h.namespace + "/" + h.service }
