// Package cloudformation imports the target groups and Classic Load Balancers in templates of AWS CloudFormation and the
// Serverless Application Model, in YAML or JSON, with the services and groups of instances that stand behind them. Values must
// be in the template itself: a reference to a parameter has the parameter's default, any other expression gets a remark.
//
// Floor 8.
package cloudformation

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
	"stickysim/sim/lazy"
)

var _ = importer.Register(importer.Product{
	Name:       "cloudformation",
	Signs:      lazy.Regexp(`(?m)^\s*["']?AWSTemplateFormatVersion["']?\s*:|["']?Type["']?\s*:\s*["']?AWS::[A-Za-z0-9]+::`),
	Precedence: 9,
	FileNames:  []string{"*.template"},
	Import:     importFiles,
})

var known = tree.NewKnown(harmless).Matters(properties)

// importFiles reads templates that belong together. Text that is no YAML or JSON, or is too large, or templates without a load
// balancer are errors; anything else that cannot be carried over is a remark.
func importFiles(in *source.Input, names []string) error {
	im := &translation{Input: in, parameters: map[string]*tree.Node{}, conditions: map[string]*condition{}}
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
		for _, p := range doc.Get("Parameters").Children() {
			im.parameters[p.Key] = p.Get("Default")
		}
		im.mappings = append(im.mappings, doc.Get("Mappings"))
		for _, c := range doc.Get("Conditions").Children() {
			im.conditions[c.Key] = &condition{at: c}
		}
	}
	for _, doc := range docs {
		im.settle(doc.Get("Resources"))
		for _, r := range doc.Get("Resources").Children() {
			if !im.made(r) {
				continue
			}
			im.resources = append(im.resources, resource{r.Get("Type").Value(), r.Key, r})
		}
	}
	for _, r := range im.resources {
		im.balancer(r)
	}
	if len(in.Pools) == 0 {
		return ir.Place{File: names[0]}.Errorf("no load balancer in it (a resource of type %s or %s)", targetGroupType, classicType)
	}
	for _, r := range im.resources {
		im.around(r)
	}
	for _, s := range im.splits {
		im.split(s)
	}
	if !im.idle {
		alb.Assume(in, in.Pools)
	}
	for _, doc := range docs {
		doc.Account(in, known, "")
	}
	return nil
}

// resource is a resource of a template.
type resource struct {
	kind, name string
	n          *tree.Node
}

func (r resource) property(keys ...string) *tree.Node {
	return r.n.Get("Properties").Get(keys...)
}

type translation struct {
	*source.Input
	parameters map[string]*tree.Node // their defaults
	mappings   []*tree.Node
	conditions map[string]*condition
	resources  []resource
	splits     []split // that become pools of two levels
	idle       bool    // an idle timeout is set
}

// settle puts the defaults of parameters in the place of references to them, and the branches that conditions choose in the place of
// those, and marks all other expressions below n as unknown.
func (im *translation) settle(n *tree.Node) {
	if n != nil {
		n.Items = slices.DeleteFunc(n.Items, func(x *tree.Node) bool { return !im.choose(x) })
	}
	for _, x := range n.Children() {
		if _, ok := expression(x); !ok {
			im.settle(x)
			continue
		}
		if value, known := im.computed(x); known {
			x.Kind, x.Text, x.Tag, x.Items = tree.Scalar, value, "", nil
			continue
		}
		text, _ := expression(x) // which may have been a text that is a reference
		name, isRef := strings.CutPrefix(text, "Ref ")
		if value := im.parameters[name]; isRef && value.Is(tree.Scalar) {
			im.Assumed(x, "%s: %s, the default of parameter %s", x.Key, value, source.Short(name))
			x.Kind, x.Text, x.Tag, x.Items = tree.Scalar, value.Text, "", nil
			continue
		}
		x.Kind, x.Text, x.Tag, x.Items = tree.Unknown, text, "", nil
	}
}

// expression is the text of a function such as !Ref TG, {"Ref": "TG"} or {"Fn::GetAtt": ["TG", "Arn"]}.
func expression(n *tree.Node) (string, bool) {
	name, value := strings.TrimPrefix(n.Tag, "!"), n
	if name == "" {
		if !n.Is(tree.Map) || len(n.Items) != 1 {
			return "", false
		}
		name, value = n.Items[0].Key, n.Items[0]
		if name != "Ref" && !strings.HasPrefix(name, "Fn::") {
			return "", false
		}
	}
	if value.Is(tree.List) && len(value.Items) > 0 && value.Items[0].Is(tree.Scalar) {
		value = value.Items[0]
	}
	target, _, _ := strings.Cut(value.Value(), ".") // of TG.Arn
	return strings.TrimSpace(strings.TrimPrefix(name, "Fn::") + " " + target), true
}

// refers reports whether n is an expression that names the resource.
func refers(n *tree.Node, name string) bool {
	return n.Is(tree.Unknown) && (n.Text == "Ref "+name || n.Text == "GetAtt "+name) || n.Is(tree.Scalar) && n.Text == name
}

// newPool starts a pool.
func (im *translation) newPool(r resource) *ir.Pool {
	im.Pools = append(im.Pools, ir.Pool{Name: im.Names.Unique(r.name), Place: r.n.Place, Key: ir.KeySource{Kind: "none"}})
	im.Translated(r.n.Get("Type"), "%s %s: a pool", r.kind, source.Short(r.name))
	return &im.Pools[len(im.Pools)-1]
}

// said reports whether n has a value in the template, and remarks where it has an expression instead.
func (im *translation) said(n *tree.Node, otherwise string) bool {
	if n.Is(tree.Unknown) {
		im.NotCarried(n, "%s = %s: its value is not in the template; %s", n.Key, n, otherwise)
		return false
	}
	return n != nil && n.Kind != tree.Null
}

// seconds reads a span of at most limit.
func (im *translation) seconds(n *tree.Node, to *sim.Time, limit sim.Time) bool {
	if !im.said(n, to.String()+" is used") {
		return false
	}
	t, ok := n.Seconds()
	if !ok || t > limit {
		im.NotCarried(n, "%s: must be a number of seconds up to %v, got %s; %v is used", n.Key, limit, n, *to)
		return false
	}
	*to = t
	im.Translated(n, "%s: %v", n.Key, t)
	return true
}

// count reads a whole number within bounds.
func (im *translation) count(n *tree.Node, least, most int, to *int) bool {
	if !im.said(n, "the default is used") {
		return false
	}
	x, ok := n.Int()
	if !ok || x < least || x > most {
		im.NotCarried(n, "%s: must be a whole number from %d to %d, got %s", n.Key, least, most, n)
		return false
	}
	*to = x
	im.Translated(n, "%s: %d", n.Key, x)
	return true
}
