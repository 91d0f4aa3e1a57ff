// Package terraform imports the load balancers in Terraform configurations: target groups of AWS, backend services of
// Google Cloud, settings of Azure, written as resources or passed to the modules that make them. Values must be in
// the files themselves, or be computed from what is; another value gets a remark.
//
// Floor 8.
package terraform

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
	"stickysim/sim/lazy"
)

var _ = importer.Register(importer.Product{
	Name:       "terraform",
	Signs:      lazy.Regexp(`(?m)^\s*(resource|module|data|provider|variable)\s+"[^"]+"|"terraform_version"\s*:\s*"`),
	Precedence: 8,
	FileNames:  []string{"*.tf", "*.tfvars", "*.tfplan.json", "*.tf.json", "*.tfvars.json"},
	Folders:    []string{".tf"},
	Import:     importFiles,
})

var known = lazy.Value(func() *tree.Known {
	return tree.NewKnown(slices.Concat(harmless, argumentsWithout())).Matters(argumentsThatMatter())
})

// importFiles reads plans as JSON, each on its own, and .tf files, of which those in one folder are a module, with values of its
// variables in .tfvars files. Text that is neither, or is too large or deep, and files without a load balancer are errors; anything
// else that cannot be carried over is a remark.
func importFiles(in *source.Input, names []string) error {
	modules := map[string]*module{}
	var order []*module
	for _, name := range names {
		files, err := in.Files(name, ".tf", ".tfvars", ".json")
		if err != nil {
			return err
		}
		for _, file := range files {
			if file != name && strings.HasSuffix(file, ".tfvars") && path.Base(file) != "terraform.tfvars" && !strings.HasSuffix(file, ".auto.tfvars") {
				continue // Terraform reads it only where it is named
			}
			if file != name && path.Ext(file) == ".json" {
				if strings.HasSuffix(file, ".tf.json") || strings.HasSuffix(file, ".auto.tfvars.json") || path.Base(file) == "terraform.tfvars.json" {
					in.NotCarried(ir.Place{File: file, Line: 1}, "%s", inJSON)
				}
				continue
			}
			err := in.Read(file, func(data []byte) error {
				if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
					return importPlan(in, data, file)
				}
				m := modules[path.Dir(file)]
				if m == nil {
					m = &module{Input: in}
					modules[path.Dir(file)], order = m, append(order, m)
				}
				return m.add(data, file)
			})
			if err != nil {
				return err
			}
		}
	}
	for _, m := range order {
		im := start(in)
		im.blocks = m.blocks()
		if err := im.translate(m.texts[0].name); err != nil {
			if len(in.Pools) == 0 && m == order[len(order)-1] {
				return err
			}
			in.NotCarried(ir.Place{File: m.texts[0].name, Line: 1}, "no load balancer in it")
		}
	}
	return nil
}

// inJSON is said of configuration and values in the syntax that programs write.
const inJSON = "Terraform's JSON syntax is not read; import the .tf files it is made from, or what terraform show -json prints of a plan"

// importPlan reads a plan.
func importPlan(in *source.Input, data []byte, name string) error {
	im := start(in)
	if err := im.readPlan(data, name); err != nil {
		return err
	}
	return im.translate(name)
}

func start(in *source.Input) *translation {
	im := &translation{Input: in, names: map[string]bool{}, first: len(in.Pools)}
	for _, p := range in.Pools {
		im.names[p.Name] = true
	}
	return im
}

// translate makes pools of the blocks, and gives every part of them a remark. name is that of their file, or of the first of them.
func (im *translation) translate(name string) error {
	for _, b := range im.blocks {
		im.block(b)
	}
	if len(im.Pools) == im.first {
		im.account()
		return ir.Place{File: name}.Errorf("no load balancer in it (a target group, backend service, application gateway, or a module with target_groups or backends)")
	}
	im.around()
	if !im.idle {
		alb.Assume(im.Input, im.Pools[im.first:])
	}
	im.account()
	return nil
}

// module is the .tf files of a folder, and the .tfvars files that belong to them.
type module struct {
	*source.Input
	texts []text
}

type text struct {
	name string
	data []byte
	body *hclsyntax.Body
}

func (m *module) add(data []byte, name string) error {
	body, err := parse(data, name)
	m.texts = append(m.texts, text{name, data, body})
	return err
}

// blocks reads the blocks of all files as trees. Files of values go before the defaults of variables, the last one first.
func (m *module) blocks() (blocks []block) {
	r := &reader{Input: m.Input, values: map[string]map[string]cty.Value{}, given: map[string]bool{}}
	for _, t := range slices.Backward(m.texts) {
		if strings.HasSuffix(t.name, ".tfvars") {
			r.assign(t.body)
		}
	}
	for more, round := true, 0; more && round < maxRounds; round++ {
		more = false
		for _, t := range m.texts {
			more = r.learn(t.body) || more
		}
	}
	for _, t := range m.texts {
		r.file, r.data = t.name, t.data
		if len(t.body.Attributes) > 0 {
			n := r.body(&hclsyntax.Body{Attributes: t.body.Attributes, SrcRange: t.body.SrcRange})
			for _, x := range n.Items {
				m.attribute(x)
			}
		}
		for _, b := range t.body.Blocks {
			r.used = b.Type == "resource" || b.Type == "module"
			n := r.body(b.Body)
			n.Place, n.Key = r.at(b.TypeRange), strings.Join(append([]string{b.Type}, b.Labels...), ".")
			if r.used && none(n) {
				m.Harmless(n, "%s: count or for_each makes none", source.Short(n.Key))
				continue
			}
			blocks = append(blocks, block{b.Type, b.Labels, n})
		}
	}
	return blocks
}

