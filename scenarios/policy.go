package scenarios

import (
	"reflect"
	"slices"
	"strings"

	"stickysim/policies"
	"stickysim/scenarios/internal/tree"
	"stickysim/sim/lazy"
)

// anyPolicy stands for a set with all policies.
const anyPolicy policies.Set = ""

// policyNames are the names of the policies in each set.
var policyNames = lazy.Value(func() map[policies.Set][]string {
	names := map[policies.Set][]string{anyPolicy: policies.Names()}
	for _, set := range policies.Sets() {
		names[set] = set.Names()
	}
	return names
})

// policy is a configured policy of the registry.
type policy struct {
	name   string
	config policies.Config
	at     *tree.Node // its parameters; without any, its name
}

// text is the policy in tables and results: its name, and the parameters that differ from its defaults. It does not depend
// on how they are written.
func (p *policy) text() string {
	return strings.TrimSpace(p.name + " " + policies.Policy{Name: p.name, Config: p.config}.Differences())
}

// parts are the policies that decide.
func (p *policy) parts() []policies.Policy {
	return policies.Policy{Name: p.name, Config: p.config}.Parts()
}

// policyOf reads a policy's name, or a mapping from its name to its parameters.
func (d *decoder) policyOf(n *tree.Node) (policy, bool) {
	return d.policyAmong(n, anyPolicy)
}

// innerPolicy is a policy as a parameter of another one.
func innerPolicy(set policies.Set) kind[policies.Policy] {
	return kind[policies.Policy]{schema: func() schema { return schema{"$ref": "#/$defs/" + policyDef(set)} }, read: func(d *decoder, n *tree.Node) (policies.Policy, bool) {
		p, ok := d.policyAmong(n, set)
		return policies.Policy{Name: p.name, Config: p.config}, ok
	}}
}

// policyAmong is policyOf for a place where only those of a set may stand.
func (d *decoder) policyAmong(n *tree.Node, set policies.Set) (policy, bool) {
	known := policyNames()[set]
	name, params := n.Text, (*tree.Node)(nil)
	switch {
	case n.Kind == tree.Map && len(n.Keys) == 1:
		name, params = n.Keys[0].Name, n.Items[0]
	case n.Kind != tree.Scalar:
		d.fail(n, "wrong-type", "must be a policy, got "+describe(n), "write cookie, {cookie: {ttl: 1h}}, or {variant: NAME, policy: ..., state: ...}")
		return policy{}, false
	}
	e, ok := policies.Lookup(name)
	switch {
	case !ok:
		hint := "see `stickysim policies list`"
		if set != anyPolicy {
			hint = set.String()
		}
		d.fail(n, "unknown-policy", "unknown policy "+quote(name)+didYouMean(name, known), hint)
		return policy{}, false
	case !slices.Contains(known, name):
		d.fail(n, "unknown-value", "must be "+set.String()+", got "+quote(name), "")
		return policy{}, false
	}
	p := policy{name: name, config: e.Default, at: n}
	if params == nil || params.Kind == tree.Null {
		return p, d.valid(n, p.config)
	}
	p.at = params
	before := len(d.problems.Errors())
	p.config = d.configure(params, e.Default)
	if len(d.problems.Errors()) > before {
		return p, false
	}
	return p, d.valid(params, p.config)
}

// configure returns a copy of def with the parameters in n laid over it.
func (d *decoder) configure(n *tree.Node, def policies.Config) policies.Config {
	v := reflect.New(reflect.TypeOf(def)).Elem()
	v.Set(reflect.ValueOf(def))
	paramsOf(v.Type()).read(d, n, &v)
	return v.Interface().(policies.Config)
}

// valid holds parameters against their bounds and the policy's own rules. Each line of the error begins with the name of
// the parameter.
func (d *decoder) valid(n *tree.Node, c policies.Config) bool {
	err := policies.Check(c)
	if err == nil {
		return true
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		param, message, cut := strings.Cut(line, ": ")
		if at := n.Get(param); cut && at != nil {
			d.fail(at, "bad-parameter", message, "")
		} else {
			d.fail(n, "bad-parameter", line, "")
		}
	}
	return false
}
