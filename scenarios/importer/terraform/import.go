// Package terraform imports the load balancers in Terraform configurations: target groups of AWS, backend services of
// Google Cloud, settings of Azure, written as resources or passed to the modules that make them. Only what a file
// itself says is known; expressions are remarked.
//
// Floor 6: imports policies, scenarios/importer/internal and ir.
package terraform

import (
	"fmt"
	"io/fs"
	"strings"

	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// Import reads one .tf file. The error is about text that is no HCL, or too large or deep, or holds no load balancer;
// anything else that cannot be carried over is a remark.
func Import(fsys fs.FS, name string) (*ir.Config, error) {
	data, err := tree.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	body, err := parse(data, name)
	if err != nil {
		return nil, err
	}
	r := &reader{file: name, data: data, known: map[string]*tree.Node{}}
	r.learn(body)
	im := &importer{names: map[string]bool{}}
	for _, b := range body.Blocks {
		n := r.body(b.Body)
		n.Line, n.Key = b.TypeRange.Start.Line, strings.Join(append([]string{b.Type}, b.Labels...), ".")
		im.blocks = append(im.blocks, block{b.Type, b.Labels, n})
	}
	for _, b := range im.blocks {
		im.block(b)
	}
	if len(im.pools) == 0 {
		return nil, fmt.Errorf("%s: no load balancer in it (a target group, backend service, application gateway, or a module with target_groups or backends)", name)
	}
	for _, b := range im.blocks {
		im.notes.Rest(b.n, b.n.Key, im.rest)
	}
	return &ir.Config{Product: "terraform", Pools: im.pools, Remarks: im.notes.Remarks()}, nil
}

// block is a top-level block of the file.
type block struct {
	kind   string
	labels []string
	n      *tree.Node
}

type importer struct {
	notes  tree.Notes
	blocks []block
	pools  []ir.Pool
	names  map[string]bool
}

// block translates what makes pools.
func (im *importer) block(b block) {
	switch {
	case b.kind == "module" && len(b.labels) == 1:
		im.module(b.labels[0], b.n)
	case b.kind == "resource" && len(b.labels) == 2:
		im.resource(b.labels[0], b.labels[1], b.n)
	}
}

func (im *importer) resource(kind, name string, n *tree.Node) {
	switch kind {
	case "aws_lb_target_group", "aws_alb_target_group":
		if p := im.targetGroup(name, name, n); p != nil {
			im.attachments(p, kind+"."+name)
		}
	case "aws_elb":
		im.classic(name, n)
	case "google_compute_backend_service", "google_compute_region_backend_service", "google_compute_target_pool":
		im.backendService(name, name, n)
	case "azurerm_application_gateway":
		im.applicationGateway(name, n)
	case "azurerm_linux_web_app", "azurerm_windows_web_app", "azurerm_app_service":
		im.webApp(name, n)
	}
}

// module reads the arguments of modules that make load balancers: maps of target groups or backends, or the settings
// of one target group.
func (im *importer) module(name string, n *tree.Node) {
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
		im.targetGroup(name, name, n)
	}
}

// newPool starts a pool under name, or under other when that is taken.
func (im *importer) newPool(name, other string, at *tree.Node) *ir.Pool {
	if im.names[name] {
		name = other
	}
	for i := 2; im.names[name]; i++ {
		name = fmt.Sprintf("%s-%d", other, i)
	}
	im.names[name] = true
	im.pools = append(im.pools, ir.Pool{Name: name, File: at.File, Line: at.Line, Key: ir.KeySource{Kind: "none"}})
	return &im.pools[len(im.pools)-1]
}

// known reports whether n has a value in the file, and remarks where it has an expression instead.
func (im *importer) known(n *tree.Node, otherwise string) bool {
	if n.Is(tree.Unknown) {
		im.notes.Unsupported(n, "%s = %s: its value is not in this file; %s", n.Key, n, otherwise)
		return false
	}
	return n != nil && n.Kind != tree.Null
}

// seconds reads a span of at most limit.
func (im *importer) seconds(n *tree.Node, to *sim.Time, limit sim.Time) bool {
	if !im.known(n, fmt.Sprintf("%v is used", *to)) {
		return false
	}
	t, ok := n.Seconds()
	if !ok || t > limit {
		im.notes.Unsupported(n, "%s: must be a number of seconds up to %v, got %s", n.Key, limit, n)
		return false
	}
	*to = t
	im.notes.Translated(n, "%s: %v", n.Key, t)
	return true
}

// count reads a whole number from 1.
func (im *importer) count(n *tree.Node, to *int) {
	if !im.known(n, fmt.Sprintf("%d is used", *to)) {
		return
	}
	x, ok := n.Int()
	if !ok || x < 1 || x > 8388608 {
		im.notes.Unsupported(n, "%s: must be a whole number from 1, got %s", n.Key, n)
		return
	}
	*to = x
	im.notes.Translated(n, "%s: %d", n.Key, x)
}

// text reads a word.
func (im *importer) text(n *tree.Node, otherwise string) string {
	if !im.known(n, otherwise) {
		return ""
	}
	im.notes.Translated(n, "%s: %s", n.Key, n)
	return n.Value()
}

// rest remarks what nothing else did, and what in it matters.
func (im *importer) rest(path string, n *tree.Node) {
	grave := func(x *tree.Node) bool {
		return x.Key == "weighted_forward" || x.Key == "stickiness" || x.Key == "weight"
	}
	split := func(path string, x *tree.Node) {
		im.notes.Unsupported(x, "%s: splits between target groups are not modelled", tree.Short(path))
	}
	if grave(n) {
		split(path, n)
		return
	}
	n.Find(path, grave, split)
	im.notes.Ignored(n, "%s: no influence on the choice of a server", tree.Short(path))
}
