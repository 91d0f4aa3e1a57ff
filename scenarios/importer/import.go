// Package importer turns a load balancer's configuration into a scenario.
//
//	files ─Detect▶ product ─Import▶ ir.Config ─Choose▶ ir.Pool ─ToScenario▶ YAML
//
// The products' folders read the configurations; what they share is [ir]. A configuration says who serves and how
// requests are routed, and nothing about who comes and how much work they bring: ToScenario puts defaults there, and
// marks every one of them.
//
// Floor 6: imports scenarios, policies, sim and, one floor below, the products' folders and ir.
package importer

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"stickysim/scenarios/importer/apache"
	"stickysim/scenarios/importer/caddy"
	"stickysim/scenarios/importer/envoy"
	"stickysim/scenarios/importer/haproxy"
	"stickysim/scenarios/importer/ir"
	"stickysim/scenarios/importer/kubernetes"
	"stickysim/scenarios/importer/lighttpd"
	"stickysim/scenarios/importer/nginx"
	"stickysim/scenarios/importer/terraform"
	"stickysim/scenarios/importer/traefik"
)

// readers import one file of a product each.
var readers = map[string]func(fsys fs.FS, name string) (*ir.Config, error){
	"nginx":      nginx.Import,
	"haproxy":    func(fsys fs.FS, name string) (*ir.Config, error) { return haproxy.Import(fsys, name) },
	"caddy":      caddy.Import,
	"apache":     apache.Import,
	"lighttpd":   lighttpd.Import,
	"traefik":    traefik.Import,
	"envoy":      envoy.Import,
	"kubernetes": kubernetes.Import,
	"terraform":  terraform.Import,
}

// Products are the names of the products that can be imported.
func Products() []string {
	return []string{"nginx", "haproxy", "caddy", "apache", "lighttpd", "traefik", "envoy", "kubernetes", "terraform"}
}

// Import reads the files as one configuration. An empty product is detected from the first file. Files of HAProxy and
// of Kubernetes belong together, whichever comes first; of the other products each is read by itself, with what it
// includes as far as fsys has it. Errors name the file, and the line where there is one.
func Import(fsys fs.FS, product string, names ...string) (*ir.Config, error) {
	if len(names) == 0 {
		return nil, fmt.Errorf("no file to import")
	}
	if product == "" {
		found, err := detectFile(fsys, names[0])
		if err != nil {
			return nil, err
		}
		product = found
	}
	read := readers[product]
	switch {
	case read == nil:
		return nil, fmt.Errorf("unknown product %.40q (known: %s)", product, strings.Join(Products(), ", "))
	case product == "haproxy":
		return haproxy.Import(fsys, names...)
	}
	for _, name := range names {
		if info, err := fs.Stat(fsys, name); err == nil && info.IsDir() {
			return nil, fmt.Errorf("%s: is a directory; name the files", name)
		}
	}
	if product == "kubernetes" && len(names) > 1 {
		return joined(fsys, names, read)
	}
	all := &ir.Config{Product: product}
	for _, name := range names {
		c, err := read(fsys, name)
		if err != nil {
			return nil, err
		}
		all.Pools = append(all.Pools, c.Pools...)
		all.Remarks = append(all.Remarks, c.Remarks...)
	}
	return all, nil
}

// Choose returns the pool called upstream, or without a name the first that has a routing policy, and the names of the
// pools that were passed over.
func Choose(c *ir.Config, upstream string) (chosen *ir.Pool, others []string, err error) {
	for i := range c.Pools {
		p := &c.Pools[i]
		if chosen == nil && p.Params != nil && (upstream == "" || p.Name == upstream) {
			chosen = p
		} else {
			others = append(others, p.Name)
		}
	}
	switch {
	case chosen != nil:
		return chosen, others, nil
	case upstream == "" || len(others) == 0:
		return nil, nil, fmt.Errorf("no pool of servers in it that requests are balanced over")
	}
	slices.Sort(others)
	return nil, nil, fmt.Errorf("no pool is called %.80q (known: %s)", upstream, strings.Join(slices.Compact(others), ", "))
}
