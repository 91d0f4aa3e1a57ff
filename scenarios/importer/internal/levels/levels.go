// Package levels joins pools into one of two levels: a group of servers by weight, and a server inside it.
//
// Floor 6.
package levels

import (
	"fmt"
	"reflect"

	"stickysim/policies"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// Group is a pool that becomes a group, with what a remark on it is about.
type Group struct {
	ir.Pool
	Weight int
	At     source.Part
}

// servers is the number of servers of a group that the configuration does not list.
const servers = 3

// Join makes p, which has a name and a place, the pool of groups: their servers, and policy weighted with the settings w. The policy
// inside, its time limits and health checks are those of the first group of several servers; a remark names what differs. It is false,
// with a remark, where no group can get a request.
func Join(in *source.Input, p *ir.Pool, w policies.Weighted, groups []Group) bool {
	var inside *Group
	total := 0
	groups = distinct(in, groups)
	if len(groups) > policies.MaxGroups {
		in.NotCarried(groups[policies.MaxGroups].At, "%s: more than %d groups; the others are left out", source.Short(p.Name), policies.MaxGroups)
		groups = groups[:policies.MaxGroups]
	}
	for i := range groups {
		g := &groups[i]
		g.At = g.At.Where() // remarks are on the group, and not on all that the file says there
		total += g.Weight
		if inside == nil || len(inside.Servers) == 1 && len(g.Servers) != 1 {
			inside = g
		}
	}
	if total == 0 {
		in.NotCarried(p, "%s: no group of servers with a weight above 0", source.Short(p.Name))
		return false
	}
	joined := inside.Pool
	joined.Place, joined.Name, joined.Default = p.Place, p.Name, p.Default
	joined.Servers, joined.Replicas, joined.Names, joined.Scaling = nil, 0, nil, nil
	for i := range groups {
		g := &groups[i]
		if g != inside {
			differs(in, g, inside)
			if g.CookieName != "" && inside.CookieName != "" && g.CookieName != inside.CookieName && w.Sticky == "none" {
				in.NotCarried(g.At, "%s: its cookie %s is another than %s of %s, so that clients keep a server of each; here they have one cookie, which every change of the group replaces",
					source.Short(g.Name), source.Short(g.CookieName), source.Short(inside.CookieName), source.Short(inside.Name))
			}
		}
		w.Groups = append(w.Groups, fmt.Sprintf("%s=%d", g.Name, g.Weight))
		joined.Servers = append(joined.Servers, members(in, g)...)
		if g.Scaling != nil {
			in.NotCarried(g.At, "%s: its autoscaler is not that of all groups; the pool of the group alone has it", source.Short(g.Name))
		}
	}
	w.Inside = policies.Policy{Name: inside.Policy, Config: inside.Params}
	joined.Policy, joined.Params = "weighted", w
	*p = joined
	return true
}

// MaxWeight is the largest weight of a group that policy weighted takes.
const MaxWeight = 1_000_000

// distinct leaves out groups that are listed again, and brings weights into the bounds of policy weighted, with a remark.
func distinct(in *source.Input, groups []Group) []Group {
	var all []Group
	seen := map[string]bool{}
	for _, g := range groups {
		if seen[g.Name] {
			in.NotCarried(g.At, "%s: listed again; its first weight counts", source.Short(g.Name))
			continue
		}
		seen[g.Name] = true
		if g.Weight < 0 || g.Weight > MaxWeight {
			in.NotCarried(g.At, "%s: its weight must be from 0 to %d, got %d; 1 is used", source.Short(g.Name), MaxWeight, g.Weight)
			g.Weight = 1
		}
		all = append(all, g)
	}
	return all
}

// members are the servers of a group, with its name.
func members(in *source.Input, g *Group) []ir.Server {
	own := g.Servers
	switch {
	case len(own) == 0:
		count := g.Replicas
		if count < 1 {
			count = servers
			in.Assumed(g.At, "%s: its servers are not in the file; %d are assumed", source.Short(g.Name), count)
		}
		for i := range count {
			name := fmt.Sprintf("%s-%d", g.Name, i+1)
			if i < len(g.Names) && g.Replicas > 0 {
				name = g.Names[i]
			}
			s := ir.Server{Place: g.Place}
			s.Info.Name, s.Info.Addr, s.Info.Cookie, s.Info.Weight = name, name, name, 1
			own = append(own, s)
		}
	case len(own) == 1 && g.Replicas > 1:
		one := own[0]
		own = nil
		for i := range g.Replicas {
			s := one
			s.Info.Name = fmt.Sprintf("%s-%d", one.Info.Name, i+1)
			own = append(own, s)
		}
	}
	all := make([]ir.Server, len(own))
	for i, s := range own {
		options := map[string]string{policies.GroupOption: g.Name}
		for key, value := range s.Info.Options {
			options[key] = value
		}
		s.Info.Options = options
		all[i] = s
	}
	return all
}

// differs remarks on a group whose settings give way to those of another.
func differs(in *source.Input, g, inside *Group) {
	if len(g.Servers) != 1 && (g.Policy != inside.Policy || !reflect.DeepEqual(anonymous(g.Params), anonymous(inside.Params))) {
		in.NotCarried(g.At, "%s: its servers are chosen as those of %s are, by %s", source.Short(g.Name), source.Short(inside.Name), inside.Policy)
	}
	if !reflect.DeepEqual(g.Health, inside.Health) {
		in.NotCarried(g.At, "%s: its health check differs from that of %s, which stands for both", source.Short(g.Name), source.Short(inside.Name))
	}
	if g.Redispatch != inside.Redispatch {
		in.NotCarried(g.At, "%s: a request goes to %d further servers of it; here to %d, as of %s", source.Short(g.Name), g.Redispatch, inside.Redispatch, source.Short(inside.Name))
	}
	if g.Machine != inside.Machine {
		in.NotCarried(g.At, "%s: what its servers can do differs from those of %s, which stand for both", source.Short(g.Name), source.Short(inside.Name))
	}
	if g.Limits != inside.Limits || g.Drain != inside.Drain {
		in.NotCarried(g.At, "%s: its time limits differ from those of %s, which stand for both", source.Short(g.Name), source.Short(inside.Name))
	}
}

// anonymous are parameters without the name of a cookie.
func anonymous(c policies.Config) any {
	v := reflect.New(reflect.TypeOf(c)).Elem()
	v.Set(reflect.ValueOf(c))
	if f := v.FieldByName("Name"); v.Kind() == reflect.Struct && f.IsValid() && f.Kind() == reflect.String {
		f.SetString("")
	}
	return v.Interface()
}
