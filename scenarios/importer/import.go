// Package importer turns a load balancer's configuration into a scenario.
//
//	files ─Detect▶ product ─Import▶ ir.Config ─Choose▶ ir.Pool ─ToScenario▶ YAML
//
// Each product has a folder that registers it; importing stickysim/scenarios/importer/all brings them all. A
// configuration says which servers there are and how requests are routed. It does not say which clients come and how
// much work they bring: ToScenario puts defaults there, and marks every one of them.
//
// Floor 7.
package importer

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// Import reads files of one product. An empty product is detected from the first file. Files of products such as
// HAProxy and Kubernetes are parts of one configuration; of other products each file is read on its own, with what it
// includes as far as fsys has it. What is wrong with a file is an [ir.Error]; a file that cannot be opened is an error
// of fsys.
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
	p, ok := products[product]
	if !ok {
		return nil, fmt.Errorf("unknown product %.40q (known: %s)", product, strings.Join(Products(), ", "))
	}
	in := source.New(fsys)
	if err := p.Import(in, names); err != nil {
		return nil, err
	}
	for i := range in.Pools {
		mend(in, i)
		assumeAddress(in, &in.Pools[i])
	}
	if len(in.Pools) > 0 {
		in.Assumed(in.Pools[0], "balancers.latency: 0; what the balancer and the network add to each request has to be measured")
	}
	return in.Config(p.Name), nil
}

// assumeAddress says whose address a pool without trusted proxies goes by.
func assumeAddress(in *source.Input, p *ir.Pool) {
	switch k := p.Key; {
	case p.Sees != nil || p.Params == nil:
	case k.Address && keys.IsAddressHeader(k.Name):
		in.Assumed(p, "pool %s: a proxy in front writes %s; no proxy is trusted by its address, so whoever connects can write it and choose a server", source.Short(p.Name), k.Name)
	case k.Address || k.Kind == "address":
		in.Assumed(p, "pool %s: the client's address is that of the connection (clients: {seen_as: peer}); all clients behind one proxy or CDN address are then one, which a population with through shows", source.Short(p.Name))
	}
}

// Choose returns the pool called upstream. Without a name it is the one that the file designates as the default; else the
// largest of those whose policy keeps clients, and else of all that have a routing policy. Of equals the first is taken.
func Choose(c *ir.Config, upstream string) (*ir.Pool, error) {
	var chosen *ir.Pool
	var names []string
	for i := range c.Pools {
		p := &c.Pools[i]
		names = append(names, p.Name)
		if p.Params == nil || upstream != "" && p.Name != upstream {
			continue
		}
		if chosen == nil || upstream == "" && cmp.Or(compareBool(p.Default, chosen.Default), compareBool(keeps(p), keeps(chosen)), cmp.Compare(Size(p), Size(chosen))) > 0 {
			chosen = p
		}
	}
	switch {
	case chosen != nil:
		return chosen, nil
	case upstream == "" || len(names) == 0:
		return nil, fmt.Errorf("no pool of servers in it that requests are balanced over")
	}
	slices.Sort(names)
	return nil, fmt.Errorf("no pool is called %.80q (known: %s)", upstream, strings.Join(slices.Compact(names), ", "))
}

// Size is the number of servers of a pool, as far as its configuration says.
func Size(p *ir.Pool) int { return max(len(p.Servers), p.Replicas) }

// keeps reports whether a pool's policy keeps clients at their servers.
func keeps(p *ir.Pool) bool {
	e, ok := policies.Lookup(p.Policy)
	return ok && e.Doc.Claims.Sticky
}

// compareBool compares two conditions: true is greater.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
