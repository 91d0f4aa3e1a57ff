package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"stickysim/policies"
	"stickysim/scenarios/internal/tree"
)

// alternative is an element of `policies`: a policy, and the fields of the scenario that it overrides.
type alternative struct {
	name   string
	policy policy
	root   *tree.Node // the scenario with the overrides of this alternative
}

const maxVariants = 1000

// alternatives reads the list of policies. Without a list, round-robin is the only alternative.
func (d *decoder) alternatives(root *tree.Node) []alternative {
	n := root.Get("policies")
	if n == nil {
		p, _ := d.policyOf(&tree.Node{Kind: tree.Scalar, Text: "round-robin", Pos: root.Pos, Path: "policies"})
		return []alternative{{p.name, p, root}}
	}
	if n.Kind != tree.List || len(n.Items) == 0 || len(n.Items) > maxVariants {
		d.fail(n, "wrong-type", fmt.Sprintf("must be a list of 1 to %d policies, got %s", maxVariants, describe(n)), "write - round-robin")
		return nil
	}
	var all []alternative
	for _, item := range n.Items {
		a := d.alternative(item, root)
		if slices.ContainsFunc(all, func(b alternative) bool { return b.name == a.name && a.name != "" }) {
			d.fail(item, "duplicate-name", "has two alternatives called "+quote(a.name), "name one of them: {variant: NAME, policy: "+a.name+"}")
			continue
		}
		all = append(all, a)
	}
	return all
}

func (d *decoder) alternative(n, root *tree.Node) alternative {
	if n.Get("variant") == nil && n.Get("policy") == nil {
		p, _ := d.policyOf(n)
		return alternative{p.name, p, root}
	}
	a := alternative{root: root}
	if at := n.Get("policy"); at == nil {
		d.fail(n, "missing-field", "needs policy", "write policy: round-robin")
	} else {
		a.policy, _ = d.policyOf(at)
		a.name = a.policy.name
	}
	if at := n.Get("variant"); at != nil {
		a.name, _ = label().read(d, at)
	}
	for i, key := range n.Keys {
		switch {
		case key.Name == "variant" || key.Name == "policy" || strings.HasPrefix(key.Name, "x-"):
		case slices.Contains(sceneObject.keys(), key.Name):
			if key.Name == "workload" && !d.knownPopulations(root.Get(key.Name), n.Items[i]) {
				continue
			}
			a.root = a.root.With(key, override(key.Name, root.Get(key.Name), n.Items[i]))
		case slices.Contains(headerObject.keys(), key.Name):
			d.problems.Add(n.KeyProblem(i, "shared-field", "cannot differ between alternatives", "write it at the top level of the scenario"))
		}
	}
	d.unknown(n, slices.Concat([]string{"variant", "policy"}, sceneObject.keys(), headerObject.keys()))
	return a
}

// knownPopulations reports whether the names in an alternative's own workload, where it is a mapping from the names of
// populations to fields of theirs, are those of populations.
func (d *decoder) knownPopulations(base, over *tree.Node) bool {
	if over.Kind != tree.Map || base == nil || base.Kind != tree.List {
		return true
	}
	var known []string
	for _, item := range base.Items {
		if name := item.Name(); name != "" {
			known = append(known, name)
		}
	}
	ok := true
	for i, key := range over.Keys {
		if !slices.Contains(known, key.Name) {
			ok = false
			d.problems.Add(over.KeyProblem(i, "unknown-population", "no population is called "+quote(key.Name)+didYouMean(key.Name, known), "known: "+clipList(known)))
		}
	}
	return ok
}

// override merges the value of an alternative into that of the scenario. Another placement of state, or another kind of
// autoscaler, replaces the first instead.
func override(key string, base, over *tree.Node) *tree.Node {
	switch {
	case base == nil || over.Kind == tree.Null:
		return over
	case (key == "state" || key == "autoscaler") && base.Kind == tree.Map && over.Kind == tree.Map && !slices.Equal(names(base), names(over)):
		return over
	}
	return tree.Merge(base, over)
}

func names(n *tree.Node) []string {
	out := make([]string, len(n.Keys))
	for i, key := range n.Keys {
		out[i] = key.Name
	}
	return out
}

// policyDefs are the schemas of a policy: any of the registry, and those of each set that a parameter may name.
func policyDefs() schema {
	defs := schema{"policy": policySchema(policies.Names()), "alternative": alternativeSchema()}
	for _, e := range policies.All() {
		v := reflect.ValueOf(e.Default)
		one := described(paramsOf(v.Type()).schema(&v), e.Doc.Summary)
		one["type"] = []string{"object", "null"}
		defs[paramsDef(e.Name)] = one
	}
	for _, set := range policies.Sets() {
		defs[policyDef(set)] = policySchema(set.Names())
	}
	return defs
}

// policyDef is the name of a set's schema.
func policyDef(set policies.Set) string { return "policy-" + string(set) }

// paramsDef is the name of the schema of a policy's parameters.
func paramsDef(policy string) string { return "policy." + strings.ReplaceAll(policy, "/", ".") }

// policySchema describes a policy, with its parameters.
func policySchema(names []string) schema {
	params, docs := schema{}, []string{}
	for _, name := range names {
		e, _ := policies.Lookup(name)
		params[e.Name] = schema{"$ref": "#/$defs/" + paramsDef(name), "description": e.Doc.Summary}
		docs = append(docs, e.Doc.Summary)
	}
	withParams := schema{"properties": params, "additionalProperties": false, "minProperties": 1, "maxProperties": 1}
	return either("object", made(withParams), made(schema{"enum": names, "enumDescriptions": docs}))()
}

// policiesSchema describes the list of alternatives.
func policiesSchema() schema {
	one, variant := schema{"$ref": "#/$defs/policy"}, schema{"$ref": "#/$defs/alternative"}
	items := keyed("variant", variant, keyed("policy", variant, one))
	return schema{"type": "array", "minItems": 1, "maxItems": maxVariants, "items": items}
}

// byName says how an alternative changes a part of a list.
var byName = map[string]string{
	"servers":  "; a mapping from names of servers changes single fields of theirs: {server-2: {speed: 0.5}}",
	"workload": "; a mapping from names of populations changes single fields of theirs: {shopper: {think: exp(5s)}}",
}

// alternativeSchema describes an alternative that has a name or overrides a part of the scenario.
func alternativeSchema() schema {
	variant := sceneObject.schema(nil)
	properties := variant["properties"].(schema)
	for _, key := range sceneObject.keys() {
		p := properties[key].(schema)
		if key == "servers" || key == "workload" { // may also be a mapping from the names of elements
			p = schema{"type": []string{"object", "array"}, "description": fmt.Sprint(p["description"], byName[key])}
		}
		properties[key] = part(p)
	}
	properties["variant"] = described(label().schema(), "name of the alternative")
	properties["policy"] = schema{"$ref": "#/$defs/policy", "description": "its routing policy"}
	variant["required"] = []string{"policy"}
	return variant
}
