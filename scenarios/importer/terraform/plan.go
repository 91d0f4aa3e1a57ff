package terraform

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// plan is what "terraform show -json" prints of a plan or of a state. Its resources become blocks like those of a .tf file, with the
// values that Terraform has worked out. References between resources stand in its configuration, and in values that are identifiers.
type plan struct {
	*translation
	resources   []planned
	unknown     map[string]*tree.Node // what is known only after apply, by address
	identifiers map[string]string     // the resource that has an identifier, as a reference

	// By path of the module, such as web/db; and by that, a space, type and name.
	modules     map[string]*tree.Node // configuration
	expressions map[string]*tree.Node // configuration of a resource
	named       map[string][]planned
}

// planned is a resource of a plan.
type planned struct {
	n           *tree.Node
	path        string // of its module
	kind, index string
	name        string // label of its block
}

// readPlan reads the resources of a plan as blocks.
func (im *translation) readPlan(data []byte, name string) error {
	docs, err := tree.Documents(name, data, nil)
	if err != nil {
		return err
	}
	if len(docs) == 0 || !docs[0].Is(tree.Map) {
		return ir.Place{File: name}.Errorf("must be one JSON object, as terraform show -json prints it")
	}
	root := docs[0]
	if root.Get("lineage") != nil {
		return root.Errorf("this is a state file of Terraform; import what terraform show -json prints of it")
	}
	if strings.HasSuffix(name, ".tf.json") || strings.HasSuffix(name, ".tfvars.json") || root.Get("resource") != nil || root.Get("module") != nil {
		return root.Errorf(inJSON)
	}
	p := &plan{translation: im, unknown: map[string]*tree.Node{}, identifiers: map[string]string{}, modules: map[string]*tree.Node{},
		expressions: map[string]*tree.Node{}, named: map[string][]planned{}}
	p.configured(root.Get("configuration", "root_module"), "")
	for _, change := range root.Get("resource_changes").Children() {
		p.unknown[change.Get("address").Value()] = change.Get("change", "after_unknown")
	}
	p.module(root.First("planned_values", "values").Get("root_module"), "")
	for _, r := range p.resources {
		values := r.n.Get("values")
		if values == nil {
			continue
		}
		p.settle(values, p.unknown[r.n.Get("address").Value()], p.expressions[r.path+" "+r.kind+"."+r.n.Get("name").Value()], &r)
		values.Key, values.Place = r.kind+"."+r.name, r.n.Place
		im.blocks = append(im.blocks, block{"resource", []string{r.kind, r.name}, values})
	}
	im.whole = root
	return nil
}

// module collects the resources of a module and of those in it.
func (p *plan) module(n *tree.Node, address string) {
	for _, r := range n.Get("resources").Children() {
		name := r.Get("name").Value()
		x := planned{n: r, path: modulePath(address), kind: r.Get("type").Value(), index: r.Get("index").Value()}
		if r.Get("mode").Value() == "data" {
			p.Harmless(r, "%s: its values are used where they are referred to", source.Short(r.Get("address").Value()))
			continue
		}
		x.name = label(address, name, x.index)
		p.resources = append(p.resources, x)
		full := x.path + " " + x.kind + "." + name
		p.named[full] = append(p.named[full], x)
		for _, key := range [...]string{"arn", "id", "self_link"} {
			if id := r.Get("values", key).Value(); strings.ContainsAny(id, "/:-") {
				p.identifiers[id] = x.kind + "." + x.name + "." + key
			}
		}
	}
	for _, below := range n.Get("child_modules").Children() {
		p.module(below, below.Get("address").Value())
	}
}

// label is the name of a resource in a module, without characters that mean something in references: web/shop/a is
// module.web["shop"]'s resource a.
func label(module, name, index string) string {
	text := strings.NewReplacer(`["`, "/", `"]`, "", "[", "/", "]", "", "module.", "").Replace(module)
	if text = strings.ReplaceAll(text, ".", "/"); text != "" {
		text += "/"
	}
	text += name
	if index != "" {
		text += "/" + strings.NewReplacer(".", "_", "[", "_").Replace(index)
	}
	return text
}

// settle brings a value of a plan into the form of a .tf file: blocks are items with the same key, what is not set is empty, and what
// is known only after apply is unknown. expr is what the configuration says there; nil: nothing.
func (p *plan) settle(n, unknown, expr *tree.Node, r *planned) {
	if n.Kind == tree.Map {
		for _, u := range unknown.Children() {
			if n.Get(u.Key) == nil && u.Value() == "true" {
				n.Items = append(n.Items, &tree.Node{Place: u.Place, Key: u.Key})
			}
		}
	}
	var items []*tree.Node
	for i, x := range n.Items {
		u, e := at(unknown, x.Key, i), at(expr, x.Key, i)
		switch {
		case u.Value() == "true":
			p.later(x, e, n.Is(tree.Map) && expr != nil, r)
		case x.Kind == tree.Map || x.Kind == tree.List:
			p.settle(x, u, e, r)
		case x.Kind == tree.Scalar:
			if ref := p.identifiers[x.Text]; ref != "" && !strings.HasPrefix(ref, r.kind+"."+r.name+".") {
				x.Kind, x.Text = tree.Unknown, ref
			}
		}
		if len(x.Items) == 0 && x.Kind != tree.Scalar && x.Kind != tree.Unknown {
			if x.Kind = tree.Null; !x.Remarked() {
				p.Harmless(x, "%s: not set", source.Short(x.Key))
			}
		}
		if n.Is(tree.Map) && x.Is(tree.List) && !slices.ContainsFunc(x.Items, func(y *tree.Node) bool { return !y.Is(tree.Map) }) {
			for _, y := range x.Items {
				y.Key = x.Key
			}
			items = append(items, x.Items...)
		} else {
			items = append(items, x)
		}
	}
	n.Items = items
}

// at is the counterpart of item i of a list, or of a key of a map, in a tree of the same shape. A block that there is once can
// be a map in one tree and a list in the other.
func at(n *tree.Node, key string, i int) *tree.Node {
	if n.Is(tree.List) {
		if i < len(n.Items) {
			return n.Items[i]
		}
		return nil
	}
	if key == "" && i == 0 || n.Get("references") != nil { // one expression gives all of a value
		return n
	}
	return n.Get(key)
}

// later notes that a value is known only after apply. whole says that the configuration of all that is around it is known: what it
// does not set, the provider decides.
func (p *plan) later(x, expr *tree.Node, whole bool, r *planned) {
	if expr == nil && whole {
		x.Kind = tree.Null
		p.Harmless(x, "%s: the configuration does not set it; the provider does", source.Short(x.Key))
		return
	}
	x.Kind, x.Text, x.Items = tree.Unknown, "(known after apply)", nil
	refs := expr.Get("references")
	if ref := p.resolve(r.path, r.index, refs, map[*tree.Node]bool{}); ref != "" {
		x.Text = ref
	} else if len(refs.Children()) > 0 {
		x.Text = refs.Items[0].Text
	}
}
