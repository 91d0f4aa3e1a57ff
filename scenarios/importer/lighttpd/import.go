// Package lighttpd imports lighttpd.conf: every key of proxy.server becomes a pool with the policy that proxy.balance
// names, everything else becomes a remark.
//
// Conditional blocks make pools of their own; what they do not set holds from the block around. Included files are
// read as far as the file system has them; include_shell is not run.
//
// Input may be hostile: size, nesting, includes and the number of values are bounded, and every error has a place.
//
// Floor 8.
package lighttpd

import (
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim/lazy"
)

var _ = importer.Register(importer.Product{
	Name:       "lighttpd",
	Signs:      lazy.Regexp(`(?m)^\s*(\$HTTP\[|(proxy\.(server|balance)|server\.modules)\s*\+?=)|proxy\.(server|balance)\s*=`),
	Precedence: 4,
	Import:     importer.Each(importFile),
})

// importFile reads a file and the files it includes.
func importFile(in *source.Input, name string) error {
	t := &translation{Input: in}
	before := len(in.Pools)
	return in.Read(name, func(data []byte) error {
		list, err := t.parse(name, data)
		if err != nil {
			return err
		}
		if err := t.scope(list, scope{}); err != nil {
			return err
		}
		for i := range in.Pools[before:] {
			p := &in.Pools[before+i]
			p.Sees, p.Balancers.Count = t.proxied, t.workers
		}
		return nil
	})
}

// translation is the configuration under construction.
type translation struct {
	*source.Input
	values  int
	proxied *ir.Sees // what extforward says
	workers int      // server.max-worker; 0 = not given
}
