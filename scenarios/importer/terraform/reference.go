package terraform

import (
	"strings"

	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim/lazy"
)

var indexes = lazy.Regexp(`\[[^\]]*\]`)

// configured collects what the configuration of a module says about resources, and of the modules that it calls.
func (p *plan) configured(n *tree.Node, path string) {
	p.modules[path] = n
	for _, r := range n.Get("resources").Children() {
		if r.Get("mode").Value() != "data" {
			p.expressions[path+" "+r.Get("type").Value()+"."+r.Get("name").Value()] = r.Get("expressions")
		}
	}
	for _, call := range n.Get("module_calls").Children() {
		p.configured(call.Get("module"), joined(path, call.Key))
	}
}

// joined is the path of a module that another one calls.
func joined(path, call string) string { return strings.TrimPrefix(path+"/"+call, "/") }

// modulePath are the names of the calls that lead to a module: module.a["x"].module.b is a/b.
func modulePath(address string) string {
	path := ""
	for name := range strings.SplitSeq(indexes().ReplaceAllString(address, ""), ".") {
		if name != "module" && name != "" {
			path = joined(path, name)
		}
	}
	return path
}

// resolve finds the resource that references from a module mean, and returns it as the label of its block with an attribute; empty if
// it is none of the plan's. Of several resources with an index it is the one with the same index as the resource that refers. followed
// are the references on the way, which a variable may refer to again.
func (p *plan) resolve(path, index string, refs *tree.Node, followed map[*tree.Node]bool) string {
	if followed[refs] {
		return ""
	}
	followed[refs] = true
	for _, x := range refs.Children() {
		ref := x.Value()
		head, rest, _ := strings.Cut(ref, ".")
		name, attribute, _ := strings.Cut(rest, ".")
		found := ""
		switch head {
		case "var":
			parent, call := "", path
			if at := strings.LastIndexByte(path, '/'); at >= 0 {
				parent, call = path[:at], path[at+1:]
			}
			found = p.resolve(parent, index, p.modules[parent].Get("module_calls", call, "expressions", name, "references"), followed)
		case "module":
			inside := joined(path, plain(name))
			output, _, _ := strings.Cut(attribute, ".")
			found = p.resolve(inside, index, p.modules[inside].Get("outputs", plain(output), "expression", "references"), followed)
		case "each", "count", "local", "path", "terraform", "self", "data":
		default:
			found = p.resource(path, index, ref, head, plain(name))
		}
		if found != "" {
			return found
		}
	}
	return ""
}

// resource finds what a reference such as aws_lb_target_group.web["a"].arn means in a module.
func (p *plan) resource(path, index, ref, kind, name string) string {
	all := p.named[path+" "+kind+"."+name]
	own, _, exact := strings.Cut(strings.TrimPrefix(ref, kind+"."+name), "]")
	if exact {
		index = strings.Trim(own, `["`)
	}
	for _, r := range all {
		if r.index == index || !exact && len(all) == 1 {
			return r.kind + "." + r.name + ".id"
		}
	}
	return ""
}

// plain is a name without index.
func plain(name string) string {
	name, _, _ = strings.Cut(name, "[")
	return name
}