// attribute remarks on an argument outside of blocks.
func (m *module) attribute(x *tree.Node) {
	if strings.HasSuffix(x.File, ".tfvars") {
		m.Harmless(x, "%s: its value is used where the variable is referred to", source.Short(x.Key))
	} else {
		m.NotCarried(x, "%s: not understood", source.Short(x.Key))
	}
}

// none reports whether a resource is made no time.
func none(n *tree.Node) bool {
	each := n.Get("for_each")
	return n.Get("count").Value() == "0" || (each.Is(tree.Map) || each.Is(tree.List)) && len(each.Items) == 0
}

// block is a top-level block of the file.
type block struct {
	kind   string
	labels []string
	n      *tree.Node
}

type translation struct {
	*source.Input
	blocks []block
	names  map[string]bool
	whole  *tree.Node // of a plan; nil: the file is its blocks

	splits     []split          // that become pools of two levels
	first      int              // of the file's pools
	idle       bool             // an idle timeout is set
	cloudflare *cloudflareIndex // made when it is needed
}

// block translates what makes pools.
func (im *translation) block(b block) {
	switch {
	case b.kind == "module" && len(b.labels) == 1:
		im.module(b.labels[0], b.n)
	case b.kind == "resource" && len(b.labels) == 2:
		im.resource(b.labels[0], b.labels[1], b.n)
	}
}

func (im *translation) resource(kind, name string, n *tree.Node) {
	if translate := resources[kind]; translate != nil {
		translate(im, kind, name, n)
	}
}

// resources holds what translates a resource, by its type.
var resources = map[string]func(im *translation, kind, name string, n *tree.Node){}

// register makes translate responsible for the resources of the types. Files of providers call it from package variables.
func register(translate func(im *translation, kind, name string, n *tree.Node), kinds ...string) bool {
	for _, kind := range kinds {
		resources[kind] = translate
	}
	return true
}

// module reads the arguments of modules that make load balancers: maps of target groups or backends, or the settings
// of one target group.
func (im *translation) module(name string, n *tree.Node) {
	groups, backends := n.Get("target_groups"), n.Get("backends")
	for i, g := range groups.Children() {
		key := g.Key
		if key == "" {
			key = fmt.Sprintf("%s-%d", name, i)
		}
		if p := im.targetGroup(key, name+"/"+key, g); p != nil {
			im.moduleTargets(p, key, g, n)
		}
	}
	for _, b := range backends.Children() {
		im.backendService(b.Key, name+"/"+b.Key, b)
	}
	if groups == nil && backends == nil && n.First("stickiness_enabled", "stickiness_type", "slow_start", "deregistration_delay", "load_balancing_algorithm_type") != nil {
		if p := im.targetGroup(name, name, n); p != nil && p.Health != nil {
			im.seconds(n.Get("health_check_interval"), &p.Health.Interval, sim.Hour)
			im.seconds(n.Get("health_check_timeout"), &p.Health.Timeout, sim.Hour)
			im.count(n.Get("health_check_healthy_threshold"), &p.Health.Rise)
			im.count(n.Get("health_check_unhealthy_threshold"), &p.Health.Fall)
		}
	}
}

// newPool starts a pool under name, or under other when that is taken.
func (im *translation) newPool(name, other string, at *tree.Node) *ir.Pool {
	if im.names[name] {
		name = other
	}
	for i := 2; im.names[name]; i++ {
		name = fmt.Sprintf("%s-%d", other, i)
	}
	im.names[name] = true
	im.Pools = append(im.Pools, ir.Pool{Name: name, Place: at.Place, Key: ir.KeySource{Kind: "none"}})
	return &im.Pools[len(im.Pools)-1]
}

// known reports whether n has a value in the file, and remarks where it has an expression instead.
func (im *translation) known(n *tree.Node, otherwise string) bool {
	if n.Is(tree.Unknown) {
		im.NotCarried(n, "%s = %s: its value is not in this file; %s", n.Key, n, otherwise)
		return false
	}
	return n != nil && n.Kind != tree.Null
}

// seconds reads a span of at most limit.
func (im *translation) seconds(n *tree.Node, to *sim.Time, limit sim.Time) bool {
	if !im.known(n, fmt.Sprintf("%v is used", *to)) {
		return false
	}
	t, ok := n.Seconds()
	if !ok || t > limit {
		im.NotCarried(n, "%s: must be a number of seconds up to %v, got %s", n.Key, limit, n)
		return false
	}
	*to = t
	im.Translated(n, "%s: %v", n.Key, t)
	return true
}

// count reads a whole number from 1.
func (im *translation) count(n *tree.Node, to *int) {
	if !im.known(n, fmt.Sprintf("%d is used", *to)) {
		return
	}
	x, ok := n.Int()
	if !ok || x < 1 || x > 8388608 {
		im.NotCarried(n, "%s: must be a whole number from 1, got %s", n.Key, n)
		return
	}
	*to = x
	im.Translated(n, "%s: %d", n.Key, x)
}

// text reads a word.
func (im *translation) text(n *tree.Node, otherwise string) string {
	if !im.known(n, otherwise) {
		return ""
	}
	im.Translated(n, "%s: %s", n.Key, n)
	return n.Value()
}
