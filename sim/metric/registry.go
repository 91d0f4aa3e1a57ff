package metric

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stickysim/sim/diag"
)

var (
	families []*Family // by name
	byName   = map[string]*Family{}
)

// Register adds a family. It is called from package variables; a name used twice, or none, is a programming error and
// panics.
func Register(f Family) *Family {
	if f.Name == "" || strings.ContainsAny(f.Name, "{}=") || f.Kind == 0 || byName[f.Name] != nil {
		panic(fmt.Sprintf("metric: %q is registered twice, or has no usable name or kind", f.Name))
	}
	f.Unit = cmp.Or(f.Unit, f.Kind.Unit())
	i, _ := slices.BinarySearchFunc(families, f.Name, func(g *Family, name string) int { return cmp.Compare(g.Name, name) })
	families = slices.Insert(families, i, &f)
	byName[f.Name] = &f
	diag.Also(f.Name, f.Also...)
	return &f
}

// Lookup finds a family by name; nil where there is none.
func Lookup(name string) *Family { return byName[name] }

// Must is Lookup for names in the code: an unknown one is a programming error and panics.
func Must(name string) *Family {
	f := Lookup(name)
	if f == nil {
		panic("metric: no metric is called " + name)
	}
	return f
}

// All returns the families by name.
func All() []*Family { return slices.Clone(families) }

// Names returns the names of All.
func Names() []string {
	names := make([]string, len(families))
	for i, f := range families {
		names[i] = f.Name
	}
	return names
}

// Shown returns the families to which place gives a place, in its order; those with equal places by name:
//
//	metric.Shown(func(s metric.Show) int { return s.Compare })
func Shown(place func(Show) int) []*Family {
	var list []*Family
	for _, f := range families {
		if place(f.Show) > 0 {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b *Family) int { return cmp.Compare(place(a.Show), place(b.Show)) })
	return list
}
