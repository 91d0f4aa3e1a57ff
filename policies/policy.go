package policies

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"stickysim/sim"
)

// Policy is a registered policy with its parameters. Scenario files write its name, or a mapping from its name to its
// parameters. As a parameter of another policy it needs a check tag that says which policies it may be:
// check:"policy=SET" (see [Set]).
type Policy struct {
	Name   string
	Config Config // nil = the defaults of Name
}

// Named is the registered policy with its default parameters.
func Named(name string) Policy { return Policy{Name: name} }

// New makes an instance. It panics on a policy that is not registered.
func (p Policy) New(env sim.Env) sim.Balancer { return p.config().New(env) }

func (p Policy) config() Config {
	if p.Config != nil {
		return p.Config
	}
	e, ok := Lookup(p.Name)
	if !ok {
		panic(fmt.Sprintf("policies: %.40q is not registered", p.Name))
	}
	return e.Default
}

// Key is what the policy identifies clients by, with these parameters.
func (p Policy) Key() Key {
	if i, ok := p.config().(Identifier); ok {
		return i.Identifies()
	}
	e, _ := Lookup(p.Name)
	return e.Doc.Key
}

// Parts are the policies that decide: those that p combines, or p itself.
func (p Policy) Parts() []Policy {
	if parts := combined(p.config()); parts != nil {
		return parts
	}
	return []Policy{p}
}

// check holds the parameters against their bounds.
func (p Policy) check() error {
	if e, _ := Lookup(p.Name); p.Config != nil && reflect.TypeOf(p.Config) != reflect.TypeOf(e.Default) {
		return fmt.Errorf("has parameters of another policy (%T)", p.Config)
	}
	return Check(p.config())
}

// String writes the policy as scenario files do: two-choices, or {two-choices: {choices: 3}}.
func (p Policy) String() string {
	if params := p.Differences(); params != "" {
		return "{" + p.Name + ": " + params + "}"
	}
	return p.Name
}

// Set names the policies that a [Policy] may be. The sets follow from the registry:
//
//	keyless  the textbook policies that do not identify clients; products' own bring limits and retries that the outer policy
//	         would hide
//	single   all that do not combine others, since a client carries one mark
type Set string

// Sets are the known sets.
func Sets() []Set { return []Set{"keyless", "single"} }

// SetOf reads the set from a check tag.
func SetOf(check string) (set Set, ok bool) {
	for rule := range strings.SplitSeq(check, ",") {
		if name, found := strings.CutPrefix(rule, "policy="); found {
			return Set(name), true
		}
	}
	return "", false
}

func (s Set) has(e *Entry) bool {
	switch s {
	case "keyless":
		return e.Doc.Key == KeyNone && !strings.Contains(e.Name, "/")
	case "single":
		return combined(e.Default) == nil
	}
	panic(fmt.Sprintf("policies: there is no set of policies %q", string(s)))
}

// Names are the names of the policies in the set, in the order of [All].
func (s Set) Names() []string { return s.names(true) }

func (s Set) names(in bool) []string {
	var names []string
	for _, e := range inOrder {
		if s.has(e) == in {
			names = append(names, e.Name)
		}
	}
	return names
}

// String says the set in words, shortly: by what it holds, or by what it does not.
func (s Set) String() string {
	if out := s.names(false); len(out) < len(registry)/2 {
		return "any policy but " + strings.Join(out, ", ")
	}
	return "one of " + strings.Join(s.Names(), ", ")
}

// combined are the policies that c puts side by side; nil where it combines none.
func combined(c Config) (parts []Policy) {
	eachField(reflect.ValueOf(c), func(_ string, f reflect.StructField, v reflect.Value) {
		if set, ok := SetOf(f.Tag.Get("check")); ok && set == "single" {
			parts = append(parts, v.Interface().(Policy))
		}
	})
	return parts
}

// holds reports whether i is one of s.
func (s Set) holds(i Policy) bool { return slices.Contains(s.Names(), i.Name) }
